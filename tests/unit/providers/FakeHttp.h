#pragma once
// An HttpClient that plays recorded answers, cut into pieces as the test says, and remembers what was asked.

#include "core/net/HttpClient.h"
#include "core/providers/Completion.h"

#include <cstddef>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace exo::test {

struct Played {
    int status = 200;
    std::string body;
    std::vector<net::Header> headers;
    std::optional<Error> refusal; // send() fails
    std::optional<Error> cut;     // instead of the end of the body
    std::size_t firstPiece = 0;   // 0: as long as the others
    std::size_t piece = std::size_t(1) << 20;
};

class FakeHttp final : public net::HttpClient {
  public:
    std::deque<Played> script;
    std::vector<net::HttpRequest> requests;
    int open = 0; // responses not yet destroyed

    Task<std::unique_ptr<net::HttpResponse>> send(net::HttpRequest request, CancelToken cancel) override {
        requests.push_back(std::move(request));
        if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        if (script.empty()) throw std::logic_error("the test expected no further request");
        Played played = std::move(script.front());
        script.pop_front();
        if (played.refusal) co_return *played.refusal;
        std::unique_ptr<net::HttpResponse> response =
            std::make_unique<Response>(*this, std::move(played), cancel);
        co_return std::move(response);
    }

  private:
    class Response final : public net::HttpResponse {
      public:
        Response(FakeHttp& owner, Played played, CancelToken cancel)
            : m_owner(owner)
            , m_played(std::move(played))
            , m_cancel(std::move(cancel)) {
            ++m_owner.open;
        }
        ~Response() override { --m_owner.open; }
        int status() const override { return m_played.status; }
        const std::vector<net::Header>& headers() const override { return m_played.headers; }
        Task<std::string> read() override {
            if (m_cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
            if (m_position >= m_played.body.size()) {
                if (m_played.cut) co_return *m_played.cut;
                co_return std::string();
            }
            const bool first = m_position == 0 && m_played.firstPiece > 0;
            std::string piece =
                m_played.body.substr(m_position, first ? m_played.firstPiece : m_played.piece);
            m_position += piece.size();
            co_return piece;
        }
        Task<std::string> readAll() override {
            std::string all;
            for (;;) {
                auto piece = co_await read();
                if (!piece) co_return std::move(piece).error();
                if (piece->empty()) co_return all;
                all += *piece;
            }
        }

      private:
        FakeHttp& m_owner;
        Played m_played;
        CancelToken m_cancel;
        std::size_t m_position = 0;
    };
};

inline std::string recorded(const std::string& name) {
    std::ifstream file(std::string(EXO_TEST_DATA "/upstream/") + name, std::ios::binary);
    if (!file) throw std::runtime_error("no recording " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

// An answer as one text: reasoning in (), calls in [], extras in {}, the end in <>; other choices are led by
// #N.
class Summary {
  public:
    std::string text;

    void operator()(const TextDelta& e) { part('t', e.choice, e.text); }
    void operator()(const ReasoningDelta& e) { part('r', e.choice, e.text); }
    void operator()(const ToolCallDelta& e) {
        if (!e.id.empty() || !e.name.empty()) {
            m_last = 0;
            text += lead(e.choice) + "[" + std::to_string(e.index) + ":" + e.id + ":" + e.name + "]";
        }
        if (!e.arguments.empty()) part(static_cast<char>('0' + e.index), e.choice, e.arguments);
    }
    void operator()(const ExtraDelta& e) {
        text += lead(e.choice) + "{" + dumpJson(e.delta) + dumpJson(e.choiceMembers) + "}";
        m_last = 0;
    }
    void operator()(const CitationDelta&) { text += "?citation"; }
    void operator()(const FinishDelta& e) {
        text += lead(e.choice) + "<" + e.reason + ">";
        m_last = 0;
    }
    void operator()(const UsageDelta& e) {
        text += "<" + std::to_string(e.usage.inputTokens) + "+" + std::to_string(e.usage.outputTokens) + ">";
    }

  private:
    static std::string lead(int choice) { return choice == 0 ? "" : "#" + std::to_string(choice); }
    void part(char kind, int choice, const std::string& more) {
        if (kind != m_last || choice != m_choice) {
            text += lead(choice);
            text += kind == 't' ? "T:" : kind == 'r' ? "R:" : std::string("A") + kind + ":";
        }
        text += more;
        m_last = kind;
        m_choice = choice;
    }
    char m_last = 0;
    int m_choice = 0;
};

} // namespace exo::test
