#include "ui/chat/markdown/Export.h"

namespace exo::ui::md {

namespace {

QString cellText(const Inline& cell) {
    QString text = cell.text;
    text.replace(u'\t', u' ');
    text.replace(u'\n', u' ');
    return text;
}

QString rowText(const std::vector<Inline>& row) {
    QString out;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += u'\t';
        out += cellText(row[i]);
    }
    return out;
}

QString tableText(const Block& block) {
    QString out;
    for (std::size_t i = 0; i < block.rows.size(); ++i) {
        if (i > 0) out += u'\n';
        out += rowText(block.rows[i]);
    }
    return out;
}

QString markerText(const Block& block) {
    switch (block.marker) {
    case Marker::None: return {};
    case Marker::Bullet: return QStringLiteral("- ");
    case Marker::Number: return QString::number(block.number) + QStringLiteral(". ");
    case Marker::TaskOpen: return QStringLiteral("- [ ] ");
    case Marker::TaskDone: return QStringLiteral("- [x] ");
    }
    return {};
}

// What stands before the first line of a block and before its other lines.
struct Prefix {
    QString first;
    QString rest;
};

Prefix prefixOf(const Block& block) {
    Prefix prefix;
    for (qsizetype i = 0; i < block.levels.size(); ++i) {
        const bool last = i + 1 == block.levels.size();
        if (block.levels[i] == k_quoteLevel) {
            prefix.first += QStringLiteral("> ");
            prefix.rest += QStringLiteral("> ");
        } else {
            prefix.first += last && block.marker != Marker::None ? markerText(block) : QStringLiteral("  ");
            prefix.rest += QStringLiteral("  ");
        }
    }
    return prefix;
}

QString indented(const QString& text, const Prefix& prefix) {
    QString out = prefix.first;
    for (const QChar c : text) {
        out += c;
        if (c == u'\n') out += prefix.rest;
    }
    return out;
}

QString inlineMarkdown(const Inline& text) {
    QString out;
    int at = 0;
    for (const Span& span : text.spans) {
        out += QStringView(text.text).mid(at, span.start - at);
        QString piece = text.text.mid(span.start, span.length);
        if (span.flags & (SpanFlag::Code | SpanFlag::Citation)) piece = u'`' + piece + u'`';
        if (span.flags & SpanFlag::Strike) piece = QStringLiteral("~~") + piece + QStringLiteral("~~");
        if (span.flags & SpanFlag::Italic) piece = u'*' + piece + u'*';
        if (span.flags & SpanFlag::Bold) piece = QStringLiteral("**") + piece + QStringLiteral("**");
        if ((span.flags & SpanFlag::Link) && span.target != piece) {
            piece = u'[' + piece + QStringLiteral("](") + span.target + u')';
        }
        out += piece;
        at = span.start + span.length;
    }
    return out + QStringView(text.text).mid(at);
}

QString inlineHtml(const Inline& text) {
    QString out;
    int at = 0;
    const auto escape = [](QStringView piece) {
        return piece.toString().toHtmlEscaped().replace(u'\n', QStringLiteral("<br>"));
    };
    for (const Span& span : text.spans) {
        out += escape(QStringView(text.text).mid(at, span.start - at));
        QString piece = escape(QStringView(text.text).mid(span.start, span.length));
        const auto wrap = [&piece](const char* tag) {
            const QString name = QString::fromLatin1(tag);
            piece = u'<' + name + u'>' + piece + QStringLiteral("</") + name + u'>';
        };
        if (span.flags & (SpanFlag::Code | SpanFlag::Citation)) wrap("code");
        if (span.flags & SpanFlag::Strike) wrap("s");
        if (span.flags & SpanFlag::Italic) wrap("em");
        if (span.flags & SpanFlag::Bold) wrap("strong");
        if (span.flags & SpanFlag::Link) {
            piece = QStringLiteral("<a href=\"") + span.target.toHtmlEscaped() + QStringLiteral("\">") +
                    piece + QStringLiteral("</a>");
        }
        out += piece;
        at = span.start + span.length;
    }
    return out + escape(QStringView(text.text).mid(at));
}

QString tableMarkdown(const Block& block) {
    QStringList lines;
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        QString line = QStringLiteral("|");
        for (const Inline& cell : block.rows[r]) {
            line += u' ' + inlineMarkdown(cell).replace(u'|', QStringLiteral("\\|")).replace(u'\n', u' ') +
                    QStringLiteral(" |");
        }
        lines << line;
        if (r > 0) continue;
        QString rule = QStringLiteral("|");
        for (std::size_t c = 0; c < block.rows[0].size(); ++c) {
            const Align align = c < block.aligns.size() ? block.aligns[c] : Align::Left;
            rule += align == Align::Right    ? QStringLiteral(" ---: |")
                    : align == Align::Center ? QStringLiteral(" :---: |")
                                             : QStringLiteral(" --- |");
        }
        lines << rule;
    }
    return lines.join(u'\n');
}

