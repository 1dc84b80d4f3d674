#include "core/analysis/parse/Grammar.h"

#include <doctest/doctest.h>

using namespace exo::analysis;

TEST_CASE("every grammar has the ABI of the library and every name its table speaks of") {
    for (const LanguageTable* table : languageTables()) {
        const auto made = Grammar::make(*table);
        INFO(nameOf(table->language));
        if (!made.ok()) {
            FAIL_CHECK(made.error().detail);
            continue;
        }
        CHECK(Grammar::of(table->language) != nullptr);
    }
}
