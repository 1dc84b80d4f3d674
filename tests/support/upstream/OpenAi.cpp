#include "tests/support/upstream/Dialect.h"

namespace upstream {

namespace {

constexpr const char* k_id = "chatcmpl-upstream";
constexpr int k_created = 1'700'000'000;

std::string event(const Json& data) {
    return "data: " + data.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n\n";
}

std::string chunk(const ModelRequest& request, Json delta, Json finish) {
    Json choice{{"index", 0},
                {"delta", std::move(delta)},
                {"logprobs", nullptr},
                {"finish_reason", std::move(finish)}};
    return event({{"id", k_id},
                  {"object", "chat.completion.chunk"},
                  {"created", k_created},
                  {"model", request.model},
                  {"choices", Json::array({std::move(choice)})}});
}

Json usageOf(const ModelRequest& request, const Answer& answer) {
    return {{"prompt_tokens", request.inputTokens},
            {"completion_tokens", answer.outputTokens()},
            {"total_tokens", request.inputTokens + answer.outputTokens()}};
}

Json toolCall(const Answer& answer) {
    return {{"id", "call_1"},
            {"type", "function"},
            {"function", {{"name", answer.toolName}, {"arguments", answer.toolArguments}}}};
}

class OpenAi final : public Dialect {
  public:
    std::string begin(const ModelRequest& request, const Answer&) const override {
        return chunk(request, {{"role", "assistant"}, {"content", ""}}, nullptr);
    }
    std::string beginText(const Answer&) const override { return {}; }
    std::string token(const ModelRequest& request, const Answer&, std::string_view text) const override {
        return chunk(request, {{"content", text}}, nullptr);
    }
    std::string reasoning(const ModelRequest& request, std::string_view text) const override {
        return chunk(request, {{"reasoning_content", text}}, nullptr);
    }
    std::vector<std::string> tool(const ModelRequest& request, const Answer& answer) const override {
        Json first = toolCall(answer);
        first["index"] = 0;
        first["function"]["arguments"] = "";
        std::vector<std::string> events{chunk(request, {{"tool_calls", Json::array({first})}}, nullptr)};
        for (const std::string& piece : fragments(answer.toolArguments)) {
            const Json fragment{{"index", 0}, {"function", {{"arguments", piece}}}};
            events.push_back(chunk(request, {{"tool_calls", Json::array({fragment})}}, nullptr));
        }
        return events;
    }
    std::string finish(const ModelRequest& request, const Answer& answer) const override {
        std::string events = chunk(request, Json::object(), answer.finish);
        if (!request.wantsUsage || !answer.usage) return events;
        return events + event({{"id", k_id},
                               {"object", "chat.completion.chunk"},
                               {"created", k_created},
                               {"model", request.model},
                               {"choices", Json::array()},
                               {"usage", usageOf(request, answer)}});
    }
    std::string terminator() const override { return "data: [DONE]\n\n"; }
    std::string errorEvent(std::string_view message) const override {
        return event(error("server_error", "server_error", message));
    }
    Json whole(const ModelRequest& request, const Answer& answer) const override {
        Json message{{"role", "assistant"}, {"content", answer.text()}};
        if (!answer.reasoning.empty()) message["reasoning_content"] = "thinking it over";
        if (!answer.toolName.empty()) {
            message["content"] = nullptr;
            message["tool_calls"] = Json::array({toolCall(answer)});
        }
        Json body{{"id", k_id},
                  {"object", "chat.completion"},
                  {"created", k_created},
                  {"model", request.model},
                  {"choices", Json::array({Json{{"index", 0},
                                                {"message", std::move(message)},
                                                {"logprobs", nullptr},
                                                {"finish_reason", answer.finish}}})}};
        if (answer.usage) body["usage"] = usageOf(request, answer);
        return body;
    }
    Json error(std::string_view type, std::string_view code, std::string_view message) const override {
        return {{"error",
                 {{"message", message},
                  {"type", type},
                  {"param", nullptr},
                  {"code", code.empty() ? Json(nullptr) : Json(code)}}}};
    }
};

} // namespace

const Dialect& openAi() {
    static const OpenAi dialect;
    return dialect;
}

} // namespace upstream
