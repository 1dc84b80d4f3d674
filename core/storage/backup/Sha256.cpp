#include "core/storage/backup/Sha256.h"

#include "core/base/Text.h"

#include <openssl/evp.h>

namespace exo {

Sha256::Sha256()
    : m_context(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(m_context, EVP_sha256(), nullptr);
}

Sha256::~Sha256() {
    EVP_MD_CTX_free(m_context);
}

void Sha256::add(std::string_view bytes) {
    EVP_DigestUpdate(m_context, bytes.data(), bytes.size());
}

std::string Sha256::hex() {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_DigestFinal_ex(m_context, reinterpret_cast<unsigned char*>(digest.data()), &size);
    return hexEncode(std::string_view(digest).substr(0, size));
}

} // namespace exo
