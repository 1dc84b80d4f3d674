#pragma once
// Whether a word is a macro of no use to a parser: judged by what stands before and after it. `i` is the
// word, `after` the token behind it and its arguments. Pure functions.

#include "core/analysis/parse/MacroPlace.h"
#include "core/analysis/parse/Mask.h"

namespace exo::analysis {

// DEFINE_X(a) or Q_OBJECT without a semicolon: a statement, a group of declarations, an opening of a
// namespace.
bool isLoneMacro(const MacroPlace& place, std::size_t i, std::size_t after);
// EXPORT int f(), EXPORT T f(), EXPORT T *f(): what follows is a declaration without it.
// `chain`: how many more macros may stand between.
bool isPrefixMacro(const MacroPlace& place, std::size_t i, std::size_t after, int chain = 3);
// class EXPORT X {
bool isHeadMacro(const MacroPlace& place, std::size_t i, std::size_t after, CDialect dialect);
// int f() ATTRIBUTE; int x ATTRIBUTE = 1;
bool isTrailingMacro(const MacroPlace& place, std::size_t i, std::size_t after);
// int CALLING_CONVENTION f(
bool isDeclaratorMacro(const MacroPlace& place, std::size_t i, std::size_t after);

// int *RESTRICT x
bool isPointerMacro(const MacroPlace& place, std::size_t i);
// LOCAL(const T *) f(: the arguments are the type of what is declared.
bool isTypeInParens(const MacroPlace& place, std::size_t i, std::size_t after);
// f(PREPEND_NAMESPACE(T) a)
bool isParameterType(const MacroPlace& place, std::size_t i, std::size_t after);
// { HEAD_INIT(a) 1, ENTRY_B\n ENTRY_C\n {2} }: elements that bring their own commas.
bool isMacroOfList(const MacroPlace& place, std::size_t i, std::size_t after);
// [](int a) TARGET(x) {
bool isMacroOfLambda(const MacroPlace& place, std::size_t after);
// MAYBE_EXPLICIT C(int a) : m_a(a)
bool isMacroOfConstructor(const MacroPlace& place, std::size_t i);
// TARGET(op):
bool isLabel(const MacroPlace& place, std::size_t i, std::size_t after);

} // namespace exo::analysis
