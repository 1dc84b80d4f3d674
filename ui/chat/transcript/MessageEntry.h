#pragma once
// One message as the transcript holds it: its text as blocks (parsed when first needed) and the units it is
// drawn in. GUI thread; the transcript owns it.

#include "core/api/Types.h"
#include "ui/chat/markdown/Document.h"
#include "ui/chat/transcript/BlockLayout.h"

#include <map>
#include <set>

namespace exo::ui {

enum class UnitKind : std::uint8_t {
    Boundary, // what is above was summarised for the model
    Header,
    ReasoningToggle,
    ReasoningText,
    Text,
    Unparsed, // stands for all text of a message nobody looked at yet
    Attachments,
    Sources,
    State,
    Actions,
};

struct Unit {
    UnitKind kind = UnitKind::Text;
    int block = -1;     // of Text and ReasoningText, in its list
    int height = 0;     // with the space above it
    int textHeight = 0; // of the block's layout alone, or its estimate
    bool exact = false; // textHeight is measured
    quint64 lastUsed = 0;
    std::unique_ptr<BlockLayout> layout;
};

class MessageEntry {
  public:
    explicit MessageEntry(api::Message message);

    const api::Message& message() const { return m_message; }
    bool isUser() const { return m_message.role == api::Role::User; }
    bool isPending() const { return m_message.state == api::MessageState::Pending; }

    // The same message in a newer state; text that did not change keeps its layouts.
    void setMessage(api::Message message);
    void appendText(const QString& text);
    void appendReasoning(const QString& text);
    void addCitation(const api::Citation& citation);

    bool isParsed() const { return m_parsed; }
    qsizetype contentSize() const { return static_cast<qsizetype>(m_message.content.size()); }
    void parse();                      // now, in this thread
    void setBlocks(md::Blocks blocks); // parsed elsewhere from this content
    bool parseRequested = false;

    const md::Blocks& blocks() const { return m_streaming ? m_document.blocks() : m_blocks; }
    const md::Blocks& reasoning() const { return m_reasoning; }
    const md::Block& blockOf(const Unit& unit) const;
    bool isLastPart(const Unit& unit) const; // no further part of the same code follows

    bool reasoningShown() const { return m_reasoningShown; }
    void setReasoningShown(bool shown);

    // Index of the first part of the code that block belongs to: the key of what follows.
    int codeGroup(int block) const;
    std::set<int> wrapped;       // code groups that wrap
    std::map<int, int> scrolled; // code groups moved sideways, in pixels

    std::vector<Unit> units;
    int height = 0;
    int liveLayouts = 0;
    void dropLayouts(); // colours, fonts or the width changed
    void rebuildUnits();

  private:
    void beginStreaming();
    void keepLayouts(std::vector<Unit>& from);

    api::Message m_message;
    md::Document m_document;
    md::Blocks m_blocks;
    md::Blocks m_reasoning;
    std::size_t m_keep = 0; // blocks before this are as they were at the last rebuild
    md::Blocks m_oldTail;
    bool m_parsed = false;
    bool m_streaming = false;
    bool m_reasoningShown = false;
};

} // namespace exo::ui
