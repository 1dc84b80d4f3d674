#pragma once
// Reads conversations out of a file that others wrote: ChatGPT's conversations.json (a list of message
// trees), or our own JSON export (one, or a list). One conversation is in memory as a tree at a time. Trusts
// nothing: sizes, depths, links and types are checked, and a file it cannot make sense of is an error that
// says where. Any one thread.

#include "core/storage/SessionStore.h"

#include <optional>
#include <string>

namespace exo {

inline constexpr std::size_t k_maxImportBytes = 512u << 20;
inline constexpr std::size_t k_maxImportMessages = 100'000; // of one conversation

class ImportReader {
  public:
    // RequestTooLarge, InvalidRequest.
    static Result<ImportReader> open(std::string bytes);

    // The next conversation, nullopt at the end. One without messages is returned too. InvalidRequest,
    // InvalidJson; the error names the conversation by its number from 1.
    Result<std::optional<SessionTree>> next();

  private:
    ImportReader(std::string bytes, std::size_t pos, bool list)
        : m_bytes(std::move(bytes))
        , m_pos(pos)
        , m_list(list) {}
    // The bytes of the next element; empty at the end.
    Result<std::string_view> nextElement();
    void skipSpace();

    std::string m_bytes;
    std::size_t m_pos;
    bool m_list; // a JSON array of conversations, else one object
    bool m_ended = false;
    std::size_t m_number = 0;
};

// One conversation of each kind; `raw` identifies it when it has no id of its own.
Result<SessionTree> chatGptConversation(const Json& conversation, std::string_view raw);
Result<SessionTree> ownSession(const Json& file);

} // namespace exo
