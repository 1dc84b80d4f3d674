#pragma once
// Fonts, colours and measures of the transcript, taken from the theme once per change. GUI thread; the view
// owns it.

#include "ui/theme/Theme.h"

#include <QFont>

namespace exo::ui {

struct TranscriptStyle {
    explicit TranscriptStyle(const ThemeController* theme);

    const ThemeController* theme;
    QFont body, strong, caption, code;
    int bodyLine; // heights of one line
    int codeLine;
    int captionLine;

    QFont heading(int level) const;
    int headingLine(int level) const;
    QColor color(Token token) const { return theme->color(token); }

    // Measures on the 4 px grid.
    static constexpr int k_columnWidth = 772; // reading column
    static constexpr int k_sideMargin = 24;
    static constexpr int k_levelIndent = 24;
    static constexpr int k_quoteIndent = 16;
    static constexpr int k_bubblePadX = 14;
    static constexpr int k_bubblePadY = 10;
    static constexpr int k_codePadX = 14;
    static constexpr int k_codePadY = 10;
    static constexpr int k_codeHeader = 32;
    static constexpr int k_headerRow = 28;
    static constexpr int k_actionsRow = 32;
    static constexpr int k_chipRow = 38;
    static constexpr int k_messageGap = 18;
    static constexpr int k_reasoningGap = 14; // between it and the answer
    static constexpr int k_toolIndent = 20;   // of what a call opens to, under its name
    static constexpr int k_toolGap = 10;      // below it
};

} // namespace exo::ui
