#include "core/analysis/parse/Highlight.h"

#include "core/analysis/parse/FileAnalyser.h"
#include "core/analysis/parse/Grammar.h"
#include "core/analysis/parse/SyntaxClass.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include <tree_sitter/api.h>

namespace exo::analysis {

namespace {

using SteadyClock = std::chrono::steady_clock;
using api::SyntaxKind;

constexpr std::uint32_t k_likelyParts = 64; // of a string, among which the first thing put into it is
constexpr std::size_t k_deepestTree = 4000; // deeper is a table or an attack, not code somebody folds

struct ParserFree {
    void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};
struct TreeFree {
    void operator()(TSTree* tree) const { ts_tree_delete(tree); }
};

struct Input {
    std::string_view text;
    SteadyClock::time_point deadline;
};

const char* readAll(void* payload, std::uint32_t at, TSPoint, std::uint32_t* size) {
    const std::string_view text = static_cast<const Input*>(payload)->text;
    *size = at < text.size() ? static_cast<std::uint32_t>(text.size() - at) : 0;
    return *size == 0 ? "" : text.data() + at;
}

bool stopWhenLate(TSParseState* state) {
    return SteadyClock::now() > static_cast<const Input*>(state->payload)->deadline;
}

std::unique_ptr<TSTree, TreeFree> parse(const Grammar& grammar, Input& input) {
    const std::unique_ptr<TSParser, ParserFree> parser(ts_parser_new());
    ts_parser_set_language(parser.get(), grammar.language());
    const TSParseOptions options{&input, stopWhenLate};
    return std::unique_ptr<TSTree, TreeFree>(ts_parser_parse_with_options(
        parser.get(), nullptr, {&input, readAll, TSInputEncodingUTF8, nullptr}, options));
}

int startLine(TSNode node) {
    return static_cast<int>(ts_node_start_point(node).row) + 1;
}

// The last line it has text on: a node that ends at the start of a line does not reach into it.
int endLine(TSNode node) {
    const TSPoint end = ts_node_end_point(node);
    return static_cast<int>(end.row) + (end.column == 0 && end.row > 0 ? 0 : 1);
}

class Painter {
  public:
    Painter(const Grammar& grammar, std::string_view text, SteadyClock::time_point deadline)
        : m_grammar(grammar)
        , m_classes(SyntaxClasses::of(grammar))
        , m_text(text)
        , m_deadline(deadline)
        , m_lineUsed(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 2, 0) {}

    bool run(TSNode root);
    Highlighted take();

  private:
    // `before`: the line its left neighbour ends on, 0 for the first. True: go into its children.
    bool enter(TSNode node, TSFieldId field, int before);
    void paint(std::uint32_t start, std::uint32_t end, SyntaxKind kind);
    bool paintString(TSNode node);
    void markName(TSNode node, std::uint64_t flags);
    void addFolds(TSNode node, SyntaxClass syntax, int before);
    void fold(int start, int end);

