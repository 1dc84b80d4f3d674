#include "ui/chat/markdown/Block.h"

#include <algorithm>

namespace exo::ui::md {

void Inline::append(const QString& piece, SpanFlags flags, const QString& target) {
    if (piece.isEmpty()) return;
    const int start = static_cast<int>(text.size());
    const int length = static_cast<int>(piece.size());
    text += piece;
    if (!flags) return;
    if (!spans.empty()) {
        Span& last = spans.back();
        if (last.start + last.length == start && last.flags == flags && last.target == target) {
            last.length += length;
            return;
        }
    }
    spans.push_back({start, length, flags, target});
}

Inline Inline::slice(int from, int to) const {
    Inline out;
    from = std::clamp(from, 0, static_cast<int>(text.size()));
    to = std::clamp(to, from, static_cast<int>(text.size()));
    out.text = text.mid(from, to - from);
    for (const Span& span : spans) {
        const int start = std::max(span.start, from);
        const int end = std::min(span.start + span.length, to);
        if (start < end) out.spans.push_back({start - from, end - start, span.flags, span.target});
    }
    return out;
}

} // namespace exo::ui::md
