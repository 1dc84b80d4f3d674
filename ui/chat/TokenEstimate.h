#pragma once
// How many tokens a text may cost, good enough for the line under the composer. The core counts for itself.
// Any thread.

#include <QStringView>

#include <string_view>

namespace exo::ui {

// Han ≈ 0.75 a letter, kana and hangul ≈ 1, Latin ≈ 1 per 4, digits 1 per 2.5, marks ≈ 0.6.
qint64 estimateTokens(QStringView text);
qint64 estimateTokens(std::string_view utf8);

} // namespace exo::ui
