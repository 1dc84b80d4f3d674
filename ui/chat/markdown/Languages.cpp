#include "ui/chat/markdown/Highlighter.h"

#include <QHash>

namespace exo::ui::md {

namespace {

QSet<QString> words(const char* list) {
    const auto parts = QString::fromLatin1(list).split(u' ', Qt::SkipEmptyParts);
    return {parts.begin(), parts.end()};
}

Language cLike(const char* keywords) {
    Language language;
    language.keywords = words(keywords);
    language.lineComment = QStringLiteral("//");
    language.blockOpen = QStringLiteral("/*");
    language.blockClose = QStringLiteral("*/");
    language.quotes = QStringLiteral("\"'");
    language.calls = true;
    return language;
}

Language script(const char* keywords) {
    Language language;
    language.keywords = words(keywords);
    language.lineComment = QStringLiteral("#");
    language.quotes = QStringLiteral("\"'");
    language.calls = true;
    return language;
}

constexpr const char* k_c =
    "auto break case char const continue default do double else enum extern float for goto if inline int "
    "long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while "
    "bool true false "
    "NULL size_t uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t #include #define #if "
    "#ifdef #ifndef "
    "#else #endif #pragma #undef #elif alignas alignof and and_eq asm catch class co_await co_return "
    "co_yield concept "
    "consteval constexpr constinit const_cast decltype delete dynamic_cast explicit export final friend "
    "mutable namespace "
    "new noexcept not nullptr operator or override private protected public reinterpret_cast requires "
    "static_assert "
    "static_cast template this thread_local throw try typeid typename using virtual wchar_t";
constexpr const char* k_java =
    "abstract assert boolean break byte case catch char class const continue default do double else enum "
    "extends final "
    "finally float for if implements import instanceof int interface long native new null package private "
    "protected public "
    "record return sealed short static strictfp super switch synchronized this throw throws transient true "
    "false try var "
    "void volatile while yield as async await base bool decimal delegate event foreach get in internal is "
    "lock namespace "
    "object operator out override params partial readonly ref sbyte set string struct typeof uint ulong "
    "unsafe using value "
    "virtual where fun val when companion data object lateinit suspend open def trait match given extension";
constexpr const char* k_js =
    "abstract any as async await boolean break case catch class const continue debugger declare default "
    "delete do else enum "
    "export extends false finally for from function get if implements import in infer instanceof interface "
    "is keyof let "
    "namespace never new null number of private protected public readonly return satisfies set static string "
    "super switch "
    "symbol this throw true try type typeof undefined unknown var void while with yield";
constexpr const char* k_go = "break case chan const continue default defer else fallthrough for func go goto "
                             "if import interface map package range "
                             "return select struct switch type var nil true false string int int8 int16 "
                             "int32 int64 uint uint8 uint16 uint32 uint64 "
                             "float32 float64 bool byte rune error any make new len cap append";
constexpr const char* k_rust = "as async await break const continue crate dyn else enum extern false fn for "
                               "if impl in let loop match mod move mut pub "
                               "ref return self Self static struct super trait true type unsafe use where "
                               "while bool char str u8 u16 u32 u64 u128 usize "
                               "i8 i16 i32 i64 i128 isize f32 f64 String Vec Option Result Some None Ok Err "
                               "guard init protocol func var let extension "
                               "nil throws inout late required mixin";
constexpr const char* k_python =
    "and as assert async await break case class continue def del elif else except False finally for from "
    "global if import in "
    "is lambda match None nonlocal not or pass raise return self True try while with yield";
constexpr const char* k_ruby = "alias and begin break case class def defined? do else elsif end ensure false "
                               "for if in module next nil not or redo "
                               "rescue retry return self super then true undef unless until when while yield "
                               "require attr_reader attr_accessor my our "
                               "sub use local function end repeat";
constexpr const char* k_shell = "if then else elif fi for while until do done case esac in function return "
                                "exit local export readonly declare set unset "
                                "shift trap source echo cd sudo test break continue FROM RUN CMD COPY ADD "
                                "ENV ARG WORKDIR EXPOSE ENTRYPOINT USER";
constexpr const char* k_config = "true false null yes no on off if else elseif endif foreach endforeach "
                                 "function endfunction macro endmacro set "
                                 "add_library add_executable target_link_libraries include project option "
                                 "find_package ifeq ifneq ifdef endif";
constexpr const char* k_sql = "select from where insert into values update set delete create table index "
                              "view trigger drop alter add column primary "
                              "key foreign references not null unique default check and or in is like "
                              "between exists join left right inner outer on "
                              "group by order having limit offset union all distinct as case when then else "
                              "end begin commit rollback transaction with "
                              "recursive if integer text real blob varchar int bigint boolean timestamp "
                              "pragma explain analyze returning using";
constexpr const char* k_css = "important inherit initial none auto flex grid block inline absolute relative "
                              "fixed solid @media @import @keyframes "
                              "@font-face @supports var calc";

QHash<QString, Language> makeTable() {
    QHash<QString, Language> table;
    const auto put = [&table](const char* names, const Language& language) {
        for (const QString& name : words(names)) {
            table.insert(name, language);
        }
    };
    put("c h cpp c++ cc cxx hpp objc cuda cu glsl hlsl arduino", cLike(k_c));
    put("java kotlin kt cs csharp c# scala groovy php", cLike(k_java));
    Language js = cLike(k_js);
    js.backtickStrings = true;
    put("js javascript jsx ts typescript tsx mjs vue svelte", js);
    Language go = cLike(k_go);
    go.backtickStrings = true;
    put("go golang proto protobuf", go);
    Language rust = cLike(k_rust);
    rust.quotes = QStringLiteral("\""); // ' also opens lifetimes
    put("rust rs swift dart zig", rust);
    Language json = cLike("true false null");
    json.calls = false;
    put("json jsonc json5", json);
    Language css = cLike(k_css);
    put("css scss less", css);
    Language python = script(k_python);
    python.tripleQuotes = true;
    put("python py python3 ipython pyi starlark", python);
    put("ruby rb perl pl lua r julia elixir", script(k_ruby));
    Language shell = script(k_shell);
    shell.calls = false;
    put("bash sh shell zsh console fish dockerfile docker powershell ps1", shell);
    put("yaml yml toml ini conf cfg properties cmake make makefile nginx", script(k_config));
    Language sql = script(k_sql);
    sql.lineComment = QStringLiteral("--");
    sql.blockOpen = QStringLiteral("/*");
    sql.blockClose = QStringLiteral("*/");
    sql.ignoreCase = true;
    put("sql sqlite mysql postgresql postgres plsql", sql);
    Language tags;
    tags.tags = true;
    tags.blockOpen = QStringLiteral("<!--");
    tags.blockClose = QStringLiteral("-->");
    put("html xml svg xhtml qml-xml", tags);
    Language diff;
    diff.diff = true;
    put("diff patch", diff);
    return table;
}

} // namespace

const Language& languageFor(const QString& name) {
    static const QHash<QString, Language> table = makeTable();
    static const Language plain;
    const auto it = table.constFind(name.toLower());
    return it == table.constEnd() ? plain : *it;
}

} // namespace exo::ui::md
