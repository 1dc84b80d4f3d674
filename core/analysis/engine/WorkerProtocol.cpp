#include "core/analysis/engine/WorkerProtocol.h"

#include "core/analysis/engine/Bytes.h"
#include "core/analysis/engine/RecordCodec.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxPath = 8192;
constexpr std::size_t k_maxItems = 10'000;
constexpr std::size_t k_bytesPerToken = 12;

enum class Kind : std::uint8_t { SetUp = 1, Items, Ready, Done, Same, Skipped };

std::string framed(Kind kind, const std::string& body) {
    const auto size = static_cast<std::uint32_t>(body.size() + 1);
    std::string out;
    out.reserve(body.size() + 5);
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>(size >> shift));
    out.push_back(static_cast<char>(kind));
    out += body;
    return out;
}

template <class T>
void writeStamp(ByteWriter& out, const T& message) {
    out.number(message.id);
    for (const std::int64_t value : {message.size, message.changedNs, message.inode})
        out.number(static_cast<std::uint64_t>(value));
}

template <class T>
void readStamp(ByteReader& in, T& message) {
    message.id = static_cast<std::uint32_t>(in.number(UINT32_MAX));
    for (std::int64_t* value : {&message.size, &message.changedNs, &message.inode})
        *value = static_cast<std::int64_t>(in.number());
}

template <class T>
Result<T> checked(const ByteReader& in, T message) {
    if (!in.ok() || !in.atEnd()) return fail(ErrorCode::InvalidRequest, "a damaged message");
    return message;
}

Result<WorkerMessage> doneMessage(ByteReader& in) {
    WorkDone done;
    readStamp(in, done);
    done.record = in.text(k_maxRecordBytes);
    done.tokens = static_cast<std::uint32_t>(in.number(k_maxFrame / k_bytesPerToken));
    done.columns = in.raw(done.tokens * k_bytesPerToken);
    return checked<WorkerMessage>(in, std::move(done));
}

} // namespace

std::string_view nameOf(WorkSkip reason) {
    switch (reason) {
    case WorkSkip::Binary: return "binary";
    case WorkSkip::TooLarge: return "too-large";
    case WorkSkip::Unreadable: return "unreadable";
    case WorkSkip::Timeout: return "timeout";
    case WorkSkip::Crash: return "crash";
    }
    return "unreadable";
}

std::string frameOf(const ParentMessage& message) {
    ByteWriter out;
    if (const auto* setUp = std::get_if<WorkerSetUp>(&message)) {
        out.text(setUp->root);
        out.number(setUp->maxFileSize);
        out.number(setUp->parseLimitMs);
        out.number(setUp->clocCounting ? 1 : 0);
        out.number(setUp->tokens ? 1 : 0);
        out.number(setUp->highlight ? 1 : 0);
        out.number(setUp->idleLimitMs);
        return framed(Kind::SetUp, out.bytes());
    }
    const auto& items = std::get<std::vector<WorkItem>>(message);
    out.number(items.size());
    for (const WorkItem& item : items) {
        out.number(item.id);
        out.text(item.path);
        out.text(item.knownHash);
    }
    return framed(Kind::Items, out.bytes());
}

std::string frameOf(const WorkerMessage& message) {
    ByteWriter out;
    if (const auto* ready = std::get_if<WorkerReady>(&message)) {
        out.text(ready->sandbox);
        return framed(Kind::Ready, out.bytes());
    }
    if (const auto* same = std::get_if<WorkSame>(&message)) {
        writeStamp(out, *same);
        return framed(Kind::Same, out.bytes());
    }
    if (const auto* skipped = std::get_if<WorkSkipped>(&message)) {
        out.number(skipped->id);
        out.number(static_cast<std::uint64_t>(skipped->reason));
        return framed(Kind::Skipped, out.bytes());
    }
    const auto& done = std::get<WorkDone>(message);
    writeStamp(out, done);
    out.text(done.record);
    out.number(done.tokens);
    out.raw(done.columns.data(), done.columns.size());
    return framed(Kind::Done, out.bytes());
}

Result<ParentMessage> parentMessage(std::string_view frame) {
    ByteReader in(frame);
    const auto kind = static_cast<Kind>(in.number(0x7F));
    if (kind == Kind::SetUp) {
        WorkerSetUp setUp;
        setUp.root = in.text(k_maxPath);
        setUp.maxFileSize = in.number();
        setUp.parseLimitMs = static_cast<std::uint32_t>(in.number(3'600'000));
        setUp.clocCounting = in.number(1) == 1;
        setUp.tokens = in.number(1) == 1;
        setUp.highlight = in.number(1) == 1;
        setUp.idleLimitMs = static_cast<std::uint32_t>(in.number(3'600'000));
        return checked<ParentMessage>(in, std::move(setUp));
    }
    if (kind != Kind::Items) return fail(ErrorCode::InvalidRequest, "an unknown message");
    std::vector<WorkItem> items;
    const std::uint64_t count = in.number(k_maxItems);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        WorkItem& item = items.emplace_back();
        item.id = static_cast<std::uint32_t>(in.number(UINT32_MAX));
        item.path = in.text(k_maxPath);
        item.knownHash = in.text(128);
    }
    return checked<ParentMessage>(in, std::move(items));
}

Result<WorkerMessage> workerMessage(std::string_view frame) {
    ByteReader in(frame);
    switch (static_cast<Kind>(in.number(0x7F))) {
    case Kind::Ready: {
        WorkerReady ready;
        ready.sandbox = in.text(1024);
        return checked<WorkerMessage>(in, std::move(ready));
    }
    case Kind::Same: {
        WorkSame same;
        readStamp(in, same);
        return checked<WorkerMessage>(in, same);
    }
    case Kind::Skipped: {
        WorkSkipped skipped;
        skipped.id = static_cast<std::uint32_t>(in.number(UINT32_MAX));
        skipped.reason = static_cast<WorkSkip>(in.number(static_cast<std::uint64_t>(WorkSkip::Crash)));
        return checked<WorkerMessage>(in, skipped);
    }
    case Kind::Done: return doneMessage(in);
    default: return fail(ErrorCode::InvalidRequest, "an unknown message");
    }
}

Result<std::optional<std::string_view>> FrameReader::next() {
    if (m_start > 0 && (m_start == m_bytes.size() || m_start > (1u << 20))) {
        m_bytes.erase(0, m_start);
        m_start = 0;
    }
    if (m_bytes.size() - m_start < 4) return std::optional<std::string_view>();
    std::uint32_t size = 0;
    for (unsigned i = 0; i < 4; ++i)
        size |= std::uint32_t(static_cast<std::uint8_t>(m_bytes[m_start + i])) << (8 * i);
    if (size == 0 || size > k_maxFrame) return fail(ErrorCode::InvalidRequest, "a frame of a wrong length");
    if (m_bytes.size() - m_start - 4 < size) return std::optional<std::string_view>();
    const std::string_view frame = std::string_view(m_bytes).substr(m_start + 4, size);
    m_start += 4 + size;
    return std::optional<std::string_view>(frame);
}

std::string columnsOf(const TokenStream& tokens) {
    const std::size_t count = std::min({tokens.kinds.size(), tokens.texts.size(), tokens.lines.size()});
    std::string out;
    out.reserve(count * k_bytesPerToken);
    const auto add = [&](const void* data) { out.append(static_cast<const char*>(data), count * 4); };
    add(tokens.kinds.data());
    add(tokens.texts.data());
    add(tokens.lines.data());
    return out;
}

} // namespace exo::analysis
