// Rules of a project nobody vouched for, and texts they and the secret scanner run over: reading and running
// them ends, and what is reported lies inside the text.
#include "core/analysis/parse/Grammar.h"
#include "core/analysis/rules/Debt.h"
#include "core/analysis/rules/RuleEngine.h"
#include "core/analysis/rules/Secrets.h"

#include <tree_sitter/api.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

using namespace exo;
using namespace exo::analysis;

namespace {

void scan(const std::string& text) {
    std::size_t end = 0;
    for (const SecretMatch& match : findSecrets(text, SecretDepth::Everything)) {
        if (match.begin < end || match.end <= match.begin || match.end > text.size()) std::abort();
        end = match.end;
        (void)maskSecret(std::string_view(text).substr(match.begin, match.end - match.begin));
    }
}

void runRules(RuleSet set, const std::string& text) {
    RuleEngine engine(std::make_shared<const RuleSet>(std::move(set)));
    TSParser* parser = ts_parser_new();
    ts_parser_set_language(parser, Grammar::of(Language::Python)->language());
    TSTree* tree =
        ts_parser_parse_string(parser, nullptr, text.data(), static_cast<std::uint32_t>(text.size()));
    ParsedFile file;
    file.source = file.masked = text;
    file.language = Language::Python;
    file.tree = tree;
    FileRecord record;
    engine.run(file, record);
    addDebtFindings(file, record);
    applySuppressions(file, record);
    ts_tree_delete(tree);
    ts_parser_delete(parser);
}

} // namespace

// tree-sitter 0.25.1 does not free all of a query that it refuses (some bytes; the limits of a rule file
// bound them).
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions() {
    return "leak:ts_query__parse_pattern\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    scan(bytes);
    RuleSet set;
    set.addProjectFile("fuzz.json", bytes);
    runRules(std::move(set), bytes);
    return 0;
}
