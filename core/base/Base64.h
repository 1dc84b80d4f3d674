#pragma once
// Base64 (RFC 4648, section 4), over OpenSSL.

#include <optional>
#include <string>
#include <string_view>

namespace exo {

std::string base64Encode(std::string_view bytes);
// nullopt for anything that is not base64; missing padding is accepted.
std::optional<std::string> base64Decode(std::string_view text);

} // namespace exo
