// What a worker says, on foreign bytes: no crash, and a record that is accepted keeps its promises.
#include "core/analysis/engine/DuplicateCache.h"
#include "core/analysis/engine/RecordCodec.h"
#include "core/analysis/engine/WorkerProtocol.h"

#include <cstdint>
#include <cstdlib>

using namespace exo::analysis;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void checkRecord(std::string_view bytes) {
    const auto record = decodeRecord(bytes);
    if (!record.ok()) return;
    require(record->language < Language::Count);
    for (const CallRecord& call : record->calls)
        require(call.function < static_cast<std::int32_t>(record->functions.size()));
    const std::string again = encodeRecord(*record);
    const auto back = decodeRecord(again);
    require(back.ok() && encodeRecord(*back) == again);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    checkRecord(text);
    exo::api::AnalysisReport report;
    (void)readDuplicates(text, report);
    (void)parentMessage(text);
    FrameReader reader;
    for (std::size_t at = 0; at < size; at += 7) {
        reader.feed(text.substr(at, 7));
        const auto frame = reader.next();
        if (!frame.ok()) return 0;
        if (!frame->has_value()) continue;
        const auto message = workerMessage(**frame);
        if (!message.ok()) continue;
        if (const auto* done = std::get_if<WorkDone>(&*message)) {
            require(done->columns.size() == done->tokens * std::size_t(12));
            checkRecord(done->record);
        }
    }
    return 0;
}
