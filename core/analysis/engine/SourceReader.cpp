#include "core/analysis/engine/SourceReader.h"

#include "core/analysis/SafeRoot.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/WorkerPool.h"
#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr std::uint64_t k_maxSpans = 64u << 20;

std::string encodingOf(std::string_view bytes, std::string_view text) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return "UTF-16";
    if (isValidUtf8(bytes)) return "UTF-8";
    return text.find("\xEF\xBF\xBD") == std::string_view::npos ? "GB 18030" : "other";
}

int lineCountOf(std::string_view text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
}

// Asks a worker of its own. What it says becomes part of `source` or tells why there are no colours.
void addColours(const AnalysisResult& result, const SourceOptions& options, api::SourceText& source) {
    PoolOptions pool;
    pool.command = options.worker;
    pool.jobs = 1;
    pool.stallLimit = options.limit * 2;
    pool.setUp.root = result.root();
    pool.setUp.maxFileSize = options.maxBytes;
    pool.setUp.parseLimitMs = static_cast<std::uint32_t>(options.limit.count());
    pool.setUp.highlight = true;
    source.highlight = "crash";
    PoolHandlers handlers;
    handlers.done = [&](const WorkItem&, WorkDone&& done) {
        auto made = decodeHighlighted(done.record, source.text.size(), lineCountOf(source.text));
        if (!made.ok()) return;
        source.highlight = made->spans.empty() && made->folds.empty() ? "none" : "done";
        source.spans = std::move(made->spans);
        source.folds = std::move(made->folds);
    };
    handlers.same = [](const WorkItem&, const WorkSame&) {};
    handlers.skipped = [&](const WorkItem&, WorkSkip reason) {
        if (reason == WorkSkip::Timeout) source.highlight = "timeout";
    };
    (void)runWorkers(pool, {{0, source.path, {}}}, {static_cast<std::int64_t>(source.text.size())}, handlers);
}

} // namespace

Result<api::SourceText> readSourceText(const AnalysisResult& result, const std::string& path,
                                       const SourceOptions& options) {
    const api::AnalysisFile* known = result.file(path);
    if (!known) return fail(ErrorCode::NotFound, "no such file in the analysis", "path");
    EXO_TRY(const auto root, SafeRoot::open(result.root()));
    EXO_TRY(auto file, root.read(path, options.maxBytes));
    api::SourceText source;
    source.path = path;
    source.language = known->language;
    source.hash = contentHash(file.bytes);
    source.changed = source.hash != result.hashOf(path);
    source.highlight = "none";
    auto text = decodeText(file.bytes);
    if (!text) return fail(ErrorCode::Unsupported, "the file is no longer text", "path");
    source.encoding = encodingOf(file.bytes, *text);
    source.text = std::move(*text);
    if (options.colours && !source.text.empty()) addColours(result, options, source);
    return source;
}

std::string encodeHighlighted(const Highlighted& highlighted) {
    ByteWriter out;
    out.number(highlighted.spans.size());
    std::uint32_t end = 0;
    for (const api::SyntaxSpan& span : highlighted.spans) {
        out.number(span.start - end);
        out.number(span.length);
        out.number(static_cast<std::uint64_t>(span.kind));
        end = span.start + span.length;
    }
    out.number(highlighted.folds.size());
    for (const api::FoldRange& fold : highlighted.folds) {
        out.number(static_cast<std::uint64_t>(fold.startLine));
        out.number(static_cast<std::uint64_t>(fold.endLine));
    }
    return out.take();
}

Result<Highlighted> decodeHighlighted(std::string_view bytes, std::size_t size, int lines) {
    ByteReader in(bytes);
    Highlighted out;
    std::uint64_t at = 0;
    for (std::uint64_t left = in.number(k_maxSpans); left > 0 && in.ok(); --left) {
        at += in.number(size - at);
        const std::uint64_t length = in.number(size - at);
        const std::uint64_t kind = in.number(api::k_syntaxKinds - 1);
        out.spans.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length),
                             static_cast<api::SyntaxKind>(kind)});
        at += length;
    }
    const auto most = static_cast<std::uint64_t>(lines);
    int before = 0;
    for (std::uint64_t left = in.number(most); left > 0 && in.ok(); --left) {
        const int start = static_cast<int>(in.number(most));
        const int end = static_cast<int>(in.number(most));
        if (start <= before || end <= start) in.fail();
        out.folds.push_back({start, end});
        before = start;
    }
    if (!in.ok() || !in.atEnd())
        return fail(ErrorCode::WorkerCrashed, "the worker's colours do not fit the text");
    return out;
}

} // namespace exo::analysis
