// The masking pass by what comes out of it: no damage, and the names that the source defines.
#include "tests/unit/analysis/parse/Analysed.h"

using namespace exo::analysis;

namespace {

struct Case {
    const char* source;
    const char* functions; // their qualified names, joined by spaces
};

std::string functionsOf(const FileRecord& record) {
    std::string names;
    for (const FunctionRecord& function : record.functions)
        names += (names.empty() ? "" : " ") + function.qualifiedName;
    return names;
}

template <std::size_t N>
void check(const char* path, const Case (&cases)[N]) {
    for (const Case& one : cases) {
        INFO(std::string(one.source));
        const FileRecord record = analysed(path, one.source);
        CHECK(record.parseErrors == 0);
        CHECK(functionsOf(record) == one.functions);
    }
}

} // namespace

TEST_CASE("C: macros around a function leave its name and its type") {
    const Case cases[] = {
        {"LOCAL(void)\nf(int a)\n{\n}\n", "f"},
        {"LOCAL_DEF( T )\nf( int a )\n{\n  return a;\n}\n", "f"},
        {"static Local_Inline(const char *) f(int a) { return 0; }\n", "f"},
        {"EXPORT(struct s *) f(void) { return 0; }\n", "f"},
        {"DEFINE_THING(a)\nstatic int f(void) { return 0; }\n", "f"},
        {"int f(char *RESTRICT a, const int *RESTRICT b) { return 0; }\n", "f"},
        {"int f(void) { char *RESTRICT a = 0; return a * B; }\n", "f"},
    };
    check("a.c", cases);
    CHECK(analysed("a.c", "LOCAL_DEF( T )\nf( int a );\n").symbols.size() == 1);
}

TEST_CASE("C++: macros around a function leave its name and its type") {
    const Case cases[] = {
        {"LOCAL(void)\nC::f(int a)\n{\n}\n", "C::f"},
        {"constexpr T operator\"\" _L1(const char *s, size_t n) noexcept\n{\n    return {s, n};\n}\n",
         "operator\"\" _L1"},
        {"void FASTCALL f(uint *RESTRICT a, const uint *RESTRICT b)\n{\n}\n", "f"},
    };
    check("a.cpp", cases);
}

TEST_CASE("C++: a conversion is named by its type") {
    const Case cases[] = {
        {"struct S { operator bool() const noexcept { return a; } };\n", "S::operator bool"},
        {"struct S { operator  T *() { return a; } };\n", "S::operator T *"},
        {"S::operator QVariant() const { return a; }\n", "S::operator QVariant"},
        {"struct S { operator std::vector<int>() const { return a; } };\n", "S::operator std::vector<int>"},
    };
    check("a.cpp", cases);
    CHECK(analysed("a.cpp", "struct S { operator int() const; };\n").symbols.back().name == "operator int");
}
