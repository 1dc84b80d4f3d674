#pragma once
// Takes what must stay secret out of texts that leave the machine. Any thread.

#include <string>
#include <string_view>
#include <vector>

namespace exo::doctor {

class Redactor {
  public:
    // `known` are secrets that are known by their text; short ones (under 6 bytes) are left to the patterns,
    // or half of every text would go.
    explicit Redactor(std::vector<std::string> known);
    // Known secrets, and whatever has the form of one: keys of well-known makes, bearer tokens, passwords in
    // URLs, values after names like "password" or "api_key".
    std::string operator()(std::string_view text) const;

  private:
    std::vector<std::string> m_known; // the longest first
};

} // namespace exo::doctor
