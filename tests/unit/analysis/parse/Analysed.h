#pragma once
// What the tests of the parser share: one file through a FileAnalyser that lives for the program.

#include "core/analysis/parse/FileAnalyser.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace exo::analysis {

inline FileRecord analysed(std::string_view path, std::string_view source,
                           const AnalyseOptions& options = {}) {
    static FileAnalyser analyser;
    auto record = analyser.analyse(path, source, options);
    REQUIRE(record.ok());
    return std::move(record).value();
}

inline const FunctionRecord* functionNamed(const FileRecord& record, std::string_view name) {
    for (const FunctionRecord& function : record.functions)
        if (function.name == name || function.qualifiedName == name) return &function;
    return nullptr;
}

} // namespace exo::analysis
