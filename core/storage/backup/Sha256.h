#pragma once
// A SHA-256 over bytes that come in pieces. Not thread-safe.

#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace exo {

class Sha256 {
  public:
    Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();
    void add(std::string_view bytes);
    std::string hex(); // once, at the end

  private:
    evp_md_ctx_st* m_context;
};

} // namespace exo
