#pragma once
// Where everything in the transcript stands: exact for what was laid out, estimated for the rest. Keeps the
// layouts that were used last and drops the others. GUI thread; the view owns it.

#include "ui/chat/transcript/MessageEntry.h"

#include <memory>

namespace exo::ui {

using Entries = std::vector<std::unique_ptr<MessageEntry>>;

// Where the text of a unit stands within it.
struct TextPlace {
    int spaceAbove = 0; // before frame or bubble
    int above = 0;      // between frame and text
    int below = 0;
    int x = 0;
    int width = 0;
    int height(int text) const { return spaceAbove + above + text + below; }
};
TextPlace placeText(const MessageEntry& entry, const Unit& unit, int columnWidth);

class Geometry {
  public:
    Geometry(const Entries& entries, const TranscriptStyle& style)
        : m_entries(entries)
        , m_style(&style) {}

    void setStyle(const TranscriptStyle& style);
    void setColumnWidth(int width);
    int columnWidth() const { return m_columnWidth; }

    // Heights of an entry whose units or texts changed, or of all.
    void refresh(MessageEntry& entry);
    void refreshAll();

    int totalHeight();
    int messageTop(int message);
    int messageAt(int y); // nearest; -1 when there is none

    // Lays a text unit out. Returns by how much its height changed.
    int ensure(MessageEntry& entry, Unit& unit);
    // Frees the layouts that were not used for longest.
    void trim();
    void invalidateTops() { m_topsValid = false; }

    int liveLayouts() const;
    int layoutsBuilt() const { return m_built; }

  private:
    void measure(MessageEntry& entry, Unit& unit);
    void updateTops();

    const Entries& m_entries;
    const TranscriptStyle* m_style;
    std::vector<int> m_tops; // one more than messages
    bool m_topsValid = false;
    int m_columnWidth = TranscriptStyle::k_columnWidth;
    int m_built = 0;
    quint64 m_clock = 0;
};

} // namespace exo::ui
