// Symbols, includes, calls, names and languages.
#include "tests/unit/analysis/parse/Analysed.h"

using namespace exo::analysis;

namespace {

const SymbolRecord* symbolNamed(const FileRecord& record, std::string_view name) {
    for (const SymbolRecord& symbol : record.symbols)
        if (symbol.name == name) return &symbol;
    return nullptr;
}

std::string kindOf(const FileRecord& record, std::string_view name) {
    const SymbolRecord* symbol = symbolNamed(record, name);
    return symbol ? symbol->scope + "|" + symbol->kind : "none";
}

} // namespace

TEST_CASE("a record has the lines of its language, by the rules asked for") {
    const char* source = "#!/usr/bin/env python3\n'''a\n\nb'''\n";
    const LineCounts ours = analysed("tool", source).lines;
    CHECK(ours.code == 3);
    CHECK(ours.comment == 1);
    AnalyseOptions options;
    options.clocCounting = true;
    const LineCounts cloc = analysed("tool", source, options).lines;
    CHECK(cloc.code == 1);
    CHECK(cloc.comment == 2);
    CHECK(cloc.blank == 1);
}

TEST_CASE("C++ functions are named by their declarator, whatever they return") {
    struct Case {
        const char* source;
        const char* name;
        int parameters;
    };
    for (const Case& one :
         {Case{"A &f(int a) { return b; }\n", "f", 1}, Case{"A &&f() { return b; }\n", "f", 0},
          Case{"const A &N::C::f(int a, int b) { return c; }\n", "N::C::f", 2},
          Case{"S &S::operator<<(char c)\n{\n    return *this;\n}\n", "S::operator<<", 1},
          Case{"struct S { S &operator=(const S &o) { return *this; } };\n", "S::operator=", 1},
          Case{"template <class T> inline T *&f(T **a) { return *a; }\n", "f", 1},
          Case{"void (*f(int a))(int) { return 0; }\n", "f", 1}, Case{"int *f() { return 0; }\n", "f", 0}}) {
        INFO(std::string(one.source));
        const FileRecord record = analysed("a.cpp", one.source);
        CHECK(record.parseErrors == 0);
        REQUIRE(record.functions.size() == 1);
        CHECK(record.functions[0].qualifiedName == one.name);
        CHECK(record.functions[0].parameters == one.parameters);
    }
    const FileRecord members = analysed("a.cpp", "struct S { int &m_a; S &f(); };\nint &g();\n");
    CHECK(kindOf(members, "m_a") == "S|field");
    CHECK(kindOf(members, "f") == "S|method");
    CHECK(kindOf(members, "g") == "|function");
}

TEST_CASE("C++ names are qualified, and what stands in a class is a method") {
    const FileRecord record = analysed(
        "a.cpp",
        "namespace N {\nclass C { void f() {} int m_a; };\nvoid g() {}\nvoid C::h() {}\nenum E { A };\n"
        "using T = int;\nvoid p(int);\n}\nC::~C() {}\nbool C::operator==(int a) { return a; }\n#define M "
        "1\n");
    REQUIRE(record.functions.size() == 5);
    CHECK(record.functions[0].qualifiedName == "N::C::f");
    CHECK(record.functions[0].kind == FunctionRecord::Kind::Method);
    CHECK(record.functions[1].qualifiedName == "N::g");
    CHECK(record.functions[1].kind == FunctionRecord::Kind::Function);
    CHECK(record.functions[2].qualifiedName == "N::C::h");
    CHECK(record.functions[2].kind == FunctionRecord::Kind::Method);
    CHECK(record.functions[3].qualifiedName == "C::~C");
    CHECK(record.functions[4].qualifiedName == "C::operator==");
    CHECK(kindOf(record, "C") == "N|class");
    CHECK(kindOf(record, "m_a") == "N::C|field");
    CHECK(kindOf(record, "E") == "N|enum");
    CHECK(kindOf(record, "A") == "N|enumerator");
    CHECK(kindOf(record, "T") == "N|type");
    CHECK(kindOf(record, "M") == "|macro");
    CHECK(symbolNamed(record, "p")->isDeclaration);
}

