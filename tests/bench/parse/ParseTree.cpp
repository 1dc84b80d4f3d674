// parse_tree [--cloc] [--functions] PATH...: analyses every file below the paths in this process and prints a
// line a file (language, lines, functions, damage) or a function, and totals with the time it took, as JSON
// lines on the last.
#include "core/analysis/parse/FileAnalyser.h"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <sys/resource.h>

using namespace exo::analysis;
namespace fs = std::filesystem;

namespace {

struct Options {
    AnalyseOptions analyse;
    bool functions = false, quiet = false, symbols = false, calls = false;
    std::vector<std::string> paths;
};

struct Totals {
    long files = 0, damagedFiles = 0, functions = 0, code = 0, comment = 0, blank = 0, bytes = 0, cFiles = 0,
         cDamaged = 0;
};

std::string readFile(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void print(const FileRecord& record, const Options& options) {
    const std::string language(nameOf(record.language));
    if (options.functions) {
        for (const FunctionRecord& f : record.functions)
            std::printf("%s\t%d\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", record.path.c_str(), f.nameLine,
                        f.endLine, f.qualifiedName.c_str(), f.ccn, f.ccnLizard, f.cognitive, f.nesting,
                        f.parameters, f.damaged ? 1 : 0);
    } else if (options.symbols) {
        for (const SymbolRecord& s : record.symbols)
            std::printf("%s\t%d\t%s\t%s\t%s\t%d\n", record.path.c_str(), s.line, s.kind.c_str(),
                        s.scope.c_str(), s.name.c_str(), s.isDeclaration);
    } else if (options.calls) {
        for (const CallRecord& c : record.calls)
            std::printf("%s\t%d\t%s\t%s\t%d\n", record.path.c_str(), c.line, c.receiver.c_str(),
                        c.callee.c_str(), c.arguments);
    } else if (!options.quiet) {
        std::printf("%s\t%s\t%d\t%d\t%d\t%zu\t%d\t%d\n", record.path.c_str(), language.c_str(),
                    record.lines.code, record.lines.comment, record.lines.blank, record.functions.size(),
                    record.parseErrors, record.damagedLines);
    }
}

void analyse(FileAnalyser& analyser, const fs::path& path, const Options& options, Totals& totals) {
    const std::string bytes = readFile(path);
    const std::string name = path.generic_string();
    if (detectLanguage(name, bytes) == Language::Unknown) return;
    auto record = analyser.analyse(name, bytes, options.analyse);
    if (!record.ok()) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), record.error().toLogString().c_str());
        return;
    }
    ++totals.files;
    const bool isC = record->language == Language::C || record->language == Language::Cpp;
    totals.cFiles += isC;
    totals.damagedFiles += record->parseErrors > 0;
    totals.cDamaged += isC && record->parseErrors > 0;
    totals.functions += static_cast<long>(record->functions.size());
    totals.code += record->lines.code;
    totals.comment += record->lines.comment;
    totals.blank += record->lines.blank;
    totals.bytes += static_cast<long>(bytes.size());
    print(*record, options);
}

void analyseBelow(FileAnalyser& analyser, const std::string& path, const Options& options, Totals& totals) {
    if (!fs::is_directory(path)) return analyse(analyser, path, options, totals);
    for (const auto& entry : fs::recursive_directory_iterator(path))
        if (entry.is_regular_file() && !entry.is_symlink()) analyse(analyser, entry.path(), options, totals);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    options.analyse.parseLimit = std::chrono::seconds(20);
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--cloc")
            options.analyse.clocCounting = true;
        else if (argument == "--functions")
            options.functions = true;
        else if (argument == "--symbols")
            options.symbols = true;
        else if (argument == "--calls")
            options.calls = true;
        else if (argument == "--quiet")
            options.quiet = true;
        else
            options.paths.push_back(argument);
    }
    FileAnalyser analyser;
    Totals totals;
    const auto begin = std::chrono::steady_clock::now();
    for (const std::string& path : options.paths)
        analyseBelow(analyser, path, options, totals);
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::fprintf(stderr,
                 "{\"files\":%ld,\"damaged\":%ld,\"cFiles\":%ld,\"cDamaged\":%ld,\"functions\":%ld,\"code\":%"
                 "ld,\"comment\":%ld,"
                 "\"blank\":%ld,\"bytes\":%ld,\"wall\":%.2f,\"cpu\":%.2f,\"peakMb\":%ld}\n",
                 totals.files, totals.damagedFiles, totals.cFiles, totals.cDamaged, totals.functions,
                 totals.code, totals.comment, totals.blank, totals.bytes, wall, cpu, usage.ru_maxrss / 1024);
    return 0;
}
