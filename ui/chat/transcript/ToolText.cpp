#include "ui/chat/transcript/ToolText.h"

#include "core/base/Json.h"
#include "core/base/Text.h"
#include "ui/chat/markdown/Citation.h"

#include <QRegularExpression>

namespace exo::ui {

namespace {

constexpr qsizetype k_longestArgument = 160;
constexpr qsizetype k_longestFailure = 200;
constexpr qsizetype k_shownLetters = 6000;
constexpr int k_shownLines = 60;
constexpr std::size_t k_readBytes = 256u << 10; // of a result, for counting
constexpr std::size_t k_lineOfArguments = 80;
constexpr std::size_t k_argumentBytes = 64u << 10;
constexpr std::size_t k_lookedBack = 64; // calls that may run at once

bool turnsWriting(QChar letter) {
    const char16_t c = letter.unicode();
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

void dropHalfLetter(QString& text) {
    if (!text.isEmpty() && text.back().isHighSurrogate()) text.chop(1);
}

// As it stands, but what would not be seen becomes a sign.
QString visible(QString text) {
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    for (QChar& letter : text) {
        const char16_t c = letter.unicode();
        if (c == u'\n' || c == u'\t') continue;
        if (c == 0x2028 || c == 0x2029)
            letter = u'\n';
        else if (c < 0x20)
            letter = QChar(0x2400 + c);
        else if (c == 0x7F)
            letter = QChar(0x2421);
        else if ((c > 0x7F && c < 0xA0) || turnsWriting(letter))
            letter = QChar::ReplacementCharacter;
    }
    return text;
}

std::optional<Json> argumentsOf(const api::ToolCall& call) {
    JsonLimits limits;
    limits.maxBytes = k_argumentBytes;
    auto json = parseJson(call.arguments, limits);
    if (!json.ok() || !json->is_object()) return std::nullopt;
    return std::move(*json);
}

std::string lineRange(const Json& arguments) {
    const std::int64_t first = intOr(arguments, "start_line", 1);
    const std::int64_t last = intOr(arguments, "end_line");
    if (!arguments.contains("start_line") && !arguments.contains("end_line")) return {};
    std::string text = ":" + std::to_string(first);
    if (last > first) text += "-" + std::to_string(last);
    return text;
}

QString mainArgument(const api::ToolCall& call) {
    const auto arguments = argumentsOf(call);
    if (!arguments) return oneLine(call.arguments, k_longestArgument);
    for (const char* key : {"query", "name", "path", "glob", "rule", "severity"}) {
        std::string text(stringOr(*arguments, key));
        if (text.empty()) continue;
        if (call.name == "read_range") text += lineRange(*arguments);
        return oneLine(text, k_longestArgument);
    }
    if (const Json* focus = member(*arguments, "focus"); focus && focus->is_array() && !focus->empty())
        return oneLine(dumpJson(*focus), k_longestArgument);
    return arguments->empty() || call.name == "metrics" ? QString()
                                                        : oneLine(call.arguments, k_longestArgument);
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// "path:3-9 …", "path:3: …": how the tools begin a line about a place.
bool namesPlace(std::string_view line) {
    line = line.substr(0, 1000);
    for (std::size_t colon = line.find(':'); colon != std::string_view::npos;
         colon = line.find(':', colon + 1)) {
        std::size_t at = colon + 1;
        while (at < line.size() && (isDigit(line[at]) || (line[at] == '-' && at > colon + 1))) {
            ++at;
        }
        const bool ends = at == line.size() || line[at] == ' ' || line[at] == ':';
        if (colon > 0 && at > colon + 1 && ends) return true;
    }
    return false;
}

bool countsAs(const std::string& tool, std::string_view line) {
    if (tool == "outline") {
        line = trim(line);
        return !line.empty() && isDigit(line.front()) && line.find(": ") != std::string_view::npos;
    }
    if (tool == "repo_map") return line.front() != ' ' && !line.ends_with('.');
    if (tool == "list_files") return line.ends_with(" lines of code)");
    if (tool == "metrics" && line.find(": score ") != std::string_view::npos) return true;
    if (tool == "read_range") return isDigit(line.front()) && line.find('\t') != std::string_view::npos;
    return namesPlace(line);
}

ToolUnit unitOf(const std::string& tool) {
    if (tool == "outline") return ToolUnit::Symbols;
    if (tool == "repo_map" || tool == "list_files") return ToolUnit::Files;
    if (tool == "read_range") return ToolUnit::Lines;
    return ToolUnit::Results;
}

// Why it failed, without the advice to the model that follows.
QString failureOf(const std::string& result) {
    QString text = oneLine(result, k_longestFailure);
    for (const QString& end : {QStringLiteral("; "), QStringLiteral(". "), QStringLiteral(".…")}) {
        const qsizetype at = text.indexOf(end);
        if (at > 0) text.truncate(at);
    }
    if (text.endsWith(u'.')) text.chop(1);
    return text;
}

bool isKnown(const std::string& tool) {
    for (const char* name : {"search", "outline", "references", "callers", "metrics", "findings", "repo_map",
                             "read_range", "list_files"}) {
        if (tool == name) return true;
    }
    return false;
}

void countResult(const api::ToolCall& call, ToolFacts& facts) {
    const bool known = isKnown(call.name);
    facts.unit = known ? unitOf(call.name) : ToolUnit::Lines;
    std::string_view rest = call.result;
    if (rest.size() > k_readBytes) {
        rest = rest.substr(0, k_readBytes);
        facts.more = true;
    }
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty()) continue;
        if (line.starts_with("… "))
            facts.more = true;
        else if (!known || countsAs(call.name, line))
            ++facts.count;
    }
}

// Places the reader may go to. Lines of an outline name only their lines; the file stands above them.
void markPlaces(const api::ToolCall& call, md::Inline& text) {
    static const QRegularExpression place(
        QStringLiteral("[\\p{L}\\p{N}_./+@~-]{1,300}:[1-9][0-9]{0,6}(?:-[1-9][0-9]{0,6})?(?![0-9A-Za-z_])"));
    static const QRegularExpression row(QStringLiteral("^ +([1-9][0-9]{0,6}(?:-[1-9][0-9]{0,6})?): "),
                                        QRegularExpression::MultilineOption);
    const bool outline = call.name == "outline";
    const QString file =
        outline ? text.text.left(text.text.indexOf(QStringLiteral(" ("))).section(u'\n', 0, 0) : QString();
    for (auto it = (outline ? row : place).globalMatch(text.text); it.hasNext();) {
        const auto match = it.next();
        const int group = outline ? 1 : 0;
        const QString found = outline ? file + u':' + match.captured(1) : match.captured();
        const auto parsed = md::parseCodePlace(found);
        if (!parsed) continue;
        text.spans.push_back({static_cast<int>(match.capturedStart(group)),
                              static_cast<int>(match.capturedLength(group)), md::SpanFlag::Citation,
                              md::formatCodePlace(*parsed)});
    }
}

ToolPart partOf(const QString& whole, int call, bool result) {
    ToolPart part;
    part.call = call;
    part.isResult = result;
    part.lines = static_cast<int>(whole.count(u'\n')) + 1;
    qsizetype end = 0;
    while (part.shownLines < k_shownLines && end < whole.size() && end < k_shownLetters) {
        const qsizetype next = whole.indexOf(u'\n', end);
        end = next < 0 ? whole.size() : next + 1;
        ++part.shownLines;
    }
    QString text = whole.left(std::min(end, k_shownLetters));
    dropHalfLetter(text);
    const bool cut = text.size() < whole.size();
    if (text.endsWith(u'\n')) text.chop(1);
    part.block.kind = md::BlockKind::Code;
    part.block.language = result ? QString() : QStringLiteral("json");
    part.block.text.text = visible(text) + (cut ? QStringLiteral("\n…") : QString());
    return part;
}

} // namespace

QString oneLine(std::string_view text, qsizetype most) {
    const std::string_view head = utf8Prefix(text, static_cast<std::size_t>(most) * 8);
    QString line = QString::fromUtf8(head.data(), static_cast<qsizetype>(head.size()));
    QString out;
    for (const QChar letter : std::as_const(line)) {
        if (turnsWriting(letter)) continue;
        const bool blank = letter.isSpace() || letter.category() == QChar::Other_Control;
        if (!blank)
            out += letter;
        else if (!out.isEmpty() && !out.endsWith(u' '))
            out += u' ';
    }
    out = std::move(out).trimmed();
    if (out.size() <= most && head.size() == text.size()) return out;
    out.truncate(std::min(out.size(), most - 1));
    dropHalfLetter(out);
    return out + u'…';
}

ToolFacts toolFacts(const api::ToolCall& call) {
    ToolFacts facts;
    facts.argument = mainArgument(call);
    if (call.failed)
        facts.failure = failureOf(call.result);
    else
        countResult(call, facts);
    return facts;
}

QString wholeToolText(const api::ToolCall& call, bool result) {
    if (result) {
        QString text = QString::fromStdString(call.result);
        while (text.endsWith(u'\n')) {
            text.chop(1);
        }
        return text;
    }
    // What fits into a line stands as the model wrote it.
    const auto arguments = call.arguments.size() <= k_lineOfArguments ? std::nullopt : argumentsOf(call);
    if (!arguments) return QString::fromStdString(call.arguments);
    return QString::fromStdString(arguments->dump(2, ' ', false, Json::error_handler_t::replace));
}

std::vector<ToolPart> toolParts(const api::ToolCall& call, int index) {
    std::vector<ToolPart> parts;
    const QString arguments = wholeToolText(call, false);
    if (!arguments.isEmpty() && arguments != u"{}") parts.push_back(partOf(arguments, index, false));
    if (!call.result.empty()) {
        parts.push_back(partOf(wholeToolText(call, true), index, true));
        if (!call.failed) markPlaces(call, parts.back().block.text);
    }
    if (parts.empty()) return parts;
    parts.front().isFirst = true;
    parts.back().isLast = true;
    return parts;
}

bool isOpen(const api::ToolCall& call) {
    return call.durationMs < 0 && call.result.empty();
}

std::size_t noteToolCall(std::vector<api::ToolCall>& calls, api::ToolCall call) {
    const std::size_t first = calls.size() > k_lookedBack ? calls.size() - k_lookedBack : 0;
    for (std::size_t i = calls.size(); !isOpen(call) && i-- > first;) {
        if (calls[i].id != call.id || !isOpen(calls[i])) continue;
        calls[i] = std::move(call);
        return i;
    }
    calls.push_back(std::move(call));
    return calls.size() - 1;
}

} // namespace exo::ui
