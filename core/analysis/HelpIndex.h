#pragma once
// ExoBrain's own user guide (resources/help), searchable by section: BM25 in memory over the sections of one
// language. Immutable after construction: any thread.

#include "core/providers/Retriever.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

class HelpIndex {
  public:
    // The guides that are part of the binary.
    static HelpIndex embedded();

    // `name` like "help/zh/user.md": the folder is the language.
    void add(std::string_view name, std::string_view text);

    // Sections that answer, best first; in Chinese when the question has Chinese in it, else in English.
    std::vector<Excerpt> search(std::string_view question, std::size_t maxExcerpts) const;

  private:
    struct Section {
        Excerpt excerpt;
        std::map<std::string, int, std::less<>> counts; // of each token; those of the heading count more
        double length = 0;
        bool chinese = false;
    };
    double score(const Section& section, const std::vector<struct QueryTerm>& terms, double averageLength,
                 std::vector<double> rarity) const;

    std::vector<Section> m_sections;
};

bool hasChinese(std::string_view text);

} // namespace exo::analysis
