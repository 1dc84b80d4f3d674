#include "ui/theme/Theme.h"

namespace exo::ui {

namespace {

struct Row {
    Token token;
    QRgb light;
    QRgb dark;
};

// Text3, CritInk, AccentInk and Comment are a little stronger than the drawings so that every text keeps a
// contrast of 4.5:1 on each ground it is written on (tests/ui checks all pairs).
constexpr Row k_rows[] = {
    {Token::Bg, 0xffF6F7F9, 0xff13161B},         {Token::Surface, 0xffFFFFFF, 0xff1A1E25},
    {Token::Sidebar, 0xffEEF0F3, 0xff161A20},    {Token::Line, 0xffDFE3E8, 0xff2A303A},
    {Token::Hover, 0xffE5E8ED, 0xff232933},      {Token::Text, 0xff1B2330, 0xffE5E9F0},
    {Token::Text2, 0xff5B6675, 0xff9AA5B5},      {Token::Text3, 0xff636D7B, 0xff8591A1},
    {Token::Accent, 0xff2F6BEB, 0xff7AA5FF},     {Token::AccentHover, 0xff285FD6, 0xff93B6FF},
    {Token::AccentText, 0xffFFFFFF, 0xff0E1420}, {Token::AccentInk, 0xff275ED4, 0xff7AA5FF},
    {Token::AccentSoft, 0xffE6EEFD, 0xff1F2C48}, {Token::Selection, 0xffDCE7FC, 0xff22314F},
    {Token::Ok, 0xff16935A, 0xff45C78A},         {Token::Warn, 0xffB9770E, 0xffE2B04C},
    {Token::Crit, 0xffCE3B3B, 0xffF17272},       {Token::CritInk, 0xffC23434, 0xffF17272},
    {Token::Code, 0xffF3F5F8, 0xff11141A},       {Token::Keyword, 0xff8A3FFC, 0xffC7A0FF},
    {Token::String, 0xff0E7C4A, 0xff7BD6A4},     {Token::Comment, 0xff65707E, 0xff7A8798},
    {Token::Number, 0xffB0500F, 0xffF0A970},     {Token::Function, 0xff1C5FD6, 0xff86B3FF},
};
static_assert(std::size(k_rows) == static_cast<std::size_t>(Token::Count));

Theme makeTheme(bool dark) {
    Theme theme;
    theme.dark = dark;
    for (const Row& row : k_rows) {
        theme.colors[static_cast<std::size_t>(row.token)] = dark ? row.dark : row.light;
    }
    return theme;
}

} // namespace

const Theme& Theme::day() {
    static const Theme theme = makeTheme(false);
    return theme;
}

const Theme& Theme::night() {
    static const Theme theme = makeTheme(true);
    return theme;
}

QPalette Theme::palette() const {
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) { palette.setColor(role, color(token)); };
    set(QPalette::Window, Token::Bg);
    set(QPalette::WindowText, Token::Text);
    set(QPalette::Base, Token::Surface);
    set(QPalette::AlternateBase, Token::Bg);
    set(QPalette::Text, Token::Text);
    set(QPalette::PlaceholderText, Token::Text3);
    set(QPalette::Button, Token::Surface);
    set(QPalette::ButtonText, Token::Text);
    set(QPalette::BrightText, Token::AccentText);
    set(QPalette::Highlight, Token::Selection);
    set(QPalette::HighlightedText, Token::Text);
    set(QPalette::Link, Token::AccentInk);
    set(QPalette::LinkVisited, Token::AccentInk);
    set(QPalette::ToolTipBase, Token::Surface);
    set(QPalette::ToolTipText, Token::Text);
    set(QPalette::Light, Token::Surface);
    set(QPalette::Midlight, Token::Line);
    set(QPalette::Mid, Token::Line);
    set(QPalette::Dark, Token::Line);
    set(QPalette::Shadow, Token::Line);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, color(Token::Text3));
    }
    return palette;
}

} // namespace exo::ui
