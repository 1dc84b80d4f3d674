#include "core/analysis/FileKinds.h"

#include "core/base/Text.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

namespace exo::analysis {

namespace {

using Names = std::unordered_map<std::string_view, std::string_view>;

const Names& byExtension() {
    static const Names table{{"c", "C"},
                             {"h", "C"},
                             {"cc", "C++"},
                             {"cpp", "C++"},
                             {"cxx", "C++"},
                             {"hh", "C++"},
                             {"hpp", "C++"},
                             {"hxx", "C++"},
                             {"ipp", "C++"},
                             {"inl", "C++"},
                             {"ixx", "C++"},
                             {"py", "Python"},
                             {"pyi", "Python"},
                             {"js", "JavaScript"},
                             {"mjs", "JavaScript"},
                             {"cjs", "JavaScript"},
                             {"jsx", "JavaScript"},
                             {"ts", "TypeScript"},
                             {"mts", "TypeScript"},
                             {"tsx", "TSX"},
                             {"go", "Go"},
                             {"rs", "Rust"},
                             {"java", "Java"},
                             {"cs", "C#"},
                             {"rb", "Ruby"},
                             {"php", "PHP"},
                             {"sh", "Bash"},
                             {"bash", "Bash"},
                             {"zsh", "Bash"},
                             {"json", "JSON"},
                             {"jsonc", "JSON"},
                             {"kt", "Kotlin"},
                             {"kts", "Kotlin"},
                             {"swift", "Swift"},
                             {"scala", "Scala"},
                             {"lua", "Lua"},
                             {"css", "CSS"},
                             {"scss", "SCSS"},
                             {"less", "Less"},
                             {"html", "HTML"},
                             {"htm", "HTML"},
                             {"vue", "Vue"},
                             {"svelte", "Svelte"},
                             {"yaml", "YAML"},
                             {"yml", "YAML"},
                             {"toml", "TOML"},
                             {"ini", "INI"},
                             {"cfg", "INI"},
                             {"conf", "INI"},
                             {"md", "Markdown"},
                             {"markdown", "Markdown"},
                             {"rst", "reStructuredText"},
                             {"adoc", "AsciiDoc"},
                             {"txt", "Text"},
                             {"sql", "SQL"},
                             {"xml", "XML"},
                             {"cmake", "CMake"},
                             {"mk", "Makefile"},
                             {"proto", "Protobuf"},
                             {"graphql", "GraphQL"},
                             {"dart", "Dart"},
                             {"ex", "Elixir"},
                             {"exs", "Elixir"},
                             {"erl", "Erlang"},
                             {"hs", "Haskell"},
                             {"ml", "OCaml"},
                             {"clj", "Clojure"},
                             {"r", "R"},
                             {"jl", "Julia"},
                             {"pl", "Perl"},
                             {"pm", "Perl"},
                             {"m", "Objective-C"},
                             {"mm", "Objective-C++"},
                             {"zig", "Zig"},
                             {"nim", "Nim"},
                             {"f90", "Fortran"},
                             {"asm", "Assembly"},
                             {"s", "Assembly"},
                             {"ps1", "PowerShell"},
                             {"bat", "Batch"},
                             {"gradle", "Groovy"},
                             {"groovy", "Groovy"},
                             {"tf", "Terraform"},
                             {"cu", "CUDA"},
                             {"glsl", "GLSL"},
                             {"qml", "QML"},
                             {"ui", "XML"},
                             {"tcl", "Tcl"},
                             {"vim", "Vim script"},
                             {"el", "Emacs Lisp"}};
    return table;
}

const Names& byName() {
    static const Names table{{"makefile", "Makefile"},
                             {"gnumakefile", "Makefile"},
                             {"cmakelists.txt", "CMake"},
                             {"dockerfile", "Dockerfile"},
                             {"containerfile", "Dockerfile"},
                             {"gemfile", "Ruby"},
                             {"rakefile", "Ruby"},
                             {"jenkinsfile", "Groovy"},
                             {"justfile", "Just"},
                             {"go.mod", "Go module"},
                             {"meson.build", "Meson"},
                             {"readme", "Text"},
                             {"license", "Text"},
                             {"copying", "Text"},
                             {"build.bazel", "Starlark"}};
    return table;
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& sorted, std::string_view value) {
    return std::binary_search(sorted.begin(), sorted.end(), value);
}

std::string_view nameOf(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string_view extensionOf(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string_view{} : name.substr(dot + 1);
}

bool isPrivateName(std::string_view name) {
    constexpr std::array<std::string_view, 13> k_names{
        ".git-credentials", ".htpasswd", ".netrc",   ".npmrc",     ".pgpass", ".pypirc",     ".vault_pass",
        "credentials.json", "id_dsa",    "id_ecdsa", "id_ed25519", "id_rsa",  "secrets.json"};
    constexpr std::array<std::string_view, 8> k_extensions{"gpg",      "jks", "kdbx", "key",
                                                           "keystore", "p12", "pem",  "pfx"};
    if (contains(k_names, name) || contains(k_extensions, extensionOf(name))) return true;
    if (name != ".env" && !name.starts_with(".env.")) return false;
    return !(name.ends_with(".example") || name.ends_with(".sample") || name.ends_with(".template") ||
             name.ends_with(".dist"));
}

bool isWorthlessName(std::string_view name) {
    constexpr std::array<std::string_view, 14> k_names{
        "bun.lock",       "cargo.lock",          "composer.lock",     "flake.lock",         "gemfile.lock",
        "go.sum",         "npm-shrinkwrap.json", "package-lock.json", "packages.lock.json", "pipfile.lock",
        "pnpm-lock.yaml", "poetry.lock",         "uv.lock",           "yarn.lock"};
    return contains(k_names, name) || name.ends_with(".min.js") || name.ends_with(".min.css") ||
           name.ends_with(".bundle.js") || name.ends_with(".js.map") || name.ends_with(".css.map") ||
           name.ends_with(".ipynb");
}

bool isLowFolder(std::string_view name) {
    constexpr std::array<std::string_view, 21> k_names{
        "3rdparty", "__tests__", "bench",   "benchmarks", "deps",        "example",    "examples",
        "external", "fixtures",  "i18n",    "locales",    "migrations",  "samples",    "spec",
        "test",     "testdata",  "testing", "tests",      "third_party", "thirdparty", "vendor"};
    return contains(k_names, name);
}

bool isLowName(std::string_view name) {
    return name.starts_with("changelog") || name.starts_with("changes.") || name.starts_with("news.") ||
           name.starts_with("history.") || name.starts_with("license") || name.starts_with("copying") ||
           name.starts_with("test_") || name.find("_test.") != std::string_view::npos ||
           name.find(".test.") != std::string_view::npos || name.find(".spec.") != std::string_view::npos ||
           name.ends_with(".svg") || name.ends_with(".ts.xml") || name.ends_with(".po") ||
           name.ends_with(".csv") || name.ends_with(".pb.go") || name.ends_with("_pb2.py") ||
           name.ends_with(".log");
}

// A generic function may stand first in TypeScript: "<TS extends T>(x: TS) => x".
bool beginsTranslation(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text = trim(text.substr(0, 1024));
    return text.starts_with("<?xml ") || text.starts_with("<!DOCTYPE TS") ||
           (text.starts_with("<TS ") && !text.starts_with("<TS extends "));
}

} // namespace

std::string_view languageOf(std::string_view path) {
    const std::string name = toLowerAscii(nameOf(path));
    if (const auto whole = byName().find(name); whole != byName().end()) return whole->second;
    const auto found = byExtension().find(extensionOf(name));
    return found == byExtension().end() ? std::string_view{} : found->second;
}

std::string_view languageOf(std::string_view path, std::string_view text) {
    const std::string_view language = languageOf(path);
    return language == "TypeScript" && beginsTranslation(text) ? "XML" : language;
}

std::string_view kindOf(std::string_view language) {
    static const Names table{{"HTML", "markup"},    {"CSS", "markup"},     {"SCSS", "markup"},
                             {"Less", "markup"},    {"XML", "data"},       {"JSON", "data"},
                             {"YAML", "data"},      {"TOML", "data"},      {"INI", "data"},
                             {"Go module", "data"}, {"Markdown", "prose"}, {"reStructuredText", "prose"},
                             {"AsciiDoc", "prose"}, {"Text", "prose"},     {"", "prose"}};
    const auto found = table.find(language);
    return found == table.end() ? std::string_view("programming") : found->second;
}

bool isBinaryName(std::string_view path) {
    constexpr std::array<std::string_view, 62> k_extensions{
        "7z",  "a",    "avi",  "bin",   "bmp",   "bz2",  "class", "dat",     "db",  "deb", "dll",
        "dmg", "doc",  "docx", "dylib", "eot",   "exe",  "flac",  "gguf",    "gif", "gz",  "icns",
        "ico", "iso",  "jar",  "jpeg",  "jpg",   "ko",   "lib",   "mkv",     "mo",  "mov", "mp3",
        "mp4", "o",    "obj",  "odt",   "ogg",   "onnx", "otf",   "parquet", "pdf", "png", "pptx",
        "psd", "pyc",  "pyd",  "qm",    "rar",   "rpm",  "so",    "sqlite",  "tar", "tgz", "tiff",
        "ttf", "wasm", "wav",  "webp",  "woff2", "xz",   "zip"};
    const std::string name = toLowerAscii(nameOf(path));
    const std::string_view extension = extensionOf(name);
    return contains(k_extensions, extension) || extension == "woff" || extension == "xlsx" ||
           extension == "zst";
}

bool isPrivate(std::string_view path) {
    return isPrivateName(toLowerAscii(nameOf(path)));
}

FileRank rankOf(std::string_view path) {
    const std::string lower = toLowerAscii(path);
    const std::string_view name = nameOf(lower);
    if (isPrivateName(name)) return FileRank::Private;
    if (isWorthlessName(name)) return FileRank::Skip;
    if (isLowName(name)) return FileRank::Low;
    const std::vector<std::string_view> parts = split(lower, '/');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
        if (isLowFolder(parts[i])) return FileRank::Low;
    return FileRank::Normal;
}

bool isSkippedFolder(std::string_view name) {
    constexpr std::array<std::string_view, 25> k_names{".bzr",          ".cache",
                                                       ".eggs",         ".git",
                                                       ".gnupg",        ".gradle",
                                                       ".hg",           ".idea",
                                                       ".mypy_cache",   ".next",
                                                       ".nox",          ".nuxt",
                                                       ".pytest_cache", ".ruff_cache",
                                                       ".ssh",          ".svn",
                                                       ".tox",          ".venv",
                                                       ".vs",           "CMakeFiles",
                                                       "__pycache__",   "bower_components",
                                                       "node_modules",  "site-packages",
                                                       "venv"};
    return contains(k_names, name);
}

bool isBuildMarker(std::string_view name) {
    return name == "CACHEDIR.TAG" || name == "CMakeCache.txt" || name == "pyvenv.cfg" ||
           name == ".cargo-lock";
}

} // namespace exo::analysis