QString tableHtml(const Block& block) {
    QString out = QStringLiteral("<table>");
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        const QString tag = r == 0 ? QStringLiteral("th") : QStringLiteral("td");
        out += QStringLiteral("<tr>");
        for (const Inline& cell : block.rows[r]) {
            out += u'<' + tag + u'>' + inlineHtml(cell) + QStringLiteral("</") + tag + u'>';
        }
        out += QStringLiteral("</tr>");
    }
    return out + QStringLiteral("</table>");
}

// Joins the parts of what was cut for length; everything else is separate.
Blocks joined(const Blocks& blocks) {
    Blocks out;
    for (const Block& block : blocks) {
        if (!block.continues || out.empty() || out.back().kind != block.kind) {
            out.push_back(block);
            continue;
        }
        Block& last = out.back();
        if (!block.glued) last.text.text += u'\n';
        const int base = static_cast<int>(last.text.text.size());
        last.text.text += block.text.text;
        for (Span span : block.text.spans) {
            span.start += base;
            last.text.spans.push_back(std::move(span));
        }
    }
    return out;
}

QString blockMarkdown(const Block& block) {
    switch (block.kind) {
    case BlockKind::Heading: return QString(block.headingLevel, u'#') + u' ' + inlineMarkdown(block.text);
    case BlockKind::Code: {
        QString fence = QStringLiteral("```");
        while (block.text.text.contains(fence)) {
            fence += u'`';
        }
        return fence + block.language + (block.info.isEmpty() ? QString() : u' ' + block.info) + u'\n' +
               block.text.text + u'\n' + fence;
    }
    case BlockKind::Table: return tableMarkdown(block);
    case BlockKind::Rule: return QStringLiteral("---");
    default: return inlineMarkdown(block.text);
    }
}

QString blockHtml(const Block& block) {
    switch (block.kind) {
    case BlockKind::Heading: {
        const QString tag = u'h' + QString::number(block.headingLevel);
        return u'<' + tag + u'>' + inlineHtml(block.text) + QStringLiteral("</") + tag + u'>';
    }
    case BlockKind::Code:
        return QStringLiteral("<pre><code>") + block.text.text.toHtmlEscaped() +
               QStringLiteral("</code></pre>");
    case BlockKind::Table: return tableHtml(block);
    case BlockKind::Rule: return QStringLiteral("<hr>");
    default: {
        const bool item = block.marker != Marker::None;
        const QString marker = block.marker == Marker::Bullet
                                   ? QStringLiteral("• ")
                                   : markerText(block).remove(QStringLiteral("- "));
        return QStringLiteral("<p>") + (item ? marker : QString()) + inlineHtml(block.text) +
               QStringLiteral("</p>");
    }
    }
}

} // namespace

QString selectableText(const Block& block) {
    if (block.kind == BlockKind::Table) return tableText(block);
    return block.kind == BlockKind::Rule ? QString() : block.text.text;
}

Block part(const Block& block, int from, int to) {
    Block out = block;
    if (block.kind == BlockKind::Rule) return out;
    if (block.kind != BlockKind::Table) {
        out.text = block.text.slice(from, to);
        if (from > 0) out.marker = Marker::None;
        return out;
    }
    out.rows.clear();
    int at = 0;
    for (const auto& row : block.rows) {
        const int end = at + static_cast<int>(rowText(row).size());
        if (from <= end && to >= at && !(to == at && from < at)) out.rows.push_back(row);
        at = end + 1;
    }
    return out;
}

QString toPlain(const Blocks& blocks) {
    QString out;
    for (const Block& block : joined(blocks)) {
        if (!out.isEmpty()) out += block.tight ? QStringLiteral("\n") : QStringLiteral("\n\n");
        if (block.kind == BlockKind::Rule)
            out += QStringLiteral("---");
        else if (block.marker == Marker::None)
            out += selectableText(block);
        else
            out += indented(selectableText(block),
                            {QString((block.levels.size() - 1) * 2, u' ') + markerText(block), {}});
    }
    return out;
}

QString toMarkdown(const Blocks& blocks) {
    QString out;
    for (const Block& block : joined(blocks)) {
        if (!out.isEmpty()) out += block.tight ? QStringLiteral("\n") : QStringLiteral("\n\n");
        out += indented(blockMarkdown(block), prefixOf(block));
    }
    return out;
}

QString toHtml(const Blocks& blocks) {
    QString out;
    for (const Block& block : joined(blocks)) {
        const bool quoted = block.levels.contains(k_quoteLevel);
        if (quoted) out += QStringLiteral("<blockquote>");
        out += blockHtml(block);
        if (quoted) out += QStringLiteral("</blockquote>");
    }
    return out;
}

QString wholeCode(const Blocks& blocks, std::size_t index) {
    while (index > 0 && blocks[index].continues) {
        --index;
    }
    QString out = blocks[index].text.text;
    for (std::size_t i = index + 1; i < blocks.size() && blocks[i].continues; ++i) {
        if (!blocks[i].glued) out += u'\n';
        out += blocks[i].text.text;
    }
    return out;
}

} // namespace exo::ui::md
