#include "core/providers/Detect.h"

#include "core/providers/OpenAiAnswer.h"

#include <array>
#include <optional>

namespace exo {

namespace {

constexpr Millis k_total{3000};

struct Candidate {
    std::string_view product;
    int port;
};
constexpr std::array<Candidate, 5> k_candidates = {
    {{"Ollama", 11434}, {"LM Studio", 1234}, {"llama-server", 8080}, {"vLLM", 8000}, {"Jan", 1337}}};

// Ports are habits; the owner a server names for its models is better evidence.
std::string_view productOf(const std::vector<api::ModelInfo>& models, std::string_view byPort) {
    for (const api::ModelInfo& model : models) {
        if (model.ownedBy == "vllm") return "vLLM";
        if (model.ownedBy == "llamacpp") return "llama-server";
    }
    return byPort;
}

net::HttpRequest probeRequest(const std::string& base) {
    net::HttpRequest request;
    request.url = base + "/models";
    request.headers.push_back({"Accept", "application/json"});
    request.timeouts = {Millis(300), Millis(800), Millis(800), Millis(1000)};
    request.proxy.mode = net::ProxySettings::Mode::None;
    request.maxBodyBytes = 1u << 20;
    return request;
}

asio::awaitable<std::optional<DetectedServer>> probe(net::HttpClient& http, Candidate candidate,
                                                     CancelToken cancel) {
    const std::string base = "http://127.0.0.1:" + std::to_string(candidate.port) + "/v1";
    net::HttpRequest request = probeRequest(base);
    auto response = co_await http.send(std::move(request), cancel);
    if (!response || (*response)->status() != 200) co_return std::nullopt;
    auto text = co_await (*response)->readAll();
    if (!text) co_return std::nullopt;
    const auto models = openAiModels(*text, {});
    if (!models) co_return std::nullopt;
    DetectedServer server;
    server.product = productOf(*models, candidate.product);
    server.baseUrl = base;
    for (const api::ModelInfo& model : *models)
        server.models.push_back(model.id);
    co_return server;
}

// Ends the probes when the time is up or the caller gives up.
struct Deadline {
    Deadline(Timers& t, const CancelToken& outer)
        : timers(t) {
        timer = timers.schedule(k_total, [this] { source.cancel(CancelReason::Deadline); });
        registration = outer.onCancel([this](CancelReason reason) { source.cancel(reason); });
    }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() { timers.cancel(timer); }

    Timers& timers;
    CancelSource source;
    Timers::Id timer = 0;
    CancelRegistration registration;
};

} // namespace

Task<std::vector<DetectedServer>> detectLocalProviders(net::HttpClient& http, Timers& timers,
                                                       CancelToken cancel) {
    const Deadline deadline(timers, cancel);
    std::vector<DetectedServer> found;
    for (const Candidate& candidate : k_candidates) {
        if (deadline.source.cancelled()) break;
        auto server = co_await probe(http, candidate, deadline.source.token());
        if (server) found.push_back(std::move(*server));
    }
    if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    co_return found;
}

} // namespace exo
