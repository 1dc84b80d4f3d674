#include "core/analysis/rules/RuleEngine.h"

#include "core/analysis/parse/Grammar.h"
#include "core/analysis/rules/RuleQuery.h"

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace exo::analysis {

namespace {

struct Bounds {
    std::chrono::milliseconds time;
    std::uint32_t openMatches; // of the cursor
};
constexpr Bounds k_ours{std::chrono::milliseconds(5000), 1024};
constexpr Bounds k_projects{std::chrono::milliseconds(500), 256};
constexpr std::size_t k_maxOfOneRule = 500; // in a file

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
    struct Queries {
        std::optional<RuleQuery> ours, projects;
    };
    std::shared_ptr<const RuleSet> rules;
    std::array<std::optional<Queries>, static_cast<std::size_t>(Language::Count)> byLanguage;
    std::unique_ptr<TSQueryCursor, FreeCursor> cursor{ts_query_cursor_new()};

    std::optional<RuleQuery> compile(Language language, RuleOrigin origin) const {
        std::vector<const Rule*> chosen;
        for (const Rule& rule : rules->rules())
            if (rule.origin == origin &&
                std::find(rule.languages.begin(), rule.languages.end(), language) != rule.languages.end())
                chosen.push_back(&rule);
        const TSLanguage* grammar = grammarOf(language);
        if (chosen.empty() || !grammar) return std::nullopt;
        auto query = RuleQuery::compile(grammar, std::move(chosen));
        if (!query.ok()) return std::nullopt; // each alone compiled, or the tests would have told
        return *std::move(query);
    }

    Queries& queriesOf(Language language) {
        auto& queries = byLanguage[static_cast<std::size_t>(language)];
        if (!queries) {
            queries.emplace();
            queries->ours = compile(language, RuleOrigin::BuiltIn);
            queries->projects = compile(language, RuleOrigin::Project);
        }
        return *queries;
    }

    void run(const RuleQuery& query, const Bounds& bounds, const ParsedFile& file, FileRecord& record) {
        auto deadline = std::chrono::steady_clock::now() + bounds.time;
        TSQueryCursorOptions options{};
        options.payload = &deadline;
        options.progress_callback = pastDeadline;
        ts_query_cursor_set_match_limit(cursor.get(), bounds.openMatches);
        ts_query_cursor_exec_with_options(cursor.get(), query.query(), ts_tree_root_node(file.tree),
                                          &options);
        std::set<std::tuple<const Rule*, std::uint32_t, std::uint32_t>> seen;
        std::unordered_map<const Rule*, std::size_t> counts;
        TSQueryMatch match;
        while (ts_query_cursor_next_match(cursor.get(), &match)) {
            TSNode node;
            const Rule* rule = query.accepts(match, file);
            if (!rule || !query.focus(match, node)) continue;
            if (!seen.emplace(rule, ts_node_start_byte(node), ts_node_end_byte(node)).second) continue;
            if (++counts[rule] > k_maxOfOneRule) continue;
            FindingRecord finding = makeFinding(*rule, node, file);
            finding.messageEn = query.fill(rule->messageEn, match, file);
            finding.messageZh = query.fill(rule->messageZh, match, file);
            record.findings.push_back(std::move(finding));
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
    const auto& queries = m_parts->queriesOf(file.language);
    if (queries.ours) m_parts->run(*queries.ours, k_ours, file, record);
    if (queries.projects) m_parts->run(*queries.projects, k_projects, file, record);
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
