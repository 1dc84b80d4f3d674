#include "core/analysis/engine/IncludeResolver.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>

namespace exo::analysis {

namespace {

std::string_view nameOfPath(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string joined(std::string_view folder, std::string_view name) {
    return folder.empty() ? std::string(name) : std::string(folder) + "/" + std::string(name);
}

std::size_t sharedFolders(std::string_view a, std::string_view b) {
    std::size_t shared = 0;
    const std::size_t end = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < end && a[i] == b[i]; ++i)
        if (a[i] == '/') ++shared;
    return shared;
}

// Names every C compiler brings along: a project's own file of that name is only meant with quotes.
bool isStandardHeader(std::string_view text) {
    static constexpr std::array<std::string_view, 30> k_names{
        "assert.h", "complex.h", "ctype.h",  "errno.h",   "fcntl.h",  "fenv.h",   "float.h",   "inttypes.h",
        "limits.h", "locale.h",  "malloc.h", "math.h",    "memory.h", "poll.h",   "pthread.h", "sched.h",
        "setjmp.h", "signal.h",  "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h",   "stdlib.h",
        "string.h", "strings.h", "time.h",   "unistd.h",  "wchar.h",  "wctype.h"};
    return std::binary_search(k_names.begin(), k_names.end(), text) || text.starts_with("sys/");
}

std::string withSlashes(std::string_view text, std::string_view separator) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text.substr(i).starts_with(separator)) {
            out += '/';
            i += separator.size();
        } else {
            out += text[i++];
        }
    }
    return out;
}

} // namespace

