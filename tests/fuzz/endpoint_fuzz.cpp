// normaliseEndpoint on whatever people paste: no crash, one and the same base when applied again, and a base
// that cannot be anything but an http URL without credentials, query or white space.
#include "core/net/Endpoint.h"

#include <cstdint>
#include <cstdlib>

using namespace exo::net;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(std::string_view text, ApiFamily family) {
    const auto base = normaliseEndpoint(text, family);
    if (!base.ok()) {
        require(base.error().code == exo::ErrorCode::InvalidRequest);
        return;
    }
    require(base->starts_with("http://") || base->starts_with("https://"));
    require(!base->ends_with('/'));
    require(base->find_first_of("?#\\ \t\r\n\"<>") == std::string::npos);
    require(base->find('@') > base->find('/', 8));
    require(base->find('\0') == std::string::npos);
    require(base->find("/../") == std::string::npos && !base->ends_with("/.."));
    const auto again = normaliseEndpoint(*base, family);
    require(again.ok() && *again == *base);
    require(endpointUrl(*base, "/models") == *base + "/models");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text, ApiFamily::OpenAi);
    check(text, ApiFamily::Anthropic);
    return 0;
}
