#include "core/analysis/parse/Walk.h"

#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr std::uint32_t k_stepsBetweenChecks = 1u << 14;

std::int32_t lineOf(TSPoint point) {
    return static_cast<std::int32_t>(point.row) + 1;
}

std::uint32_t mix(std::uint32_t seed, std::string_view text) {
    std::uint32_t hash = 2166136261u ^ (seed * 0x9e3779b1u);
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

bool isFlat(std::uint64_t flags) {
    return (flags & (flag::If | flag::ElseIf)) != 0;
}

} // namespace

Walk::Walk(const Grammar& grammar, std::string_view source, const AnalyseOptions& options, FileRecord& record)
    : m_grammar(grammar)
    , m_source(source)
    , m_options(options)
    , m_record(record) {
    m_frames.reserve(64);
    m_ancestors.reserve(64);
    m_names.reserve(256);
}

std::string_view Walk::text(std::uint32_t start, std::uint32_t end) const {
    const std::size_t from = std::min<std::size_t>(start, m_source.size());
    const std::size_t to = std::min<std::size_t>(std::max(start, end), m_source.size());
    return m_source.substr(from, to - from);
}

std::string_view Walk::text(TSNode node) const {
    return text(ts_node_start_byte(node), ts_node_end_byte(node));
}

TSNode Walk::field(TSNode node, TSFieldId id) const {
    return id == 0 ? TSNode{} : ts_node_child_by_field_id(node, id);
}

std::string Walk::joined(std::string_view scope, std::string_view name) const {
    if (scope.empty()) return std::string(name);
    std::string out(scope);
    out.append(m_grammar.table().separator).append(name);
    return out;
}

bool Walk::stopped() {
    if (++m_steps < k_stepsBetweenChecks) return false;
    m_steps = 0;
    if (m_options.cancelled && m_options.cancelled->load(std::memory_order_relaxed)) return true;
    return std::chrono::steady_clock::now() > m_deadline;
}

bool Walk::run(TSNode root, std::chrono::steady_clock::time_point deadline) {
    m_deadline = deadline;
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    bool finished = false;
    bool going = true;
    bool down = enter(root, 0);
    while (going && !finished) {
        if (down && ts_tree_cursor_goto_first_child(&cursor)) {
            down = enter(ts_tree_cursor_current_node(&cursor), ts_tree_cursor_current_field_id(&cursor));
        } else {
            leave();
            while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
                if (!ts_tree_cursor_goto_parent(&cursor)) {
                    finished = true;
                    break;
                }
                leave();
            }
            if (!finished)
                down = enter(ts_tree_cursor_current_node(&cursor), ts_tree_cursor_current_field_id(&cursor));
        }
        if (stopped()) going = false;
    }
    ts_tree_cursor_delete(&cursor);
    return going;
}

FunctionRecord* Walk::current() {
    return m_functions.empty() ? nullptr
                               : &m_record.functions[static_cast<std::size_t>(m_functions.back().index)];
}