    const Grammar& m_grammar;
    const SyntaxClasses& m_classes;
    std::string_view m_text;
    SteadyClock::time_point m_deadline;
    Highlighted m_out;
    std::unordered_set<std::uint32_t> m_names; // where names of functions begin
    std::vector<int> m_lineUsed;               // by line: where the fold that starts there ends
};

bool Painter::run(TSNode root) {
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    std::vector<int> before{0}; // by depth
    std::uint32_t steps = 0;
    bool inTime = true;
    while (!before.empty()) {
        if ((++steps & 0xFFFu) == 0 && SteadyClock::now() > m_deadline) {
            inTime = false;
            break;
        }
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        const bool inside = enter(node, ts_tree_cursor_current_field_id(&cursor), before.back());
        if (inside && before.size() < k_deepestTree && ts_tree_cursor_goto_first_child(&cursor)) {
            before.push_back(0);
            continue;
        }
        while (!before.empty()) {
            const int line = endLine(ts_tree_cursor_current_node(&cursor));
            if (ts_tree_cursor_goto_next_sibling(&cursor)) {
                before.back() = line;
                break;
            }
            before.pop_back();
            ts_tree_cursor_goto_parent(&cursor);
        }
    }
    ts_tree_cursor_delete(&cursor);
    return inTime;
}

bool Painter::enter(TSNode node, TSFieldId field, int before) {
    const TSSymbol symbol = ts_node_symbol(node);
    const SyntaxClass syntax = m_classes.classOf(symbol);
    const std::uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    addFolds(node, syntax, before);
    switch (syntax) {
    case SyntaxClass::Comment: paint(start, end, SyntaxKind::Comment); return false;
    case SyntaxClass::Number: paint(start, end, SyntaxKind::Number); return false;
    case SyntaxClass::Keyword: paint(start, end, SyntaxKind::Keyword); return false;
    case SyntaxClass::Name: paint(start, end, SyntaxKind::Function); return false;
    case SyntaxClass::Literal: // of a grammar that tells no more
        paint(start, end,
              m_text.substr(start, 1).find_first_of("'\"") == 0 ? SyntaxKind::String : SyntaxKind::Number);
        return false;
    case SyntaxClass::String:
        if (field != 0 && m_classes.isKey(field)) {
            paint(start, end, SyntaxKind::Function);
            return false;
        }
        return paintString(node);
    case SyntaxClass::Plain: break;
    }
    if (field != 0 && m_classes.isKey(field) && ts_node_child_count(node) == 0) {
        paint(start, end, SyntaxKind::Function);
        return false;
    }
    markName(node, m_grammar.flags(symbol));
    if (ts_node_child_count(node) > 0) return true;
    if (m_names.contains(start)) paint(start, end, SyntaxKind::Function);
    return false;
}

void Painter::paint(std::uint32_t start, std::uint32_t end, SyntaxKind kind) {
    auto& spans = m_out.spans;
    const std::uint32_t from = spans.empty() ? 0 : spans.back().start + spans.back().length;
    start = std::max(start, from);
    end = std::min<std::uint32_t>(end, static_cast<std::uint32_t>(m_text.size()));
    if (end <= start) return;
    if (!spans.empty() && from == start && spans.back().kind == kind)
        spans.back().length += end - start;
    else
        spans.push_back({start, end - start, kind});
}

// At once, unless something is put into it: that is walked as code, and its other parts are strings
// themselves.
bool Painter::paintString(TSNode node) {
    const std::uint32_t children = std::min(ts_node_child_count(node), k_likelyParts);
    for (std::uint32_t i = 0; i < children; ++i)
        if (m_classes.isInterpolation(ts_node_symbol(ts_node_child(node, i)))) return true;
    paint(ts_node_start_byte(node), ts_node_end_byte(node), SyntaxKind::String);
    return false;
}

void Painter::markName(TSNode node, std::uint64_t flags) {
    TSNode name{};
    if (flags & flag::Call) {
        TSNode callee = m_grammar.function ? ts_node_child_by_field_id(node, m_grammar.function) : TSNode{};
        for (const TSFieldId id : m_grammar.nameFields()) {
            if (!ts_node_is_null(callee)) break;
            callee = ts_node_child_by_field_id(node, id);
        }
        if (ts_node_is_null(callee)) callee = ts_node_named_child(node, 0);
        name = m_grammar.nameNode(callee);
    } else if ((flags & flag::Function) && !(flags & flag::Anonymous)) {
        name = m_grammar.nameNode(node);
    }
    if (!ts_node_is_null(name)) m_names.insert(ts_node_start_byte(name));
}

void Painter::fold(int start, int end) {
    if (end <= start || start < 1 || static_cast<std::size_t>(start) >= m_lineUsed.size()) return;
    int& used = m_lineUsed[static_cast<std::size_t>(start)];
    used = std::max(used, end);
}

void Painter::addFolds(TSNode node, SyntaxClass syntax, int before) {
    const FoldForm form = m_classes.foldOf(ts_node_symbol(node));
    // What opens a block without brackets stands on the line of what is before it.
    if (form == FoldForm::Block) return fold(before > 0 ? before : startLine(node), endLine(node));
    if (ts_node_start_point(node).row == ts_node_end_point(node).row) return;
    if (syntax == SyntaxClass::Comment || syntax == SyntaxClass::String || form == FoldForm::Section)
        return fold(startLine(node), endLine(node));
    const std::uint32_t children = ts_node_child_count(node);
    if (children < 2) return;
    const TSNode last = ts_node_child(node, children - 1);
    const std::string_view closing = ts_node_type(last);
    if (closing != "}" && closing != "]" && closing != ")" && closing != "end") return;
    // The line of the closing bracket stays.
    fold(startLine(closing == "end" ? node : ts_node_child(node, 0)), startLine(last) - 1);
}

Highlighted Painter::take() {
    for (std::size_t line = 1; line < m_lineUsed.size(); ++line)
        if (m_lineUsed[line] > 0) m_out.folds.push_back({static_cast<int>(line), m_lineUsed[line]});
    return std::move(m_out);
}

} // namespace

Result<Highlighted> highlight(std::string_view path, std::string_view text, std::chrono::milliseconds limit) {
    const Grammar* grammar = Grammar::of(detectLanguage(path, text));
    if (!grammar || text.size() > INT32_MAX) return Highlighted();
    Input input{text, SteadyClock::now() + limit};
    const auto tree = parse(*grammar, input);
    Painter painter(*grammar, text, input.deadline);
    if (!tree || !painter.run(ts_tree_root_node(tree.get())))
        return fail(ErrorCode::WorkTimeout, "parsing took longer than it may");
    return painter.take();
}

} // namespace exo::analysis
