#include "core/base/Sha256.h"

#include "core/base/Text.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

namespace exo {

namespace {

// Fetched once: EVP_sha256() and SHA256() look the algorithm up each time.
const EVP_MD* algorithm() {
    static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched;
}

std::string_view viewOf(const Sha256Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
// The last one that was given back: making one costs two allocations.
thread_local std::unique_ptr<EVP_MD_CTX, FreeContext> t_spare;

} // namespace

Sha256Digest sha256(std::string_view bytes) {
    Sha256 sum; // EVP_Digest would make a context each time
    sum.add(bytes);
    return sum.finish();
}

std::string sha256Bytes(std::string_view bytes) {
    return std::string(viewOf(sha256(bytes)));
}

std::string sha256Hex(std::string_view bytes) {
    return hexEncode(viewOf(sha256(bytes)));
}

std::string hmacSha256(std::string_view key, std::string_view text) {
    Sha256Digest digest{};
    HMAC(algorithm(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
    return std::string(viewOf(digest));
}

Sha256::Sha256()
    : m_context(t_spare ? t_spare.release() : EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(m_context, algorithm(), nullptr);
}

Sha256::~Sha256() {
    t_spare.reset(m_context);
}

void Sha256::add(std::string_view bytes) {
    EVP_DigestUpdate(m_context, bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() {
    Sha256Digest digest{};
    EVP_DigestFinal_ex(m_context, digest.data(), nullptr);
    return digest;
}

std::string Sha256::hex() {
    return hexEncode(viewOf(finish()));
}

} // namespace exo
