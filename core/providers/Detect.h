#pragma once
// Finds model servers that run on this machine, for `exobrain providers detect` and the first-run page. io
// thread.

#include "core/base/Cancel.h"
#include "core/base/Clock.h"
#include "core/net/HttpClient.h"

#include <string>
#include <vector>

namespace exo {

struct DetectedServer {
    std::string product; // "Ollama", "LM Studio", "llama-server", "vLLM", "Jan"
    std::string baseUrl; // "http://127.0.0.1:11434/v1"
    std::vector<std::string> models;
};

// Asks the usual ports of 127.0.0.1 for their models; takes at most three seconds in all. A port that answers
// anything but a list of models is somebody else. Fails only when cancelled.
Task<std::vector<DetectedServer>> detectLocalProviders(net::HttpClient& http, Timers& timers,
                                                       CancelToken cancel = {});

} // namespace exo