bool Walk::enter(TSNode node, TSFieldId fieldId) {
    const TSSymbol symbol = ts_node_symbol(node);
    const std::uint64_t flags = m_grammar.flags(symbol);
    Frame frame;
    frame.flags = flags;
    const bool named = ts_node_is_named(node);
    const bool ofDirective = !m_frames.empty() && (m_frames.back().flags & flag::Directive) && fieldId != 0 &&
                             m_grammar.isHead(fieldId);
    if (ofDirective) {
        m_frames.push_back(Frame{});
        m_ancestors.push_back(node);
        return false;
    }
    if (flags & flag::Comment) {
        m_frames.push_back(frame);
        m_ancestors.push_back(node);
        return false;
    }
    if (ts_node_is_error(node) || ts_node_is_missing(node)) enterDamage(node);
    if (!m_frames.empty()) {
        Frame& parent = m_frames.back();
        const bool head = fieldId != 0 && m_grammar.isHead(fieldId);
        frame.ownNesting = head ? parent.ownNesting : parent.childNesting;
        frame.ownDepth = head ? parent.ownDepth : parent.childDepth;
        if (parent.call >= 0 && named) ++m_record.calls[static_cast<std::size_t>(parent.call)].arguments;
    }
    frame.childNesting = frame.ownNesting;
    frame.childDepth = frame.ownDepth;

    if (ts_node_child_count(node) == 0) {
        if (flags & flag::ElseWord) elseWord();
        if (flags & (flag::And | flag::Or)) operatorToken(flags);
        leaf(node, flags, ts_node_start_byte(node), ts_node_end_byte(node));
    }
    if (named) measure(node, fieldId, frame);
    if (flags & flag::Scope) openScope(node, symbol, frame);
    if (flags & flag::Function) openFunction(node, symbol, frame);
    if ((flags & flag::Symbol) && !((flags & flag::Outer) && inFunction())) {
        const TSNode name = nameNode(node);
        const bool bodyless = (flags & flag::Forward) && ts_node_is_null(field(node, m_grammar.body));
        if (!ts_node_is_null(name))
            addSymbol(std::string(text(name)), m_grammar.kind(symbol), node, bodyless);
    }
    if (flags & flag::Call) addCall(node, frame);
    if ((flags & flag::Import) && m_grammar.table().import) m_grammar.table().import(*this, node);
    if ((flags & flag::Hook) && m_grammar.table().hook) m_grammar.table().hook(*this, node, symbol);
    if ((flags & flag::Arguments) && !m_frames.empty() && (m_frames.back().flags & flag::Call)) {
        frame.call = m_frames.back().madeCall;
    }
    m_frames.push_back(frame);
    m_ancestors.push_back(node);
    return !(flags & flag::Opaque);
}

void Walk::leave() {
    const Frame frame = m_frames.back();
    m_frames.pop_back();
    m_ancestors.pop_back();
    if (frame.opensFunction) {
        m_functions.pop_back();
        m_scopes.pop_back();
    }
    if (frame.opensScope) m_scopes.pop_back();
}

void Walk::enterDamage(TSNode node) {
    const std::uint32_t start = ts_node_start_byte(node);
    const std::uint32_t end = ts_node_end_byte(node);
    for (const OpenFunction& open : m_functions)
        m_record.functions[static_cast<std::size_t>(open.index)].damaged = true;
    if (start < m_damageEnd && end <= m_damageEnd) return; // inside of a region already counted
    ++m_record.parseErrors;
    m_damageEnd = std::max(m_damageEnd, end);
    const std::int32_t first = std::max(lineOf(ts_node_start_point(node)), m_damageLine + 1);
    const std::int32_t last = lineOf(ts_node_end_point(node));
    if (last >= first) {
        m_record.damagedLines += last - first + 1;
        m_damageLine = last;
    }
}

void Walk::leaf(TSNode node, std::uint64_t flags, std::uint32_t start, std::uint32_t end) {
    if (end <= start) return;
    const TSPoint from = ts_node_start_point(node);
    const std::int32_t line = lineOf(from);
    const std::string_view word = text(start, end);
    if (flags & flag::Lizard) {
        if (!m_functions.empty() && start >= m_functions.back().nameStart) ++current()->ccnLizard;
    }
    if (m_options.names && (flags & flag::Identifier)) use(word, line);
    if (!m_options.tokens) return;
    const bool byClass = (flags & (flag::Identifier | flag::Literal)) != 0;
    const std::uint32_t symbol = ts_node_symbol(node);
    const std::uint32_t kind = !byClass ? symbol + 16 : (flags & flag::Identifier) ? 1u : 2u;
    m_record.tokens.kinds.push_back(mix(kind, {}));
    m_record.tokens.texts.push_back(mix(kind, word));
    m_record.tokens.lines.push_back(line);
}

void Walk::use(std::string_view name, std::int32_t line) {
    const auto [at, fresh] = m_names.try_emplace(name, static_cast<std::uint32_t>(m_record.names.size()));
    if (fresh) m_record.names.push_back({std::string(name), {line}});
    auto& lines = m_record.names[at->second].lines;
    if (lines.back() != line) lines.push_back(line);
}

