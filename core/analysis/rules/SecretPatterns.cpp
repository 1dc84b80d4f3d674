#include "core/analysis/rules/SecretPatterns.h"

#include "core/analysis/rules/Secrets.h"

namespace exo::analysis {

namespace {

// From the providers' own documentation of their token formats.
constexpr SecretPattern k_patterns[]{
    {"secret/aws-access-key", "AKIA", Alphabet::Upper, 16, 16},
    {"secret/aws-access-key", "ASIA", Alphabet::Upper, 16, 16},
    {"secret/aws-access-key", "ABIA", Alphabet::Upper, 16, 16},
    {"secret/aws-access-key", "ACCA", Alphabet::Upper, 16, 16},
    {"secret/github-token", "ghp_", Alphabet::Alnum, 36, 36},
    {"secret/github-token", "gho_", Alphabet::Alnum, 36, 36},
    {"secret/github-token", "ghu_", Alphabet::Alnum, 36, 36},
    {"secret/github-token", "ghs_", Alphabet::Alnum, 36, 36},
    {"secret/github-token", "ghr_", Alphabet::Alnum, 36, 76},
    {"secret/github-token", "github_pat_", Alphabet::Url, 50, 100},
    {"secret/gitlab-token", "glpat-", Alphabet::Url, 20, 64},
    {"secret/gitlab-token", "glrt-", Alphabet::Url, 20, 64},
    {"secret/slack-token", "xoxb-", Alphabet::Slack, 20, 120},
    {"secret/slack-token", "xoxp-", Alphabet::Slack, 20, 120},
    {"secret/slack-token", "xoxa-", Alphabet::Slack, 20, 120},
    {"secret/slack-token", "xoxr-", Alphabet::Slack, 20, 120},
    {"secret/slack-token", "xapp-", Alphabet::Slack, 30, 160},
    {"secret/slack-webhook", "hooks.slack.com/services/", Alphabet::Path, 30, 90},
    {"secret/google-api-key", "AIza", Alphabet::Url, 35, 35},
    {"secret/google-oauth-secret", "GOCSPX-", Alphabet::Url, 28, 28},
    {"secret/stripe-key", "sk_live_", Alphabet::Alnum, 16, 200},
    {"secret/stripe-key", "rk_live_", Alphabet::Alnum, 16, 200},
    {"secret/anthropic-key", "sk-ant-", Alphabet::Url, 40, 200},
    {"secret/openai-key", "sk-proj-", Alphabet::Url, 40, 250},
    {"secret/openai-key", "sk-svcacct-", Alphabet::Url, 40, 250},
    {"secret/openai-key", "sk-admin-", Alphabet::Url, 40, 250},
    {"secret/openai-key", "sk-", Alphabet::Alnum, 48, 48},
    {"secret/model-provider-key", "sk-", Alphabet::Hex, 32, 32},
    {"secret/huggingface-token", "hf_", Alphabet::Alnum, 34, 34},
    {"secret/npm-token", "npm_", Alphabet::Alnum, 36, 36},
    {"secret/pypi-token", "pypi-AgEIcHlwaS5vcmc", Alphabet::Url, 50, 500},
    {"secret/sendgrid-key", "SG.", Alphabet::Url, 22, 22},
    {"secret/digitalocean-token", "dop_v1_", Alphabet::Hex, 64, 64},
    {"secret/shopify-token", "shpat_", Alphabet::Hex, 32, 32},
    {"secret/azure-storage-key", "AccountKey=", Alphabet::Base64, 86, 88},
    {"secret/aliyun-access-key", "LTAI", Alphabet::Alnum, 12, 26},
    {"secret/tencent-secret-id", "AKID", Alphabet::Alnum, 32, 36},
    {"secret/dingtalk-webhook", "oapi.dingtalk.com/robot/send?access_token=", Alphabet::Hex, 64, 64},
    {"secret/feishu-webhook", "open.feishu.cn/open-apis/bot/v2/hook/", Alphabet::Url, 30, 64},
    {"secret/feishu-webhook", "open.larksuite.com/open-apis/bot/v2/hook/", Alphabet::Url, 30, 64},
    {"secret/wecom-webhook", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", Alphabet::Url, 32, 64},
};

using Severity = FindingRecord::Severity;
constexpr SecretName k_names[]{
    {"secret/aws-access-key", "AWS access key", "AWS 访问密钥", Severity::Error},
    {"secret/github-token", "GitHub token", "GitHub 令牌", Severity::Error},
    {"secret/gitlab-token", "GitLab token", "GitLab 令牌", Severity::Error},
    {"secret/slack-token", "Slack token", "Slack 令牌", Severity::Error},
    {"secret/slack-webhook", "Slack webhook", "Slack Webhook 地址", Severity::Error},
    {"secret/google-api-key", "Google API key", "Google API 密钥", Severity::Error},
    {"secret/google-oauth-secret", "Google OAuth client secret", "Google OAuth 客户端密钥", Severity::Error},
    {"secret/stripe-key", "Stripe live key", "Stripe 生产密钥", Severity::Error},
    {"secret/anthropic-key", "Anthropic API key", "Anthropic API 密钥", Severity::Error},
    {"secret/openai-key", "OpenAI API key", "OpenAI API 密钥", Severity::Error},
    {"secret/model-provider-key", "API key of a model provider", "模型服务商 API 密钥", Severity::Error},
    {"secret/huggingface-token", "Hugging Face token", "Hugging Face 令牌", Severity::Error},
    {"secret/npm-token", "npm token", "npm 令牌", Severity::Error},
    {"secret/pypi-token", "PyPI token", "PyPI 令牌", Severity::Error},
    {"secret/sendgrid-key", "SendGrid key", "SendGrid 密钥", Severity::Error},
    {"secret/digitalocean-token", "DigitalOcean token", "DigitalOcean 令牌", Severity::Error},
    {"secret/shopify-token", "Shopify token", "Shopify 令牌", Severity::Error},
    {"secret/azure-storage-key", "Azure storage key", "Azure 存储密钥", Severity::Error},
    {"secret/aliyun-access-key", "Alibaba Cloud AccessKey", "阿里云 AccessKey", Severity::Error},
    {"secret/tencent-secret-id", "Tencent Cloud SecretId", "腾讯云 SecretId", Severity::Error},
    {"secret/dingtalk-webhook", "DingTalk robot webhook", "钉钉机器人 Webhook", Severity::Error},
    {"secret/feishu-webhook", "Feishu robot webhook", "飞书机器人 Webhook", Severity::Error},
    {"secret/wecom-webhook", "WeCom robot webhook", "企业微信机器人 Webhook", Severity::Error},
    {"secret/private-key", "private key", "私钥", Severity::Error},
    {"secret/jwt", "JSON web token", "JWT 令牌", Severity::Warning},
    {"secret/url-password", "password in a URL", "URL 中的密码", Severity::Warning},
    {"secret/password", "password", "密码", Severity::Warning},
    {"secret/token", "token or key", "令牌或密钥", Severity::Warning},
};

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool isLower(char c) {
    return c >= 'a' && c <= 'z';
}

} // namespace

bool inAlphabet(Alphabet alphabet, char c) {
    if (isDigit(c)) return true;
    switch (alphabet) {
    case Alphabet::Upper: return isUpper(c);
    case Alphabet::Alnum: return isUpper(c) || isLower(c);
    case Alphabet::Hex: return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    case Alphabet::Url: return isUpper(c) || isLower(c) || c == '_' || c == '-';
    case Alphabet::Slack: return isUpper(c) || isLower(c) || c == '-';
    case Alphabet::Path: return isUpper(c) || isLower(c) || c == '/';
    case Alphabet::Base64: return isUpper(c) || isLower(c) || c == '+' || c == '/' || c == '=';
    }
    return false;
}

std::span<const SecretPattern> secretPatterns() {
    return k_patterns;
}

std::span<const SecretName> secretNames() {
    return k_names;
}

std::vector<RuleInfo> secretRules() {
    std::vector<RuleInfo> rules;
    for (const SecretName& name : k_names) {
        RuleInfo info;
        info.id = name.rule;
        info.titleEn = std::string("Hard-coded ") + std::string(name.en);
        info.titleZh = "硬编码的" + std::string(name.zh);
        info.helpEn = "Whoever can read the code can use it, and it stays in the history. Revoke it, issue a "
                      "new one and load it "
                      "from the environment or a secret store.";
        info.helpZh = "凡能读到代码的人都能使用它，而且它会一直留在提交历史中。请吊销并换发，改为从环境变量或"
                      "密钥库读取。";
        info.severity = name.severity;
        info.cwe = "CWE-798";
        rules.push_back(std::move(info));
    }
    return rules;
}

} // namespace exo::analysis
