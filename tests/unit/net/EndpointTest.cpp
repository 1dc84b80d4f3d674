#include "core/net/Endpoint.h"

#include <doctest/doctest.h>

#include <vector>

using namespace std::string_literals;
using namespace exo;
using namespace exo::net;

namespace {

struct Form {
    const char* pasted;
    const char* base; // nullptr: refused
};

void checkForms(const std::vector<Form>& forms, ApiFamily family) {
    for (const Form& form : forms) {
        CAPTURE(form.pasted);
        const Result<std::string> base = normaliseEndpoint(form.pasted, family);
        if (!form.base) {
            REQUIRE_FALSE(base.ok());
            CHECK(base.error().code == ErrorCode::InvalidRequest);
            CHECK(base.error().param == "baseUrl");
            CHECK_FALSE(base.error().detail.empty());
            continue;
        }
        REQUIRE(base.ok());
        CHECK(*base == form.base);
        const Result<std::string> again = normaliseEndpoint(*base, family);
        REQUIRE(again.ok());
        CHECK(*again == *base);
    }
}

} // namespace

TEST_CASE("what people paste as base URL becomes one base, and stays it") {
    const std::vector<Form> forms = {
        {"https://api.deepseek.com", "https://api.deepseek.com/v1"},
        {"https://api.deepseek.com/", "https://api.deepseek.com/v1"},
        {"https://api.deepseek.com/v1", "https://api.deepseek.com/v1"},
        {"https://api.deepseek.com/beta", "https://api.deepseek.com/beta"},
        {"api.deepseek.com", "https://api.deepseek.com/v1"},
        {"//api.deepseek.com/v1", "https://api.deepseek.com/v1"},
        {"https://api.deepseek.com/chat/completions", "https://api.deepseek.com/v1"},
        {"https://api.openai.com/v1/", "https://api.openai.com/v1"},
        {"https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"},
        {"https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1"},
        {"https://api.openai.com/v1/responses", "https://api.openai.com/v1"},
        {"https://api.openai.com/v1/embeddings", "https://api.openai.com/v1"},
        {"https://api.openai.com/v1/models", "https://api.openai.com/v1"},
        {"https://api.openai.com//v1///", "https://api.openai.com/v1"},
        {"  https://api.openai.com/v1 \n", "https://api.openai.com/v1"},
        {"\"https://api.openai.com/v1\"", "https://api.openai.com/v1"},
        {"\u3000https://api.openai.com/v1\u200B", "https://api.openai.com/v1"},
        {"HTTPS://API.OpenAI.com/v1", "https://api.openai.com/v1"},
        {"https://api.openai.com:443/v1", "https://api.openai.com/v1"},
        {"https://api.openai.com./v1", "https://api.openai.com/v1"},
        {"api.openai.com:443", "https://api.openai.com/v1"},
        {"https://open.bigmodel.cn/api/paas/v4", "https://open.bigmodel.cn/api/paas/v4"},
        {"https://open.bigmodel.cn/api/paas/v4/chat/completions", "https://open.bigmodel.cn/api/paas/v4"},
        {"open.bigmodel.cn", "https://open.bigmodel.cn/api/paas/v4"},
        {"https://dashscope.aliyuncs.com/compatible-mode/v1",
         "https://dashscope.aliyuncs.com/compatible-mode/v1"},
        {"https://dashscope.aliyuncs.com", "https://dashscope.aliyuncs.com/compatible-mode/v1"},
        {"https://ark.cn-beijing.volces.com/api/v3", "https://ark.cn-beijing.volces.com/api/v3"},
        {"https://ark.cn-beijing.volces.com/api/v3/chat/completions",
         "https://ark.cn-beijing.volces.com/api/v3"},
        {"https://ark.cn-beijing.volces.com", "https://ark.cn-beijing.volces.com/api/v3"},
        {"https://generativelanguage.googleapis.com/v1beta/openai/",
         "https://generativelanguage.googleapis.com/v1beta/openai"},
        {"https://generativelanguage.googleapis.com/v1beta",
         "https://generativelanguage.googleapis.com/v1beta/openai"},
        {"https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"},
        {"openrouter.ai", "https://openrouter.ai/api/v1"},
        {"https://api.groq.com/openai", "https://api.groq.com/openai/v1"},
        {"https://me.openai.azure.com", "https://me.openai.azure.com/openai/v1"},
        {"https://me.openai.azure.com/openai/v1/", "https://me.openai.azure.com/openai/v1"},
        {"https://me.openai.azure.com/openai/deployments/gpt-4o/chat/completions",
         "https://me.openai.azure.com/openai/deployments/gpt-4o"},
        {"https://models.github.ai/inference/chat/completions", "https://models.github.ai/inference"},
        {"http://localhost:11434", "http://localhost:11434/v1"},
        {"localhost:11434", "http://localhost:11434/v1"},
        {"http://localhost:11434/api", "http://localhost:11434/v1"},
        {"http://localhost:11434/api/chat", "http://localhost:11434/v1"},
        {"127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"},
        {"http://127.0.0.1:1234/v1/", "http://127.0.0.1:1234/v1"},
        {"LOCALHOST:1234", "http://localhost:1234/v1"},
        {"http://localhost:1234/api/v0", "http://localhost:1234/api/v0"},
        {"192.168.1.20:8000", "http://192.168.1.20:8000/v1"},
        {"10.0.0.5", "http://10.0.0.5/v1"},
        {"172.32.0.1", "https://172.32.0.1/v1"},
        {"8.8.8.8:8080", "https://8.8.8.8:8080/v1"},
        {"ollama:11434", "http://ollama:11434/v1"},
        {"gpu-box.local:8080", "http://gpu-box.local:8080/v1"},
        {"http://api.example.com:80/v1", "http://api.example.com/v1"},
        {"http://api.example.com:0443/v1", "http://api.example.com:443/v1"},
        {"[::1]:8080", "http://[::1]:8080/v1"},
        {"http://[2001:DB8::0:1]:8080/v1", "http://[2001:db8::1]:8080/v1"},
        {"https://\u6A21\u578B.example.cn/v1", "https://\u6A21\u578B.example.cn/v1"},
        {"https://example.com/\u7F51\u5173/v1", "https://example.com/%E7%BD%91%E5%85%B3/v1"},
        {"https://example.com/a%20b/v1", "https://example.com/a%20b/v1"},
        {"https://example.com/./v1/.", "https://example.com/v1"},
        {"https://gateway.ai.cloudflare.com/v1/acc/gw/openai",
         "https://gateway.ai.cloudflare.com/v1/acc/gw/openai"},
    };
    CHECK(forms.size() >= 40);
    checkForms(forms, ApiFamily::OpenAi);
}

