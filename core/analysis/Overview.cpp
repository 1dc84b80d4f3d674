#include "core/analysis/Overview.h"

#include "core/analysis/Definitions.h"
#include "core/analysis/FileKinds.h"
#include "core/analysis/ProjectIndex.h"
#include "core/base/Text.h"

#include <algorithm>
#include <array>

namespace exo::analysis {

namespace {

constexpr int k_maxOpening = 14; // lines of a README that are quoted
constexpr std::size_t k_maxEntryPoints = 8;

bool isTitle(const LoadedText& file, std::size_t i) {
    const std::string_view line = file.lines[i];
    if (line.starts_with("# ")) return true;
    if (i + 1 >= file.lines.size() || trim(line).empty()) return false;
    const std::string_view below = trim(file.lines[i + 1]);
    return below.size() >= 3 && below.find_first_not_of("=-") == std::string_view::npos;
}

std::string_view quotedValue(std::string_view text) {
    const std::size_t open = text.find_first_of("\"'");
    if (open == std::string_view::npos) return {};
    const std::size_t close = text.find(text[open], open + 1);
    return close == std::string_view::npos ? std::string_view{} : text.substr(open + 1, close - open - 1);
}

// What a line of a manifest tells.
enum class Tells { Nothing, Name, Description, Entry };

struct ManifestRule {
    std::string_view file;  // name, or the end of it
    std::string_view start; // of the trimmed line
    Tells tells;
};

constexpr std::array k_rules{ManifestRule{"package.json", "\"name\":", Tells::Name},
                             ManifestRule{"package.json", "\"description\":", Tells::Description},
                             ManifestRule{"package.json", "\"main\":", Tells::Entry},
                             ManifestRule{"package.json", "\"bin\":", Tells::Entry},
                             ManifestRule{"package.json", "\"start\":", Tells::Entry},
                             ManifestRule{"composer.json", "\"name\":", Tells::Name},
                             ManifestRule{"composer.json", "\"description\":", Tells::Description},
                             ManifestRule{"pyproject.toml", "name =", Tells::Name},
                             ManifestRule{"pyproject.toml", "name=", Tells::Name},
                             ManifestRule{"pyproject.toml", "description =", Tells::Description},
                             ManifestRule{"pyproject.toml", "description=", Tells::Description},
                             ManifestRule{"setup.cfg", "name =", Tells::Nothing},
                             ManifestRule{"setup.cfg", "description =", Tells::Description},
                             ManifestRule{"setup.py", "name=", Tells::Name},
                             ManifestRule{"setup.py", "description=", Tells::Description},
                             ManifestRule{"Cargo.toml", "name =", Tells::Name},
                             ManifestRule{"Cargo.toml", "description =", Tells::Description},
                             ManifestRule{"go.mod", "module ", Tells::Description},
                             ManifestRule{"CMakeLists.txt", "project(", Tells::Description},
                             ManifestRule{"CMakeLists.txt", "add_executable(", Tells::Entry},
                             ManifestRule{"meson.build", "project(", Tells::Description},
                             ManifestRule{"pom.xml", "<description>", Tells::Description},
                             ManifestRule{"pom.xml", "<artifactId>", Tells::Nothing},
                             ManifestRule{".gemspec", "spec.summary", Tells::Description},
                             ManifestRule{".gemspec", "s.summary", Tells::Description},
                             ManifestRule{"pubspec.yaml", "description:", Tells::Description},
                             ManifestRule{"mix.exs", "app:", Tells::Description},
                             ManifestRule{"Dockerfile", "ENTRYPOINT", Tells::Entry},
                             ManifestRule{"Dockerfile", "CMD", Tells::Entry},
                             ManifestRule{".csproj", "<Description>", Tells::Description}};

bool isFileOf(std::string_view path, std::string_view name) {
    return path == name || (name.starts_with('.') && path.ends_with(name)) ||
           path.ends_with("/" + std::string(name));
}

Tells whatTells(std::string_view line, std::string_view path) {
    for (const ManifestRule& rule : k_rules)
        if (isFileOf(path, rule.file) && line.starts_with(rule.start)) return rule.tells;
    return Tells::Nothing;
}

} // namespace

bool isMarkupLine(std::string_view text) {
    if (text.empty()) return false;
    if (text.starts_with("<") || text.starts_with("[![") || text.starts_with("![") || text.starts_with("[!"))
        return true;
    if (text.starts_with("---") || text.starts_with("===") || text.starts_with("***") ||
        text.starts_with("|"))
        return true;
    if (text.starts_with(".. ") || text.starts_with(":") || text.starts_with("[toc]") ||
        text.starts_with("[TOC]"))
        return true;
    // "[English](README.md) | [中文](README.zh.md)", "* [Install](#install)"
    std::string_view rest = text;
    while (!rest.empty() &&
           (rest.front() == '*' || rest.front() == '-' || rest.front() == ' ' || rest.front() == '>'))
        rest.remove_prefix(1);
    if (!rest.starts_with("[")) return false;
    const auto links = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '('));
    const std::size_t close = rest.rfind(')');
    return links > 0 && close != std::string_view::npos && rest.size() - close <= 3;
}

std::string titleOf(const LoadedText& readme) {
    for (std::size_t i = 0; i < std::min<std::size_t>(readme.lines.size(), 30); ++i) {
        if (!isTitle(readme, i)) continue;
        std::string_view title = trim(readme.lines[i]);
        while (title.starts_with('#'))
            title.remove_prefix(1);
        title = trim(title);
        if (!title.starts_with("<") && !title.starts_with("!") && !title.starts_with("["))
            return std::string(utf8Prefix(title, 100));
    }
    return {};
}

