#include "ui/chat/transcript/TranscriptStyle.h"

#include <QFontMetrics>

namespace exo::ui {

TranscriptStyle::TranscriptStyle(const ThemeController* controller)
    : theme(controller)
    , body(controller->font(FontRole::Body))
    , strong(body)
    , caption(controller->font(FontRole::Caption))
    , code(controller->font(FontRole::Code))
    , bodyLine(qRound(body.pixelSize() * 1.6))
    , codeLine(qRound(code.pixelSize() * 1.6))
    , captionLine(qRound(caption.pixelSize() * 1.5)) {
    strong.setWeight(QFont::DemiBold);
}

QFont TranscriptStyle::heading(int level) const {
    static constexpr int k_extra[] = {8, 5, 3, 1, 0, 0};
    QFont font = strong;
    font.setPixelSize(body.pixelSize() + k_extra[std::clamp(level, 1, 6) - 1]);
    return font;
}

int TranscriptStyle::headingLine(int level) const {
    return qRound(heading(level).pixelSize() * 1.45);
}

} // namespace exo::ui
