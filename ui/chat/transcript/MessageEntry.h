#pragma once
// One message as the transcript holds it: its text as blocks (parsed when first needed) and the units it is
// drawn in. GUI thread; the transcript owns it.

#include "core/api/Types.h"
#include "ui/chat/markdown/Document.h"
#include "ui/chat/transcript/BlockLayout.h"
#include "ui/chat/transcript/ToolText.h"

#include <map>
#include <set>

namespace exo::ui {

enum class UnitKind : std::uint8_t {
    Boundary, // what is above was summarised for the model
    Header,
    ReasoningToggle,
    ReasoningText,
    ToolsToggle, // all calls in one line
    ToolRow,     // one call
    ToolText,    // what a call was asked, or told
    ToolsMore,   // that not all calls are listed
    Text,
    Unparsed, // stands for all text of a message nobody looked at yet
    Attachments,
    Sources,
    State,
    Actions,
};

struct Unit {
    UnitKind kind = UnitKind::Text;
    int block = -1;     // of a text, in its list; of ToolRow the call
    int height = 0;     // with the space above it
    int textHeight = 0; // of the block's layout alone, or its estimate
    bool exact = false; // textHeight is measured
    quint64 lastUsed = 0;
    std::unique_ptr<BlockLayout> layout;
};

// Drawn by a layout.
inline bool isText(const Unit& unit) {
    return unit.kind == UnitKind::Text || unit.kind == UnitKind::ReasoningText ||
           unit.kind == UnitKind::ToolText;
}

struct ToolSums {
    qint64 calls = 0;
    qint64 failed = 0;
    qint64 ms = 0;
};

// Calls with no text of the answer between them: one line until it is opened, when there are several.
struct ToolGroup {
    int first = 0; // call
    int count = 0;
    std::size_t block = 0; // it stands before that one
    ToolSums sums;
    bool isList() const { return count > 1; }
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
    void setTool(const api::ToolCall& call); // began, or ended

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

    // Tool calls, at their places in the text. The line of a group opens to its calls, each to its texts.
    const std::vector<ToolGroup>& toolGroups() const { return m_toolGroups; }
    const ToolGroup& toolGroupOf(int call) const;
    bool toolsShown(int first = 0) const { return m_shownGroups.contains(first); }
    void setToolsShown(int first, bool shown);
    bool isToolShown(int call) const { return m_openTools.contains(call); }
    void setToolShown(int call, bool shown);
    static int listedTools(const ToolGroup& group); // lines of calls there are at most
    int runningTool() const;                        // -1 when none runs
    bool toolRunsAtEnd() const;                     // with no text behind it
    qsizetype toolPlace(int call) const { return m_toolPlaces[static_cast<std::size_t>(call)]; }
    const ToolFacts& toolFacts(int call) const;
    const ToolSums& toolSums() const { return m_toolSums; }
    const std::vector<ToolPart>& toolParts() const { return m_toolParts; }

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
    void addUnit(UnitKind kind, int block = -1);
    void addToolUnits(const ToolGroup& group);
    void groupTools();
    void placeTools();
    void readTools();
    void openTools();

    api::Message m_message;
    md::Document m_document;
    md::Blocks m_blocks;
    md::Blocks m_reasoning;
    std::size_t m_keep = 0; // blocks before this are as they were at the last rebuild
    md::Blocks m_oldTail;
    bool m_parsed = false;
    bool m_streaming = false;
    bool m_reasoningShown = false;
    std::vector<qsizetype> m_toolPlaces; // of each call, in the text as the blocks count it; ascending
    std::vector<ToolGroup> m_toolGroups;
    std::set<int> m_shownGroups; // by their first call
    std::set<int> m_openTools;
    std::vector<ToolPart> m_toolParts; // of the opened calls that are listed
    bool m_keepTools = false;          // m_toolParts are what they were at the last rebuild
    ToolSums m_toolSums;
    mutable std::map<int, ToolFacts> m_toolFacts; // of the calls that were looked at
};

} // namespace exo::ui
