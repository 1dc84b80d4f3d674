// The part of the walk that finds names: functions, scopes, symbols, calls.
#include "core/analysis/parse/Walk.h"

#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr std::size_t k_signatureBytes = 200;
constexpr std::size_t k_receiverBytes = 100;

std::int32_t lineOf(TSPoint point) {
    return static_cast<std::int32_t>(point.row) + 1;
}

// On one line, single spaces, cut at a code point.
std::string oneLine(std::string_view text, std::size_t limit) {
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (space && (out.empty() || out.back() == ' ')) continue;
        out += space ? ' ' : c;
        if (out.size() > limit) break;
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return std::string(utf8Prefix(out, limit));
}

std::string withoutSpaces(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') out += c;
    return out;
}

} // namespace

TSNode Walk::innerDeclarator(TSNode node) const {
    const TSNode inner = field(node, m_grammar.declarator);
    if (!ts_node_is_null(inner) || !(m_grammar.flags(ts_node_symbol(node)) & flag::LastName)) return inner;
    const std::uint32_t count = ts_node_named_child_count(node);
    return count > 0 ? ts_node_named_child(node, count - 1) : inner;
}

void Walk::addSymbol(std::string name, std::string_view kind, TSNode node, bool isDeclaration) {
    if (name.empty()) return;
    SymbolRecord symbol;
    symbol.kind = kind;
    symbol.scope = scopeName();
    symbol.line = lineOf(ts_node_start_point(node));
    symbol.endLine = lineOf(ts_node_end_point(node));
    symbol.isDeclaration = isDeclaration;
    if (m_grammar.table().exported) symbol.isExported = m_grammar.table().exported(*this, node, name);
    const bool typeLike = kind != "variable" && kind != "field" && kind != "constant" &&
                          kind != "enumerator" && kind != "key" && kind != "heading" && kind != "property";
    if (typeLike) {
        const TSNode body = field(node, m_grammar.body);
        const std::uint32_t start = ts_node_start_byte(node);
        std::uint32_t end = ts_node_is_null(body) ? ts_node_end_byte(node) : ts_node_start_byte(body);
        end = std::min<std::uint32_t>(end, start + 4 * k_signatureBytes);
        symbol.signature = oneLine(text(start, end), k_signatureBytes);
    }
    symbol.name = std::move(name);
    m_record.symbols.push_back(std::move(symbol));
}

void Walk::addFunctionSymbol(const FunctionRecord& function, TSNode node) {
    if (function.name.empty()) return;
    addSymbol(function.name, function.kind == FunctionRecord::Kind::Method ? "method" : "function", node,
              false);
    // Of a function written outside of its class, the class.
    const std::size_t tail = function.name.size() + m_grammar.table().separator.size();
    const std::string& whole = function.qualifiedName;
    m_record.symbols.back().scope =
        whole.size() > tail ? whole.substr(0, whole.size() - tail) : std::string();
}

void Walk::openScope(TSNode node, TSSymbol symbol, Frame& frame) {
    const TSNode body = field(node, m_grammar.body);
    const std::uint64_t flags = frame.flags;
    // `struct s x;` and `class C;` open nothing.
    if ((flags & flag::Forward) && ts_node_is_null(body)) return;
    const TSNode name = nameNode(node);
    std::string_view word;
    if (!ts_node_is_null(name)) {
        const TSNode whole = field(node, m_grammar.name);
        word = ts_node_is_null(whole) ? text(name) : text(whole);
    }
    const std::string_view kind = m_grammar.kind(symbol);
    if (!word.empty() && !kind.empty()) addSymbol(std::string(word), kind, node, false);
    m_scopes.push_back({word.empty() ? scopeName() : joined(scopeName(), withoutSpaces(word)),
                        (flags & flag::ClassLike) != 0});
    frame.opensScope = true;
}

// const f = () => 1, { f: function () {} }, class { f = () => 1 }: what it is assigned to.
TSNode Walk::assignedName(TSNode node) const {
    if (m_ancestors.empty()) return {};
    const TSNode parent = m_ancestors.back();
    const TSNode value = field(parent, m_grammar.value);
    if (ts_node_is_null(value) || !ts_node_eq(value, node)) return {};
    return nameNode(parent);
}

void Walk::nameFunction(TSNode node, std::uint64_t flags, FunctionRecord& function, TSNode nameAt) {
    const auto& table = m_grammar.table();
    std::string scope = scopeName();
    bool method = inClass();
    if (ts_node_is_null(nameAt)) {
        function.name = "(anonymous)";
    } else {
        function.name = table.functionName ? table.functionName(*this, nameAt) : std::string(text(nameAt));
        if (table.owner) {
            const std::string owner = table.owner(*this, node);
            method = method || !owner.empty();
            if (!owner.empty()) scope = joined(scope, owner);
        }
    }
    function.qualifiedName = joined(scope, function.name);
    function.kind = (flags & flag::Anonymous) ? FunctionRecord::Kind::Lambda
                    : method                  ? FunctionRecord::Kind::Method
                                              : FunctionRecord::Kind::Function;
}

