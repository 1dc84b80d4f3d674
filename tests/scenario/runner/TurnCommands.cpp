// Commands that make something answer, stop or die.

#include "tests/scenario/runner/World.h"

#include <algorithm>
#include <stdexcept>

namespace exo::test {

namespace {

// Text older than this must survive a kill; the slack is for a slow disk of a busy machine.
constexpr std::chrono::milliseconds k_flush{500};
constexpr std::chrono::milliseconds k_slack{250};

} // namespace

// What a turn said, and that the same is on record.
Lines World::runTurn(TurnOrder order) {
    Face& running = face();
    const SessionId session = order.session;
    Turn turn(running, std::move(order));
    turn.join();
    Lines lines = turn.report();
    if (!turn.last()) return lines;
    const auto page = running.messages(session, 1000, std::nullopt);
    if (!page) return {"error: " + std::string(toString(page.error().code))};
    const auto found = std::ranges::find(page->messages, turn.last()->id, &api::Message::id);
    if (found == page->messages.end())
        lines.emplace_back("broken: the answer is not on record");
    else if (found->content != turn.last()->content || found->state != turn.last()->state)
        lines.push_back("broken: on record is \"" + oneLine(found->content) + "\" " +
                        std::string(api::toString(found->state)));
    return lines;
}

// send NAME TEXT [model=M] [attach="text of a file"]
Lines World::send(const Statement& statement) {
    TurnOrder order;
    order.session = sessionNamed(statement.word(0));
    order.content = statement.word(1);
    order.model = statement.option("model");
    if (statement.options.contains("attach")) {
        api::Attachment file;
        file.name = "notes.txt";
        file.mimeType = "text/plain";
        file.data = statement.option("attach");
        file.size = static_cast<std::int64_t>(file.data.size());
        order.attachments.push_back(std::move(file));
    }
    return runTurn(std::move(order));
}

// regenerate NAME #N [model=M]: another answer beside assistant message N.
Lines World::regenerate(const Statement& statement) {
    TurnOrder order;
    order.kind = TurnOrder::Kind::Regenerate;
    order.session = sessionNamed(statement.word(0));
    order.message = messageAt(statement.word(0), statement.word(1)).id;
    order.model = statement.option("model");
    return runTurn(std::move(order));
}

// edit NAME #N TEXT: user message N in other words, and its answer.
Lines World::edit(const Statement& statement) {
    TurnOrder order;
    order.kind = TurnOrder::Kind::Edit;
    order.session = sessionNamed(statement.word(0));
    order.message = messageAt(statement.word(0), statement.word(1)).id;
    order.content = statement.word(2);
    return runTurn(std::move(order));
}

// begin NAME TEXT [model=M] [deltas=1] [for=MS] [killable=yes]: starts a turn, goes on once so many deltas
// came and the first is so old.
Lines World::begin(const Statement& statement) {
    TurnOrder order;
    order.session = sessionNamed(statement.word(0));
    order.content = statement.word(1);
    order.model = statement.option("model");
    order.killable = statement.option("killable") == "yes";
    auto& turn = m_turns[statement.word(0)];
    turn = std::make_unique<Turn>(face(), std::move(order));
    turn->waitFor(std::stoi(statement.option("deltas", "1")),
                  std::chrono::milliseconds(std::stoi(statement.option("for", "0"))));
    return {};
}

Lines World::finish(const Statement& statement) {
    Turn& turn = *m_turns.at(statement.word(0));
    turn.join();
    return turn.report();
}

// stop NAME: as the Stop button.
Lines World::stop(const Statement& statement) {
    const auto stopped = face().stopTurn(sessionNamed(statement.word(0)));
    if (!stopped) return {"error: " + std::string(toString(stopped.error().code))};
    return {*stopped ? "stopped" : "nothing ran"};
}

Lines World::restart(const Statement&) {
    face().stop();
    m_running = false;
    face();
    return {};
}

// kill: no chance to say goodbye, then a new start.
Lines World::kill(const Statement&) {
    m_killedAt = SteadyClock::now();
    face().kill();
    for (const auto& [name, turn] : m_turns)
        turn->join();
    m_running = false;
    face();
    return {};
}

// kept NAME: after a kill, whether the acknowledged question and all text older than the flush interval are
// on record.
Lines World::kept(const Statement& statement) {
    const Turn& turn = *m_turns.at(statement.word(0));
    const auto messages = allMessages(statement.word(0));
    const auto find = [&](const MessageId& id) { return std::ranges::find(messages, id, &api::Message::id); };
    if (!turn.started()) return {"the question was never acknowledged"};
    if (find(turn.started()->userMessageId) == messages.end()) return {"the question is lost"};
    const auto answer = find(turn.started()->assistantMessageId);
    if (answer == messages.end()) return {"the answer is lost"};
    const std::string due = turn.textUntil(m_killedAt - k_flush - k_slack);
    if (due.empty()) return {"nothing was old enough to be due"};
    if (!answer->content.starts_with(due))
        return {"text is lost: due were " + std::to_string(due.size()) + " bytes, kept are " +
                std::to_string(answer->content.size())};
    return {"question kept, text kept, " + std::string(api::toString(answer->state))};
}

// chat MODEL TEXT [stream=yes] [report=yes]: a bare completion, outside of any session; with how it came
// about.
Lines World::chat(const Statement& statement) {
    ChatOrder order;
    order.model = statement.word(0);
    order.content = statement.word(1);
    order.stream = statement.option("stream") == "yes";
    const ChatAnswer answer = face().chat(std::move(order));
    Lines lines;
    if (!answer.text.empty() || answer.error.empty()) lines.push_back("text: " + oneLine(answer.text));
    if (statement.option("report") == "yes") {
        if (answer.error.empty() && answer.cache != "hit") lines.push_back("by: " + answer.by);
        if (answer.cache != "miss") lines.push_back("cache: " + answer.cache);
        if (!answer.fallback.empty()) lines.push_back("chain: " + answer.fallback);
    }
    if (!answer.error.empty()) {
        lines.push_back("error: " + answer.error);
        return lines;
    }
    lines.push_back("finish: " + answer.finish);
    if (answer.usage && statement.option("report") != "yes")
        lines.push_back("usage: " + std::to_string(answer.usage->inputTokens) + " in, " +
                        std::to_string(answer.usage->outputTokens) + " out");
    return lines;
}

} // namespace exo::test
