#include "core/cache/RedisWire.h"

#include <hiredis/hiredis.h>

#include <new>
#include <utility>
#include <vector>

namespace exo {

namespace {

Error unexpected(std::string_view what) {
    return Error(ErrorCode::UpstreamInvalidResponse, "not an answer of Redis: " + std::string(what));
}

RedisReply take(redisReply* from) {
    const std::unique_ptr<redisReply, void (*)(redisReply*)> owner(from,
                                                                   [](redisReply* r) { freeReplyObject(r); });
    RedisReply reply;
    switch (from->type) {
    case REDIS_REPLY_NIL: return reply;
    case REDIS_REPLY_INTEGER:
        reply.kind = RedisReply::Kind::Integer;
        reply.number = from->integer;
        return reply;
    case REDIS_REPLY_ERROR: reply.kind = RedisReply::Kind::Error; break;
    default: reply.kind = RedisReply::Kind::Text; break;
    }
    reply.text.assign(from->str, static_cast<std::size_t>(from->len));
    return reply;
}

} // namespace

void appendRedisCommand(std::string& out, std::initializer_list<std::string_view> arguments) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string_view argument : arguments) {
        texts.push_back(argument.data());
        lengths.push_back(argument.size());
    }
    char* bytes = nullptr;
    const auto size =
        redisFormatCommandArgv(&bytes, static_cast<int>(texts.size()), texts.data(), lengths.data());
    if (size < 0) throw std::bad_alloc();
    const std::unique_ptr<char, void (*)(char*)> owner(bytes, [](char* b) { redisFreeCommand(b); });
    out.append(bytes, static_cast<std::size_t>(size));
}

void RedisReader::Free::operator()(redisReader* reader) const {
    redisReaderFree(reader);
}

RedisReader::RedisReader()
    : m_reader(redisReaderCreate()) {
    if (!m_reader) throw std::bad_alloc();
}

Result<void> RedisReader::feed(std::string_view bytes) {
    m_pending += bytes.size();
    if (redisReaderFeed(m_reader.get(), bytes.data(), bytes.size()) != REDIS_OK)
        return unexpected(m_reader->errstr);
    return {};
}

Result<std::optional<RedisReply>> RedisReader::next() {
    const bool begins = m_reader->ridx < 0 && m_reader->pos < m_reader->len;
    if (begins && std::string_view("+-:$").find(m_reader->buf[m_reader->pos]) == std::string_view::npos)
        return unexpected("a reply begins with another byte");
    const std::size_t before = m_reader->pos;
    void* reply = nullptr;
    if (redisReaderGetReply(m_reader.get(), &reply) != REDIS_OK) return unexpected(m_reader->errstr);
    if (!reply) {
        if (m_pending > k_largestReply) return unexpected("it has no end");
        return std::optional<RedisReply>();
    }
    // The position starts again at nought when the buffer is tidied.
    m_pending = m_reader->pos >= before ? m_reader->len - m_reader->pos : m_reader->len;
    return std::optional<RedisReply>(take(static_cast<redisReply*>(reply)));
}

} // namespace exo