TEST_CASE("names of the other languages") {
    CHECK(functionNamed(analysed("a.py", "class C:\n    def f(self): pass\n"), "C.f")->kind ==
          FunctionRecord::Kind::Method);
    CHECK(functionNamed(analysed("a.js", "class C { f() {} }"), "C.f")->kind == FunctionRecord::Kind::Method);
    CHECK(functionNamed(analysed("a.js", "x(function () {})"), "(anonymous)")->kind ==
          FunctionRecord::Kind::Lambda);
    CHECK(functionNamed(analysed("a.go", "package p\nfunc (r *T) f() {}\n"), "T.f")->kind ==
          FunctionRecord::Kind::Method);
    CHECK(functionNamed(analysed("a.rs", "impl T { fn f(&self) {} }"), "T::f")->kind ==
          FunctionRecord::Kind::Method);
    CHECK(functionNamed(analysed("A.java", "class A { class B { void f() {} } }"), "A.B.f") != nullptr);
    CHECK(functionNamed(analysed("a.cs", "namespace N.M { class A { void f() {} } }"), "N.M.A.f") != nullptr);
    CHECK(functionNamed(analysed("a.rb", "module M\nclass A\ndef f\nend\nend\nend\n"), "M.A.f") != nullptr);
    CHECK(functionNamed(analysed("a.php", "<?php class A { function f() {} }"), "A.f") != nullptr);
    CHECK(functionNamed(analysed("a.sh", "f() { echo; }\n"), "f") != nullptr);
    CHECK(functionNamed(analysed("a.lua", "function M.f() end"), "M.f") != nullptr);
    CHECK(functionNamed(analysed("a.kt", "class A { fun f() {} }"), "A.f") != nullptr);
    CHECK(functionNamed(analysed("a.swift", "class A { func f() {} }"), "A.f") != nullptr);
    CHECK(functionNamed(analysed("a.scala", "class A { def f() = 1 }"), "A.f") != nullptr);
    CHECK(kindOf(analysed("a.md", "# Top\n\ntext\n"), "Top") == "|heading");
    CHECK(kindOf(analysed("a.json", "{\"name\": 1}"), "name") == "|key");
    CHECK(kindOf(analysed("a.sql", "CREATE TABLE t (a int);"), "t") == "|type");
    CHECK_FALSE(symbolNamed(analysed("a.c", "static int f(void) { return 1; }"), "f")->isExported);
    CHECK(symbolNamed(analysed("a.c", "int f(void) { return 1; }"), "f")->signature == "int f(void)");
}

TEST_CASE("what is included or imported, with names and aliases") {
    const auto texts = [](const char* path, const char* source) {
        std::string out;
        for (const IncludeRecord& include : analysed(path, source).includes) {
            out += (include.system ? "<" : "") + include.text + ":" + std::to_string(include.line);
            for (const std::string& name : include.names)
                out += "," + name;
            if (!include.alias.empty()) out += "=" + include.alias;
            out += " ";
        }
        return out;
    };
    CHECK(texts("a.c", "#include <b.h>\n# include \"c/d.h\"\n") == "<b.h:1 c/d.h:2 ");
    CHECK(texts("a.py", "import os.path, sys as s\nfrom .a import b as c, d\nfrom e import *\n") ==
          "os.path:1 sys:1=s .a:2,b,d e:3,* ");
    CHECK(texts("a.js", "import a, {b as c} from './m'\nimport * as n from 'o'\nexport {d} from 'p'\nconst q "
                        "= require('r')\n") == "./m:1,default,b=a o:2,*=n p:3,d r:4=q ");
    CHECK(texts("a.go", "package p\nimport (\n\"fmt\"\nx \"a/b\"\n)\n") == "fmt:3 a/b:4=x ");
    CHECK(texts("a.rs", "use a::b::{c, d};\nmod net;\n") == "a::b:1,c,d self::net:2 ");
    CHECK(texts("A.java", "import a.b.C;\nimport static d.E.*;\n") == "a.b.C:1 d.E:2,* ");
    CHECK(texts("a.cs", "using System.IO;\nusing A = B.C;\n") == "System.IO:1 B.C:2=A ");
    CHECK(texts("a.rb", "require 'json'\nrequire_relative \"x\"\n") == "json:1 ./x:2 ");
    CHECK(texts("a.php", "<?php\nuse A\\B as C;\nrequire_once 'x.php';\n") == "A\\B:2=C x.php:3 ");
    CHECK(texts("a.sh", ". ./lib.sh\nsource x.sh\n") == "./lib.sh:1 x.sh:2 ");
    CHECK(texts("a.kt", "import a.b.C\n") == "a.b.C:1 ");
}

