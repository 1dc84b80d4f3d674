#pragma once
// How long after a file of a project was written a question about the project knows what it now says.

#include <filesystem>
#include <string>

namespace exo::bench {

// Edits sources of the tree, one after the other, and puts them back. False when an edit was not seen.
bool measureEdits(const std::string& program, const std::filesystem::path& tree,
                  const std::filesystem::path& cacheFolder);

} // namespace exo::bench
