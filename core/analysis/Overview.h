#pragma once
// What a project says about itself: the first paragraphs of its README and the telling lines of its
// manifests, each with the lines it stands on. Worker thread.

#include "core/analysis/ProjectText.h"

#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct ManifestFacts {
    std::string name;               // of the project, when a manifest gives one
    std::vector<Excerpt> described; // description and the like
    std::vector<Excerpt> entries;   // main, bin, scripts
};

// The opening prose: badges, HTML, tables of contents and link lists are left out. At most two stretches of
// lines.
std::vector<Excerpt> openingOf(const LoadedText& readme, const std::string& path);
// The title of a README, without markup; empty when it has none.
std::string titleOf(const LoadedText& readme);

// `path` decides the format: package.json, pyproject.toml, Cargo.toml, go.mod, CMakeLists.txt, pom.xml,
// setup.py, …
ManifestFacts factsOf(const LoadedText& manifest, const std::string& path);

// README files of the root in order of preference, for a reader of either language.
std::vector<std::string> readmesAmong(const std::vector<std::string>& rootFiles);
bool isManifest(std::string_view path);
// Badges, HTML, tables, rules and lines that are nothing but a link.
bool isMarkupLine(std::string_view trimmedLine);

} // namespace exo::analysis
