#include "core/analysis/engine/LineReport.h"

#include "core/analysis/TextFile.h"
#include "core/analysis/engine/LineTotals.h"
#include "core/analysis/engine/ProjectFiles.h"
#include "core/analysis/engine/WorkerProtocol.h"
#include "core/analysis/parse/FileAnalyser.h"
#include "core/base/Version.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace exo::analysis {

namespace {

constexpr std::size_t k_batch = 16; // files a thread takes at once

struct Counted {
    std::string_view language;
    LineCounts lines;
    std::int64_t bytes = 0;
    std::optional<WorkSkip> skipped;
};

Counted countFile(const SafeRoot& root, const std::string& path, const LineOptions& options) {
    Counted counted;
    auto file = root.read(path, options.maxFileSize);
    if (!file.ok()) {
        const bool large = file.error().code == ErrorCode::RequestTooLarge;
        counted.skipped = large ? WorkSkip::TooLarge : WorkSkip::Unreadable;
        return counted;
    }
    counted.bytes = file->stamp.size;
    const auto text = decodeText(std::move(file->bytes));
    if (!text) {
        counted.skipped = WorkSkip::Binary;
        return counted;
    }
    counted.language = languageNameOf(path, *text, detectLanguage(path, *text));
    if (counted.language.empty()) counted.language = k_plainText;
    counted.lines = countLines(*text, counted.language, options.rules);
    return counted;
}

std::vector<Counted> countFiles(const ProjectFiles& found, const LineOptions& options) {
    std::vector<Counted> counted(found.files.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t from = next.fetch_add(k_batch); from < counted.size();
             from = next.fetch_add(k_batch))
            for (std::size_t i = from; i < std::min(from + k_batch, counted.size()); ++i)
                counted[i] = countFile(*found.root, found.files[i].path, options);
    };
    std::vector<std::jthread> others;
    for (int i = 1; i < options.jobs; ++i)
        others.emplace_back(work);
    work();
    others.clear(); // waits for them
    return counted;
}

} // namespace

Result<api::AnalysisReport> countProjectLines(const LineOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    FindOptions find;
    find.maxFileSize = options.maxFileSize;
    EXO_TRY(ProjectFiles found, findProjectFiles(options.path, find));
    const std::vector<Counted> counted = countFiles(found, options);
    api::AnalysisReport report;
    report.toolVersion = std::string(k_version);
    report.root = found.root->path();
    report.files.reserve(counted.size());
    LineTotals totals;
    for (std::size_t i = 0; i < counted.size(); ++i) {
        const Counted& one = counted[i];
        if (one.skipped) {
            found.skip(found.files[i].path, nameOf(*one.skipped));
            continue;
        }
        api::AnalysisFile& file = report.files.emplace_back();
        file.path = std::move(found.files[i].path);
        file.language = one.language;
        file.bytes = one.bytes;
        file.code = one.lines.code;
        file.comment = one.lines.comment;
        file.blank = one.lines.blank;
        totals.add(file.language, one.lines, report.summary);
    }
    report.languages = totals.languages();
    report.skipped = found.takeSkipped();
    report.summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

} // namespace exo::analysis
