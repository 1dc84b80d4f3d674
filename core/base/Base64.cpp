#include "core/base/Base64.h"

#include <openssl/evp.h>

#include <climits>

namespace exo {

namespace {
const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytesOf(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
} // namespace

std::string base64Encode(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0'); // OpenSSL adds a NUL
    const int length = EVP_EncodeBlock(bytesOf(out), bytesOf(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::optional<std::string> base64Decode(std::string_view text) {
    std::string padded(text);
    while (padded.ends_with('='))
        padded.pop_back();
    if (padded.size() % 4 == 1 || padded.size() > INT_MAX / 2) return std::nullopt;
    static constexpr std::string_view k_alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (padded.find_first_not_of(k_alphabet) != std::string::npos)
        return std::nullopt; // OpenSSL skips blanks
    const std::size_t padding = (4 - padded.size() % 4) % 4;
    padded.append(padding, '=');
    std::string out(padded.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(bytesOf(out), bytesOf(padded), static_cast<int>(padded.size()));
    if (length < 0) return std::nullopt;
    out.resize(out.size() - padding);
    return out;
}

} // namespace exo
