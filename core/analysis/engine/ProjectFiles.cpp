#include "core/analysis/engine/ProjectFiles.h"

#include "core/base/Text.h"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

namespace exo::analysis {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_maxSkipsTold = 100'000;

// Control bytes and what is no UTF-8 cannot be shown as they are.
std::string printable(const std::string& path) {
    std::string out;
    for (const char c : sanitizeUtf8(path))
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            out += "\\x" + hexEncode(std::string_view(&c, 1));
        else
            out += c;
    return out;
}

// What a link inside the root points at is listed itself.
void noteLink(ProjectFiles& found, const std::string& path) {
    std::error_code error;
    const fs::path root = found.root->path();
    const fs::path target = fs::weakly_canonical(root / path, error);
    if (error) return found.skip(path, "unreadable"); // a loop
    const fs::path relative = target.lexically_relative(root);
    if (relative.empty() || *relative.begin() == "..") found.skip(path, "outside-root");
}

void noteSkip(ProjectFiles& found, const std::string& path, SkipReason reason) {
    switch (reason) {
    case SkipReason::Link: return noteLink(found, path);
    case SkipReason::Name:
    case SkipReason::TooDeep: return found.skip(path, "unreadable");
    default: return found.skip(path, toString(reason));
    }
}

Result<void> findRoot(ProjectFiles& found, const std::string& asked) {
    std::error_code error;
    const fs::path path = fs::canonical(asked, error);
    if (error) return fail(ErrorCode::NotFound, asked + ": " + error.message(), "path");
    const fs::file_status status = fs::status(path, error);
    if (!fs::is_directory(status) && !fs::is_regular_file(status))
        return fail(ErrorCode::InvalidRequest, path.string() + " is neither a folder nor a file", "path");
    const bool folder = fs::is_directory(status);
    if (!folder) found.onlyFile = path.filename().string();
    EXO_TRY(auto root, SafeRoot::open(folder ? path : path.parent_path()));
    found.root.emplace(std::move(root));
    return {};
}

Result<void> findOne(ProjectFiles& found, const std::string& asked, const FindOptions& options) {
    const FileHandle file = found.root->openFile(found.onlyFile);
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0)
        return fail(ErrorCode::IoError, asked + ": cannot be read", "path");
    if (static_cast<std::uint64_t>(info.st_size) > options.maxFileSize)
        found.skip(found.onlyFile, "too-large");
    else
        found.files.push_back({found.onlyFile, FileStamp::of(info)});
    return {};
}

Result<void> findAll(ProjectFiles& found, const FindOptions& options) {
    ScanOptions scan;
    scan.maxFileSize = options.maxFileSize;
    scan.want = ScanOptions::Want::Everything;
    ScanControl control;
    control.cancelled = options.cancelled;
    control.progress = options.progress;
    control.skipped = [&found](const std::string& path, SkipReason reason) { noteSkip(found, path, reason); };
    if (options.watch) options.watch->begin();
    if (options.watch)
        control.folder = [&options](int folder, const std::string& path) {
            options.watch->add(folder, path);
        };
    EXO_TRY(auto scanned, scanProject(*found.root, scan, control));
    if (options.watch) options.watch->end();
    found.files = std::move(scanned.files);
    return {};
}

} // namespace

void ProjectFiles::skip(const std::string& path, std::string_view reason) {
    if (m_skipped.size() < k_maxSkipsTold) m_skipped.push_back({printable(path), std::string(reason)});
}

std::vector<api::AnalysisSkip> ProjectFiles::takeSkipped() {
    return sorted(std::move(m_skipped));
}

std::vector<api::AnalysisSkip> sorted(std::vector<api::AnalysisSkip> skipped) {
    std::sort(skipped.begin(), skipped.end(), [](const auto& a, const auto& b) {
        return std::tie(a.path, a.reason) < std::tie(b.path, b.reason);
    });
    return skipped;
}

Result<ProjectFiles> findProjectFiles(const std::string& path, const FindOptions& options) {
    ProjectFiles found;
    EXO_CHECK(findRoot(found, path));
    EXO_CHECK(found.onlyFile.empty() ? findAll(found, options) : findOne(found, path, options));
    return found;
}

} // namespace exo::analysis
