#include "ui/tray/TrayState.h"

#include "ui/theme/Icons.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPixmap>

namespace exo::ui {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TrayState)
};

void drawMark(QPainter& painter, TrayState state, const QRectF& box) {
    const qreal inset = box.width() / 4;
    switch (state) {
    case TrayState::Stopped: // a bar
        painter.drawRoundedRect(box.adjusted(0, inset * 1.4, 0, -inset * 1.4), 1, 1);
        break;
    case TrayState::Unreachable: { // a ring
        QPen pen(painter.brush(), box.width() / 5);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(pen);
        painter.drawEllipse(box.adjusted(inset / 2, inset / 2, -inset / 2, -inset / 2));
        break;
    }
    case TrayState::Critical: // a square
        painter.drawRect(box.adjusted(inset / 3, inset / 3, -inset / 3, -inset / 3));
        break;
    case TrayState::Warning: { // a triangle
        const QPolygonF triangle{{box.center().x(), box.top()}, box.bottomRight(), box.bottomLeft()};
        painter.drawPolygon(triangle);
        break;
    }
    case TrayState::Busy: // a half disc
        painter.drawPie(box, 90 * 16, -180 * 16);
        break;
    case TrayState::Ok: painter.drawEllipse(box); break;
    }
}

} // namespace

TrayState trayStateOf(const std::optional<api::MetricsSnapshot>& snapshot, const std::optional<Error>& error,
                      bool own) {
    if (error) {
        const bool refused = error->code == ErrorCode::UpstreamConnection;
        return own && refused ? TrayState::Stopped : TrayState::Unreachable;
    }
    if (!snapshot) return TrayState::Unreachable;
    if (snapshot->service.level == api::AlertLevel::Critical) return TrayState::Critical;
    if (snapshot->service.level == api::AlertLevel::Warning) return TrayState::Warning;
    return snapshot->business.requests.active > 0 ? TrayState::Busy : TrayState::Ok;
}

QString trayWord(TrayState state) {
    switch (state) {
    case TrayState::Stopped: return Texts::tr("Stopped");
    case TrayState::Unreachable: return Texts::tr("Unreachable");
    case TrayState::Critical: return Texts::tr("Critical");
    case TrayState::Warning: return Texts::tr("Warning");
    case TrayState::Busy: return Texts::tr("Working");
    case TrayState::Ok: break;
    }
    return Texts::tr("OK");
}

Token trayToken(TrayState state) {
    switch (state) {
    case TrayState::Stopped: return Token::Text3;
    case TrayState::Unreachable:
    case TrayState::Critical: return Token::Crit;
    case TrayState::Warning: return Token::Warn;
    case TrayState::Busy: return Token::Accent;
    case TrayState::Ok: break;
    }
    return Token::Ok;
}

QIcon trayIcon(const ThemeController* theme, TrayState state) {
    QIcon icon;
    for (const int side : {16, 22, 24, 32, 48}) {
        QPixmap map = iconPixmap(theme, u"logo", Token::Text, side, 1);
        QPainter painter(&map);
        painter.setRenderHint(QPainter::Antialiasing);
        const qreal mark = side * 0.5;
        const QRectF box(side - mark, side - mark, mark, mark);
        painter.setCompositionMode(QPainter::CompositionMode_Clear); // a gap around the mark
        painter.setPen(Qt::NoPen);
        painter.setBrush(Qt::black);
        painter.drawEllipse(box.adjusted(-1, -1, 1, 1));
        painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
        painter.setBrush(theme->color(trayToken(state)));
        drawMark(painter, state, box.adjusted(1, 1, -1, -1));
        painter.end();
        icon.addPixmap(map);
    }
    return icon;
}

} // namespace exo::ui
