#pragma once
// What the chat page knows of each session: its messages as far as they are loaded, and the turn that runs.
// Several sessions may answer at once; only the shown one is drawn. Talks to the backend. GUI thread; the
// chat page owns it.

#include "ui/backend/Backend.h"
#include "ui/chat/MessageTree.h"

#include <map>

namespace exo::ui {

class Conversations final : public QObject {
    Q_OBJECT
  public:
    explicit Conversations(QObject* parent = nullptr);

    void setBackend(Backend* backend); // forgets everything of the old one
    Backend* backend() const { return m_backend; }

    // The session on show; empty is a chat that begins with its first message.
    void show(const QString& sessionId, const MessageId& leaf, const MessageId& highlight = {});
    void showNew();
    QString current() const { return m_current; }
    std::vector<api::Message> shownPath() const;
    bool hasOlder() const;
    void loadOlder();
    bool isLoading() const;
    bool isRunning(const QString& sessionId) const;
    void reload(); // the shown session again, after an error

    // For the session that the first message of a new chat will create.
    void setDraftSession(api::SessionPatch draft) { m_draft = std::move(draft); }

    void send(const QString& content, std::vector<api::Attachment> attachments);
    void regenerate(const MessageId& assistant, const QString& model);
    void edit(const MessageId& user, const QString& content);
    void retry(const MessageId& id);
    void stop();
    void switchBranch(const MessageId& id, int step);
    const api::Message* message(const MessageId& id) const;
    void sessionChanged(const api::Session& session);
    void forget(const QString& sessionId);

  signals:
    // The shown branch is another one, or grew at its top.
    void pathReset(bool toEnd);
    void highlighted(const exo::MessageId& id);
    void appended(const exo::api::Message& message);
    void replaced(const exo::MessageId& id, const exo::api::Message& message);
    void textArrived(const exo::MessageId& id, const QString& text);
    void reasoningArrived(const exo::MessageId& id, const QString& text);
    void citationArrived(const exo::MessageId& id, const exo::api::Citation& citation);
    void toolArrived(const exo::MessageId& id, const exo::api::ToolCall& call); // began, or ended
    void runningChanged(const QString& sessionId);
    void accepted(const QString& sessionId, const QString& content); // the question is safe on disk
    void sessionCreated(const exo::api::Session& session);           // the new chat has a session now
    void loadFailed(const exo::Error& error);
    void actionFailed(const exo::Error& error);
    void loadingChanged();

  private:
    struct Conversation {
        MessageTree tree;
        MessageId leaf;
        MessageId newLeaf;                // chosen elsewhere, not loaded yet
        std::optional<std::int64_t> next; // the page above
        bool loaded = false;
        bool loading = false;
        bool creating = false;
        TurnId turn = 0;
        MessageId user; // of the running turn; assumed until the core names it
        MessageId assistant;
        MessageId leafBefore; // to go back to when the turn never started
        MessageId highlight;
        MessageId wanted; // branch switch that waits for more pages
        int wantedStep = 0;
        std::map<MessageId, MessageId> editOf; // an edit that never reached the core → the message it edits
        quint64 used = 0;
    };
    Conversation& at(const QString& key);
    void load(const QString& key, std::optional<qint64> before);
    void pageArrived(const QString& key, bool older, Result<api::MessagePage> page);
    bool needsMore(const Conversation& conversation) const;
    void present(const QString& key, bool toEnd);
    void presentHighlight(Conversation& conversation);
    MessageId assume(Conversation& conversation, api::Role role, const MessageId& parent,
                     const QString& content);
    void begin(const QString& key, Conversation& conversation, const QString& content,
               api::SendRequest request);
    bool follows(Conversation& conversation, TurnId turn) const;
    void createThenSend(const QString& key, api::SendRequest request);
    void failTurn(const QString& key, Conversation& conversation, const Error& error);
    void onTurnEvent(TurnId turn, const QString& sessionId, const api::TurnEvent& event);
    void started(const QString& key, Conversation& conversation, const api::TurnStarted& event);
    void ended(const QString& key, Conversation& conversation, const api::Message& message);
    void endTurn(const QString& key, Conversation& conversation);
    void evict();

    Backend* m_backend = nullptr;
    quint64 m_epoch = 0; // replies of an earlier backend are dropped
    std::map<QString, Conversation> m_conversations;
    QString m_current;
    api::SessionPatch m_draft;
    int m_lastLocal = 0;
    quint64 m_clock = 0;
};

} // namespace exo::ui