TEST_CASE("calls know what they are called on, where and with how many arguments") {
    const auto first = [](const char* path, const char* source) {
        const FileRecord record = analysed(path, source);
        if (record.calls.empty()) return std::string("none");
        const CallRecord& call = record.calls[0];
        return call.receiver + "|" + call.callee + "|" + std::to_string(call.arguments) + "|" +
               std::to_string(call.function);
    };
    CHECK(first("a.c", "void f(void) { g(1, h); }") == "|g|2|0");
    CHECK(first("a.c", "void f(void) { a->b.g(); }") == "a->b|g|0|0");
    CHECK(first("a.cpp", "void f() { N::C::g<int>(1); }") == "N::C|g|1|0");
    CHECK(first("a.cpp", "void f() { this->g(); }") == "this|g|0|0");
    CHECK(first("a.py", "a.b.g(1, k=2)\n") == "a.b|g|2|-1");
    CHECK(first("a.js", "a.b?.g(x)") == "a.b|g|1|-1");
    CHECK(first("a.js", "new A(1)") == "|A|1|-1");
    CHECK(first("a.go", "package p\nfunc f() { fmt.Println(1) }") == "fmt|Println|1|0");
    CHECK(first("a.rs", "fn f() { a::b(1, 2); }") == "a|b|2|0");
    CHECK(first("A.java", "class A { void f() { a.g(1); } }") == "a|g|1|0");
    CHECK(first("a.cs", "class A { void f() { a.g(1); } }") == "a|g|1|0");
    CHECK(first("a.rb", "a.g(1)\n") == "a|g|1|-1");
    CHECK(first("a.php", "<?php $a->g(1);") == "$a|g|1|-1");
    CHECK(first("a.kt", "fun f() { a.g(1) }") == "a|g|1|0");
    CHECK(first("a.lua", "a.g(1)") == "a|g|1|-1");
}

TEST_CASE("tokens differ by text, and by class alone where names and values may change") {
    const FileRecord a = analysed("a.c", "int a = 1; // x\n");
    const FileRecord b = analysed("a.c", "int b = 2;\n");
    CHECK(a.tokens.kinds == b.tokens.kinds);
    CHECK(a.tokens.texts != b.tokens.texts);
    CHECK(a.tokens.lines.size() == 5);
    REQUIRE(!a.names.empty());
    CHECK(a.names[0].name == "a");
}

TEST_CASE("translations of Qt are XML, though their names say TypeScript") {
    for (const char* text :
         {"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE TS>\n<TS/>\n", "<!DOCTYPE TS>\n",
          "\xEF\xBB\xBF\n<!DOCTYPE TS []>\n", "<TS version=\"2.1\" language=\"zh_CN\">\n</TS>\n"}) {
        INFO(text);
        CHECK(detectLanguage("i18n/app_zh.ts", text) == Language::Unknown);
        FileAnalyser analyser;
        const auto record = analyser.analyse("i18n/app_zh.ts", text, {});
        REQUIRE(record.ok());
        CHECK(record->languageName == "XML");
        CHECK(record->symbols.empty());
    }
    for (const char* text : {"", "const a = 1;\n", "<T>(x: T) => x;\n", "<TS extends T>(x: TS) => x;\n",
                             "// <TS version=\"2.1\">\n", "let a = '<!DOCTYPE TS>';\n"}) {
        INFO(text);
        CHECK(detectLanguage("app.ts", text) == Language::TypeScript);
    }
    CHECK(detectLanguage("app.tsx", "<TS version='2.1'/>") == Language::Tsx);
}

