#include "core/analysis/CodeTokens.h"
#include "core/analysis/IndexStore.h"

#include <sqlite3.h>

namespace exo::analysis {

namespace {

int createTokenizer(void*, const char**, int, Fts5Tokenizer** out) {
    static int s_anything = 0; // FTS5 wants a pointer that is not null; the tokenizer has no state
    *out = reinterpret_cast<Fts5Tokenizer*>(&s_anything);
    return SQLITE_OK;
}

void deleteTokenizer(Fts5Tokenizer*) {}

using TokenSink = int (*)(void*, int, const char*, int, int, int);

// Text is cut by forEachToken. Queries hold one finished token a string, which must not be cut again.
int tokenize(Fts5Tokenizer*, void* context, int flags, const char* text, int size, TokenSink sink) {
    if ((flags & FTS5_TOKENIZE_QUERY) != 0)
        return size > 0 ? sink(context, 0, text, size, 0, size) : SQLITE_OK;
    int code = SQLITE_OK;
    forEachToken({text, static_cast<std::size_t>(size)}, [&](const CodeToken& token) {
        code = sink(context, token.part ? FTS5_TOKEN_COLOCATED : 0, token.text.data(),
                    static_cast<int>(token.text.size()), static_cast<int>(token.start),
                    static_cast<int>(token.end));
        return code == SQLITE_OK;
    });
    return code;
}

} // namespace

Result<void> registerCodeTokenizer(Connection& db) {
    fts5_api* api = nullptr;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db.handle(), "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    if (!api) return fail(ErrorCode::Internal, "this SQLite has no FTS5");
    fts5_tokenizer functions{&createTokenizer, &deleteTokenizer, &tokenize};
    if (api->xCreateTokenizer(api, "exocode", nullptr, &functions, nullptr) != SQLITE_OK)
        return db.lastError("cannot register the tokenizer");
    return {};
}

} // namespace exo::analysis
