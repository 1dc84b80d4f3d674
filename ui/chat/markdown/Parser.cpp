#include "ui/chat/markdown/Parser.h"

#include "ui/chat/markdown/BlockBuilder.h"
#include "ui/chat/markdown/Highlighter.h"
#include "ui/chat/markdown/Latex.h"

#include <md4c.h>

namespace exo::ui::md {

namespace {

constexpr int k_linesPerPart = 100;
constexpr int k_charsPerPart = 8000;
constexpr int k_charsPerLine = 4000;

QString attribute(const MD_ATTRIBUTE& value) {
    return QString::fromUtf8(value.text, static_cast<qsizetype>(value.size));
}

BlockBuilder& builder(void* data) {
    return *static_cast<BlockBuilder*>(data);
}

int enterBlock(MD_BLOCKTYPE type, void* detail, void* data) {
    BlockBuilder& b = builder(data);
    switch (type) {
    case MD_BLOCK_QUOTE: b.enterLevel(k_quoteLevel, BlockBuilder::Tight::No, 0); break;
    case MD_BLOCK_UL: {
        const bool tight = static_cast<MD_BLOCK_UL_DETAIL*>(detail)->is_tight != 0;
        b.enterLevel(k_listLevel, tight ? BlockBuilder::Tight::Yes : BlockBuilder::Tight::No, -1);
        break;
    }
    case MD_BLOCK_OL: {
        const auto* list = static_cast<MD_BLOCK_OL_DETAIL*>(detail);
        b.enterLevel(k_listLevel, list->is_tight != 0 ? BlockBuilder::Tight::Yes : BlockBuilder::Tight::No,
                     static_cast<int>(std::min(list->start, 999'999'999u)));
        break;
    }
    case MD_BLOCK_LI: {
        const auto* item = static_cast<MD_BLOCK_LI_DETAIL*>(detail);
        b.enterItem(item->is_task != 0 ? (item->task_mark == ' ' ? Marker::TaskOpen : Marker::TaskDone)
                                       : Marker::None);
        break;
    }
    case MD_BLOCK_H: b.enterHeading(static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level)); break;
    case MD_BLOCK_CODE: b.enterCode(attribute(static_cast<MD_BLOCK_CODE_DETAIL*>(detail)->info)); break;
    case MD_BLOCK_HR: b.addRule(); break;
    case MD_BLOCK_TABLE: b.enterTable(); break;
    case MD_BLOCK_TR: b.enterRow(); break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD: {
        const MD_ALIGN align = static_cast<MD_BLOCK_TD_DETAIL*>(detail)->align;
        b.enterCell(align == MD_ALIGN_RIGHT    ? Align::Right
                    : align == MD_ALIGN_CENTER ? Align::Center
                                               : Align::Left);
        break;
    }
    default: break;
    }
    return 0;
}

int leaveBlock(MD_BLOCKTYPE type, void*, void* data) {
    BlockBuilder& b = builder(data);
    switch (type) {
    case MD_BLOCK_QUOTE:
    case MD_BLOCK_UL:
    case MD_BLOCK_OL: b.leaveLevel(); break;
    case MD_BLOCK_LI: b.leaveItem(); break;
    case MD_BLOCK_H: b.leaveHeading(); break;
    case MD_BLOCK_P: b.flushText(); break;
    case MD_BLOCK_CODE: b.leaveCode(); break;
    case MD_BLOCK_TABLE: b.leaveTable(); break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD: b.leaveCell(); break;
    default: break;
    }
    return 0;
}

int enterSpan(MD_SPANTYPE type, void* detail, void* data) {
    BlockBuilder& b = builder(data);
    switch (type) {
    case MD_SPAN_EM: b.enterSpan(SpanFlag::Italic); break;
    case MD_SPAN_STRONG: b.enterSpan(SpanFlag::Bold); break;
    case MD_SPAN_DEL: b.enterSpan(SpanFlag::Strike); break;
    case MD_SPAN_CODE: b.enterSpan(SpanFlag::Code); break;
    case MD_SPAN_A:
        b.enterSpan(SpanFlag::Link, attribute(static_cast<MD_SPAN_A_DETAIL*>(detail)->href));
        break;
    case MD_SPAN_IMG:
        b.enterSpan(SpanFlag::Image, attribute(static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src));
        break;
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY: b.enterSpan(SpanFlag::Math); break;
    default: b.enterSpan({}); break;
    }
    return 0;
}

int leaveSpan(MD_SPANTYPE, void*, void* data) {
    builder(data).leaveSpan();
    return 0;
}

int onText(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* data) {
    BlockBuilder& b = builder(data);
    switch (type) {
    case MD_TEXT_NULLCHAR: b.addText(QString(QChar(QChar::ReplacementCharacter))); break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR: b.addText(QStringLiteral("\n")); break;
    case MD_TEXT_ENTITY: b.addEntity(QString::fromUtf8(text, static_cast<qsizetype>(size))); break;
    default: b.addUtf8({text, size}); break;
    }
    return 0;
}

constexpr unsigned k_flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML |
                             MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_LATEXMATHSPANS;

} // namespace

