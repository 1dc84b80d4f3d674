#pragma once
// From what an include or import says to the file of the project it means, by the rules of each language and
// without its build system: search paths are guessed from the tree. Immutable once made: any thread.

#include "core/analysis/parse/FileRecord.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exo::analysis {

class IncludeResolver {
  public:
    static constexpr std::int32_t k_none = -1;

    // `paths` outlive it. `goModules`: folder of a go.mod ("" is the root) → the module it names.
    IncludeResolver(const std::vector<std::string>& paths, std::map<std::string, std::string> goModules);

    // Index into `paths`, or k_none.
    std::int32_t resolve(Language language, std::uint32_t from, const IncludeRecord& include) const;

  private:
    std::int32_t at(const std::string& path) const;
    std::int32_t bySuffix(std::string_view tail, std::string_view fromFolder) const;
    std::int32_t cHeader(std::string_view folder, const IncludeRecord& include) const;
    std::int32_t python(std::string_view folder, const IncludeRecord& include) const;
    std::int32_t pythonModule(const std::string& base, const IncludeRecord& include) const;
    std::int32_t script(std::string_view folder, std::string_view text) const;
    std::int32_t scriptFile(const std::string& base) const;
    std::int32_t goPackage(std::string_view text) const;
    std::int32_t java(std::string_view folder, std::string_view text) const;
    std::int32_t rust(std::string_view path, std::string_view folder, std::string_view text) const;
    std::int32_t rustModule(std::string base, std::vector<std::string_view> steps) const;
    std::int32_t plainFile(std::string_view folder, std::string_view text, std::string_view extension) const;

    const std::vector<std::string>& m_paths;
    std::map<std::string, std::string> m_goModules;
    std::unordered_map<std::string_view, std::uint32_t> m_byPath;
    std::unordered_map<std::string_view, std::vector<std::uint32_t>> m_byName; // last name of the path
    std::unordered_map<std::string_view, std::uint32_t> m_goFolders;           // first Go file of each
};

// "a/b" + "../c.h" → "a/c.h"; empty when it leaves the root.
std::string joinPath(std::string_view folder, std::string_view relative);
std::string_view folderOf(std::string_view path); // "" for a file of the root
// C and C++ are one family, JavaScript, TypeScript and TSX another: they call each other.
int familyOf(Language language);

} // namespace exo::analysis
