#include "core/analysis/ProjectScanner.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/IgnoreRules.h"
#include "core/analysis/TextFile.h"
#include "core/base/Text.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <set>

namespace exo::analysis {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_maxIgnoreFile = 512 * 1024;

struct Folder {
    std::string path; // relative, "" is the root
    std::size_t depth = 0;
    std::shared_ptr<const IgnoreRules> rules;
};

struct Entry {
    std::string name;
    unsigned char type = DT_UNKNOWN;
};

bool isPrintableName(std::string_view name) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return isValidUtf8(name) && std::none_of(name.begin(), name.end(), control);
}

bool isKernelFileSystem(int fd) {
    struct statfs info {};
    if (::fstatfs(fd, &info) != 0) return false;
    switch (static_cast<std::uint32_t>(info.f_type)) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
    case SECURITYFS_MAGIC:
    case DEVPTS_SUPER_MAGIC:
    case BPF_FS_MAGIC: return true;
    default: return false;
    }
}

std::string readIgnoreFile(const SafeRoot& root, const std::string& path) {
    auto content = root.read(path, k_maxIgnoreFile);
    return content.ok() ? std::move(content->bytes) : std::string{};
}

struct IgnoreFile {
    std::string way, text; // from its folder to the root; what it says
};

// Those of the repository around a root that is only a part of it, and the repository's own.
std::vector<IgnoreFile> ignoreFilesAbove(const SafeRoot& root) {
    const fs::path start(root.path());
    fs::path top = start;
    std::error_code error;
    while (!fs::exists(top / ".git", error)) {
        if (top == top.root_path()) return {}; // no repository
        top = top.parent_path();
    }
    auto repository = SafeRoot::open(top);
    if (!repository.ok()) return {};
    const std::string prefix = top == start ? std::string{} : start.lexically_relative(top).string();
    std::vector<IgnoreFile> files{{prefix, readIgnoreFile(*repository, ".git/info/exclude")}};
    fs::path below;
    for (const fs::path& step : prefix.empty() ? fs::path{} : fs::path(prefix)) {
        files.push_back({start.lexically_relative(top / below).string(),
                         readIgnoreFile(*repository, (below / ".gitignore").string())});
        below /= step;
    }
    return files;
}

std::shared_ptr<const IgnoreRules> rulesAbove(const SafeRoot& root) {
    std::shared_ptr<const IgnoreRules> rules;
    for (const IgnoreFile& file : ignoreFilesAbove(root))
        rules = IgnoreRules::parse(file.text, "", file.way, rules);
    return rules && rules->ignoresRoot() ? nullptr : rules;
}

class Scanner {
  public:
    Scanner(const SafeRoot& root, const ScanOptions& options, const ScanControl& control)
        : m_root(root)
        , m_options(options)
        , m_control(control) {}

    Result<ScanResult> run() {
        m_open.push_back({"", 0, rulesAbove(m_root)});
        while (!m_open.empty()) {
            if (m_control.cancelled && m_control.cancelled->load()) return fail(ErrorCode::Cancelled);
            Folder folder = std::move(m_open.back());
            m_open.pop_back();
            scanFolder(std::move(folder));
            if (m_control.progress) m_control.progress(m_result.files.size());
        }
        finish();
        return std::move(m_result);
    }

  private:
    void skip(SkipReason reason, const std::string& path = {}) {
        ++m_result.skipped[static_cast<std::size_t>(reason)];
        if (m_control.skipped && reason != SkipReason::Ignored) m_control.skipped(path, reason);
    }

