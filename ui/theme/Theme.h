#pragma once
// The one table of colours and fonts, and the controller that applies it. GUI thread; the program owns the
// controller and passes it to every window. Widgets take colours from here or from the generated style sheet,
// never from literals.

#include <QColor>
#include <QDBusVariant>
#include <QFont>
#include <QObject>
#include <QPalette>
#include <QString>

#include <array>
#include <cstdint>

class QApplication;

namespace exo::ui {

enum class Token : std::uint8_t {
    Bg,      // window
    Surface, // cards, bars
    Sidebar, // lists
    Line,    // hairlines
    Hover,   // a row or a quiet button under the pointer
    Text,
    Text2,  // secondary
    Text3,  // placeholders, captions, disabled; readable all the same
    Accent, // the one primary button of a view
    AccentHover,
    AccentText, // on Accent
    AccentInk,  // links, citations: accent as text
    AccentSoft, // bubbles, chips
    Selection,  // selected row
    Ok,         // Ok, Warn, Crit: dots and marks, always with a word beside them
    Warn,
    Crit,
    CritInk, // error text
    Code,    // background of code
    Keyword, // syntax, on Code
    String,
    Comment,
    Number,
    Function,
    Count,
};

enum class ThemeMode : std::uint8_t { System, Light, Dark };

struct Theme {
    bool dark = false;
    std::array<QRgb, static_cast<std::size_t>(Token::Count)> colors{};

    QColor color(Token token) const { return QColor::fromRgb(colors[static_cast<std::size_t>(token)]); }
    QPalette palette() const;
    QString styleSheet(int fontPixels) const;

    static const Theme& day();
    static const Theme& night();
};

enum class FontRole : std::uint8_t { Body, Caption, Title, Heading, Code };

class ThemeController final : public QObject {
    Q_OBJECT
  public:
    explicit ThemeController(QObject* parent = nullptr);

    ThemeMode mode() const { return m_mode; }
    void setMode(ThemeMode mode);
    int fontPixels() const { return m_fontPixels; } // of Body; 11–22
    void setFontPixels(int pixels);

    const Theme& theme() const;
    bool isDark() const { return theme().dark; }
    QColor color(Token token) const { return theme().color(token); }
    QFont font(FontRole role) const;

    // Sets palette, font and style sheet of the program, now and at every change.
    void applyTo(QApplication* application);

  signals:
    void changed(); // colours or fonts; ask again for both

  private slots:
    void onPortalSetting(const QString& space, const QString& key, const QDBusVariant& value);

  private:
    void followSystem();
    void setSystemDark(bool dark);
    void refresh();

    ThemeMode m_mode = ThemeMode::System;
    bool m_systemDark = false;
    bool m_following = false;
    int m_fontPixels = 14;
    QApplication* m_application = nullptr;
};

} // namespace exo::ui
