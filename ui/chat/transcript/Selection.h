#pragma once
// What is selected across blocks and messages, and what of it goes to the clipboard. GUI thread.

#include "ui/chat/transcript/Geometry.h"

#include <compare>
#include <memory>
#include <optional>

class QMimeData;

namespace exo::ui {

// Within the text of a message, or within one text of a tool call: the two are never selected together.
struct TextPosition {
    int message = 0;
    int block = 0; // in the message's blocks; negative: -1 - the tool part
    int offset = 0;
    auto operator<=>(const TextPosition&) const = default;
};

class Selection {
  public:
    bool isEmpty() const { return !m_anchor || !m_cursor || *m_anchor == *m_cursor; }
    bool hasAnchor() const { return m_anchor.has_value(); }
    void clear();
    void start(TextPosition at);    // nothing selected yet
    void extendTo(TextPosition at); // from where it started
    TextPosition begin() const { return std::min(*m_anchor, *m_cursor); }
    TextPosition end() const { return std::max(*m_anchor, *m_cursor); }
    TextPosition cursor() const { return *m_cursor; }
    // The selected part of a block with `length` letters.
    TextRange within(int message, int block, int length) const;
    TextRange within(int message, const Unit& unit) const; // of a text as it is drawn
    bool isInTool() const { return m_anchor && m_anchor->block < 0; }
    TextPosition anchor() const { return *m_anchor; }
    // Messages were put before the first one, or taken away.
    void shiftMessages(int by);

  private:
    std::optional<TextPosition> m_anchor;
    std::optional<TextPosition> m_cursor;
};

// text/plain, text/markdown and text/html of the selection; a table as tab-separated text and as a table.
// Parses what was not parsed yet.
std::unique_ptr<QMimeData> copyOf(const Selection& selection, const Entries& entries);
std::unique_ptr<QMimeData> copyOf(const MessageEntry& entry);
QString plainText(const Selection& selection, const Entries& entries);

} // namespace exo::ui