TEST_CASE("languages by name and by content") {
    CHECK(detectLanguage("a.h", "int f(void);\n") == Language::C);
    CHECK(detectLanguage("a.h", "#ifdef __cplusplus\nextern \"C\" {\n#endif\nint f(void);\n") == Language::C);
    CHECK(detectLanguage("a.h", "class A;\n") == Language::Cpp);
    CHECK(detectLanguage("a.h", "#include <vector>\n") == Language::Cpp);
    CHECK(detectLanguage("a.h", "bool f(int a, const T &b);\n") == Language::Cpp);
    CHECK(detectLanguage("a.h", "int f(N::T a);\n") == Language::Cpp);
    CHECK(detectLanguage("a.h", "int f(const int *a); // N::f(const T &a)\nint b = c & d;\n") == Language::C);
    CHECK(detectLanguage("a.h", "// class A\nstruct a { int class; };\n") == Language::C);
    CHECK(detectLanguage("x/run", "#!/usr/bin/env python3\n") == Language::Python);
    CHECK(detectLanguage("run", "#!/bin/sh -e\n") == Language::Bash);
    CHECK(detectLanguage("run", "hello\n") == Language::Unknown);
    CHECK(detectLanguage("A.TSX", "") == Language::Tsx);
    for (int i = 1; i < static_cast<int>(Language::Count); ++i) {
        const auto language = static_cast<Language>(i);
        CHECK(languageByName(nameOf(language)) == language);
    }
}

TEST_CASE("macros no parser can know are masked, and nothing in an expression is") {
    const char* sources[] = {
        ("class Q_CORE_EXPORT A : public B {\n    Q_OBJECT\n    Q_PROPERTY(int a READ a)\npublic slots:\n    "
         "void f();\nsignals:\n    void g();\n};\n"),
        "QT_BEGIN_NAMESPACE\nvoid f();\nQT_END_NAMESPACE\n",
        "EXPORT int f(void) NOTHROW;\n",
        "void f() { connect(a, SIGNAL(b(int)), c, SLOT(d(bool))); }\n",
        "void f() { Q_UNUSED(a)\n g(); }\n",
        "void f() { FOREACH (a, b) { g(); } }\n",
        "void f() {\n#if A\n if (a) {\n#else\n if (b) {\n#endif\n g();\n }\n}\n",
        "int a[] = {\n#ifdef A\n 1,\n#endif\n 2\n};\n",
        "void f() { Q_D(const A); emit a->b(c); }\n",
        "[[nodiscard]] EXPORT A *f(B b = {});\n",
        "#if A\nvoid f()\n#else\nvoid g()\n#endif\n{\n}\n",
        "typedef int (WINAPI *F)(int);\nstatic atomicType size_t used = 0;\n",
        "#if __has_include(<a.h>)\nint a;\n#endif\n",
        "#if 0\nnot code at all '(\n#endif\nint a;\n",
        "void f() { if (a\n#ifdef B\n && b\n#endif\n ) g(); }\n",
    };
    for (const char* source : sources) {
        INFO(std::string(source));
        CHECK(analysed("a.cpp", source).parseErrors == 0);
    }
    CHECK(analysed("a.c", "void f(void) { g(va_arg(l, char *)); }").parseErrors == 0);
    CHECK(
        analysed("a.c",
                 "#ifdef __cplusplus\nextern \"C\" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\n#endif\n")
            .parseErrors == 0);
    CHECK(analysed("a.c", "typedef unsigned char BYTE;\ntypedef uint8_t WORD;\nWORD f(BYTE a);\n")
              .symbols.size() == 3);
    const FileRecord kept =
        analysed("a.c", "int f(void) { return MAX(a, B) + LIMIT; }\nFILE *g(DIR *d) { return 0; }\n");
    CHECK(kept.parseErrors == 0);
    REQUIRE(kept.calls.size() == 1);
    CHECK(kept.calls[0].callee == "MAX");
    CHECK(kept.functions.size() == 2);
}