void Walk::openFunction(TSNode node, TSSymbol, Frame& frame) {
    const std::uint64_t flags = frame.flags;
    const auto& table = m_grammar.table();
    TSNode nameAt = (flags & flag::Anonymous) ? assignedName(node) : nameNode(node);
    if (ts_node_is_null(nameAt) && !(flags & flag::Anonymous)) return;
    const TSNode body = field(node, m_grammar.body);
    if (table.needsBody && ts_node_is_null(body)) {
        addSymbol(std::string(text(nameAt)), inClass() ? "method" : "function", node, true);
        return;
    }
    FunctionRecord function;
    nameFunction(node, flags, function, nameAt);
    function.startLine = lineOf(ts_node_start_point(node));
    const TSNode ender = ts_node_is_null(body) ? node : body;
    function.endLine =
        std::max(function.startLine, lineOf(ts_node_end_point(ts_node_is_null(body) ? ender : node)));
    function.nameLine = ts_node_is_null(nameAt) ? function.startLine : lineOf(ts_node_start_point(nameAt));
    const TSNode list = field(node, m_grammar.parameters);
    function.parameters = ts_node_is_null(list) ? countParameters(node) : countParameters(list);
    if (!(flags & flag::Anonymous) || !ts_node_is_null(nameAt)) {
        addFunctionSymbol(function, node);
    }
    OpenFunction open;
    open.index = static_cast<std::int32_t>(m_record.functions.size());
    open.nameStart = ts_node_is_null(nameAt) ? ts_node_start_byte(node) : ts_node_start_byte(nameAt);
    open.simpleName = ts_node_is_null(nameAt) ? std::string_view() : text(nameAt);
    m_scopes.push_back({function.name == "(anonymous)" ? scopeName() : function.qualifiedName, false});
    m_record.functions.push_back(std::move(function));
    m_functions.push_back(open);
    frame.opensFunction = true;
    frame.childNesting = 0;
    frame.childDepth = 0;
}

// `node` is the list, or a function whose list lies below its declarators, or one with a single bare name.
std::int32_t Walk::countParameters(TSNode node) const {
    for (int depth = 0; depth < Grammar::k_deepestName; ++depth) {
        if (m_grammar.flags(ts_node_symbol(node)) & flag::Parameters) break;
        const TSNode list = field(node, m_grammar.parameters);
        const TSNode next = ts_node_is_null(list) ? innerDeclarator(node) : list;
        if (ts_node_is_null(next)) break;
        // A declarator inside of a parenthesised or pointer one that has its own list is the function itself.
        if (!ts_node_is_null(list)) {
            TSNode inner = innerDeclarator(node);
            for (int down = 0; down < Grammar::k_deepestName && !ts_node_is_null(inner); ++down) {
                if (!ts_node_is_null(field(inner, m_grammar.parameters))) break;
                inner = innerDeclarator(inner);
            }
            node = ts_node_is_null(inner) ? list : inner;
            continue;
        }
        node = next;
    }
    const std::uint64_t flags = m_grammar.flags(ts_node_symbol(node));
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    std::int32_t count = 0;
    if (flags & flag::Parameters) {
        bool more = ts_tree_cursor_goto_first_child(&cursor);
        for (; more; more = ts_tree_cursor_goto_next_sibling(&cursor)) {
            const TSNode child = ts_tree_cursor_current_node(&cursor);
            const std::uint64_t of = m_grammar.flags(ts_node_symbol(child));
            if (ts_node_is_named(child) && !(of & flag::Comment)) ++count;
        }
        const std::string_view whole = text(node);
        if (count == 1 && whole.size() < 64 && withoutSpaces(whole) == "(void)") count = 0;
    } else {
        // No field: a child that is the list.
        bool more = ts_tree_cursor_goto_first_child(&cursor);
        for (; more; more = ts_tree_cursor_goto_next_sibling(&cursor)) {
            const TSNode child = ts_tree_cursor_current_node(&cursor);
            const std::uint64_t of = m_grammar.flags(ts_node_symbol(child));
            const bool bare =
                (of & flag::Identifier) && ts_tree_cursor_current_field_id(&cursor) == m_grammar.parameter;
            if ((of & flag::Parameter) || (bare && m_grammar.parameter != 0)) ++count; // x => x
            if (!(of & flag::Parameters)) continue;
            count = countParameters(child);
            break;
        }
    }
    ts_tree_cursor_delete(&cursor);
    return count;
}

void Walk::addCall(TSNode node, Frame& frame) {
    TSNode callee = field(node, m_grammar.function);
    if (ts_node_is_null(callee)) {
        for (const TSFieldId id : m_grammar.nameFields()) {
            callee = ts_node_child_by_field_id(node, id);
            if (!ts_node_is_null(callee)) break;
        }
    }
    if (ts_node_is_null(callee)) callee = ts_node_named_child(node, 0);
    if (ts_node_is_null(callee)) return;
    const TSNode name = nameNode(callee);
    if (ts_node_is_null(name)) return;
    CallRecord call;
    call.callee = text(name);
    const std::uint32_t from = ts_node_start_byte((frame.flags & flag::New) ? callee : node);
    std::string_view receiver = text(from, ts_node_start_byte(name));
    while (!receiver.empty() &&
           std::string_view(".:->?!& \t\r\n").find(receiver.back()) != std::string_view::npos)
        receiver.remove_suffix(1);
    call.receiver = oneLine(receiver, k_receiverBytes);
    call.function = m_functions.empty() ? -1 : m_functions.back().index;
    call.line = lineOf(ts_node_start_point(name));
    if (!m_functions.empty() && m_options.recursionAddsComplexity) {
        OpenFunction& open = m_functions.back();
        const bool own = receiver.empty() || receiver == "this" || receiver == "self";
        if (own && !open.recursive && call.callee == open.simpleName && !(frame.flags & flag::New)) {
            open.recursive = true;
            ++current()->cognitive;
        }
    }
    m_record.calls.push_back(std::move(call));
    frame.madeCall = static_cast<std::int32_t>(m_record.calls.size()) - 1;
}

} // namespace exo::analysis
