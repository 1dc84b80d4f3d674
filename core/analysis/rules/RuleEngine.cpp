#include "core/analysis/rules/RuleEngine.h"

#include "core/analysis/parse/Grammar.h"
#include "core/analysis/rules/RuleQuery.h"
#include "core/analysis/rules/RuleTriggers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace exo::analysis {

namespace {

struct Bounds {
    std::chrono::milliseconds time;
    std::uint32_t openMatches; // of the cursor
};
constexpr Bounds k_ours{std::chrono::milliseconds(5000), 1024};
constexpr Bounds k_projects{std::chrono::milliseconds(500), 256};
constexpr std::size_t k_maxOfOneRule = 500;  // in a file
constexpr std::size_t k_seenAfterName = 400; // bytes that Rule::near may look at
constexpr std::size_t k_manyHits = 64;       // more names of one rule: one walk is cheaper than many look-ups

struct FreeCursor {
    void operator()(TSQueryCursor* cursor) const { ts_query_cursor_delete(cursor); }
};

bool pastDeadline(TSQueryCursorState* state) {
    return std::chrono::steady_clock::now() >=
           *static_cast<const std::chrono::steady_clock::time_point*>(state->payload);
}

const TSLanguage* grammarOf(Language language) {
    const Grammar* grammar = Grammar::of(language);
    return grammar ? grammar->language() : nullptr;
}

std::string_view lineAt(std::string_view source, std::size_t offset) {
    const std::size_t before = offset == 0 ? std::string_view::npos : source.rfind('\n', offset - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(source.find('\n', offset), source.size());
    return source.substr(begin, std::min<std::size_t>(end - begin, 500));
}

FindingRecord makeFinding(const Rule& rule, TSNode node, const ParsedFile& file) {
    FindingRecord finding;
    finding.rule = rule.info.id;
    finding.severity = rule.info.severity;
    finding.cwe = rule.info.cwe;
    const TSPoint start = ts_node_start_point(node), end = ts_node_end_point(node);
    finding.line = static_cast<std::int32_t>(start.row) + 1;
    finding.column = static_cast<std::int32_t>(start.column) + 1;
    finding.endLine = static_cast<std::int32_t>(end.row) + 1;
    finding.endColumn = static_cast<std::int32_t>(end.column) + 1;
    finding.context = lineAt(file.source, ts_node_start_byte(node));
    return finding;
}

} // namespace

struct RuleEngine::Parts {
    struct OneRule {
        const Rule* rule = nullptr;
        bool tried = false; // compiling takes a while, so only what is met is compiled
        std::optional<RuleQuery> query;
    };
    struct Queries {
        const TSLanguage* grammar = nullptr;
        std::vector<OneRule> byName; // of our rules, those that names lead to
        TriggerFinder names;
        std::optional<RuleQuery> ours; // the other ones of ours, in one query
        std::optional<RuleQuery> projects;
        std::vector<std::pair<std::uint32_t, std::unique_ptr<re2::RE2>>> patterns; // of Rule::near alone
        std::unordered_map<std::uint32_t, std::unique_ptr<re2::RE2>> after;        // of Rule::near with words
        std::vector<std::uint32_t> repeated;                                       // "repeated-operand"

        // By rule, then by place.
        std::vector<TriggerHit> hits(std::string_view text) const {
            std::vector<TriggerHit> all = names.find(text);
            std::erase_if(all, [&](const TriggerHit& hit) {
                const auto pattern = after.find(hit.rule);
                if (pattern == after.end()) return false;
                const std::string_view seen = text.substr(hit.begin, k_seenAfterName);
                return !re2::RE2::PartialMatch({seen.data(), seen.size()}, *pattern->second);
            });
            for (const auto& [rule, pattern] : patterns)
                addMatches(text, *pattern, rule, all);
            for (const std::uint32_t rule : repeated)
                for (const TriggerHit& hit : repeatedOperands(text, rule))
                    all.push_back(hit);
            return all;
        }
        static void addMatches(std::string_view text, const re2::RE2& pattern, std::uint32_t rule,
                               std::vector<TriggerHit>& hits) {
            re2::StringPiece found;
            const re2::StringPiece whole(text.data(), text.size());
            for (std::size_t at = 0;
                 pattern.Match(whole, at, text.size(), re2::RE2::UNANCHORED, &found, 1);) {
                const auto begin = static_cast<std::size_t>(found.data() - text.data());
                at = begin + std::max<std::size_t>(found.size(), 1);
                if (at > text.size()) return;
                hits.push_back({rule, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)});
            }
        }
    };
    struct Run {
        const ParsedFile& file;
        FileRecord& record;
        std::set<std::tuple<const Rule*, std::uint32_t, std::uint32_t>> seen;
        std::unordered_map<const Rule*, std::size_t> counts;
    };
    struct Range {
        std::uint32_t begin = 0, end = UINT32_MAX;
    };

    std::shared_ptr<const RuleSet> rules;
    std::array<std::unique_ptr<Queries>, static_cast<std::size_t>(Language::Count)> byLanguage;
    std::unique_ptr<TSQueryCursor, FreeCursor> cursor{ts_query_cursor_new()};

    static std::optional<RuleQuery> compile(const TSLanguage* grammar, std::vector<const Rule*> chosen) {
        if (chosen.empty()) return std::nullopt;
        auto query = RuleQuery::compile(grammar, std::move(chosen));
        if (!query.ok()) return std::nullopt; // each alone compiled, or the tests would have told
        return *std::move(query);
    }

