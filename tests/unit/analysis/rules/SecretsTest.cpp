#include "core/analysis/rules/Secrets.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using namespace exo::analysis;

namespace {

using Severity = FindingRecord::Severity;

// Values are put together here so that no scanner, ours included, stumbles over this file.
std::string letters(std::size_t count) {
    static constexpr std::string_view k_some = "q7Rk2ZpX9vTm4WbL8sNc3HyD6fGj5Ke";
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += k_some[(i * 7 + i / 31) % k_some.size()];
    return out;
}
std::string upper(std::size_t count) {
    std::string out = letters(count);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return out;
}
std::string hex(std::size_t count) {
    static constexpr std::string_view k_some = "9f86d081884c7d659a2feaa0c55ad015";
    std::string out;
    while (out.size() < count)
        out += k_some[(out.size() * 5 + out.size() / 32) % k_some.size()];
    return out;
}

std::string ruleIn(const std::string& text, SecretDepth depth = SecretDepth::Everything) {
    const auto found = findSecrets(text, depth);
    REQUIRE(found.size() <= 1);
    return found.empty() ? std::string() : std::string(found[0].rule);
}

} // namespace

TEST_CASE("keys of known providers are told by their form") {
    const std::pair<std::string, std::string> cases[]{
        {"AKIA" + upper(16), "secret/aws-access-key"},
        {"ASIA" + upper(16), "secret/aws-access-key"},
        {"ghp_" + letters(36), "secret/github-token"},
        {"github_pat_" + letters(82), "secret/github-token"},
        {"glpat-" + letters(20), "secret/gitlab-token"},
        {"xoxb-123456789012-" + letters(24), "secret/slack-token"},
        {"https://hooks.slack.com/services/T0" + upper(8) + "/B0" + upper(8) + "/" + letters(24),
         "secret/slack-webhook"},
        {"AIza" + letters(35), "secret/google-api-key"},
        {"sk_live_" + letters(24), "secret/stripe-key"},
        {"sk-proj-" + letters(60), "secret/openai-key"},
        {"sk-" + letters(48), "secret/openai-key"},
        {"sk-" + hex(32), "secret/model-provider-key"},
        {"sk-ant-api03-" + letters(80), "secret/anthropic-key"},
        {"hf_" + letters(34), "secret/huggingface-token"},
        {"npm_" + letters(36), "secret/npm-token"},
        {"pypi-AgEIcHlwaS5vcmc" + letters(60), "secret/pypi-token"},
        {"AccountKey=" + letters(86) + "==", "secret/azure-storage-key"},
        {"LTAI" + letters(20), "secret/aliyun-access-key"},
        {"AKID" + letters(32), "secret/tencent-secret-id"},
        {"https://oapi.dingtalk.com/robot/send?access_token=" + hex(64), "secret/dingtalk-webhook"},
        {"https://open.feishu.cn/open-apis/bot/v2/hook/" + hex(8) + "-" + hex(27), "secret/feishu-webhook"},
        {"SG." + letters(22) + "." + letters(43), "secret/sendgrid-key"},
        {"-----BEGIN RSA PRIVATE KEY-----\n" + letters(64) + "\n", "secret/private-key"},
        {"-----BEGIN PRIVATE KEY-----\\n" + letters(64), "secret/private-key"},
        {"eyJ" + letters(20) + ".eyJ" + letters(30) + "." + letters(43), "secret/jwt"},
        {"postgres://app:" + letters(12) + "@db.internal:5432/shop", "secret/url-password"},
        {"db_password = \"" + letters(12) + "\"", "secret/password"},
        {"\"clientSecret\": \"" + letters(32) + "\"", "secret/token"},
    };
    for (const auto& [text, rule] : cases) {
        CAPTURE(text);
        CHECK(ruleIn(text) == rule);
        CHECK(ruleIn("x = f('" + text + "');\n") == rule);
    }
}

TEST_CASE("what only looks like a secret is none") {
    const std::string cases[]{
        "AKIA" + std::string(16, 'X'),
        "AKIA" + upper(15),
        "AKIA" + upper(17),
        "XAKIA" + upper(16),
        "sk-learn-is-a-library-for-machine-learning-in-python",
        "ghp_" + letters(35),
        "LTAIthisisaword",
        "-----BEGIN RSA PRIVATE KEY-----",
        "if (line == \"-----BEGIN PRIVATE KEY-----\") return true;",
        "-----BEGIN PUBLIC KEY-----\n" + letters(64),
        "postgres://user:password@localhost/db",
        "postgres://$USER:$PASSWORD@localhost/db",
        "http://user:${TOKEN}@host/",
        "https://example.org:8080/path@2x.png",
        "password = \"password123\"",
        "password = os.environ[\"PASSWORD_2\"]",
        "password: \"{{ vault_password_1 }}\"",
        "password = \"please enter it 1\"",
        "token = \"next_token_name\"",
        "secret = \"https://vault.internal/v1/a9\"",
        "apiKey = \"your-api-key-1234567890\"",
        "eyJhbGciOiJIUzI1NiJ9",
    };
    for (const std::string& text : cases) {
        CAPTURE(text);
        CHECK(ruleIn(text).empty());
    }
}

TEST_CASE("a documented example key is a note") {
    const std::string key = std::string("AKIAIOSFODNN7") + "EXAMPLE";
    const auto found = findSecrets(key, SecretDepth::Everything);
    REQUIRE(found.size() == 1);
    CHECK(found[0].rule == "secret/aws-access-key");
    CHECK(found[0].severity == Severity::Note);
    CHECK(findSecrets("AKIA" + upper(16), SecretDepth::Everything)[0].severity == Severity::Error);
}

TEST_CASE("invented passwords of tests are no news, keys of providers are") {
    CHECK(ruleIn("password = \"" + letters(12) + "\"", SecretDepth::ProvidersOnly).empty());
    CHECK(ruleIn("AKIA" + upper(16), SecretDepth::ProvidersOnly) == "secret/aws-access-key");
}

TEST_CASE("the value is never shown whole") {
    CHECK(maskSecret("AKIA" + upper(16)) == "AKIA… (20)");
    CHECK(maskSecret("abcd") == "a… (4)");
    CHECK(maskSecret("") == "… (0)");
}

TEST_CASE("every rule that can be found is described") {
    std::set<std::string> known;
    for (const RuleInfo& rule : secretRules())
        known.insert(rule.id);
    for (const std::string& text :
         {"AKIA" + upper(16), "hf_" + letters(34), "password = \"" + letters(12) + "\""})
        CHECK(known.contains(ruleIn(text)));
}

TEST_CASE("hostile lines cost what they are long") {
    // A scanner that starts over at each byte would need hours for these.
    for (const std::string part :
         {"eyJ-", "=\"", ":\"", "x:", "://", "AKIA", "-----BEGIN ", "sk-", "a=", "p='"}) {
        std::string text;
        while (text.size() < 4'000'000)
            text += part;
        CHECK(findSecrets(text, SecretDepth::Everything).size() <= 1000);
    }
    std::string many;
    for (int i = 0; i < 3000; ++i)
        many += "AKIA" + upper(16) + "\n";
    CHECK(findSecrets(many, SecretDepth::Everything).size() == 1000);
}
