#include "tests/support/upstream/Dialect.h"

namespace upstream {

namespace {

std::string event(std::string_view name, const Json& data) {
    return "event: " + std::string(name) +
           "\ndata: " + data.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n\n";
}

std::string delta(int index, Json data) {
    return event("content_block_delta",
                 {{"type", "content_block_delta"}, {"index", index}, {"delta", std::move(data)}});
}

std::string blockStart(int index, Json block) {
    return event("content_block_start",
                 {{"type", "content_block_start"}, {"index", index}, {"content_block", std::move(block)}});
}

std::string blockStop(int index) {
    return event("content_block_stop", {{"type", "content_block_stop"}, {"index", index}});
}

std::string stopReason(const std::string& finish) {
    if (finish == "length") return "max_tokens";
    if (finish == "tool_calls") return "tool_use";
    return finish == "content_filter" ? "refusal" : "end_turn";
}

Json message(const ModelRequest& request) {
    return {
        {"id", "msg_upstream"},     {"type", "message"},
        {"role", "assistant"},      {"model", request.model},
        {"content", Json::array()}, {"stop_reason", nullptr},
        {"stop_sequence", nullptr}, {"usage", {{"input_tokens", request.inputTokens}, {"output_tokens", 1}}}};
}

int textBlock(const Answer& answer) {
    return answer.reasoning.empty() ? 0 : 1;
}

// Blocks in order: the thinking when there is one, the text, the tool call when there is one.
class Anthropic final : public Dialect {
  public:
    std::string begin(const ModelRequest& request, const Answer& answer) const override {
        std::string events =
            event("message_start", {{"type", "message_start"}, {"message", message(request)}}) +
            event("ping", {{"type", "ping"}});
        if (!answer.reasoning.empty())
            events += blockStart(0, {{"type", "thinking"}, {"thinking", ""}, {"signature", ""}});
        return events;
    }
    std::string reasoning(const ModelRequest&, std::string_view text) const override {
        return delta(0, {{"type", "thinking_delta"}, {"thinking", text}});
    }
    std::string beginText(const Answer& answer) const override {
        const int index = textBlock(answer);
        return (index > 0 ? blockStop(0) : std::string()) +
               blockStart(index, {{"type", "text"}, {"text", ""}});
    }
    std::string token(const ModelRequest&, const Answer& answer, std::string_view text) const override {
        return delta(textBlock(answer), {{"type", "text_delta"}, {"text", text}});
    }
    std::vector<std::string> tool(const ModelRequest&, const Answer& answer) const override {
        const int index = textBlock(answer) + 1;
        std::vector<std::string> events{blockStop(index - 1), blockStart(index, {{"type", "tool_use"},
                                                                                 {"id", "toolu_1"},
                                                                                 {"name", answer.toolName},
                                                                                 {"input", Json::object()}})};
        for (const std::string& piece : fragments(answer.toolArguments))
            events.push_back(delta(index, {{"type", "input_json_delta"}, {"partial_json", piece}}));
        return events;
    }
    std::string finish(const ModelRequest&, const Answer& answer) const override {
        Json data{{"type", "message_delta"},
                  {"delta", {{"stop_reason", stopReason(answer.finish)}, {"stop_sequence", nullptr}}}};
        if (answer.usage) data["usage"] = {{"output_tokens", answer.outputTokens()}};
        const int last = textBlock(answer) + (answer.toolName.empty() ? 0 : 1);
        return blockStop(last) + event("message_delta", data);
    }
    std::string terminator() const override { return event("message_stop", {{"type", "message_stop"}}); }
    std::string errorEvent(std::string_view text) const override {
        return event("error", error("overloaded_error", "", text));
    }
    Json whole(const ModelRequest& request, const Answer& answer) const override {
        Json body = message(request);
        if (!answer.reasoning.empty())
            body["content"].push_back(
                {{"type", "thinking"}, {"thinking", "thinking it over"}, {"signature", ""}});
        if (answer.toolName.empty())
            body["content"].push_back({{"type", "text"}, {"text", answer.text()}});
        else
            body["content"].push_back({{"type", "tool_use"},
                                       {"id", "toolu_1"},
                                       {"name", answer.toolName},
                                       {"input", Json::parse(answer.toolArguments)}});
        body["stop_reason"] = stopReason(answer.finish);
        body["usage"]["output_tokens"] = answer.outputTokens();
        return body;
    }
    Json error(std::string_view type, std::string_view, std::string_view text) const override {
        return {{"type", "error"}, {"error", {{"type", type}, {"message", text}}}};
    }
};

} // namespace

const Dialect& anthropic() {
    static const Anthropic dialect;
    return dialect;
}

} // namespace upstream
