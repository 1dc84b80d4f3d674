#include "core/Retrieval.h"

#include "core/analysis/QueryTerms.h"
#include "core/analysis/retrieve/FactFinder.h"
#include "core/base/Text.h"

#include <algorithm>
#include <map>

namespace exo {

namespace {

constexpr std::size_t k_sessionHits = 20;
constexpr std::size_t k_sessionWords = 6; // asked one by one when no message has them all
constexpr std::size_t k_helpSections = 2;

std::string withoutMarks(std::string_view snippet) {
    std::string text;
    for (std::size_t pos = 0; pos < snippet.size();) {
        const char32_t c = nextCodePoint(snippet, pos);
        if (c != 0xE000 && c != 0xE001) appendUtf8(text, c);
    }
    return text;
}

Excerpt excerptOf(const api::SearchHit& hit, double score) {
    Excerpt excerpt;
    excerpt.source = Excerpt::Source::Session;
    excerpt.path = hit.sessionTitle;
    excerpt.text = withoutMarks(hit.snippet);
    excerpt.sessionId = hit.sessionId;
    excerpt.messageId = hit.messageId;
    excerpt.score = score;
    return excerpt;
}

// Best first, one excerpt a session, without the session that asks.
std::vector<Excerpt> ordered(std::vector<Excerpt> found, const SessionId& asking, std::size_t limit) {
    std::stable_sort(found.begin(), found.end(),
                     [](const Excerpt& a, const Excerpt& b) { return a.score > b.score; });
    std::vector<Excerpt> kept;
    for (Excerpt& excerpt : found) {
        const auto sameSession = [&](const Excerpt& other) { return other.sessionId == excerpt.sessionId; };
        if (excerpt.sessionId == asking || std::any_of(kept.begin(), kept.end(), sameSession)) continue;
        if (kept.size() == limit) break;
        kept.push_back(std::move(excerpt));
    }
    return kept;
}

} // namespace

Task<std::vector<Excerpt>> Retrieval::retrieve(RetrievalQuery query, CancelToken cancel) {
    std::vector<Excerpt> all;
    if (query.project && !query.scope.project.empty()) {
        EXO_CO_TRY(all, co_await fromProject(query, cancel));
    }
    if (cancel.cancelled() && !timeIsUp(cancel)) co_return fail(ErrorCode::Cancelled);
    if (query.sessions && query.scope.sessions) {
        EXO_CO_TRY(auto found, co_await fromSessions(query));
        std::move(found.begin(), found.end(), std::back_inserter(all));
    }
    if (query.help) {
        auto found = m_help.search(query.question, std::min(query.maxExcerpts, k_helpSections));
        std::move(found.begin(), found.end(), std::back_inserter(all));
    }
    co_return all;
}

Task<std::vector<Excerpt>> Retrieval::fromProject(const RetrievalQuery& query, CancelToken cancel) {
    if (!analysis::queryTerms(query.question).empty()) {
        EXO_CO_TRY(auto found, co_await m_projects.search(query.scope.project, query.question,
                                                          query.maxExcerpts, query.maxBytes, cancel));
        if (!query.nearest) std::erase_if(found, [](const Excerpt& excerpt) { return excerpt.weak; });
        co_return found;
    }
    // "What does this project do?" has no word to search for: what the project says of itself answers it.
    EXO_CO_TRY(auto overview, co_await m_projects.overview(query.scope.project, cancel));
    auto excerpts = std::move(overview.descriptions);
    if (excerpts.size() > query.maxExcerpts) excerpts.resize(query.maxExcerpts);
    co_return excerpts;
}

Task<std::vector<Excerpt>> Retrieval::fromSessions(const RetrievalQuery& query) {
    Owner owner;
    if (!query.scope.owner.empty()) owner.id = query.scope.owner;
    const std::vector<std::string> words = analysis::spokenWords(query.question);
    if (words.empty()) co_return std::vector<Excerpt>{};
    std::string together;
    for (const std::string& word : words)
        together += word + " ";
    EXO_CO_TRY(auto hits, co_await m_sessions.search(owner, std::move(together), k_sessionHits));
    std::vector<Excerpt> found;
    for (const api::SearchHit& hit : hits)
        found.push_back(excerptOf(hit, 100 + hit.score)); // all words beat any number of single ones
    found = ordered(std::move(found), query.scope.exclude, query.maxExcerpts);
    if (!found.empty() || words.size() == 1) co_return found;

    std::map<MessageId, Excerpt> byMessage; // a message counts once for each word it has
    for (std::size_t i = 0; i < std::min(words.size(), k_sessionWords); ++i) {
        EXO_CO_TRY(auto some, co_await m_sessions.search(owner, words[i], k_sessionHits));
        for (const api::SearchHit& hit : some) {
            const auto [it, isNew] = byMessage.try_emplace(hit.messageId, excerptOf(hit, 0));
            it->second.score += 1;
        }
    }
    for (auto& [id, excerpt] : byMessage)
        if (2 * excerpt.score >= static_cast<double>(words.size())) found.push_back(std::move(excerpt));
    co_return ordered(std::move(found), query.scope.exclude, query.maxExcerpts);
}

Task<ProjectOverview> Retrieval::overview(std::string project, CancelToken cancel) {
    co_return co_await m_projects.overview(std::move(project), std::move(cancel));
}

Task<ProjectFacts> Retrieval::facts(FactQuery query, CancelToken cancel) {
    if (!m_knowledge || query.project.empty()) co_return ProjectFacts{};
    const auto facts = std::make_shared<ProjectFacts>();
    std::string project = query.project;
    const auto need = analysis::needsWholes(query) ? KnowledgeNeed::Everything : KnowledgeNeed::Code;
    KnowledgeJob job = [facts, query = std::move(query)](const analysis::KnownProject& known,
                                                         const std::atomic<bool>&) {
        *facts = analysis::findFacts(known, query);
    };
    auto asked = co_await m_knowledge->ask(std::move(project), std::move(job), cancel, need);
    if (!asked.ok() && timeIsUp(cancel)) co_return ProjectFacts{};
    if (!asked.ok()) co_return std::move(asked).error();
    co_return std::move(*facts);
}

Task<std::vector<std::string>> Retrieval::hashes(std::string project, std::vector<std::string> paths,
                                                 CancelToken) {
    co_return co_await m_projects.hashes(std::move(project), std::move(paths));
}

} // namespace exo