TEST_CASE("an address that could mean something else is refused") {
    checkForms(
        {
            {"", nullptr},
            {"   ", nullptr},
            {"ftp://example.com", nullptr},
            {"file:///etc/passwd", nullptr},
            {"ws://example.com/v1", nullptr},
            {"http://", nullptr},
            {"https:///v1", nullptr},
            {"https://user:secret@example.com/v1", nullptr},
            {"https://example.com@evil.example/v1", nullptr},
            {"https://example.com/v1?key=1", nullptr},
            {"https://example.com/v1#x", nullptr},
            {"https://example.com:0/v1", nullptr},
            {"https://example.com:65536", nullptr},
            {"https://example.com:99999999999", nullptr},
            {"https://example.com:http", nullptr},
            {"https://example.com:/v1", nullptr},
            {"https://exa mple.com", nullptr},
            {"https://example.com/a b", nullptr},
            {"https://example.com/v1\r\nHost: evil", nullptr},
            {"https://example.com/../v1", nullptr},
            {"https://example.com/%2e%2E/v1", nullptr},
            {"https://example.com/%zz", nullptr},
            {"https://example.com/%4", nullptr},
            {"https://example.com\\@evil.example", nullptr},
            {"https://.example.com", nullptr},
            {"https://a..example.com", nullptr},
            {"https://-a.example.com", nullptr},
            {"https://256.1.1.1", nullptr},
            {"https://127.1", nullptr},
            {"https://0x7f.0x1", nullptr},
            {"https://[::1", nullptr},
            {"https://[::g]", nullptr},
            {"https://[::1]x", nullptr},
            {"https://[fe80::1%25eth0]/v1", nullptr},
            {"::1", nullptr},
            {"https://exam%70le.com", nullptr},
            {"https://\xFF\xFE.com", nullptr},
            {"sk-abc def", nullptr},
        },
        ApiFamily::OpenAi);
    CHECK_FALSE(normaliseEndpoint("https://a.com/\0x"s).ok());
    CHECK_FALSE(normaliseEndpoint("https://" + std::string(300, 'a') + ".com").ok());
}

TEST_CASE("an Anthropic base ends where /messages follows") {
    checkForms(
        {
            {"https://api.anthropic.com", "https://api.anthropic.com/v1"},
            {"https://api.anthropic.com/v1", "https://api.anthropic.com/v1"},
            {"https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1"},
            {"https://api.anthropic.com/v1/messages/count_tokens", "https://api.anthropic.com/v1"},
            {"https://api.deepseek.com/anthropic", "https://api.deepseek.com/anthropic/v1"},
            {"https://open.bigmodel.cn/api/anthropic/", "https://open.bigmodel.cn/api/anthropic/v1"},
            {"localhost:8080", "http://localhost:8080/v1"},
        },
        ApiFamily::Anthropic);
    CHECK(endpointUrl(*normaliseEndpoint("api.anthropic.com", ApiFamily::Anthropic), "/messages") ==
          "https://api.anthropic.com/v1/messages");
}

TEST_CASE("a URL has exactly one slash between base and path") {
    for (const char* base : {"https://a/v1", "https://a/v1/"}) {
        for (const char* path : {"/chat/completions", "chat/completions"})
            CHECK(endpointUrl(base, path) == "https://a/v1/chat/completions");
    }
}
