#include "app/exobrain/AnalyzeOutput.h"

#include "app/exobrain/Terminal.h"
#include "core/analysis/engine/Worker.h"
#include "core/analysis/report/Html.h"
#include "core/analysis/report/LineTable.h"
#include "core/base/Ids.h"
#include "core/base/Paths.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <unistd.h>

namespace exo::cli {

namespace {

namespace fs = std::filesystem;

int worstOf(const api::AnalysisReport& report) {
    int worst = -1;
    for (const auto& file : report.files)
        for (const auto& finding : file.findings)
            if (finding.suppressedBy.empty()) worst = std::max(worst, severityRank(finding.severity));
    return worst;
}

// A file that appears whole, under its name, or not at all.
class NewFile {
  public:
    explicit NewFile(const fs::path& path)
        : m_path(path)
        , m_temporary(path.string() + "." + newIdText("") + ".tmp")
        , m_file(std::fopen(m_temporary.c_str(), "wxe"), &std::fclose) {}
    ~NewFile() {
        std::error_code ignored;
        if (!m_done) fs::remove(m_temporary, ignored);
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    bool write(std::string_view text) {
        return m_file && std::fwrite(text.data(), 1, text.size(), m_file.get()) == text.size();
    }
    bool finish() {
        if (!m_file || std::fflush(m_file.get()) != 0 || ::fsync(::fileno(m_file.get())) != 0) return false;
        m_done = std::rename(m_temporary.c_str(), m_path.c_str()) == 0;
        return m_done;
    }

  private:
    fs::path m_path, m_temporary;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> m_file;
    bool m_done = false;
};

} // namespace

int severityRank(std::string_view severity) {
    return severity == "error" ? 2 : severity == "warning" ? 1 : 0;
}

Result<void> AnalyzeOutput::prepare() const {
    if (!baseline.empty()) {
        const auto known = readBaseline();
        if (!known.ok()) return known.error();
    }
    if (file.empty()) return {};
    std::error_code errc;
    const fs::path folder = fs::absolute(file, errc).parent_path();
    if (fs::is_directory(folder, errc) && !fs::is_directory(file, errc)) return {};
    return fail(ErrorCode::IoError, "cannot write " + file);
}

Result<analysis::Baseline> AnalyzeOutput::readBaseline() const {
    EXO_TRY(const auto text, readFile(baseline, analysis::Baseline::k_maxBytes));
    auto known = analysis::Baseline::fromSarif(text);
    if (!known.ok()) return fail(known.error().code, baseline + ": " + known.error().detail, "baseline");
    return known;
}

// A file gets neither colours nor the width of the terminal at hand.
analysis::TextOptions AnalyzeOutput::textOptions() const {
    analysis::TextOptions options = analysis::textOptionsOfTerminal();
    if (file.empty()) return options;
    options.colours = analysis::TextColours::Off;
    options.width = analysis::TextOptions{}.width;
    return options;
}

Result<int> AnalyzeOutput::write(const analysis::AnalysisResult& result) const {
    api::AnalysisReport onlyNew;
    if (!baseline.empty()) {
        EXO_TRY(const auto known, readBaseline());
        onlyNew = format == "json" ? result.fullReport() : result.report();
        known.keepOnlyNew(onlyNew);
    }
    const api::AnalysisReport& report = baseline.empty() ? result.report() : onlyNew;
    const auto produce = [&](const Sink& sink) {
        if (format == "json")
            return baseline.empty() ? result.writeJson(sink) : sink(dumpJson(api::toJson(report)) + "\n");
        if (format == "sarif")
            return analysis::writeSarif(report, analysis::ruleCatalogue(result.root()), sink);
        if (format == "html")
            return analysis::writeHtml(report, analysis::ruleCatalogue(result.root()), sink);
        return analysis::writeTextSummary(report, textOptions(), sink);
    };
    EXO_CHECK(deliver(produce));
    return worstOf(report);
}

Result<void> AnalyzeOutput::writeLines(const api::AnalysisReport& report) const {
    return deliver([&](const Sink& sink) {
        return format == "json" ? analysis::writeLineJson(report, sink)
                                : analysis::writeLineTable(report, textOptions(), sink);
    });
}

Result<void> AnalyzeOutput::deliver(const std::function<bool(const Sink&)>& produce) const {
    if (file.empty()) {
        (void)produce([](std::string_view text) { return print(text); });
        return {}; // what could not be written is told at the end
    }
    NewFile out(file);
    if (produce([&](std::string_view text) { return out.write(text); }) && out.finish()) return {};
    const int code = errno;
    return fail(code == ENOSPC ? ErrorCode::StorageFull : ErrorCode::IoError,
                file + ": " + std::strerror(code));
}

} // namespace exo::cli
