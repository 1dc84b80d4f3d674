#pragma once
// Plays a recorded stream through a real provider and sums its events up.

#include "FakeHttp.h"
#include "core/providers/Factory.h"
#include "tests/support/FakeClock.h"
#include "tests/support/RunTask.h"

namespace exo::test {

struct Outcome {
    std::string text;
    std::optional<Error> error;
    StreamHead head;
};

struct StreamBench {
    asio::io_context io;
    FakeClock clock;
    FakeHttp http;
    std::unique_ptr<Provider> provider;

    explicit StreamBench(const std::string& type = "openai") {
        ProviderSettings settings;
        settings.name = "p";
        settings.type = type;
        settings.baseUrl = "https://llm.example.net";
        settings.apiKey = Secret("sk-very-secret-key");
        provider = std::move(*makeProvider(settings, http, clock));
    }

    static CompletionRequest request() {
        CompletionRequest request;
        request.model = "m";
        request.body = {{"messages", Json::array({Json{{"role", "user"}, {"content", "hi"}}})}};
        return request;
    }

    static asio::awaitable<Outcome> play(Provider& provider, CallContext context) {
        Outcome outcome;
        CompletionRequest asked = request();
        auto stream = co_await provider.stream(std::move(asked), std::move(context));
        if (!stream) {
            outcome.error = stream.error();
            co_return outcome;
        }
        Summary summary;
        for (;;) {
            auto event = co_await (*stream)->next();
            if (!event) outcome.error = event.error();
            if (!event || !event->has_value()) break;
            std::visit(summary, **event);
        }
        outcome.text = summary.text;
        outcome.head = (*stream)->head();
        co_return outcome;
    }

    Outcome stream(Played played, CallContext context = {}) {
        http.script.push_back(std::move(played));
        return run(io, play(*provider, std::move(context)));
    }
    Outcome streamBody(std::string body) {
        Played played;
        played.body = std::move(body);
        return stream(std::move(played));
    }
};

inline std::string chunk(const std::string& choice) {
    return "data: {\"choices\":[" + choice + "]}\n\n";
}
inline std::string delta(const std::string& members, const std::string& finish = "null") {
    return chunk("{\"index\":0,\"delta\":{" + members + "},\"finish_reason\":" + finish + "}");
}

} // namespace exo::test
