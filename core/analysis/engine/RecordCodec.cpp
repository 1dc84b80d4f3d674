#include "core/analysis/engine/RecordCodec.h"

#include "core/analysis/engine/Bytes.h"

#include <type_traits>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxText = 1u << 20;
constexpr std::size_t k_reserveAtMost = 4096; // a count is believed only as far as bytes follow

// The two archives have the same members, so that one list of fields serves both ways.
class Saver {
  public:
    void text(const std::string& value) { m_out.text(value); }
    void number(const std::int32_t& value) {
        m_out.number(static_cast<std::uint32_t>(value < 0 ? 0 : value));
    }
    void index(const std::int32_t& value) { m_out.number(static_cast<std::uint32_t>(value + 1)); }
    void size(const std::uint64_t& value) { m_out.number(value); }
    void flag(const bool& value) { m_out.number(value ? 1 : 0); }
    template <class E>
    void choice(const E& value, E) {
        m_out.number(static_cast<std::uint64_t>(value));
    }
    template <class T, class F>
    void list(const std::vector<T>& items, F each) {
        m_out.number(items.size());
        for (const T& item : items)
            each(*this, item);
    }
    void ascending(const std::vector<std::int32_t>& lines) {
        m_out.number(lines.size());
        std::int32_t before = 0;
        for (const std::int32_t line : lines) {
            m_out.number(static_cast<std::uint32_t>(line > before ? line - before : 0));
            before = line > before ? line : before;
        }
    }
    std::string take() { return m_out.take(); }

  private:
    ByteWriter m_out;
};

class Loader {
  public:
    explicit Loader(std::string_view bytes)
        : m_in(bytes) {}
    void text(std::string& value) { value = m_in.text(k_maxText); }
    void number(std::int32_t& value) { value = m_in.int32(); }
    void index(std::int32_t& value) { value = m_in.int32() - 1; }
    void size(std::uint64_t& value) { value = m_in.number(); }
    void flag(bool& value) { value = m_in.number(1) == 1; }
    template <class E>
    void choice(E& value, E last) {
        value = static_cast<E>(m_in.number(static_cast<std::uint64_t>(last)));
    }
    template <class T, class F>
    void list(std::vector<T>& items, F each) {
        const std::uint64_t count = m_in.number(m_in.left());
        items.reserve(std::min<std::size_t>(count, k_reserveAtMost));
        for (std::uint64_t i = 0; i < count && m_in.ok(); ++i)
            each(*this, items.emplace_back());
    }
    void ascending(std::vector<std::int32_t>& lines) {
        const std::uint64_t count = m_in.number(m_in.left());
        lines.reserve(std::min<std::size_t>(count, k_reserveAtMost));
        std::int64_t line = 0;
        for (std::uint64_t i = 0; i < count && m_in.ok(); ++i) {
            line += m_in.int32();
            if (line > std::numeric_limits<std::int32_t>::max()) return m_in.fail();
            lines.push_back(static_cast<std::int32_t>(line));
        }
    }
    bool complete() const { return m_in.ok() && m_in.atEnd(); }

  private:
    ByteReader m_in;
};

template <class A, class R>
void functionFields(A& a, R& r) {
    a.text(r.name);
    a.text(r.qualifiedName);
    a.choice(r.kind, FunctionRecord::Kind::Lambda);
    for (auto* number : {&r.startLine, &r.endLine, &r.nameLine, &r.ccn, &r.ccnLizard, &r.cognitive,
                         &r.nesting, &r.parameters})
        a.number(*number);
    a.flag(r.damaged);
}

template <class A, class R>
void symbolFields(A& a, R& r) {
    a.text(r.name);
    a.text(r.kind);
    a.text(r.scope);
    a.text(r.signature);
    a.number(r.line);
    a.number(r.endLine);
    a.flag(r.isDeclaration);
    a.flag(r.isExported);
}

template <class A, class R>
void includeFields(A& a, R& r) {
    a.text(r.text);
    a.flag(r.system);
    a.number(r.line);
    a.list(r.names, [](A& inner, auto& name) { inner.text(name); });
    a.text(r.alias);
}

template <class A, class R>
void callFields(A& a, R& r) {
    a.text(r.callee);
    a.text(r.receiver);
    a.index(r.function);
    a.number(r.line);
    a.number(r.arguments);
}

template <class A, class R>
void findingFields(A& a, R& r) {
    a.text(r.rule);
    a.choice(r.severity, FindingRecord::Severity::Error);
    for (auto* number : {&r.line, &r.column, &r.endLine, &r.endColumn})
        a.number(*number);
    for (auto* text : {&r.messageEn, &r.messageZh, &r.cwe, &r.suppressedBy, &r.context})
        a.text(*text);
}

template <class A, class R>
void recordFields(A& a, R& r) {
    a.text(r.path);
    a.choice(r.language, static_cast<Language>(static_cast<int>(Language::Count) - 1));
    a.text(r.languageName);
    a.text(r.hash);
    a.size(r.bytes);
    for (auto* number : {&r.lines.code, &r.lines.comment, &r.lines.blank, &r.parseErrors, &r.damagedLines})
        a.number(*number);
    for (auto* flag : {&r.generated, &r.minified, &r.test})
        a.flag(*flag);
    a.list(r.functions, [](A& inner, auto& item) { functionFields(inner, item); });
    a.list(r.symbols, [](A& inner, auto& item) { symbolFields(inner, item); });
    a.list(r.includes, [](A& inner, auto& item) { includeFields(inner, item); });
    a.list(r.calls, [](A& inner, auto& item) { callFields(inner, item); });
    a.list(r.names, [](A& inner, auto& item) {
        inner.text(item.name);
        inner.ascending(item.lines);
    });
    a.list(r.findings, [](A& inner, auto& item) { findingFields(inner, item); });
}

} // namespace

std::string encodeRecord(const FileRecord& record) {
    Saver saver;
    recordFields(saver, record);
    return saver.take();
}

Result<FileRecord> decodeRecord(std::string_view bytes) {
    if (bytes.size() > k_maxRecordBytes) return fail(ErrorCode::InvalidRequest, "a record is too large");
    FileRecord record;
    Loader loader(bytes);
    recordFields(loader, record);
    if (!loader.complete()) return fail(ErrorCode::InvalidRequest, "a record is damaged");
    for (const CallRecord& call : record.calls)
        if (call.function >= static_cast<std::int32_t>(record.functions.size()))
            return fail(ErrorCode::InvalidRequest, "a record names a function it does not have");
    return record;
}

} // namespace exo::analysis
