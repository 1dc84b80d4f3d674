#include "tests/support/upstream/Planner.h"

#include <zlib.h>

#include <array>
#include <cstdio>

namespace upstream {

namespace {

using Kind = Fault::Kind;

std::string head(int status, std::string_view type, std::string_view rest) {
    const char* reason = status < 300 ? "OK" : status < 500 ? "Bad Request" : "Server Error";
    std::string text =
        "HTTP/1.1 " + std::to_string(status) + ' ' + reason + "\r\nServer: upstream\r\nContent-Type: ";
    text.append(type).append("\r\nx-request-id: req_upstream\r\n").append(rest).append("\r\n");
    return text;
}

std::string lengthHeader(std::size_t bytes) {
    return "Content-Length: " + std::to_string(bytes) + "\r\n";
}

std::string chunked(std::string_view bytes) {
    std::array<char, 24> size{};
    const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    return std::string(size.data(), static_cast<std::size_t>(digits)).append(bytes).append("\r\n");
}

std::string dump(const Json& body) {
    return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Answer answerFor(const Behaviour& behaviour, const ModelRequest& request) {
    Answer answer;
    switch (behaviour.source) {
    case Behaviour::Source::Echo: answer.tokens = tokenize(request.lastUserText); break;
    case Behaviour::Source::Say: answer.tokens = tokenize(behaviour.text); break;
    case Behaviour::Source::Text:
        for (int i = 1; i <= behaviour.tokens; ++i)
            answer.tokens.push_back((i == 1 ? "word" : " word") + std::to_string(i));
        break;
    }
    if (behaviour.continues && !request.begun.empty() && answer.text().starts_with(request.begun))
        answer.tokens = tokenize(answer.text().substr(request.begun.size()));
    if (behaviour.reasoning) answer.reasoning = {"thinking", " it", " over"};
    answer.finish = behaviour.finish;
    answer.usage = behaviour.usage;
    if (!behaviour.useTool.empty()) {
        answer.tokens = tokenize(request.toolResult);
        if (!request.toolResult.empty()) return answer;
        answer.tokens = tokenize(behaviour.preface);
        answer.toolName = behaviour.useTool;
        answer.toolArguments = behaviour.useArguments;
        answer.finish = "tool_calls";
        return answer;
    }
    if (!behaviour.toolCall) return answer;
    answer.tokens.clear();
    answer.toolName = "get_weather";
    answer.toolArguments = R"({"city":"杭州"})";
    const Json& body = request.body;
    if (!body.contains("tools") || !body["tools"].is_array() || body["tools"].empty()) return answer;
    const Json& tool = body["tools"][0];
    answer.toolName = tool.contains("function") ? tool["function"].value("name", "") : tool.value("name", "");
    return answer;
}

Plan planRefusal(const Dialect& dialect, const Refusal& refusal) {
    std::string extra;
    if (!refusal.retryAfter.empty()) extra = "Retry-After: " + refusal.retryAfter + "\r\n";
    if (!refusal.html)
        return planJson(refusal.status, dialect.error(refusal.type, refusal.code, refusal.message), extra);
    const std::string page =
        "<html><body><h1>" + std::to_string(refusal.status) + " Bad Gateway</h1></body></html>";
    return {{Step{{}, head(refusal.status, "text/html", extra + lengthHeader(page.size())) + page}},
            Ending::KeepAlive};
}

// 1 GiB of spaces. One compressed block is repeated: after a full flush each stands for itself.
std::string makeGzipBomb() {
    constexpr int blocks = 1024;
    std::string plain(1u << 20, ' ');
    std::string block(1u << 14, '\0');
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    deflate(&stream, Z_FULL_FLUSH);
    block.resize(stream.total_out);
    deflateEnd(&stream);
    const uLong blockSum =
        crc32(0, reinterpret_cast<const Bytef*>(plain.data()), static_cast<uInt>(plain.size()));
    uLong sum = crc32(0, nullptr, 0);
    std::string bomb("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff", 10);
    for (int i = 0; i < blocks; ++i) {
        bomb += block;
        sum = crc32_combine(sum, blockSum, static_cast<z_off_t>(plain.size()));
    }
    bomb.append("\x03\x00", 2); // the empty last block
    for (const uLong number : {sum, static_cast<uLong>(blocks) << 20})
        for (int shift = 0; shift < 32; shift += 8)
            bomb += static_cast<char>(number >> shift & 0xff);
    return bomb;
}

const std::string& gzipBomb() {
    static const std::string bytes = makeGzipBomb();
    return bytes;
}

// Faults that are the same whether a stream was asked for or not.
std::optional<Plan> planFault(const Dialect& dialect, const Behaviour& behaviour) {
    switch (behaviour.fault.kind) {
    case Kind::ResetBeforeHeaders: return Plan{{}, Ending::Reset};
    case Kind::Silent: return Plan{{}, Ending::Hang};
    case Kind::Empty:
        return Plan{{Step{{}, head(200, "application/json", lengthHeader(0))}}, Ending::KeepAlive};
    case Kind::ErrorIn200:
        return planJson(200, dialect.error("server_error", "server_error", "an error in a 200"));
    case Kind::Garbage: {
        const std::string body = "<!doctype html><p>Welcome to the captive portal</p>";
        return Plan{{Step{{}, head(200, "application/json", lengthHeader(body.size())) + body}},
                    Ending::KeepAlive};
    }
    case Kind::GzipBomb: {
        const std::string& body = gzipBomb();
        const std::string headers = "Content-Encoding: gzip\r\n" + lengthHeader(body.size());
        return Plan{{Step{{}, head(200, "application/json", headers) + body}}, Ending::KeepAlive};
    }
    default: return std::nullopt;
    }
}

class StreamPlanner {
  public:
    StreamPlanner(const Dialect& dialect, const Behaviour& behaviour, const ModelRequest& request)
        : m_dialect(dialect)
        , m_behaviour(behaviour)
        , m_request(request)
        , m_answer(answerFor(behaviour, request)) {}

    Plan plan() {
        add(m_dialect.begin(m_request, m_answer), {},
            head(200, "text/event-stream", "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n"));
        m_plan.steps.front().delay = m_behaviour.headerDelay;
        m_plan.steps.front().held = m_behaviour.held;
        m_pause = m_behaviour.firstDelay;
        for (const std::string& text : m_answer.reasoning)
            add(m_dialect.reasoning(m_request, text), pause());
        if (const std::string start = m_dialect.beginText(m_answer); !start.empty()) add(start, pause());
        if (!sendTokens()) return std::move(m_plan);
        if (!m_answer.toolName.empty())
            for (const std::string& event : m_dialect.tool(m_request, m_answer))
                add(event, pause());
        add(m_dialect.finish(m_request, m_answer), pause());
        if (m_behaviour.fault.kind != Kind::NoTerminator) add(m_dialect.terminator(), {});
        end(Ending::KeepAlive);
        return std::move(m_plan);
    }

  private:
    bool sendTokens() {
        int sent = 0;
        for (const std::string& token : m_answer.tokens) {
            if (sent == m_behaviour.fault.after && !breakHere()) return false;
            add(m_dialect.token(m_request, m_answer, token), pause());
            ++sent;
        }
        return sent > m_behaviour.fault.after || breakHere();
    }

    // False when the stream is over.
    bool breakHere() {
        switch (m_behaviour.fault.kind) {
        case Kind::Cut:
        case Kind::WrongLength: m_plan.ending = Ending::Reset; return false;
        case Kind::CutCleanly: end(Ending::KeepAlive); return false;
        case Kind::Stall: m_plan.ending = Ending::Hang; return false;
        case Kind::BrokenEvent:
            add("data: {\"choices\": [{\"delta\": {\"content\":\n\n", pause());
            return true;
        case Kind::ErrorEvent:
            add(m_dialect.errorEvent("the model stumbled"), pause());
            end(Ending::KeepAlive);
            return false;
        case Kind::EndlessLine:
            add("data: ", pause());
            m_plan.steps.push_back({{}, chunked(std::string(1u << 16, 'x')), 1 << 14, {}});
            m_plan.ending = Ending::Close;
            return false;
        default: return true;
        }
    }

    Millis pause() { return std::exchange(m_pause, m_behaviour.tokenDelay); }

    // Events without a pause between them travel in one step.
    void add(const std::string& events, Millis delay, std::string before = {}) {
        const std::string bytes = std::move(before) + chunked(events);
        if (delay.count() == 0 && m_behaviour.drip.count() == 0 && !m_plan.steps.empty())
            m_plan.steps.back().bytes += bytes;
        else
            m_plan.steps.push_back({delay, bytes, 1, m_behaviour.drip});
    }

    void end(Ending ending) {
        m_plan.steps.back().bytes += "0\r\n\r\n";
        m_plan.ending = ending;
    }

    const Dialect& m_dialect;
    const Behaviour& m_behaviour;
    const ModelRequest& m_request;
    Answer m_answer;
    Plan m_plan;
    Millis m_pause{0};
};

Plan planWhole(const Behaviour& behaviour, const std::string& body) {
    const Millis delay = behaviour.headerDelay + behaviour.firstDelay;
    std::string bytes = head(200, "application/json", lengthHeader(body.size()));
    switch (behaviour.fault.kind) {
    case Kind::Cut:
    case Kind::CutCleanly:
    case Kind::WrongLength: return {{Step{delay, bytes + body.substr(0, body.size() / 2)}}, Ending::Close};
    case Kind::Stall: return {{Step{delay, bytes + body.substr(0, body.size() / 2)}}, Ending::Hang};
    case Kind::BrokenEvent: {
        const std::string half = body.substr(0, body.size() / 2);
        return {{Step{delay, head(200, "application/json", lengthHeader(half.size())) + half}},
                Ending::KeepAlive};
    }
    case Kind::EndlessLine: {
        bytes = head(200, "application/json", "Transfer-Encoding: chunked\r\n");
        return {{Step{delay, bytes}, Step{{}, chunked(std::string(1u << 16, ' ')), 1 << 14, {}}},
                Ending::Close};
    }
    default: return {{Step{delay, bytes + body, 1, behaviour.drip, behaviour.held}}, Ending::KeepAlive};
    }
}

} // namespace

Plan planJson(int status, const Json& body, std::string_view extraHeaders) {
    const std::string text = dump(body);
    return {{Step{{},
                  head(status, "application/json", std::string(extraHeaders) + lengthHeader(text.size())) +
                      text}},
            Ending::KeepAlive};
}

Plan planAnswer(const Dialect& dialect, const Behaviour& behaviour, const ModelRequest& request) {
    if (behaviour.refusesPrefill && request.body["messages"].back().value("role", "") == "assistant")
        return planRefusal(dialect, {400,
                                     "invalid_request_error",
                                     "invalid_value",
                                     "the conversation must end with a user message",
                                     {}});
    if (behaviour.refusal) return planRefusal(dialect, *behaviour.refusal);
    if (auto plan = planFault(dialect, behaviour)) return std::move(*plan);
    if (request.stream) return StreamPlanner(dialect, behaviour, request).plan();
    const Answer answer = answerFor(behaviour, request);
    if (behaviour.fault.kind == Kind::ErrorEvent)
        return planJson(500, dialect.error("server_error", "server_error", "the model stumbled"));
    return planWhole(behaviour, dump(dialect.whole(request, answer)));
}

Plan planEmbeddings(const Behaviour& behaviour, const Json& body) {
    if (behaviour.refusal) return planRefusal(openAi(), *behaviour.refusal);
    if (auto plan = planFault(openAi(), behaviour)) return std::move(*plan);
    return planWhole(behaviour, dump(embeddings(body)));
}

} // namespace upstream
