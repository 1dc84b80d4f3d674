#pragma once
// What the finders of facts share: what is asked about, and the answer as it grows. Used by FactFinder alone.

#include "core/analysis/ProjectText.h"
#include "core/analysis/retrieve/FactFinder.h"
#include "core/base/Text.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace exo::analysis {

class FactCollector {
  public:
    FactCollector(const KnownProject& project, const FactQuery& query)
        : m_result(project.result())
        , m_query(query)
        , m_subjects(subjectsOf(project, query.question))
        , m_texts(project.root(), k_maxSource) {
        m_out.analysed = true;
    }

    // The facts, each with its line as it is written. A file that changed since has its lines elsewhere: its
    // facts are dropped.
    ProjectFacts finish() {
        std::erase_if(m_out.facts, [this](const Fact& fact) {
            const LoadedText* file = fact.startLine > 0 ? m_texts.load(fact.path) : nullptr;
            return fact.startLine > 0 && (!file || file->hash != m_result.hashOf(fact.path));
        });
        for (Fact& fact : m_out.facts)
            if (fact.text.empty() && fact.startLine > 0) fact.text = lineAt(fact.path, fact.startLine);
        return std::move(m_out);
    }

  protected:
    const std::vector<api::AnalysisFile>& files() const { return m_result.report().files; }
    bool full() const { return m_out.facts.size() >= m_query.limit; }
    void add(Fact fact) {
        ++m_out.total;
        if (!full()) m_out.facts.push_back(std::move(fact));
    }
    static Fact factAt(const std::string& path, int line) {
        Fact fact;
        fact.path = path;
        fact.startLine = fact.endLine = line;
        return fact;
    }
    bool isAskedAbout(const std::string& path) const {
        return m_subjects.files.empty() ||
               std::find(m_subjects.files.begin(), m_subjects.files.end(), path) != m_subjects.files.end();
    }

    const AnalysisResult& m_result;
    const FactQuery& m_query;
    const Subjects m_subjects;
    ProjectText m_texts;
    ProjectFacts m_out;

  private:
    static constexpr std::size_t k_maxSource = 4u << 20;

    std::string lineAt(const std::string& path, int line) {
        const LoadedText* file = m_texts.load(path);
        if (!file || line < 1 || line > static_cast<int>(file->lines.size())) return {};
        return std::string(utf8Prefix(trim(file->lines[static_cast<std::size_t>(line - 1)]), 200));
    }
};

// Facts about the project as a whole: what is largest, most complex, riskiest, changed or found most. Only
// for the kinds that ask so.
ProjectFacts listFacts(const KnownProject& project, const FactQuery& query);

} // namespace exo::analysis
