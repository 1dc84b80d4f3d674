#pragma once
// What Markdown becomes: a flat list of leaf blocks, each with the quotes and lists it stands in. Nothing in
// it refers to anything outside: an image is a text, a link only a target that someone may choose to open.
// Plain values: any thread.

#include <QByteArray>
#include <QFlags>
#include <QString>

#include <cstdint>
#include <vector>

namespace exo::ui::md {

enum class SpanFlag : std::uint16_t {
    Bold = 1,
    Italic = 2,
    Code = 4,
    Strike = 8,
    Link = 16,     // target: http, https or mailto
    Citation = 32, // target: path:line or path:first-last
    Image = 64,    // target: its address, never fetched
    Math = 128,
};
Q_DECLARE_FLAGS(SpanFlags, SpanFlag)
Q_DECLARE_OPERATORS_FOR_FLAGS(SpanFlags)

struct Span {
    int start = 0;
    int length = 0;
    SpanFlags flags;
    QString target;
    bool operator==(const Span&) const = default;
};

// Text with styles. Spans are in order, do not overlap and have a length.
struct Inline {
    QString text;
    std::vector<Span> spans;

    void append(const QString& piece, SpanFlags flags = {}, const QString& target = {});
    Inline slice(int from, int to) const;
    bool operator==(const Inline&) const = default;
};

enum class BlockKind : std::uint8_t { Paragraph, Heading, Code, Table, Rule };
enum class Marker : std::uint8_t { None, Bullet, Number, TaskOpen, TaskDone };
enum class Align : std::uint8_t { Left, Center, Right };

inline constexpr char k_quoteLevel = 'q';
inline constexpr char k_listLevel = 'l';

struct Block {
    BlockKind kind = BlockKind::Paragraph;
    QByteArray levels; // k_quoteLevel and k_listLevel, outermost first; capped
    Marker marker = Marker::None;
    int number = 0; // of Marker::Number
    int headingLevel = 0;
    bool tight = false;     // an item of a tight list: no space above
    bool continues = false; // the next part of the block before it, which was too long for one
    bool glued = false;     // …without a line break between the two
    Inline text;            // Paragraph, Heading; Code without its last line break
    QString language;       // Code: the first word of the info string, lower case
    QString info;           // Code: the rest of it
    int codeState = 0;      // Code: highlighter state at its start
    qsizetype source = 0;   // where in the text the self-contained piece it comes from begins
    std::vector<Align> aligns;
    std::vector<std::vector<Inline>> rows; // Table; the first is the head

    bool operator==(const Block&) const = default;
};

using Blocks = std::vector<Block>;

} // namespace exo::ui::md