Blocks parseSegment(const QString& segment) {
    const QByteArray bytes = normaliseMathDelimiters(segment).toUtf8();
    BlockBuilder b;
    MD_PARSER parser{};
    parser.flags = k_flags;
    parser.enter_block = enterBlock;
    parser.leave_block = leaveBlock;
    parser.enter_span = enterSpan;
    parser.leave_span = leaveSpan;
    parser.text = onText;
    if (md_parse(bytes.constData(), static_cast<MD_SIZE>(bytes.size()), &parser, &b) != 0) {
        return parsePlain(segment); // out of memory or over a limit of the parser: still readable
    }
    return b.take();
}

void appendCode(Blocks& out, Block prototype, const QString& code) {
    prototype.kind = BlockKind::Code;
    const Language& language = languageFor(prototype.language);
    qsizetype at = 0;
    int state = 0;
    do {
        qsizetype end = at;
        int lines = 0;
        bool midLine = false;
        while (end < code.size()) {
            auto newline = code.indexOf(u'\n', end);
            if (newline < 0) newline = code.size();
            if (newline - end > k_charsPerLine) {
                midLine = true;
                end = lines == 0 ? end + k_charsPerLine : end;
                if (code[end - 1].isHighSurrogate() && end > at + 1) --end;
                midLine = end > at && code[end - 1] != u'\n';
                break;
            }
            end = std::min(newline + 1, code.size());
            if (++lines >= k_linesPerPart || end - at >= k_charsPerPart) break;
        }
        const bool endsLine = end > at && !midLine && code[end - 1] == u'\n';
        prototype.text.text = code.mid(at, end - at - (endsLine ? 1 : 0));
        prototype.codeState = state;
        out.push_back(prototype);
        if (end >= code.size()) break;
        state = highlight(prototype.text.text, language, state, nullptr);
        prototype.continues = true;
        prototype.glued = !endsLine;
        prototype.marker = Marker::None;
        at = end;
    } while (true);
}

Blocks parsePlain(const QString& text) {
    BlockBuilder b;
    QString paragraph;
    QString code;
    QString fence;
    QString info;
    const auto flush = [&] {
        while (paragraph.endsWith(u'\n')) {
            paragraph.chop(1);
        }
        if (!paragraph.isEmpty()) b.addPlain(paragraph);
        paragraph.clear();
    };
    for (const QStringView line : QStringView(text).split(u'\n')) {
        const QStringView trimmed = line.trimmed();
        if (!fence.isEmpty()) {
            if (trimmed == fence) {
                b.addCode(info, code);
                fence.clear();
            } else {
                code += line;
                code += u'\n';
            }
        } else if (trimmed.startsWith(u"```")) {
            flush();
            qsizetype ticks = 3;
            while (ticks < trimmed.size() && trimmed[ticks] == u'`') {
                ++ticks;
            }
            fence = QString(ticks, u'`');
            info = trimmed.mid(ticks).trimmed().toString();
            code.clear();
        } else if (!paragraph.isEmpty() || !trimmed.isEmpty()) {
            paragraph += line;
            paragraph += u'\n';
        }
    }
    if (!fence.isEmpty()) b.addCode(info, code);
    flush();
    return b.take();
}

} // namespace exo::ui::md
