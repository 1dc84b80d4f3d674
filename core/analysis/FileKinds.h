#pragma once
// What a file is, judged by its name: language, and whether it is worth reading at all. Pure functions.

#include <cstdint>
#include <string_view>

namespace exo::analysis {

enum class FileRank : std::uint8_t {
    Normal,
    Low,    // tests, vendored, generated, translations, change logs: true, but rarely the answer
    Skip,   // lock files, minified bundles, source maps
    Private // keys and credentials: never read, never quoted
};

// Display name ("C++", "Python", …), empty when unknown. By extension, then by whole name (Makefile,
// Dockerfile, …).
std::string_view languageOf(std::string_view path);
// The same of a file whose text is known: translations of Qt are named like TypeScript and are XML.
std::string_view languageOf(std::string_view path, std::string_view text);
// "programming", "markup", "data" or "prose", of a display name; "Text" and what is unknown are prose.
std::string_view kindOf(std::string_view language);
// Extensions that are never text; their files are not opened.
bool isBinaryName(std::string_view path);
FileRank rankOf(std::string_view path);
bool isPrivate(std::string_view path); // the same, for who asks often and for this only
// Folders that hold no source of the project: .git, node_modules, __pycache__, …
bool isSkippedFolder(std::string_view name);
// A folder holding one of these is a build or environment folder: CACHEDIR.TAG, CMakeCache.txt, pyvenv.cfg.
bool isBuildMarker(std::string_view name);

} // namespace exo::analysis
