#include "core/analysis/engine/DuplicateCache.h"

#include "core/analysis/engine/Bytes.h"

namespace exo::analysis {

namespace {

void write(ByteWriter& out, int value) {
    out.number(static_cast<std::uint32_t>(value));
}

} // namespace

std::string keepDuplicates(const api::AnalysisReport& report) {
    ByteWriter out;
    out.number(static_cast<std::uint64_t>(report.summary.duplicatedLines));
    out.number(report.duplicates.size());
    for (const api::AnalysisDuplicate& duplicate : report.duplicates) {
        write(out, duplicate.tokens);
        write(out, duplicate.lines);
        out.number(duplicate.renamed ? 1 : 0);
        out.number(duplicate.places.size());
        for (const api::AnalysisPlace& place : duplicate.places) {
            out.text(place.path);
            write(out, place.startLine);
            write(out, place.endLine);
        }
    }
    return out.take();
}

bool readDuplicates(std::string_view bytes, api::AnalysisReport& report) {
    ByteReader in(bytes);
    const auto lines = static_cast<std::int64_t>(in.number(INT64_MAX));
    std::vector<api::AnalysisDuplicate> duplicates;
    const std::uint64_t count = in.number(in.left());
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        api::AnalysisDuplicate& duplicate = duplicates.emplace_back();
        duplicate.tokens = in.int32();
        duplicate.lines = in.int32();
        duplicate.renamed = in.number(1) == 1;
        const std::uint64_t places = in.number(in.left());
        for (std::uint64_t p = 0; p < places && in.ok(); ++p) {
            std::string path(in.text(8192));
            const int startLine = in.int32();
            duplicate.places.push_back({std::move(path), startLine, in.int32()});
        }
    }
    if (!in.ok() || !in.atEnd()) return false;
    report.duplicates = std::move(duplicates);
    report.summary.duplicatedLines = lines;
    return true;
}

} // namespace exo::analysis
