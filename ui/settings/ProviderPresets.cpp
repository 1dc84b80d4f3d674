#include "ui/settings/ProviderPresets.h"

namespace exo::ui {

namespace {

struct Row {
    const char* id;
    const char* title;
    const char* type;
    const char* baseUrl;
    const char* models; // comma-separated
    bool needsKey;
    const char* keyPage;
};

constexpr Row k_rows[] = {
    {"deepseek", "DeepSeek", "openai", "https://api.deepseek.com", "deepseek-chat,deepseek-reasoner", true,
     "https://platform.deepseek.com/api_keys"},
    {"openai", "OpenAI", "openai", "https://api.openai.com/v1", "gpt-4o,gpt-4o-mini", true,
     "https://platform.openai.com/api-keys"},
    {"anthropic", "Anthropic", "anthropic", "https://api.anthropic.com", "claude-sonnet-4-5,claude-haiku-4-5",
     true, "https://console.anthropic.com/settings/keys"},
    {"qwen", "Qwen / DashScope", "openai", "https://dashscope.aliyuncs.com/compatible-mode/v1",
     "qwen-plus,qwen-turbo,qwen-max", true, "https://bailian.console.aliyun.com/?apiKey=1"},
    {"zhipu", "Zhipu GLM", "openai", "https://open.bigmodel.cn/api/paas/v4", "glm-4-plus,glm-4-flash", true,
     "https://open.bigmodel.cn/usercenter/apikeys"},
    {"moonshot", "Moonshot Kimi", "openai", "https://api.moonshot.cn/v1", "moonshot-v1-8k,moonshot-v1-32k",
     true, "https://platform.moonshot.cn/console/api-keys"},
    {"siliconflow", "SiliconFlow", "openai", "https://api.siliconflow.cn/v1",
     "deepseek-ai/DeepSeek-V3,Qwen/Qwen2.5-72B-Instruct", true, "https://cloud.siliconflow.cn/account/ak"},
    {"openrouter", "OpenRouter", "openai", "https://openrouter.ai/api/v1", "openrouter/auto", true,
     "https://openrouter.ai/keys"},
    {"ollama", "Ollama", "openai", "http://127.0.0.1:11434/v1", "", false, ""},
    {"lmstudio", "LM Studio", "openai", "http://127.0.0.1:1234/v1", "", false, ""},
};

} // namespace

std::vector<ProviderPreset> ProviderPresets::all() {
    std::vector<ProviderPreset> presets;
    for (const Row& row : k_rows) {
        ProviderPreset preset{QString::fromLatin1(row.id),
                              QString::fromLatin1(row.title),
                              QString::fromLatin1(row.type),
                              QString::fromLatin1(row.baseUrl),
                              QString::fromLatin1(row.models).split(u',', Qt::SkipEmptyParts),
                              row.needsKey,
                              QString::fromLatin1(row.keyPage)};
        if (!row.needsKey) preset.title = tr("%1 (this computer)").arg(preset.title);
        presets.push_back(std::move(preset));
    }
    presets.push_back(
        {QStringLiteral("custom"), tr("Other, by address"), QStringLiteral("openai"), {}, {}, true, {}});
    return presets;
}

} // namespace exo::ui
