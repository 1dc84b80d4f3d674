#include "ui/theme/Theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QStyleFactory>

namespace exo::ui {

namespace {

// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html: 1 prefers dark,
// 2 light.
const QString k_portal = QStringLiteral("org.freedesktop.portal.Desktop");
const QString k_portalPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString k_portalSettings = QStringLiteral("org.freedesktop.portal.Settings");
const QString k_appearance = QStringLiteral("org.freedesktop.appearance");
const QString k_colorScheme = QStringLiteral("color-scheme");

QStringList withChinese(const QString& first, const char* chinese) {
    return {first, QString::fromLatin1(chinese)};
}

} // namespace

ThemeController::ThemeController(QObject* parent)
    : QObject(parent) {
    const QPalette system = QGuiApplication::palette();
    m_systemDark =
        system.color(QPalette::Window).lightness() < system.color(QPalette::WindowText).lightness();
}

const Theme& ThemeController::theme() const {
    const bool dark = m_mode == ThemeMode::Dark || (m_mode == ThemeMode::System && m_systemDark);
    return dark ? Theme::night() : Theme::day();
}

void ThemeController::setMode(ThemeMode mode) {
    if (mode == ThemeMode::System) followSystem();
    if (mode == m_mode) return;
    const bool wasDark = isDark();
    m_mode = mode;
    if (wasDark != isDark()) refresh();
}

void ThemeController::setFontPixels(int pixels) {
    const int bounded = std::clamp(pixels, 11, 22);
    if (bounded == m_fontPixels) return;
    m_fontPixels = bounded;
    refresh();
}

QFont ThemeController::font(FontRole role) const {
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    if (role == FontRole::Code) {
        const bool jetBrains = QFontDatabase::hasFamily(QStringLiteral("JetBrains Mono"));
        const QString mono = jetBrains ? QStringLiteral("JetBrains Mono")
                                       : QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
        font = QFont(withChinese(mono, "Noto Sans Mono CJK SC"));
        font.setStyleHint(QFont::Monospace);
        font.setFixedPitch(true);
        font.setStyleStrategy(QFont::PreferNoShaping); // code is shown as it is written: no ligatures
        font.setPixelSize(m_fontPixels - 1);
        return font;
    }
    font.setFamilies(withChinese(font.family(), "Noto Sans CJK SC"));
    switch (role) {
    case FontRole::Caption: font.setPixelSize(m_fontPixels - 2); break;
    case FontRole::Title:
        font.setPixelSize(m_fontPixels + 1);
        font.setWeight(QFont::DemiBold);
        break;
    case FontRole::Heading:
        font.setPixelSize(m_fontPixels + 6);
        font.setWeight(QFont::DemiBold);
        break;
    default: font.setPixelSize(m_fontPixels); break;
    }
    return font;
}

void ThemeController::applyTo(QApplication* application) {
    m_application = application;
    application->setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    if (m_mode == ThemeMode::System) followSystem();
    refresh();
}

void ThemeController::refresh() {
    if (m_application) {
        m_application->setPalette(theme().palette());
        m_application->setFont(font(FontRole::Body));
        m_application->setStyleSheet(theme().styleSheet(m_fontPixels));
    }
    emit changed();
}

void ThemeController::followSystem() {
    if (m_following) return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    m_following = true;
    bus.connect(k_portal, k_portalPath, k_portalSettings, QStringLiteral("SettingChanged"), this,
                SLOT(onPortalSetting(QString, QString, QDBusVariant)));
    QDBusMessage read =
        QDBusMessage::createMethodCall(k_portal, k_portalPath, k_portalSettings, QStringLiteral("Read"));
    read << k_appearance << k_colorScheme;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(read), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        done->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (reply.isValid()) onPortalSetting(k_appearance, k_colorScheme, reply.value());
    });
}

void ThemeController::onPortalSetting(const QString& space, const QString& key, const QDBusVariant& value) {
    if (space != k_appearance || key != k_colorScheme) return;
    QVariant scheme = value.variant();
    // The older method wraps the value in a variant of its own.
    if (scheme.canConvert<QDBusVariant>()) scheme = scheme.value<QDBusVariant>().variant();
    const uint preference = scheme.toUInt();
    if (preference != 0) setSystemDark(preference == 1);
}

void ThemeController::setSystemDark(bool dark) {
    const bool wasDark = isDark();
    m_systemDark = dark;
    if (wasDark != isDark()) refresh();
}

} // namespace exo::ui
