#pragma once
// The files of a project as they are now, each read once for one answer. Worker thread.

#include "core/analysis/SafeRoot.h"
#include "core/providers/Retriever.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

struct LoadedText {
    std::string text;
    std::string hash; // of the bytes
    std::vector<std::string_view> lines;
};

class ProjectText {
  public:
    ProjectText(const SafeRoot& root, std::size_t maxBytes)
        : m_root(root)
        , m_maxBytes(maxBytes) {}

    // nullptr when it is gone, unreadable or no text.
    const LoadedText* load(const std::string& path);

    // Lines first … last of a loaded file as an excerpt; a very long line is cut and ends in "…".
    static Excerpt excerpt(const LoadedText& file, const std::string& path, std::string_view language,
                           int first, int last);

  private:
    const SafeRoot& m_root;
    std::size_t m_maxBytes;
    std::unordered_map<std::string, std::unique_ptr<LoadedText>> m_files;
};

} // namespace exo::analysis
