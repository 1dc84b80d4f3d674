#include "ui/theme/Icons.h"

#include <QDir>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QPointer>
#include <QSvgRenderer>

static void initIconResources() {
    Q_INIT_RESOURCE(exo_icons);
}

namespace exo::ui {

namespace {

void ensureResources() {
    static const bool done = (initIconResources(), true);
    Q_UNUSED(done)
}

QPixmap render(QStringView name, QRgb color, QSize pixels) {
    const QString key =
        QStringLiteral("exo-icon/%1/%2/%3x%4").arg(name).arg(color).arg(pixels.width()).arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QByteArray svg = file.readAll();
    svg.replace("currentColor", QColor::fromRgb(color).name().toLatin1());
    QSvgRenderer renderer(svg);
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, QRectF(QPointF(), QSizeF(pixels)));
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class TintedEngine final : public QIconEngine {
  public:
    TintedEngine(const ThemeController* theme, QString name, Token token)
        : m_theme(theme)
        , m_name(std::move(name))
        , m_token(token) {}

    QIconEngine* clone() const override { return new TintedEngine(m_theme, m_name, m_token); }
    QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override { return size; }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        if (!m_theme || size.isEmpty()) return {};
        return render(m_name, m_theme->color(mode == QIcon::Disabled ? Token::Text3 : m_token).rgb(), size);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override {
        QPixmap out = pixmap(size, mode, state);
        out.setDevicePixelRatio(scale);
        return out;
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, pixmap(rect.size() * ratio, mode, state));
    }
    bool isNull() override { return false; }

  private:
    QPointer<const ThemeController> m_theme;
    QString m_name;
    Token m_token;
};

} // namespace

QIcon themedIcon(const ThemeController* theme, QStringView name, Token token) {
    ensureResources();
    return QIcon(new TintedEngine(theme, name.toString(), token));
}

QPixmap iconPixmap(const ThemeController* theme, QStringView name, Token token, int size, qreal ratio) {
    ensureResources();
    QPixmap pixmap = render(name, theme->color(token).rgb(), QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

QStringList iconNames() {
    ensureResources();
    QStringList names = QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")});
    for (QString& name : names) {
        name.chop(4);
    }
    return names;
}

} // namespace exo::ui
