#pragma once
// Texts as models write them, each with something that a cut could spoil.

#include <QString>

#include <vector>

namespace exo::ui {

inline std::vector<QString> markdownCorpus() {
    return {
        QStringLiteral(
            "# Title\n\nA **bold** and *soft* text with `code`.\n\nSecond paragraph\nof two lines.\n"),
        QStringLiteral(
            "Before\n\n```cpp\nint main() {\n\n    return 0;\n}\n```\n\nAfter the `expire.c:187` call.\n"),
        QStringLiteral("- one\n- two\n\n- three, loose\n\n  still three\n\n      indented\n\nEnd of "
                       "list.\n\n1. a\n2. b\n   - c\n"),
        QStringLiteral("1. Step:\n   ```bash\n   make\n\n   make test\n   ```\n2. "
                       "Next\n\n```\nunindented\n```\n\n3. Third\n"),
        QStringLiteral(
            "> quote\n> more\n\n> another quote\n\n> ```\n> fenced\n\nout\n\n~~~\n```\n~~~\n\ntail"),
        QStringLiteral("| a | b |\n|---|--:|\n| 1 | 2 |\n\n| not a table\n\ntext | with | pipes\n"),
        QStringLiteral(
            "- ```c\n  in item\n\n  more\n  ```\n- second\n\n``` \nunclosed fence\n\n# not a heading\n"),
        QStringLiteral("Para\n\n    indented code\n\n    more of it\n\nHeading\n=======\n\n---\n\n* * *\n\n- "
                       "[x] done\n- [ ] open\n"),
        QStringLiteral("- item\n\n```\nfence at the margin\n\n  ```\n\ninside?\n\n```\n\nafter\n"),
        QStringLiteral("- a\n\n ```\n one space\n\n```\n\nafter\n\n```\nx\n```\n"),
        QStringLiteral("中文段落，含 **粗体** 与 `src/a.c:12-20`。\n\n- 列表\n- 第二项\n\n公式 \\(x^2\\) "
                       "与\n\n\\[\\frac{a}{b}\\]\n"),
        QStringLiteral("<div>\n\n<script>alert(1)</script>\n\n</div>\n\n<!-- a\n\nb -->\n\nend\n"),
    };
}

} // namespace exo::ui
