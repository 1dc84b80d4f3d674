#include "core/providers/LocalProvider.h"

#include "core/base/Ids.h"
#include "core/base/Text.h"
#include "core/providers/LocalAnswer.h"

#include <deque>

namespace exo {

namespace {

constexpr std::size_t k_maxExcerpts = 6;
constexpr std::size_t k_maxBytes = 12u << 10;

// About a token per Chinese character and per four other bytes.
std::int64_t estimateTokens(std::string_view text) {
    std::int64_t wide = 0;
    std::int64_t other = 0;
    for (std::size_t pos = 0; pos < text.size();) {
        const std::size_t before = pos;
        if (isCjk(nextCodePoint(text, pos)))
            ++wide;
        else
            other += static_cast<std::int64_t>(pos - before);
    }
    return wide + (other + 3) / 4;
}

api::Usage usageOf(std::string_view question, std::string_view answer) {
    return {estimateTokens(question), estimateTokens(answer), true};
}

Json usageJson(const api::Usage& usage) {
    return {{"prompt_tokens", usage.inputTokens},
            {"completion_tokens", usage.outputTokens},
            {"total_tokens", usage.inputTokens + usage.outputTokens}};
}

RetrievalQuery queryFor(const LocalQuestion& question, const RetrievalScope& scope) {
    RetrievalQuery query;
    query.question = question.text;
    query.scope = scope;
    query.maxExcerpts = k_maxExcerpts;
    query.maxBytes = k_maxBytes;
    query.project = question.intent != LocalIntent::Overview;
    query.sessions = question.intent != LocalIntent::Overview && question.intent != LocalIntent::Usage;
    query.nearest = true;
    query.help = question.intent != LocalIntent::Overview;
    return query;
}

bool isProjectTrouble(const Error& error) {
    return error.code == ErrorCode::NotFound || error.code == ErrorCode::IoError ||
           error.code == ErrorCode::StorageError || error.code == ErrorCode::StorageFull ||
           error.code == ErrorCode::StorageReadOnly || error.code == ErrorCode::StorageCorrupt;
}

// Nothing, when the project cannot be analysed: its text can still be searched.
Task<std::vector<FactAnswer>> factsFor(Retriever& retriever, LocalQuestion question, RetrievalScope scope,
                                       CancelToken cancel) {
    std::vector<FactAnswer> answers;
    for (FactQuery& query : factQueriesFor(question, scope.project)) {
        const FactQuery::Kind kind = query.kind;
        auto facts = co_await retriever.facts(std::move(query), cancel);
        if (cancel.cancelled() && !timeIsUp(cancel)) co_return fail(ErrorCode::Cancelled);
        if (!facts.ok()) break;
        // What it calls and who calls it is told of what is defined here.
        if (kind != FactQuery::Kind::Definition && question.intent == LocalIntent::Explain &&
            facts->facts.empty())
            continue;
        const bool defined = kind != FactQuery::Kind::Definition || !facts->facts.empty();
        answers.push_back({kind, std::move(*facts)});
        if (!defined) break;
    }
    co_return answers;
}

bool answered(const LocalQuestion& question, const LocalFindings& findings) {
    if (!isAnsweredByFacts(question.intent) || findings.facts.empty()) return false;
    const ProjectFacts& facts = findings.facts.front().facts;
    const bool asksForName = !facts.subjects.empty() || !facts.facts.empty();
    return facts.analysed && (asksForName || question.intent >= LocalIntent::Largest);
}

// What there is to know. Trouble with the project's folder is told in the answer; the other sources still
// count.
Task<LocalFindings> gather(Retriever& retriever, LocalQuestion question, RetrievalScope scope,
                           CancelToken cancel) {
    LocalFindings findings;
    findings.project = scope.project;
    if (question.intent == LocalIntent::About) co_return findings;
    if (question.intent == LocalIntent::Overview) {
        auto overview = co_await retriever.overview(scope.project, cancel);
        if (overview.ok()) {
            findings.overview = std::move(overview).value();
            findings.unfinished = timeIsUp(cancel);
            co_return findings;
        }
        if (!isProjectTrouble(overview.error())) co_return std::move(overview).error();
        findings.projectUnreadable = true;
    }
    EXO_CO_TRY(findings.facts, co_await factsFor(retriever, question, scope, cancel));
    if (answered(question, findings)) {
        findings.unfinished = timeIsUp(cancel);
        co_return findings;
    }
    RetrievalQuery query = queryFor(question, scope);
    RetrievalQuery withoutProject = query;
    auto found = co_await retriever.retrieve(std::move(query), cancel);
    if (!found.ok() && !scope.project.empty() && isProjectTrouble(found.error())) {
        findings.projectUnreadable = true;
        withoutProject.project = false;
        found = co_await retriever.retrieve(std::move(withoutProject), cancel);
    }
    if (!found.ok()) co_return std::move(found).error();
    findings.excerpts = std::move(found).value();
    findings.unfinished = timeIsUp(cancel) && !scope.project.empty();
    co_return findings;
}

class LocalStream final : public CompletionStream {
  public:
    LocalStream(Retriever& retriever, LocalQuestion question, CallContext context)
        : m_retriever(retriever)
        , m_question(std::move(question))
        , m_context(std::move(context)) {
        m_head.id = newIdText("chatcmpl-");
        m_head.model = LocalProvider::k_model;
    }