    static bool addTrigger(Queries& queries, const Rule& rule) {
        const auto index = static_cast<std::uint32_t>(queries.byName.size());
        const auto words = !rule.words.empty() ? rule.words
                           : rule.near.empty() ? triggersOf(rule.query)
                                               : rule.words;
        for (const std::string& word : words)
            queries.names.add(word, index);
        if (rule.near == "repeated-operand")
            queries.repeated.push_back(index);
        else if (!rule.near.empty() && !words.empty())
            queries.after.emplace(index, std::make_unique<re2::RE2>(rule.near));
        else if (!rule.near.empty())
            queries.patterns.emplace_back(index, std::make_unique<re2::RE2>(rule.near));
        if (words.empty() && rule.near.empty()) return false;
        queries.byName.push_back({&rule, false, std::nullopt});
        return true;
    }

    Queries& queriesOf(Language language) {
        auto& queries = byLanguage[static_cast<std::size_t>(language)];
        if (queries) return *queries;
        queries = std::make_unique<Queries>();
        queries->grammar = grammarOf(language);
        std::vector<const Rule*> others, projects;
        for (const Rule& rule : rules->rules()) {
            if (std::find(rule.languages.begin(), rule.languages.end(), language) == rule.languages.end())
                continue;
            if (rule.origin == RuleOrigin::Project)
                projects.push_back(&rule);
            else if (!addTrigger(*queries, rule))
                others.push_back(&rule);
        }
        if (!queries->grammar) return *queries;
        queries->ours = compile(queries->grammar, std::move(others));
        queries->projects = compile(queries->grammar, std::move(projects));
        return *queries;
    }

    void runByName(Queries& queries, Run& run) {
        const std::vector<TriggerHit> hits = queries.hits(run.file.source);
        for (std::size_t i = 0; i < hits.size();) {
            std::size_t end = i;
            while (end < hits.size() && hits[end].rule == hits[i].rule)
                ++end;
            OneRule& one = queries.byName[hits[i].rule];
            if (!std::exchange(one.tried, true)) one.query = compile(queries.grammar, {one.rule});
            if (one.query && end - i > k_manyHits) this->run(*one.query, k_ours, {}, run);
            for (; one.query && end - i <= k_manyHits && i < end; ++i)
                this->run(*one.query, k_ours, {hits[i].begin, hits[i].end}, run);
            i = end;
        }
    }

    void run(const RuleQuery& query, const Bounds& bounds, const Range& range, Run& run) {
        auto deadline = std::chrono::steady_clock::now() + bounds.time;
        TSQueryCursorOptions options{};
        options.payload = &deadline;
        options.progress_callback = pastDeadline;
        ts_query_cursor_set_match_limit(cursor.get(), bounds.openMatches);
        ts_query_cursor_set_byte_range(cursor.get(), range.begin, range.end);
        ts_query_cursor_exec_with_options(cursor.get(), query.query(), ts_tree_root_node(run.file.tree),
                                          &options);
        TSQueryMatch match;
        while (ts_query_cursor_next_match(cursor.get(), &match)) {
            TSNode node;
            const Rule* rule = query.accepts(match, run.file);
            if (!rule || !query.focus(match, node)) continue;
            if (!run.seen.emplace(rule, ts_node_start_byte(node), ts_node_end_byte(node)).second) continue;
            if (++run.counts[rule] > k_maxOfOneRule) continue;
            FindingRecord finding = makeFinding(*rule, node, run.file);
            // What is risky in a product is often what a test is about.
            if (run.record.test && finding.severity == FindingRecord::Severity::Warning)
                finding.severity = FindingRecord::Severity::Note;
            finding.messageEn = query.fill(rule->messageEn, match, run.file);
            finding.messageZh = query.fill(rule->messageZh, match, run.file);
            run.record.findings.push_back(std::move(finding));
        }
    }
};

RuleEngine::RuleEngine(std::shared_ptr<const RuleSet> rules)
    : m_parts(std::make_unique<Parts>()) {
    m_parts->rules = std::move(rules);
}
RuleEngine::~RuleEngine() = default;
RuleEngine::RuleEngine(RuleEngine&&) noexcept = default;
RuleEngine& RuleEngine::operator=(RuleEngine&&) noexcept = default;

void RuleEngine::run(const ParsedFile& file, FileRecord& record) {
    if (!file.tree || file.language >= Language::Count) return;
    auto& queries = m_parts->queriesOf(file.language);
    Parts::Run run{file, record, {}, {}};
    if (queries.grammar) m_parts->runByName(queries, run);
    if (queries.ours) m_parts->run(*queries.ours, k_ours, {}, run);
    if (queries.projects) m_parts->run(*queries.projects, k_projects, {}, run);
}

Result<void> RuleEngine::check(const Rule& rule) {
    for (const Language language : rule.languages) {
        const TSLanguage* grammar = grammarOf(language);
        if (!grammar)
            return fail(ErrorCode::InvalidRequest, std::string(nameOf(language)) + " is not parsed",
                        "languages");
        auto query = RuleQuery::compile(grammar, {&rule});
        if (!query.ok()) {
            Error error = std::move(query).error();
            error.detail = std::string(nameOf(language)) + ": " + error.detail;
            return error;
        }
    }
    return {};
}

} // namespace exo::analysis
