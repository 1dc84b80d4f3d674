#pragma once
// Places in code named in text: `src/expire.c:187`, `a.py:12-20`, `Makefile:3`. Pure functions, any thread.

#include "ui/chat/markdown/Block.h"

#include <QStringView>

#include <optional>

namespace exo::ui::md {

struct CodePlace {
    QString path; // relative, without ".."
    int startLine = 0;
    int endLine = 0;
    bool operator==(const CodePlace&) const = default;
};

std::optional<CodePlace> parseCodePlace(QStringView text);
// "path:12" or "path:12-20".
QString formatCodePlace(const CodePlace& place);

// Turns `[path:line]` in unstyled text into citation spans without the brackets.
Inline markBracketCitations(const Inline& text);

} // namespace exo::ui::md
