#pragma once
// Collects a parser's events into blocks: flattens nesting, joins texts, keeps every list bounded. Any
// thread.

#include "ui/chat/markdown/Block.h"

#include <string_view>

namespace exo::ui::md {

class BlockBuilder {
  public:
    enum class Tight : std::uint8_t { Yes, No };

    // firstNumber: of an ordered list; -1 for bullets; ignored for quotes.
    void enterLevel(char level, Tight tight, int firstNumber);
    void leaveLevel();
    void enterItem(Marker task);
    void leaveItem();

    void enterHeading(int level);
    void leaveHeading();
    void enterCode(const QString& info);
    void leaveCode();
    void addRule();
    void enterTable();
    void enterRow();
    void enterCell(Align align);
    void leaveCell();
    void leaveTable();
    void flushText(); // what was collected becomes a paragraph

    void enterSpan(SpanFlags flags, const QString& target = {});
    void leaveSpan();
    void addText(const QString& text);
    void addUtf8(std::string_view text);
    void addEntity(const QString& entity);

    void addPlain(const QString& paragraph);
    void addCode(const QString& info, const QString& code);

    Blocks take();

  private:
    struct Level {
        char kind;
        bool tight;
        int nextNumber;
        bool used = false; // a block of it exists
    };
    struct OpenSpan {
        SpanFlags flags;
        int start;            // in m_text
        SpanFlags outerFlags; // what holds again after it
        QString outerTarget;
    };
    Block newBlock(BlockKind kind);
    void addTextBlock(Block prototype, Inline text);
    void closeCodeSpan(const OpenSpan& span);
    void closeMathSpan(const OpenSpan& span);

    Blocks m_blocks;
    std::vector<Level> m_levels;
    std::vector<OpenSpan> m_spans;
    SpanFlags m_flags; // of all open spans
    QString m_target;  // of the innermost that has one
    Inline m_text;
    QByteArray m_code;
    QString m_info;
    bool m_inCode = false;
    Marker m_marker = Marker::None; // of the item whose first block is still to come
    int m_number = 0;
    int m_heading = 0;
    Block m_table;
    int m_cells = 0;
};

} // namespace exo::ui::md
