#include "core/monitor/HttpMetrics.h"

#include <array>
#include <charconv>

namespace exo {

void HttpMetrics::record(const Exchange& exchange) {
    std::array<char, 12> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), exchange.status).ptr;
    const std::string_view status(digits.data(), static_cast<std::size_t>(end - digits.data()));
    requests.add({exchange.route, exchange.model, status, exchange.origin});
    if (exchange.callsModel)
        modelCalls.record(exchange.time);
    else if (!exchange.streamed)
        routes.record(exchange.time);
}

} // namespace exo
