#pragma once
// POST /v1/chat/completions as OpenAI's clients speak it. io thread.
// https://platform.openai.com/docs/api-reference/chat

#include "core/server/Router.h"
#include "core/server/Services.h"

namespace exo::server {

struct ChatCall {
    CompletionRequest request;
    bool stream = false;
    bool includeUsage = false;
};
// Checks what every provider relies on; members we do not know pass untouched.
Result<ChatCall> parseChatCall(Json body);

class ChatCompletionsApi {
  public:
    explicit ChatCompletionsApi(const Services& services)
        : m_services(services) {}
    void addRoutes(Router& router);

  private:
    Task<void> create(Exchange& exchange);
    Task<void> answer(Exchange& exchange, CompletionRequest request, GatewayCall call);
    Task<void> stream(Exchange& exchange, ChatCall chat, GatewayCall call);

    const Services& m_services;
};

} // namespace exo::server
