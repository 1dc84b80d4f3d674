#include "core/analysis/rules/RuleQuery.h"

#include "core/base/Text.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace exo::analysis {

namespace {

constexpr std::size_t k_shownCapture = 60; // bytes of a capture in a message

bool insideOf(TSNode node, const std::unordered_set<std::string>& types) {
    for (TSNode up = ts_node_parent(node); !ts_node_is_null(up); up = ts_node_parent(up))
        if (types.contains(ts_node_type(up))) return true;
    return false;
}

std::string errorText(TSQueryError error, std::string_view query, std::uint32_t offset) {
    static constexpr const char* k_kinds[]{"",        "syntax",    "node type", "field",
                                           "capture", "structure", "language"};
    const std::string kind = error <= TSQueryErrorLanguage ? k_kinds[error] : "error";
    const std::string_view rest = query.substr(std::min<std::size_t>(offset, query.size()), 30);
    return "the query is wrong (" + kind + ") at \"" + std::string(rest) + "\"";
}

} // namespace

Result<RuleQuery> RuleQuery::compile(const TSLanguage* language, std::vector<const Rule*> rules) {
    std::string source;
    std::vector<std::size_t> ends;
    for (const Rule* rule : rules) {
        source += rule->query;
        source += '\n';
        ends.push_back(source.size());
    }
    RuleQuery made;
    std::uint32_t offset = 0;
    TSQueryError error = TSQueryErrorNone;
    made.m_query.reset(
        ts_query_new(language, source.data(), static_cast<std::uint32_t>(source.size()), &offset, &error));
    if (!made.m_query) return fail(ErrorCode::InvalidRequest, errorText(error, source, offset), "query");
    const std::uint32_t patterns = ts_query_pattern_count(made.m_query.get());
    for (std::uint32_t i = 0; i < patterns; ++i) {
        const std::uint32_t start = ts_query_start_byte_for_pattern(made.m_query.get(), i);
        const auto rule = std::upper_bound(ends.begin(), ends.end(), start) - ends.begin();
        made.m_ruleOfPattern.push_back(rules[static_cast<std::size_t>(rule)]);
    }
    const std::uint32_t captures = ts_query_capture_count(made.m_query.get());
    for (std::uint32_t i = 0; i < captures; ++i)
        if (made.captureAt(i) == "find") made.m_find = i;
    if (made.m_find == UINT32_MAX)
        return fail(ErrorCode::InvalidRequest, "nothing is captured as @find", "query");
    EXO_CHECK(made.readPredicates());
    return made;
}

std::string RuleQuery::stringAt(std::uint32_t id) const {
    std::uint32_t length = 0;
    const char* text = ts_query_string_value_for_id(m_query.get(), id, &length);
    return {text, length};
}

std::string RuleQuery::captureAt(std::uint32_t id) const {
    std::uint32_t length = 0;
    const char* text = ts_query_capture_name_for_id(m_query.get(), id, &length);
    return {text, length};
}

Result<void> RuleQuery::readPredicates() {
    m_predicates.resize(m_ruleOfPattern.size());
    for (std::size_t i = 0; i < m_predicates.size(); ++i) {
        std::uint32_t count = 0;
        const TSQueryPredicateStep* steps =
            ts_query_predicates_for_pattern(m_query.get(), static_cast<std::uint32_t>(i), &count);
        for (std::uint32_t begin = 0, at = 0; at < count; ++at) {
            if (steps[at].type != TSQueryPredicateStepTypeDone) continue;
            EXO_CHECK(readPredicate(i, steps + begin, at - begin));
            begin = at + 1;
        }
    }
    return {};
}