    void scanFolder(Folder folder) {
        FileHandle handle = m_root.openFolder(folder.path);
        struct stat info {};
        if (!handle || ::fstat(handle.get(), &info) != 0)
            return skip(errno == ELOOP ? SkipReason::Link : SkipReason::Unreadable, folder.path);
        if (info.st_dev != m_device) {
            if (isKernelFileSystem(handle.get())) return skip(SkipReason::Special, folder.path);
            if (folder.path.empty()) m_device = info.st_dev;
        }
        const int fd = handle.get();
        if (m_control.folder) m_control.folder(fd, folder.path);
        std::vector<Entry> entries;
        bool isBuild = false;
        bool hasIgnoreFile = false;
        DIR* stream = ::fdopendir(fd);
        if (!stream) return skip(SkipReason::Unreadable, folder.path);
        handle.release(); // closedir closes it
        const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, &::closedir);
        while (const dirent* entry = ::readdir(stream)) {
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..") continue;
            isBuild = isBuild || isBuildMarker(name);
            hasIgnoreFile = hasIgnoreFile || name == ".gitignore";
            entries.push_back({std::string(name), entry->d_type});
        }
        if (isBuild && !folder.path.empty()) return skip(SkipReason::Ignored);
        if (hasIgnoreFile) {
            const std::string file = folder.path.empty() ? ".gitignore" : folder.path + "/.gitignore";
            folder.rules = IgnoreRules::parse(readIgnoreFile(m_root, file), folder.path, "", folder.rules);
        }
        for (Entry& entry : entries)
            visit(fd, folder, entry);
    }

    void visit(int fd, const Folder& folder, Entry& entry) {
        struct stat info {};
        bool hasInfo = false;
        std::string path = folder.path.empty() ? entry.name : folder.path + "/" + entry.name;
        if (entry.type == DT_UNKNOWN) {
            if (::fstatat(fd, entry.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
                return skip(SkipReason::Unreadable, path);
            hasInfo = true;
            entry.type = static_cast<unsigned char>(IFTODT(info.st_mode));
        }
        if (entry.type == DT_LNK) return skip(SkipReason::Link, path);
        if (entry.type != DT_DIR && entry.type != DT_REG) return skip(SkipReason::Special, path);
        const bool isFolder = entry.type == DT_DIR;
        if (isFolder && isSkippedFolder(entry.name)) return skip(SkipReason::Ignored);
        if (!isPrintableName(entry.name)) return skip(SkipReason::Name, path);
        if (folder.rules && folder.rules->ignored(path, isFolder)) return skip(SkipReason::Ignored);
        if (isFolder) {
            if (folder.depth + 1 > m_options.maxDepth) return skip(SkipReason::TooDeep, path);
            if (++m_folders > m_options.maxFiles) return skip(SkipReason::TooMany, path);
            m_open.push_back({std::move(path), folder.depth + 1, folder.rules});
            return;
        }
        if (!hasInfo && ::fstatat(fd, entry.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return skip(SkipReason::Unreadable, path);
        visitFile(std::move(path), info);
    }

    void visitFile(std::string path, const struct stat& info) {
        if (!S_ISREG(info.st_mode)) return skip(SkipReason::Special, path); // replaced since it was listed
        if (isBinaryName(path)) return skip(SkipReason::Binary, path);
        const FileRank rank = rankOf(path);
        if (m_options.want == ScanOptions::Want::Answers) {
            if (rank == FileRank::Private) return skip(SkipReason::Private, path);
            if (rank == FileRank::Skip) return skip(SkipReason::Generated, path);
        }
        if (static_cast<std::uint64_t>(info.st_size) > m_options.maxFileSize)
            return skip(SkipReason::TooLarge, path);
        if (m_result.files.size() >= m_options.maxFiles) return skip(SkipReason::TooMany, path);
        m_result.files.push_back({std::move(path), FileStamp::of(info)});
    }

    void finish() {
        const auto byPath = [](const ScannedFile& a, const ScannedFile& b) { return a.path < b.path; };
        std::sort(m_result.files.begin(), m_result.files.end(), byPath);
        std::set<std::string> folders;
        for (const ScannedFile& file : m_result.files)
            if (const std::size_t slash = file.path.find('/'); slash != std::string::npos)
                folders.insert(file.path.substr(0, slash));
        m_result.topFolders.assign(folders.begin(), folders.end());
    }

    const SafeRoot& m_root;
    const ScanOptions& m_options;
    const ScanControl& m_control;
    std::vector<Folder> m_open;
    ScanResult m_result;
    dev_t m_device = 0;
    std::size_t m_folders = 0;
};

} // namespace

std::string_view toString(SkipReason reason) {
    switch (reason) {
    case SkipReason::Ignored: return "ignored";
    case SkipReason::Binary: return "binary";
    case SkipReason::TooLarge: return "too-large";
    case SkipReason::Special: return "special";
    case SkipReason::Link: return "link";
    case SkipReason::Name: return "name";
    case SkipReason::Generated: return "generated";
    case SkipReason::Private: return "private";
    case SkipReason::Unreadable: return "unreadable";
    case SkipReason::TooDeep: return "too-deep";
    case SkipReason::TooMany: return "too-many";
    case SkipReason::Count: break;
    }
    return "";
}

std::int64_t ScanResult::skippedTotal() const {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < skipped.size(); ++i)
        if (i != static_cast<std::size_t>(SkipReason::Ignored)) total += skipped[i];
    return total;
}

std::string ignoreRulesAround(const SafeRoot& root) {
    std::string said;
    for (const IgnoreFile& file : ignoreFilesAbove(root))
        said += file.way + '\0' + file.text + '\0';
    return said.empty() ? said : contentHash(said);
}

Result<ScanResult> scanProject(const SafeRoot& root, const ScanOptions& options, const ScanControl& control) {
    return Scanner(root, options, control).run();
}

} // namespace exo::analysis
