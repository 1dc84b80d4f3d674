#pragma once
// Everything of a message that is not its text: names and figures, attachments, sources, state, actions. A
// row is a list of items with their places; painting, hit test and keyboard use the same list. GUI thread.

#include "ui/chat/transcript/MessageEntry.h"

namespace exo::ui {

enum class SpotAction : std::uint8_t {
    None,
    Edit,
    Copy,
    CopyCode,
    WrapCode,
    Regenerate,
    Quote,
    PreviousBranch,
    NextBranch,
    ToggleReasoning,
    ToggleTools,
    ToggleTool, // index: of the call
    Continue,
    Retry,
    OpenSource, // index: of the citation
    OpenTarget, // target: of a span
};

struct ChromeItem {
    enum class Look : std::uint8_t { Text, Strong, Chip, Button, Dots, Line };
    QRectF rect;
    Look look = Look::Text;
    QString text;
    QString icon;
    QString tip; // also its accessible name when there is no text
    SpotAction action = SpotAction::None;
    int index = -1;
    Token token = Token::Text2;
};

struct ChromeContext {
    bool active = false; // under the pointer, or the last message: show what may be done
    bool busy = false;   // a turn runs: nothing may be changed
};

std::vector<ChromeItem> chromeItems(const MessageEntry& entry, const Unit& unit, const TranscriptStyle& style,
                                    int width, const ChromeContext& context);
// Language, wrap and copy above a piece of code; places are relative to the frame's corner.
std::vector<ChromeItem> codeItems(const MessageEntry& entry, const Unit& unit, const TranscriptStyle& style,
                                  int width);
int chromeHeight(const MessageEntry& entry, const Unit& unit, const TranscriptStyle& style, int width);

// "deepseek-chat · first token 0.42 s · 61 tok/s · 431 tokens"
QString figuresOf(const api::Message& message);
QString senderOf(const api::Message& message);
QString stateText(const api::Message& message); // empty when complete

} // namespace exo::ui
