#pragma once
// LaTeX formulas as readable text: \frac{a}{b} → a/b, x^2 → x², \alpha → α. What is not known stays as
// written. Linear time; any thread.

#include <QString>
#include <QStringView>

namespace exo::ui::md {

QString readableLatex(QStringView latex);
// Whether what stands between two dollar signs is a formula and not two prices.
bool looksLikeLatex(QStringView text);

// \( … \) and \[ … \] become $ … $ and $$ … $$, outside code, so that the Markdown parser knows them.
QString normaliseMathDelimiters(const QString& markdown);

} // namespace exo::ui::md
