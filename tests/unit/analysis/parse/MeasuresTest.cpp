// The counting rules, a row a rule: each source holds one function whose numbers follow from the definitions.
#include "tests/unit/analysis/parse/Analysed.h"

using namespace exo::analysis;

namespace {

struct Row {
    const char* path;
    const char* source;
    int ccn, lizard, cognitive, nesting, parameters;
};

void check(const Row& row) {
    INFO(std::string(row.path) << ": " << std::string(row.source));
    const FileRecord record = analysed(row.path, row.source);
    CHECK(record.parseErrors == 0);
    const FunctionRecord* f = functionNamed(record, "f");
    REQUIRE(f != nullptr);
    CHECK(f->ccn == row.ccn);
    CHECK(f->ccnLizard == row.lizard);
    CHECK(f->cognitive == row.cognitive);
    CHECK(f->nesting == row.nesting);
    CHECK(f->parameters == row.parameters);
}

} // namespace

TEST_CASE("C: every decision, and what is free") {
    const Row rows[] = {
        {"a.c", "void f(void) {}", 1, 1, 0, 0, 0},
        {"a.c", "int f(int a, char *b) { return a; }", 1, 1, 0, 0, 2},
        {"a.c", "int *f(int a, ...) { return 0; }", 1, 1, 0, 0, 2},
        {"a.c", "void f(int a) { if (a) g(); }", 2, 2, 1, 1, 1},
        {"a.c", "void f(int a) { if (a) g(); else h(); }", 2, 2, 2, 1, 1},
        {"a.c", "void f(int a) { if (a) g(); else if (b) h(); else i(); }", 3, 3, 3, 1, 1},
        {"a.c", "void f(int a) { if (a) { if (b) g(); } }", 3, 3, 3, 2, 1},
        {"a.c", "void f(int a) { if (a) {} else { if (b) g(); } }", 3, 3, 4, 2, 1},
        {"a.c", "void f(void) { for (;;) { while (a) { do { g(); } while (b); } } }", 4, 4, 6, 3, 0},
        {"a.c", "void f(int a) { switch (a) { case 1: g(); break; case 2: break; default: h(); } }", 3, 3, 1,
         1, 1},
        {"a.c", "int f(int a) { return a ? 1 : b ? 2 : 3; }", 3, 3, 3, 0, 1},
        {"a.c", "int f(void) { return a && b && c; }", 3, 3, 1, 0, 0},
        {"a.c", "int f(void) { return a && b || c; }", 3, 3, 2, 0, 0},
        {"a.c", "int f(void) { return a && (b && c); }", 3, 3, 1, 0, 0},
        {"a.c", "int f(void) { return a && !(b && c); }", 3, 3, 2, 0, 0},
        {"a.c", "int f(void) { return a || b && c || d; }", 4, 4, 3, 0, 0},
        {"a.c", "void f(void) { goto end; end: return; }", 1, 1, 1, 0, 0},
        {"a.c", "int f(int n) { if (n) return f(n - 1); return 0; }", 2, 2, 2, 1, 1},
        {"a.c", "void f(void) {\n#if A && B\n g();\n#elif C\n h();\n#endif\n#ifdef D\n i();\n#endif\n}", 1, 4,
         0, 0, 0},
        {"a.c", "void (*f(int a))(char) { return 0; }", 1, 1, 0, 0, 1},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("C++: ranges, catch, and lambdas counted in their function") {
    const Row rows[] = {
        {"a.cpp", "void f() { for (auto& x : y) g(x); }", 2, 2, 1, 1, 0},
        {"a.cpp", "void f() { try { g(); } catch (A&) { if (b) h(); } catch (...) {} }", 4, 4, 4, 2, 0},
        {"a.cpp", "void f() { auto l = [&](int a) { if (a) g(); }; }", 2, 2, 2, 1, 0},
        {"a.cpp", "void f(int a = 1, A&& b = c) { if (a and b or c) g(); }", 4, 2 + 1, 3, 1, 2},
        {"a.cpp", "auto f(T&& a) -> int { return 1; }", 1, 2, 0, 0, 1},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("Python: elif, comprehensions, match, and lambdas of their own") {
    const Row rows[] = {
        {"a.py", "def f(a, b=1, *c, **d):\n    pass\n", 1, 1, 0, 0, 4},
        {"a.py",
         "def f(a):\n    if a and b or c:\n        pass\n    elif d:\n        pass\n    else:\n        "
         "pass\n",
         5, 5, 5, 1, 1},
        {"a.py", "def f():\n    return [x for x in y if x]\n", 3, 3, 0, 0, 0},
        {"a.py", "def f():\n    for a in b:\n        while c:\n            g()\n", 3, 3, 3, 2, 0},
        {"a.py", "def f():\n    try:\n        g()\n    except A:\n        h()\n    finally:\n        i()\n",
         2, 3, 1, 1, 0},
        {"a.py", "def f():\n    return 1 if a else 2\n", 2, 2, 1, 0, 0},
        {"a.py",
         "def f(a):\n    match a:\n        case 1:\n            g()\n        case _:\n            h()\n", 2,
         3, 1, 1, 1},
        {"a.py", "def f():\n    return lambda x: 1 if x else 2\n", 1, 1, 0, 0, 0},
        {"a.py", "def f():\n    for a in b:\n        g()\n    else:\n        h()\n", 2, 2, 1, 1, 0},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("JavaScript and TypeScript: labelled jumps, and functions within functions of their own") {
    const Row rows[] = {
        {"a.js", "function f(a, {b}, ...c) { if (a) {} else if (b) {} else {} }", 3, 3, 3, 1, 3},
        {"a.js", "function f() { for (const a of b) for (const c in d) for (;;) g(); }", 4, 4, 6, 3, 0},
        {"a.js", "function f(a) { switch (a) { case 1: break; default: } }", 2, 2, 1, 1, 1},
        {"a.js", "function f() { try { g() } catch (e) { h() } finally { i() } }", 2, 2, 1, 1, 0},
        {"a.js", "function f() { return a ?? b }", 1, 1, 0, 0, 0},
        {"a.js", "function f() { return a && b || c }", 3, 3, 2, 0, 0},
        {"a.js", "function f() { x: while (a) { continue x; } }", 2, 2, 2, 1, 0},
        {"a.js", "function f() { while (a) { continue; } }", 2, 2, 1, 1, 0},
        {"a.js", "function f() { return () => a ? 1 : 2 }", 1, 1, 0, 0, 0},
        {"a.js", "const f = x => x ? 1 : 2", 2, 2, 1, 0, 1},
        {"a.ts", "function f(a: number, b: string): void { if (a) g() }", 2, 2, 1, 1, 2},
        {"a.tsx", "function f(a: A) { return a ? <b/> : null }", 2, 2, 1, 0, 1},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("Go, Rust, Java, C#, Ruby, PHP, Bash: if, else, loops, cases, catches, logic") {
    const Row rows[] = {
        {"a.go",
         "package p\nfunc f(a int, b string) { if a == 1 && b == \"\" { g() } else if a == 2 { h() } else { "
         "i() } }",
         4, 4, 4, 1, 2},
        {"a.go", "package p\nfunc f() { for { switch a { case 1: g(); default: h() } } }", 3, 3, 3, 2, 0},
        {"a.rs", "fn f(a: i32) { if a == 1 { g(); } else if b { h(); } else { i(); } }", 3, 3, 3, 1, 1},
        {"a.rs", "fn f(a: i32) { match a { 1 => g(), 2 => h(), _ => i() } }", 3, 2, 1, 1, 1},
        {"a.rs", "fn f() { for x in y { while a && b { g()?; } } }", 4, 5, 4, 2, 0},
        {"A.java", "class A { void f(int a) { if (a > 0) { g(); } else if (b) { h(); } else { i(); } } }", 3,
         3, 3, 1, 1},
        {"A.java", "class A { int f(int a) { switch (a) { case 1: return 1; default: return 2; } } }", 2, 2,
         1, 1, 1},
        {"A.java",
         "class A { void f() { try { g(); } catch (E e) { h(); } for (int x : y) { if (a && b || c) i(); } } "
         "}",
         6, 6, 6, 2, 0},
        {"A.java", "class A { void f() { Runnable r = () -> { if (a) { g(); } }; } }", 2, 2, 2, 1, 0},
        {"a.cs", "class A { void f(int a) { foreach (var x in y) { if (a == 1) g(); else h(); } } }", 3, 3, 4,
         2, 1},
        {"a.cs", "class A { int f(int a) { switch (a) { case 1: return 1; default: return b ?? c; } } }", 2,
         3, 1, 1, 1},
        {"a.rb", "def f(a)\n  if a && b\n    g\n  elsif c\n    h\n  else\n    i\n  end\nend\n", 4, 4, 4, 1,
         1},
        {"a.rb", "def f\n  x.each { |y| g if y }\n  begin\n    h\n  rescue E\n    i\n  end\nend\n", 3, 3, 3,
         1, 0},
        {"a.php", "<?php function f($a) { if ($a && $b) { g(); } elseif ($c) { h(); } else { i(); } }", 4, 4,
         4, 1, 1},
        {"a.php", "<?php function f() { foreach ($a as $b) { try { g(); } catch (E $e) { h(); } } }", 3, 3, 3,
         2, 0},
        {"a.sh", "f() { if a; then b; elif c; then d; else e; fi; for i in 1 2; do g; done; }", 4, 4, 4, 1,
         0},
        {"a.sh", "f() { case $1 in a) g;; *) h;; esac; while x; do y; done; }", 3, 2, 2, 1, 0},
        {"a.lua", "local function f(a) if a and b then g() elseif c then h() else i() end end", 4, 4, 4, 1,
         1},
        {"a.kt", "fun f(a: Int) { if (a == 1 && b) { g() } else if (c) { h() } else { i() } }", 4, 4, 4, 1,
         1},
        {"a.kt", "fun f(a: Int) { when (a) { 1 -> g()\n else -> h() } }", 2, 1, 1, 1, 1},
        {"a.scala", "object O { def f(a: Int) = { if (a == 1) g() else h() } }", 2, 2, 2, 1, 1},
        {"a.swift", "func f(a: Int) { if a == 1 { g() } else { h() } }", 2, 2, 2, 1, 1},
    };
    for (const Row& row : rows)
        check(row);
}

TEST_CASE("the examples of the cognitive complexity white paper") {
    // Appendix C and the introduction, sumOfPrimes 7 and getWords 1.
    const FileRecord primes = analysed("A.java", R"(class A {
    int sumOfPrimes(int max) {
        int total = 0;
        OUT: for (int i = 1; i <= max; ++i) {
            for (int j = 2; j < i; ++j) {
                if (i % j == 0) {
                    continue OUT;
                }
            }
            total += i;
        }
        return total;
    }
    String getWords(int number) {
        switch (number) {
            case 1: return "one";
            case 2: return "a couple";
            case 3: return "a few";
            default: return "lots";
        }
    }
    void myMethod() {
        try {
            if (condition1) {
                for (int i = 0; i < 10; i++) {
                    while (condition2) { g(); }
                }
            }
        } catch (ExcepType1 e) {
            if (condition2) { h(); }
        }
    }
})");
    CHECK(functionNamed(primes, "sumOfPrimes")->cognitive == 7);
    CHECK(functionNamed(primes, "sumOfPrimes")->ccn == 4);
    CHECK(functionNamed(primes, "getWords")->cognitive == 1);
    CHECK(functionNamed(primes, "getWords")->ccn == 4);
    CHECK(functionNamed(primes, "myMethod")->cognitive == 9);
}