void Walk::measure(TSNode node, TSFieldId, Frame& frame) {
    const std::uint64_t flags = frame.flags;
    bool flatIf = false;
    if (!m_frames.empty() && m_frames.back().elseSeen) {
        m_frames.back().elseSeen = false;
        if (FunctionRecord* function = current()) ++function->cognitive;
        flatIf = (flags & flag::If) != 0;
    }
    constexpr std::uint64_t counted = flag::Decision | flag::Case | flag::Nests | flag::ElseIf | flag::Jump |
                                      flag::Folded | flag::Binary | flag::Logical | flag::Parens;
    if (!(flags & counted)) return;
    if (flags & (flag::Binary | flag::Logical)) enterLogical(node, frame);
    if ((flags & flag::Parens) && !m_frames.empty()) frame.logicRoot = m_frames.back().logicRoot;
    countStructure(node, frame, flatIf);
}

void Walk::countStructure(TSNode node, Frame& frame, bool flatIf) {
    const std::uint64_t flags = frame.flags;
    if (flags & flag::Folded) ++frame.childNesting;
    FunctionRecord* function = current();
    if (!function) return;
    if ((flags & flag::Decision) || ((flags & flag::Case) && !isDefaultCase(node))) ++function->ccn;
    if (flags & flag::ElseIf) ++function->cognitive;
    if ((flags & flag::Jump) && (!(flags & flag::Labelled) || ts_node_named_child_count(node) > 0))
        ++function->cognitive;
    if (!(flags & flag::Nests) || flatIf) return;
    function->cognitive += 1 + frame.ownNesting;
    ++frame.childNesting;
    if (flags & flag::Ternary) return;
    ++frame.childDepth;
    function->nesting = std::max(function->nesting, frame.childDepth);
}

void Walk::enterLogical(TSNode node, Frame& frame) {
    if (flag::Logical & frame.flags) {
        frame.logical = true;
    } else {
        TSNode op = field(node, m_grammar.op);
        if (ts_node_is_null(op)) op = ts_node_child(node, 1);
        frame.logical =
            !ts_node_is_null(op) && (m_grammar.flags(ts_node_symbol(op)) & (flag::And | flag::Or)) != 0;
        if (!frame.logical && !ts_node_is_null(op) && ts_node_is_named(op)) {
            const std::string_view word = text(op);
            frame.logical = word == "&&" || word == "||";
        }
    }
    if (!frame.logical) return;
    const std::int32_t above = m_frames.empty() ? -1 : m_frames.back().logicRoot;
    frame.logicRoot = above >= 0 ? above : static_cast<std::int32_t>(m_frames.size());
}

void Walk::operatorToken(std::uint64_t flags) {
    if (m_frames.empty() || !m_frames.back().logical) return;
    FunctionRecord* function = current();
    if (!function) return;
    ++function->ccn;
    const std::int32_t root = m_frames.back().logicRoot;
    const std::uint64_t op = flags & (flag::And | flag::Or);
    std::uint64_t& last = m_frames[static_cast<std::size_t>(root)].lastOperator;
    if (last != op) ++function->cognitive;
    last = op;
}

void Walk::elseWord() {
    const std::size_t count = m_frames.size();
    if (count == 0) return;
    Frame& parent = m_frames[count - 1];
    const bool ofIf = isFlat(parent.flags) ||
                      (count > 1 && (parent.flags & flag::ElseClause) && isFlat(m_frames[count - 2].flags));
    if (ofIf) parent.elseSeen = true;
}

bool Walk::isDefaultCase(TSNode node) const {
    std::string_view start = text(node).substr(0, 64);
    const auto skip = [&](std::string_view word) {
        if (!start.starts_with(word)) return false;
        start.remove_prefix(word.size());
        return true;
    };
    if (skip("default") || skip("else") || skip("*)")) return true;
    if (skip("case")) start = trim(start);
    if (!skip("_")) return false;
    start = trim(start);
    return start.empty() || start[0] == ':' || start[0] == '=' || start[0] == '-';
}

} // namespace exo::analysis