std::string_view folderOf(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string joinPath(std::string_view folder, std::string_view relative) {
    std::vector<std::string_view> steps =
        folder.empty() ? std::vector<std::string_view>{} : split(folder, '/');
    for (const std::string_view step : split(relative, '/')) {
        if (step.empty() || step == ".") continue;
        if (step != "..") {
            steps.push_back(step);
            continue;
        }
        if (steps.empty()) return {};
        steps.pop_back();
    }
    std::string out;
    for (const std::string_view step : steps)
        out += (out.empty() ? "" : "/") + std::string(step);
    return out;
}

int familyOf(Language language) {
    switch (language) {
    case Language::Cpp: return static_cast<int>(Language::C);
    case Language::TypeScript:
    case Language::Tsx: return static_cast<int>(Language::JavaScript);
    case Language::Kotlin:
    case Language::Scala: return static_cast<int>(Language::Java);
    default: return static_cast<int>(language);
    }
}

IncludeResolver::IncludeResolver(const std::vector<std::string>& paths,
                                 std::map<std::string, std::string> goModules)
    : m_paths(paths)
    , m_goModules(std::move(goModules)) {
    for (std::uint32_t i = 0; i < paths.size(); ++i) {
        m_byPath.emplace(paths[i], i);
        m_byName[nameOfPath(paths[i])].push_back(i);
        if (paths[i].ends_with(".go") && !paths[i].ends_with("_test.go"))
            m_goFolders.emplace(folderOf(paths[i]), i);
    }
}

std::int32_t IncludeResolver::at(const std::string& path) const {
    const auto found = m_byPath.find(path);
    return found == m_byPath.end() ? k_none : static_cast<std::int32_t>(found->second);
}

// The file whose path ends with `tail`; of several the nearest to who asks, then the least deep.
std::int32_t IncludeResolver::bySuffix(std::string_view tail, std::string_view fromFolder) const {
    const auto found = m_byName.find(nameOfPath(tail));
    if (found == m_byName.end()) return k_none;
    const std::string ending = "/" + std::string(tail);
    const std::string from = std::string(fromFolder) + "/";
    std::int32_t best = k_none;
    std::pair<std::size_t, std::ptrdiff_t> bestRank{0, 0};
    for (const std::uint32_t index : found->second) {
        const std::string& path = m_paths[index];
        if (path != tail && !path.ends_with(ending)) continue;
        const std::pair<std::size_t, std::ptrdiff_t> rank{sharedFolders(path, from),
                                                          -std::count(path.begin(), path.end(), '/')};
        if (best != k_none && rank <= bestRank) continue;
        best = static_cast<std::int32_t>(index);
        bestRank = rank;
    }
    return best;
}

std::int32_t IncludeResolver::cHeader(std::string_view folder, const IncludeRecord& include) const {
    if (!include.system) {
        if (const auto index = at(joinPath(folder, include.text)); index != k_none) return index;
    } else if (isStandardHeader(include.text)) {
        return k_none;
    }
    const bool climbs = include.text.starts_with("../") || include.text.starts_with("./");
    if (climbs) { // relative to a search path we do not know
        std::string_view rest = include.text;
        while (rest.starts_with("../") || rest.starts_with("./"))
            rest.remove_prefix(rest.find('/') + 1);
        return rest.find('/') == std::string_view::npos ? k_none : bySuffix(rest, folder);
    }
    return bySuffix(include.text, folder);
}

std::int32_t IncludeResolver::pythonModule(const std::string& base, const IncludeRecord& include) const {
    if (const auto module = at(base + ".py"); module != k_none) return module;
    for (const std::string& name : include.names) // from package import module
        if (const auto module = at(joined(base, name) + ".py"); module != k_none) return module;
    for (const char* file : {"__init__.py", "__init__.pyi"})
        if (const auto package = at(joined(base, file)); package != k_none) return package;
    return at(base + ".pyi");
}

std::int32_t IncludeResolver::python(std::string_view folder, const IncludeRecord& include) const {
    const std::size_t dots = std::min(include.text.find_first_not_of('.'), include.text.size());
    const std::string way = withSlashes(std::string_view(include.text).substr(dots), ".");
    if (dots > 0) {
        std::string up(folder);
        for (std::size_t i = 1; i < dots; ++i)
            up = std::string(folderOf(up));
        return pythonModule(way.empty() ? up : joined(up, way), include);
    }
    // Roots of packages are the folders above, nearest first, then what many projects put their code into.
    for (std::string_view root = folder;; root = folderOf(root)) {
        if (const auto module = pythonModule(joined(root, way), include); module != k_none) return module;
        if (root.empty()) break;
    }
    for (const char* root : {"src", "lib", "python"})
        if (const auto module = pythonModule(joined(root, way), include); module != k_none) return module;
    if (way.find('/') == std::string::npos) return k_none;
    if (const auto module = bySuffix(way + ".py", folder); module != k_none) return module;
    return bySuffix(way + "/__init__.py", folder);
}

std::int32_t IncludeResolver::scriptFile(const std::string& base) const {
    if (const auto exact = at(base); exact != k_none) return exact;
    static constexpr std::array k_endings{".ts",  ".tsx",  ".js",   ".jsx", ".mjs",
                                          ".cjs", ".d.ts", ".json", ".vue"};
    for (const char* ending : k_endings)
        if (const auto file = at(base + ending); file != k_none) return file;
    for (const char* ending : k_endings)
        if (const auto file = at(joined(base, "index") + ending); file != k_none) return file;
    const std::size_t dot = base.rfind('.'); // TypeScript names the file that will be made: "./a.js" is a.ts
    if (dot == std::string::npos || !base.substr(dot + 1).ends_with("js")) return k_none;
    for (const char* ending : {".ts", ".tsx", ".mts", ".cts"})
        if (const auto file = at(base.substr(0, dot) + ending); file != k_none) return file;
    return k_none;
}

std::int32_t IncludeResolver::script(std::string_view folder, std::string_view text) const {
    if (text.starts_with("./") || text.starts_with("../") || text == "." || text == "..")
        return scriptFile(joinPath(folder, text));
    if (text.starts_with("@/") || text.starts_with("~/")) return scriptFile(joined("src", text.substr(2)));
    if (text.starts_with("/")) return scriptFile(std::string(text.substr(1)));
    if (text.starts_with("src/")) return scriptFile(std::string(text));
    return k_none; // a package
}

std::int32_t IncludeResolver::goPackage(std::string_view text) const {
    std::int32_t best = k_none;
    std::size_t bestLength = 0;
    for (const auto& [folder, module] : m_goModules) {
        if (!text.starts_with(module) || module.size() < bestLength) continue;
        const std::string_view rest = text.substr(module.size());
        if (!rest.empty() && rest.front() != '/') continue;
        const std::string way = rest.empty() ? folder : joined(folder, rest.substr(1));
        const auto found = m_goFolders.find(way);
        if (found == m_goFolders.end()) continue;
        best = static_cast<std::int32_t>(found->second);
        bestLength = module.size();
    }
    return best;
}

std::int32_t IncludeResolver::java(std::string_view folder, std::string_view text) const {
    std::string way = withSlashes(text, ".");
    for (int attempt = 0; attempt < 2 && way.find('/') != std::string::npos; ++attempt) {
        for (const char* ending : {".java", ".kt", ".scala"})
            if (const auto file = bySuffix(way + ending, folder); file != k_none) return file;
        way = std::string(folderOf(way)); // a static import, or a nested class
    }
    return k_none;
}

// The longest beginning of `steps` that is a module; what follows are items in it.
std::int32_t IncludeResolver::rustModule(std::string base, std::vector<std::string_view> steps) const {
    for (; !steps.empty(); steps.pop_back()) {
        std::string way = base;
        for (const std::string_view step : steps)
            way = joined(way, step);
        if (const auto file = at(way + ".rs"); file != k_none) return file;
        if (const auto file = at(way + "/mod.rs"); file != k_none) return file;
    }
    return k_none;
}

std::int32_t IncludeResolver::rust(std::string_view path, std::string_view folder,
                                   std::string_view text) const {
    const std::string way = withSlashes(text, "::");
    std::vector<std::string_view> steps = split(way, '/');
    const std::string_view file = nameOfPath(path);
    const bool isRoot = file == "mod.rs" || file == "lib.rs" || file == "main.rs";
    std::string own = isRoot ? std::string(folder) : std::string(path.substr(0, path.size() - 3));
    if (steps.front() == "crate") {
        std::string_view root = folder;
        while (!root.empty() && at(joined(root, "lib.rs")) == k_none && at(joined(root, "main.rs")) == k_none)
            root = folderOf(root);
        steps.erase(steps.begin());
        return rustModule(std::string(root), std::move(steps));
    }
    while (!steps.empty() && (steps.front() == "self" || steps.front() == "super")) {
        if (steps.front() == "super") own = std::string(folderOf(own));
        steps.erase(steps.begin());
    }
    return rustModule(own, std::move(steps));
}

std::int32_t IncludeResolver::plainFile(std::string_view folder, std::string_view text,
                                        std::string_view extension) const {
    const std::string wanted =
        text.ends_with(extension) ? std::string(text) : std::string(text) + std::string(extension);
    if (const auto file = at(joinPath(folder, wanted)); file != k_none) return file;
    if (const auto file = at(joinPath(folder, text)); file != k_none) return file;
    std::string_view tail = wanted;
    while (tail.starts_with("../") || tail.starts_with("./") || tail.starts_with("/"))
        tail.remove_prefix(tail.find('/') + 1);
    return tail.find('/') == std::string_view::npos && text.front() != '/' && extension != ".rb"
               ? k_none
               : bySuffix(tail, folder);
}

std::int32_t IncludeResolver::resolve(Language language, std::uint32_t from,
                                      const IncludeRecord& include) const {
    const std::string& path = m_paths[from];
    const std::string_view folder = folderOf(path);
    if (include.text.empty()) return k_none;
    switch (language) {
    case Language::C:
    case Language::Cpp: return cHeader(folder, include);
    case Language::Python: return python(folder, include);
    case Language::JavaScript:
    case Language::TypeScript:
    case Language::Tsx: return script(folder, include.text);
    case Language::Go: return goPackage(include.text);
    case Language::Java:
    case Language::Kotlin:
    case Language::Scala: return java(folder, include.text);
    case Language::Rust: return rust(path, folder, include.text);
    case Language::Ruby: return plainFile(folder, include.text, ".rb");
    case Language::Php: return plainFile(folder, include.text, ".php");
    case Language::Bash: return plainFile(folder, include.text, ".sh");
    case Language::Lua: return plainFile(folder, withSlashes(include.text, "."), ".lua");
    case Language::Css: return plainFile(folder, include.text, ".css");
    default: return k_none;
    }
}

} // namespace exo::analysis
