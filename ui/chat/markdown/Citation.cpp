#include "ui/chat/markdown/Citation.h"

#include <QRegularExpression>

namespace exo::ui::md {

namespace {

constexpr int k_longestPath = 300;

// host:port looks like file:line.
bool looksLikeHost(QStringView path) {
    if (path.contains(u'/')) return false;
    static const QRegularExpression digits(QStringLiteral("^[0-9.]+$"));
    if (digits.match(path).hasMatch()) return true;
    for (const auto ending : {u".com", u".org", u".net", u".io", u".dev", u".cn", u".local"}) {
        if (path.endsWith(QStringView(ending))) return true;
    }
    return false;
}

bool looksLikeFile(QStringView path) {
    const auto slash = path.lastIndexOf(u'/');
    const QStringView name = path.mid(slash + 1);
    if (name == u"Makefile" || name == u"Dockerfile" || name == u"README" || name == u"LICENSE") return true;
    const auto dot = name.lastIndexOf(u'.');
    return dot >= 0 && dot + 1 < name.size() && name.size() - dot <= 12;
}

} // namespace

std::optional<CodePlace> parseCodePlace(QStringView text) {
    if (text.size() > k_longestPath || text.size() < 3) return std::nullopt;
    static const QRegularExpression form(
        QStringLiteral("^([\\p{L}\\p{N}_./+@~-]+):([1-9][0-9]{0,6})(?:[-\u2013]([1-9][0-9]{0,6}))?$"));
    const auto match = form.match(text);
    if (!match.hasMatch()) return std::nullopt;
    const QStringView path = match.capturedView(1);
    if (path.startsWith(u'/') || path.startsWith(u'~') || path.startsWith(u"../") || path.contains(u"/../") ||
        path.contains(u"//")) {
        return std::nullopt;
    }
    if (looksLikeHost(path) || !looksLikeFile(path)) return std::nullopt;
    CodePlace place;
    place.path = path.toString();
    place.startLine = match.capturedView(2).toInt();
    place.endLine = match.hasCaptured(3) ? match.capturedView(3).toInt() : place.startLine;
    if (place.endLine < place.startLine) return std::nullopt;
    return place;
}

QString formatCodePlace(const CodePlace& place) {
    QString text = place.path + u':' + QString::number(place.startLine);
    if (place.endLine > place.startLine) text += u'-' + QString::number(place.endLine);
    return text;
}

Inline markBracketCitations(const Inline& text) {
    if (!text.text.contains(u'[') || !text.text.contains(u':')) return text;
    static const QRegularExpression bracket(QStringLiteral("\\[([^\\[\\]\\s]{3,300})\\]"));
    Inline out;
    int done = 0;
    for (auto it = bracket.globalMatch(text.text); it.hasNext();) {
        const auto match = it.next();
        const auto place = parseCodePlace(match.capturedView(1));
        if (!place) continue;
        const int start = static_cast<int>(match.capturedStart());
        const int end = static_cast<int>(match.capturedEnd());
        const Inline inside = text.slice(start, end);
        if (!inside.spans.empty()) continue;
        const Inline before = text.slice(done, start);
        const int base = static_cast<int>(out.text.size());
        out.text += before.text;
        for (Span span : before.spans) {
            span.start += base;
            out.spans.push_back(std::move(span));
        }
        out.append(match.captured(1), SpanFlag::Code | SpanFlag::Citation, formatCodePlace(*place));
        done = end;
    }
    if (done == 0) return text;
    const Inline rest = text.slice(done, static_cast<int>(text.text.size()));
    const int base = static_cast<int>(out.text.size());
    out.text += rest.text;
    for (Span span : rest.spans) {
        span.start += base;
        out.spans.push_back(std::move(span));
    }
    return out;
}

} // namespace exo::ui::md
