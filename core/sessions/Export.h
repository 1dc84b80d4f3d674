#pragma once
// A session as a file: Markdown of the branch that is shown, for people, or JSON of the whole tree, for
// importing again (Import.h). Pure functions, any thread.

#include "core/storage/SessionStore.h"

#include <string>

namespace exo {

inline constexpr std::string_view k_exportFormat = "exobrain-session";
inline constexpr int k_exportVersion = 1;

std::string exportMarkdown(const SessionTree& tree);
// {"format","version","session","messages":[…, attachments with "data" in base64],"compactions"}
std::string exportJson(const SessionTree& tree);

// The messages from the first to `leaf`, by their parents.
std::vector<const api::Message*> branchOf(const SessionTree& tree, const MessageId& leaf);

} // namespace exo
