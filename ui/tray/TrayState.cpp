#include "ui/tray/TrayState.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

#include <cmath>

namespace exo::ui {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TrayState)
};

// A shape of its own for each state, in a square of side 1.
QPainterPath markOf(TrayState state) {
    QPainterPath path;
    switch (state) {
    case TrayState::Stopped: path.addRect(0.05, 0.32, 0.9, 0.36); break; // a bar
    case TrayState::Unreachable: {                                       // a cross
        for (const double slope : {0.0, 1.0}) {
            path.moveTo(0.1, 0.1 + 0.8 * slope);
            path.lineTo(0.9, 0.9 - 0.8 * slope);
        }
        QPainterPathStroker stroker;
        stroker.setWidth(0.28);
        path = stroker.createStroke(path).simplified();
        break;
    }
    case TrayState::Critical: path.addRect(0.04, 0.04, 0.92, 0.92); break; // a square
    case TrayState::Warning:                                               // a triangle
        path.addPolygon(QPolygonF{{0.5, 0}, {1, 0.95}, {0, 0.95}});
        path.closeSubpath();
        break;
    case TrayState::Busy: // three dots
        for (const double x : {0.14, 0.5, 0.86}) {
            path.addEllipse(QPointF(x, 0.66), 0.17, 0.17);
        }
        break;
    case TrayState::Ok: path.addEllipse(0.16, 0.16, 0.8, 0.8); break;
    }
    return path;
}

void drawLogo(QPainter& painter, double side, const QColor& ground) {
    const double edge = side / 16;
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(edge, edge, side - 2 * edge, side - 2 * edge), side / 5, side / 5);
    const QRectF circle(side * 0.27, side * 0.27, side * 0.46, side * 0.46);
    painter.setBrush(Qt::white);
    painter.drawPie(circle, 90 * 16, 180 * 16);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::white, side / 14));
    painter.drawEllipse(circle);
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

// The colours are those of the light theme wherever the panel is: they can be told on light and dark ones,
// and what colour a panel has nobody says.
QIcon trayIcon(TrayState state) {
    const bool alive = state != TrayState::Stopped && state != TrayState::Unreachable;
    QIcon icon;
    for (const int side : {16, 22, 24, 32, 48, 64}) {
        QPixmap map(side, side);
        map.fill(Qt::transparent);
        QPainter painter(&map);
        painter.setRenderHint(QPainter::Antialiasing);
        drawLogo(painter, side, Theme::day().color(alive ? Token::Accent : Token::Text3));
        const double mark = std::round(side * 0.5);
        painter.translate(side - mark, side - mark);
        const QPainterPath shape = QTransform::fromScale(mark, mark).map(markOf(state));
        painter.setCompositionMode(QPainter::CompositionMode_Clear); // a gap around the mark
        painter.strokePath(shape, QPen(Qt::black, side / 8.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
        painter.fillPath(shape, Theme::day().color(trayToken(state)));
        painter.end();
        icon.addPixmap(map);
    }
    return icon;
}

} // namespace exo::ui
