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
        {"#ifdef W\n__declspec(dllexport)\n#endif\nint f(void) { return 0; }\n", "f"},
        {"EXPORT(T) a = {0};\nEXPORT(T *) f(void) { return a; }\n", "f"},
        {"Own_NoReturn(a)\nOwn_NoReturn(b)\n\nstatic int f(void) { return 0; }\n", "f"},
        {"Own_DEPRECATED(3.3) Own_FUNC(T *) f(void);\nint g(void) { return 0; }\n", "g"},
    };
    check("a.c", cases);
    CHECK(analysed("a.c", "LOCAL_DEF( T )\nf( int a );\n").symbols.size() == 1);
}

TEST_CASE("C: macros that are statements, members, elements or labels") {
    const Case cases[] = {
        {"struct s {\n    Own_HEAD\n    T *a;\n    Own_HEAD(b)\n    int c;\n};\n", ""},
        {"int f(void)\n{\n    Own_BEGIN_BLOCK\n    g();\n    Own_END_BLOCK\n    if (a) return 1;\n    "
         "Own_POP\n}\n",
         "f"},
        {"T a = {\n    Own_HEAD_INIT(0, 0)\n    .b = 1,\n};\nT c = {\n    HEAD_INIT(0)\n    \"d\", 1};\n",
         ""},
        {"static M a[] = {\n    A_METHODDEF\n    B_METHODDEF\n    {\"c\", d},\n    C_METHODDEF\n    "
         "{0}\n};\n",
         ""},
        {"T a = {STANDARD(b) NORMAL(c)};\nint f(void) { return 0; }\n", "f"},
        {"int f(int a)\n{\n    switch (a) {\n    TARGET(OP_A):\n        g();\n        break;\n    }\n    "
         "return b ? H(a) : 1;\n}\n",
         "f"},
    };
    check("a.c", cases);
    // A call between such macros is a call.
    CHECK(analysed("a.c", "int f(void)\n{\n    Own_BEGIN_BLOCK\n    g(a);\n}\n").calls.size() == 1);
    CHECK(analysed("a.c", "int f(void) { return my_SIZE * B + std_MAX(c, D); }\n").calls.size() == 1);
}

TEST_CASE("C++: macros around a function leave its name and its type") {
    const Case cases[] = {
        {"LOCAL(void)\nC::f(int a)\n{\n}\n", "C::f"},
        {"constexpr T operator\"\" _L1(const char *s, size_t n) noexcept\n{\n    return {s, n};\n}\n",
         "operator\"\" _L1"},
        {"class C : D {\n    virtual METHODIMP_(int) f() { return 0; }\n    NO_COPY(C)\n    C();\n};\n",
         "C::f"},
        {"void FASTCALL f(uint *RESTRICT a, const uint *RESTRICT b)\n{\n}\n", "f"},
    };
    check("a.cpp", cases);
}

TEST_CASE("C++ that the grammar does not know") {
    const Case cases[] = {
        {"class S { [[nodiscard]] friend bool operator==(Q a, Q b) noexcept\n { return true; } };\n",
         "S::operator=="},
        {"enum : bool { A = true };\nvoid f() { enum : unsigned { B = 1 }; }\n", "f"},
        {"void f() { (a->*b)(); (this->*c)(d); (e.*g)(); }\n", "f"},
        {"using A = void (C::*)();\ntypedef bool (N::T::*F)();\nvoid f(int C::*a) {}\n", "f"},
        {"template <class T> void f(const T &&) = delete;\nvoid g(T &&, int) {}\n", "g"},
        {"int f() { return typename Q<E>::Int(e); }\n", "f"},
        {"void f() { operator=(b); p = operator new(s); }\n", "f"},
        {"void f() { a = new char *[c + 1]; }\n", "f"},
        {"template <typename T>\nDECLARE(T);\nint f() { return 0; }\n", "f"},
        {"struct S { unsigned char : 0; int f() { return 0; } };\n", "S::f"},
        {"int f() { if (unsigned(a) < 1) return g(); return 0; }\n", "f"},
        {"void f() { auto c = [=](int o) TARGET(X) { g(); }; }\n", "f"},
        {"class C { constexpr MAYBE_EXPLICIT C(int a) noexcept : m_a(a) {} int m_a; };\n", "C::C"},
        {"struct S {\n    __attribute__((__malloc__))\n    static EXPORT void *f(int a) { return 0; }\n};\n",
         "S::f"},
        {"T EXPORT f(int a);\nNORETURN EXPORT void g(const char *) {}\nextern T EXPORT a[];\n", "g"},
        {"class C { friend bool EXPORT operator<(const C &a, const C &b) noexcept; };\nint f() { return 0; "
         "}\n",
         "f"},
        {"DECLARE_SHARED(A)\nDECLARE_FLAGS(A::B)\nDECLARE_FLAGS(A::C)\n\nclass Q;\nvoid f() {}\n", "f"},
        {"void f(const T *a, U * = nullptr, int = g(1, 2)) {}\n", "f"},
        {"int f() { TRY(T a, g()); TRY(const auto b, h(a)); TRY(std::string c, h(b)); return i(N::d, e); }\n",
         "f"},
        {"bool f() { return !(this->operator==(a)) && (b->operator()(c)) && *operator->(); }\n", "f"},
        {"static DEFINE_CATEGORY(a, \"b\")\n\nusing namespace c;\nint f() { return 0; }\n", "f"},
        {"size_t f(PREPEND(T) a, const PREPEND(U) &b) { return a; }\n", "f"},
        {"struct { const char *a; } t[] = {{SIGNAL(b(C, int)), SLOT(d(C, int))}};\nvoid f() {}\n", "f"},
    };
    check("a.cpp", cases);
    // What looks like it and is none of it.
    const FileRecord kept =
        analysed("a.cpp", "int f(int a, int *b) { return a * N::c + A::g(a) - (a ? *b : 1); }\n");
    CHECK(kept.parseErrors == 0);
    CHECK(kept.calls.size() == 1);
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