    const StreamHead& head() const override { return m_head; }

    Task<std::optional<CompletionEvent>> next() override {
        if (m_context.cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        if (m_stage == Stage::Opening) {
            m_stage = Stage::Search;
            co_return text(localOpening(m_question));
        }
        if (m_stage == Stage::Search) {
            auto findings = co_await gather(m_retriever, m_question, m_context.scope, m_context.cancel);
            if (!findings.ok()) co_return std::move(findings).error();
            if (m_context.cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
            queueAnswer(*findings);
            m_stage = Stage::Answer;
        }
        if (m_events.empty()) co_return std::optional<CompletionEvent>{};
        std::optional<CompletionEvent> event = std::move(m_events.front());
        m_events.pop_front();
        co_return event;
    }

  private:
    enum class Stage { Opening, Search, Answer };

    std::optional<CompletionEvent> text(std::string piece) {
        m_answer += piece;
        TextDelta delta;
        delta.text = std::move(piece);
        return CompletionEvent(std::move(delta));
    }

    void queueAnswer(const LocalFindings& findings) {
        for (AnswerPart& part : composeLocalAnswer(m_question, findings)) {
            m_events.push_back(*text(std::move(part.text)));
            for (api::Citation& citation : part.citations)
                m_events.emplace_back(CitationDelta{std::move(citation)});
        }
        FinishDelta finish;
        finish.reason = "stop";
        m_events.emplace_back(std::move(finish));
        const api::Usage usage = usageOf(m_question.text, m_answer);
        m_events.emplace_back(UsageDelta{usage, usageJson(usage)});
    }

    Retriever& m_retriever;
    LocalQuestion m_question;
    CallContext m_context;
    StreamHead m_head;
    Stage m_stage = Stage::Opening;
    std::string m_answer;
    std::deque<CompletionEvent> m_events;
};

} // namespace

Task<Completion> LocalProvider::complete(CompletionRequest request, CallContext context) {
    const bool hasProject = !context.scope.project.empty();
    EXO_CO_TRY(LocalQuestion question, localQuestionFrom(request.body, hasProject));
    const auto givenUp = [&] { return context.cancel.cancelled() && !timeIsUp(context.cancel); };
    if (givenUp()) co_return fail(ErrorCode::Cancelled);
    EXO_CO_TRY(const LocalFindings findings,
               co_await gather(m_retriever, question, context.scope, context.cancel));
    if (givenUp()) co_return fail(ErrorCode::Cancelled);

    Completion completion;
    std::string answer = localOpening(question);
    for (AnswerPart& part : composeLocalAnswer(question, findings)) {
        answer += part.text;
        std::move(part.citations.begin(), part.citations.end(), std::back_inserter(completion.citations));
    }
    completion.model = k_model;
    completion.usage = usageOf(question.text, answer);
    const Json message{{"role", "assistant"}, {"content", answer}};
    const Json choice{{"index", 0}, {"message", message}, {"logprobs", nullptr}, {"finish_reason", "stop"}};
    completion.body = {{"id", newIdText("chatcmpl-")},
                       {"object", "chat.completion"},
                       {"created", toUnixMillis(m_clock.wallNow()) / 1000},
                       {"model", completion.model},
                       {"choices", Json::array({choice})},
                       {"usage", usageJson(completion.usage)}};
    co_return completion;
}

Task<std::unique_ptr<CompletionStream>> LocalProvider::stream(CompletionRequest request,
                                                              CallContext context) {
    EXO_CO_TRY(LocalQuestion question, localQuestionFrom(request.body, !context.scope.project.empty()));
    if (context.cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
    std::unique_ptr<CompletionStream> stream =
        std::make_unique<LocalStream>(m_retriever, std::move(question), std::move(context));
    co_return stream;
}

Task<EmbeddingResult> LocalProvider::embed(EmbeddingRequest, CallContext) {
    co_return fail(ErrorCode::Unsupported, "the local assistant makes no embeddings", "model");
}

Task<std::vector<api::ModelInfo>> LocalProvider::listModels(CallContext) {
    api::ModelInfo model;
    model.id = k_model;
    model.provider = m_name;
    model.ownedBy = "exobrain";
    std::vector<api::ModelInfo> models;
    models.push_back(std::move(model));
    co_return models;
}

} // namespace exo
