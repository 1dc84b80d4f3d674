#include "ui/chat/transcript/Selection.h"

#include "ui/chat/markdown/Export.h"
#include "ui/chat/markdown/Parser.h"
#include "ui/chat/transcript/ChromeRows.h"

#include <QMimeData>

namespace exo::ui {

namespace {

struct Piece {
    const MessageEntry* entry;
    md::Blocks blocks;
    bool whole; // the message from its first to its last letter
};

md::Blocks blocksOf(const MessageEntry& entry) {
    if (entry.isParsed()) return entry.blocks();
    const QString text = QString::fromStdString(entry.message().content);
    return entry.isUser() ? md::parsePlain(text) : md::parse(text);
}

Piece toolPieceOf(const Selection& selection, const MessageEntry& entry, int message) {
    Piece piece{&entry, {}, false};
    const int index = selection.anchor().block;
    const auto part = static_cast<std::size_t>(-1 - index);
    if (part >= entry.toolParts().size()) return piece;
    const md::Block& block = entry.toolParts()[part].block;
    const int length = static_cast<int>(md::selectableText(block).size());
    const TextRange range = selection.within(message, index, length);
    if (!range.isEmpty()) piece.blocks.push_back(md::part(block, range.from, range.to));
    return piece;
}

Piece pieceOf(const Selection& selection, const MessageEntry& entry, int message) {
    if (selection.isInTool()) return toolPieceOf(selection, entry, message);
    Piece piece{&entry, {}, true};
    const md::Blocks all = blocksOf(entry);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const int length = static_cast<int>(md::selectableText(all[i]).size());
        const auto range = selection.within(message, static_cast<int>(i), length);
        const bool rule = all[i].kind == md::BlockKind::Rule;
        if (range.from == 0 && range.to == length && (length > 0 || rule)) {
            piece.blocks.push_back(all[i]);
        } else {
            piece.whole = piece.whole && length == 0;
            if (!range.isEmpty()) piece.blocks.push_back(md::part(all[i], range.from, range.to));
        }
    }
    return piece;
}

std::vector<Piece> piecesOf(const Selection& selection, const Entries& entries) {
    std::vector<Piece> pieces;
    if (selection.isEmpty()) return pieces;
    const int last = std::min(selection.end().message, static_cast<int>(entries.size()) - 1);
    for (int m = std::max(0, selection.begin().message); m <= last; ++m) {
        Piece piece = pieceOf(selection, *entries[static_cast<std::size_t>(m)], m);
        if (!piece.blocks.empty()) pieces.push_back(std::move(piece));
    }
    return pieces;
}

QString markdownOf(const Piece& piece) {
    return piece.whole ? QString::fromStdString(piece.entry->message().content)
                       : md::toMarkdown(piece.blocks);
}

std::unique_ptr<QMimeData> mimeOf(const std::vector<Piece>& pieces) {
    auto data = std::make_unique<QMimeData>();
    QString plain;
    QString markdown;
    QString html;
    const bool names = pieces.size() > 1; // who says what
    for (const Piece& piece : pieces) {
        const QString sender = senderOf(piece.entry->message());
        if (!plain.isEmpty()) {
            plain += QStringLiteral("\n\n");
            markdown += QStringLiteral("\n\n");
        }
        if (names) {
            plain += sender + QStringLiteral(":\n");
            markdown += QStringLiteral("**") + sender + QStringLiteral("**\n\n");
            html += QStringLiteral("<p><strong>") + sender.toHtmlEscaped() + QStringLiteral("</strong></p>");
        }
        plain += md::toPlain(piece.blocks);
        markdown += markdownOf(piece);
        html += md::toHtml(piece.blocks);
    }
    data->setText(plain);
    data->setData(QStringLiteral("text/markdown"), markdown.toUtf8());
    data->setHtml(QStringLiteral("<meta charset=\"utf-8\">") + html);
    return data;
}

} // namespace

void Selection::clear() {
    m_anchor.reset();
    m_cursor.reset();
}

void Selection::start(TextPosition at) {
    m_anchor = m_cursor = at;
}

void Selection::extendTo(TextPosition at) {
    if (!m_anchor) m_anchor = at;
    m_cursor = at;
}

TextRange Selection::within(int message, int block, int length) const {
    if (isEmpty()) return {};
    const TextPosition first = begin();
    const TextPosition last = end();
    const auto place = std::pair(message, block);
    if (place < std::pair(first.message, first.block) || place > std::pair(last.message, last.block))
        return {};
    TextRange range{0, length};
    if (place == std::pair(first.message, first.block)) range.from = std::min(first.offset, length);
    if (place == std::pair(last.message, last.block)) range.to = std::min(last.offset, length);
    return range;
}

TextRange Selection::within(int message, const Unit& unit) const {
    constexpr int k_all = std::numeric_limits<int>::max();
    if (unit.kind == UnitKind::Text) return within(message, unit.block, k_all);
    if (unit.kind != UnitKind::ToolText || !isInTool()) return {};
    return within(message, -1 - unit.block, k_all);
}

void Selection::shiftMessages(int by) {
    for (auto* position : {&m_anchor, &m_cursor}) {
        if (*position) (*position)->message += by;
    }
}

std::unique_ptr<QMimeData> copyOf(const Selection& selection, const Entries& entries) {
    return mimeOf(piecesOf(selection, entries));
}

std::unique_ptr<QMimeData> copyOf(const MessageEntry& entry) {
    return mimeOf({Piece{&entry, blocksOf(entry), true}});
}

QString plainText(const Selection& selection, const Entries& entries) {
    return copyOf(selection, entries)->text();
}

} // namespace exo::ui