std::vector<Excerpt> openingOf(const LoadedText& readme, const std::string& path) {
    const std::string_view language = languageOf(path);
    std::vector<Excerpt> excerpts;
    const int count = static_cast<int>(readme.lines.size());
    int quoted = 0;
    bool comment = false;
    bool fenced = false;
    for (int i = 0; i < count && quoted < k_maxOpening && excerpts.size() < 2; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const std::string_view text = trim(readme.lines[at]);
        if (text.starts_with("<!--")) comment = true;
        const bool inComment = comment;
        if (text.find("-->") != std::string_view::npos) comment = false;
        const bool fence = text.starts_with("```");
        if (fence) fenced = !fenced;
        if (fence || fenced) continue;
        if (inComment || text.empty() || isMarkupLine(text) || isTitle(readme, at)) continue;
        if (readme.lines[at].starts_with("#")) {
            if (!excerpts.empty()) break; // the opening is over
            continue;
        }
        int last = i;
        while (last + 1 < count && quoted + (last + 1 - i) < k_maxOpening) {
            const auto next = static_cast<std::size_t>(last + 1);
            const std::string_view below = trim(readme.lines[next]);
            if (below.empty() || isMarkupLine(below) || isTitle(readme, next) || below.starts_with("#") ||
                below.starts_with("```"))
                break;
            ++last;
        }
        quoted += last - i + 1;
        excerpts.push_back(ProjectText::excerpt(readme, path, language, i + 1, last + 1));
        i = last;
    }
    return excerpts;
}

ManifestFacts factsOf(const LoadedText& manifest, const std::string& path) {
    ManifestFacts facts;
    const std::string_view language = languageOf(path);
    const int count = std::min(static_cast<int>(manifest.lines.size()), 400);
    for (int i = 1; i <= count; ++i) {
        const std::string_view line = trim(manifest.lines[static_cast<std::size_t>(i - 1)]);
        const Tells tells = whatTells(line, path);
        if (tells == Tells::Nothing) continue;
        if (tells == Tells::Name) {
            const std::size_t value = line.find_first_of(":=");
            if (facts.name.empty()) facts.name = quotedValue(line.substr(value + 1));
            continue;
        }
        auto& into = tells == Tells::Description ? facts.described : facts.entries;
        if (into.size() == 3) continue;
        into.push_back(ProjectText::excerpt(manifest, path, language, i, i));
        into.back().heading.clear(); // the line says all
    }
    return facts;
}

std::vector<std::string> readmesAmong(const std::vector<std::string>& rootFiles) {
    std::vector<std::string> readmes;
    for (const std::string& file : rootFiles)
        if (file.find('/') == std::string::npos && toLowerAscii(file).starts_with("readme") &&
            (isProse(languageOf(file)) || languageOf(file).empty()))
            readmes.push_back(file);
    // README.md before README.zh.md: the plain name is the project's own choice.
    const auto shorter = [](const std::string& a, const std::string& b) { return a.size() < b.size(); };
    std::stable_sort(readmes.begin(), readmes.end(), shorter);
    return readmes;
}

bool isManifest(std::string_view path) {
    const auto fits = [&](const ManifestRule& rule) { return isFileOf(path, rule.file); };
    return std::any_of(k_rules.begin(), k_rules.end(), fits);
}

Result<ProjectOverview> ProjectIndex::overview() {
    ProjectOverview overview;
    overview.root = m_root.path();
    overview.name = std::filesystem::path(m_root.path()).filename().string();
    overview.topFolders = m_scan.topFolders;
    EXO_TRY(const std::int64_t unread, m_store->skippedFiles());
    overview.skipped = m_scan.skippedTotal() + unread;
    EXO_TRY(const auto languages, m_store->languages());
    for (const LanguageTotal& total : languages) {
        overview.files += total.files;
        overview.lines += total.lines;
        if (!total.name.empty()) overview.languages.push_back({total.name, total.files, total.lines});
    }

    std::vector<std::string> rootFiles;
    for (const ScannedFile& file : m_scan.files)
        if (file.path.find('/') == std::string::npos) rootFiles.push_back(file.path);
    ProjectText texts(m_root, m_options.maxFileSize);
    std::string title;
    for (const std::string& readme : readmesAmong(rootFiles)) {
        const LoadedText* text = texts.load(readme);
        if (!text) continue;
        if (title.empty()) title = titleOf(*text);
        for (Excerpt& excerpt : openingOf(*text, readme))
            overview.descriptions.push_back(std::move(excerpt));
    }
    std::string name;
    for (const std::string& file : rootFiles) {
        if (!isManifest(file)) continue;
        const LoadedText* text = texts.load(file);
        if (!text) continue;
        ManifestFacts facts = factsOf(*text, file);
        if (name.empty()) name = facts.name;
        std::move(facts.described.begin(), facts.described.end(), std::back_inserter(overview.descriptions));
        std::move(facts.entries.begin(), facts.entries.end(), std::back_inserter(overview.entryPoints));
    }
    if (!name.empty() || !title.empty()) overview.name = name.empty() ? title : name;

    EXO_TRY(const auto entries, m_store->entryPoints(k_maxEntryPoints));
    for (const EntryLine& entry : entries) {
        if (entry.lowRank && !entries.front().lowRank)
            break; // tests and examples only where there is nothing else
        const LoadedText* text = texts.load(entry.path);
        if (!text || text->hash != entry.hash) continue;
        overview.entryPoints.push_back(
            ProjectText::excerpt(*text, entry.path, languageOf(entry.path), entry.line, entry.line));
    }
    return overview;
}

} // namespace exo::analysis
