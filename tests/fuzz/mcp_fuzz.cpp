// The JSON-RPC reader on foreign bytes: no crash, the same messages whether the bytes come at once, one by
// one or in two pieces, and nothing kept of a line that is too long.
#include "core/mcp/JsonRpc.h"

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

constexpr std::size_t k_maxLine = 2048;

std::vector<std::string> read(std::string_view text, std::size_t first, std::size_t step) {
    std::vector<std::string> seen;
    exo::mcp::RpcReader reader(
        {[&](exo::mcp::RpcMessage message) {
             const bool hasId = message.kind != exo::mcp::RpcMessage::Kind::Notification;
             if (hasId == message.id.is_null()) std::abort();
             if (message.method.empty() && message.kind == exo::mcp::RpcMessage::Kind::Response)
                 seen.emplace_back("response");
             else
                 seen.push_back(message.method + exo::dumpJson(message.id) + exo::dumpJson(message.params));
         },
         [&](exo::Json error) {
             if (!error.contains("error")) std::abort();
             seen.push_back(exo::dumpJson(error));
         }},
        k_maxLine);
    for (std::size_t at = 0, size = first; at < text.size(); at += size, size = step)
        reader.feed(text.substr(at, size == 0 ? 1 : size));
    reader.end();
    return seen;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = read(text, text.size(), text.size());
    if (read(text, 1, 1) != whole) std::abort();
    if (size > 1 && read(text, size / 2, size) != whole) std::abort();
    return 0;
}
