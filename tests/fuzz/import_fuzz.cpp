// Files given to `import`: whatever the bytes, reading them ends, and what it returns keeps the promises of
// ImportReader.
#include "core/sessions/Export.h"
#include "core/sessions/Import.h"
#include "core/storage/SearchText.h"

#include <cstdint>
#include <cstdlib>
#include <unordered_set>

using namespace exo;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const SessionTree& tree) {
    std::unordered_set<std::string> known;
    for (const api::Message& message : tree.messages) {
        require(message.parentId.empty() || known.contains(message.parentId.str()));
        require(known.insert(message.id.str()).second);
        (void)searchTokens(message.content);
    }
    (void)exportMarkdown(tree);
    (void)exportJson(tree);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    (void)searchExpression(bytes);
    (void)searchSnippet(bytes, bytes);
    auto reader = ImportReader::open(bytes);
    if (!reader.ok()) return 0;
    for (;;) {
        auto tree = reader->next();
        if (!tree.ok() || !*tree) return 0;
        check(**tree);
    }
}
