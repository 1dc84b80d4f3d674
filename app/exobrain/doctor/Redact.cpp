#include "app/exobrain/doctor/Redact.h"

#include <re2/re2.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>

namespace exo::doctor {

namespace {

constexpr std::size_t k_shortest = 6;
constexpr std::string_view k_gone = "***";

struct Rule {
    const char* pattern;
    const char* replacement;
};

constexpr Rule k_rules[] = {
    {R"re(-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$))re", "***"},
    {R"re(\b(exo_|sk-|pk-|rk-|xox[abprs]-|gh[pousr]_|github_pat_|glpat-|hf_|AKIA|ASIA|AIza)[A-Za-z0-9_\-]{6,})re",
     "\\1***"},
    {R"re(\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]*)?)re", "***"},
    {R"re((?i)\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=\-]{4,})re", "\\1\\2***"},
    {R"re((://)[^/\s@"']+@)re", "\\1***@"},
    {R"re((?i)([A-Za-z0-9_\-]*(?:api[_\-]?key|token|secret|passw(?:or)?d|passphrase|credential|authorization)["']?\s*[:=]\s*["']?)[^\s"',;&}\]]{3,})re",
     "\\1***"},
};

struct Compiled {
    explicit Compiled(const Rule& rule)
        : pattern(rule.pattern)
        , replacement(rule.replacement) {}
    re2::RE2 pattern;
    const char* replacement;
};

} // namespace

Redactor::Redactor(std::vector<std::string> known)
    : m_known(std::move(known)) {
    std::erase_if(m_known, [](const std::string& secret) { return secret.size() < k_shortest; });
    std::ranges::sort(m_known, std::greater<>(), &std::string::size);
}

std::string Redactor::operator()(std::string_view text) const {
    std::string out(text);
    for (const auto& secret : m_known)
        for (std::size_t at = out.find(secret); at != std::string::npos; at = out.find(secret, at))
            out.replace(at, secret.size(), k_gone);
    static const std::deque<Compiled> k_compiled(std::begin(k_rules), std::end(k_rules));
    for (const Compiled& rule : k_compiled)
        re2::RE2::GlobalReplace(&out, rule.pattern, rule.replacement);
    return out;
}

} // namespace exo::doctor