Result<void> RuleQuery::readPredicate(std::size_t pattern, const TSQueryPredicateStep* steps,
                                      std::size_t count) {
    if (count < 3 || steps[0].type != TSQueryPredicateStepTypeString ||
        steps[1].type != TSQueryPredicateStepTypeCapture)
        return fail(ErrorCode::InvalidRequest, "a predicate needs a capture and a value", "query");
    std::string name = stringAt(steps[0].value_id);
    Predicate predicate;
    predicate.negated = name.starts_with("not-");
    if (predicate.negated) name.erase(0, 4);
    predicate.capture = steps[1].value_id;
    for (std::size_t i = 2; i < count; ++i) {
        if (steps[i].type == TSQueryPredicateStepTypeCapture)
            predicate.other = steps[i].value_id;
        else
            predicate.words.insert(stringAt(steps[i].value_id));
    }
    if (name == "match?") {
        if (count != 3 || predicate.words.size() != 1)
            return fail(ErrorCode::InvalidRequest, "#match? needs one pattern", "query");
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(1 << 20);
        predicate.test = Test::Match;
        predicate.pattern = std::make_shared<const re2::RE2>(*predicate.words.begin(), options);
        if (!predicate.pattern->ok())
            return fail(ErrorCode::InvalidRequest, "pattern: " + predicate.pattern->error(), "query");
    } else if (name == "any-of?") {
        predicate.test = Test::AnyOf;
    } else if (name == "inside?") {
        predicate.test = Test::Inside;
    } else if (name != "eq?") {
        return fail(ErrorCode::InvalidRequest, "unknown predicate #" + name, "query");
    }
    m_predicates[pattern].push_back(std::move(predicate));
    return {};
}

std::string_view RuleQuery::textOf(TSNode node, const ParsedFile& file) {
    const std::size_t begin = std::min<std::size_t>(ts_node_start_byte(node), file.source.size());
    const std::size_t end = std::min<std::size_t>(ts_node_end_byte(node), file.source.size());
    return file.source.substr(begin, end - begin);
}

// As elsewhere: holds for every node of the capture, and when there is none.
bool RuleQuery::holds(const Predicate& predicate, const TSQueryMatch& match, const ParsedFile& file) const {
    std::string_view other;
    for (std::uint16_t i = 0; i < match.capture_count; ++i)
        if (match.captures[i].index == predicate.other) other = textOf(match.captures[i].node, file);
    for (std::uint16_t i = 0; i < match.capture_count; ++i) {
        if (match.captures[i].index != predicate.capture) continue;
        const TSNode node = match.captures[i].node;
        const std::string_view text = textOf(node, file);
        bool result = false;
        switch (predicate.test) {
        case Test::Equal:
            result =
                predicate.other != UINT32_MAX ? text == other : predicate.words.contains(std::string(text));
            break;
        case Test::AnyOf: result = text.size() <= 256 && predicate.words.contains(std::string(text)); break;
        case Test::Match:
            result = re2::RE2::PartialMatch({text.data(), text.size()}, *predicate.pattern);
            break;
        case Test::Inside: result = insideOf(node, predicate.words); break;
        }
        if (result == predicate.negated) return false;
    }
    return true;
}

const Rule* RuleQuery::accepts(const TSQueryMatch& match, const ParsedFile& file) const {
    for (const Predicate& predicate : m_predicates[match.pattern_index])
        if (!holds(predicate, match, file)) return nullptr;
    return m_ruleOfPattern[match.pattern_index];
}

bool RuleQuery::focus(const TSQueryMatch& match, TSNode& node) const {
    for (std::uint16_t i = 0; i < match.capture_count; ++i) {
        if (match.captures[i].index != m_find) continue;
        node = match.captures[i].node;
        return true;
    }
    return false;
}

std::string RuleQuery::fill(std::string_view message, const TSQueryMatch& match,
                            const ParsedFile& file) const {
    std::string out;
    while (!message.empty()) {
        const std::size_t open = message.find('{');
        const std::size_t close = open == std::string_view::npos ? open : message.find('}', open);
        if (close == std::string_view::npos) break;
        out += message.substr(0, open);
        const std::string_view name = message.substr(open + 1, close - open - 1);
        for (std::uint16_t i = 0; i < match.capture_count; ++i) {
            if (captureAt(match.captures[i].index) != name) continue;
            std::string text = sanitizeUtf8(utf8Prefix(textOf(match.captures[i].node, file), k_shownCapture));
            std::replace_if(
                text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
            out += text;
            break;
        }
        message.remove_prefix(close + 1);
    }
    return out += message;
}

} // namespace exo::analysis
