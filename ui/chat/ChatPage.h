#pragma once
// The chat page: sessions at the side; header, transcript and composer of the one that is open. Puts the
// parts together and passes between them what happens. GUI thread; the main window owns it.

#include "ui/backend/Backend.h"
#include "ui/chat/Conversations.h"
#include "ui/chat/DraftStore.h"
#include "ui/theme/Theme.h"

#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QUrl>
#include <QWidget>

class QLabel;
class QMenu;

namespace exo::ui {

class ActionRegistry;
class ChatHeader;
class Composer;
class EmptyState;
class SessionList;
class SessionOperations;
class TranscriptView;

class ChatPage final : public QWidget {
    Q_OBJECT
  public:
    ChatPage(Backend* backend, ThemeController* theme, ActionRegistry* actions, QWidget* parent = nullptr);
    ~ChatPage() override;

    void setBackend(Backend* backend);
    void openSession(const SessionId& id, const MessageId& highlight = {});
    void newChat();
    void ask(const QString& text); // a new chat that asks at once
    // A new chat with code of a folder attached; the question is the user's to write.
    void askAbout(const QString& folder, const QString& place, const QString& code);
    void setDraftFile(const QString& path); // where unsent texts outlive the program
    void setUrlOpener(std::function<void(const QUrl&)> opener) { m_openUrl = std::move(opener); }

    Conversations& conversations() { return m_conversations; }
    TranscriptView* transcript() const { return m_transcript; }
    Composer* composer() const { return m_composer; }
    SessionList* sessionList() const { return m_sessions; }
    ChatHeader* header() const { return m_header; }
    SessionOperations* operations() const { return m_operations; }
    QString project() const; // of the open chat

  signals:
    // A place in the open chat's project was clicked: path:line or path:first-last.
    void citationActivated(const QString& project, const QString& place);

  protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override; // files may be dropped anywhere on the page
    void dropEvent(QDropEvent* event) override;

  private:
    void build();
    void buildBanner();
    void addActions(ActionRegistry* actions);
    void connectParts();
    void connectConversations();
    void connectTranscript();
    void connectSessions();
    void retranslate();
    void loadSessions();
    void loadModels();
    void onState(Backend::State state);
    void onSessionChanged(const api::Session& session);
    void onSessionRemoved(const QString& id);
    void showPath(bool toEnd);
    void updateStack();
    void updateEmptyState();
    void updateHeader();
    void updateHistory();
    void updateRunning(const QString& sessionId);
    void leaveSession();
    void enterSession();
    QString draftKey() const;
    void send(const QString& text);
    void startEdit(const MessageId& id);
    void openLink(const QUrl& url);
    void chooseModel(const QString& model);
    void chooseProject(const QString& path);
    void showBanner(const Error& error);
    void copyLastAnswer();
    const api::Session* currentSession() const;
    qint64 modelWindow() const;

    ThemeController* m_theme;
    QPointer<Backend> m_backend;
    Conversations m_conversations;
    DraftStore m_drafts;
    QPointer<ActionRegistry> m_actions;
    QSplitter* m_splitter = nullptr;
    SessionList* m_sessions = nullptr;
    SessionOperations* m_operations = nullptr;
    ChatHeader* m_header = nullptr;
    QStackedWidget* m_stack = nullptr;
    TranscriptView* m_transcript = nullptr;
    EmptyState* m_empty = nullptr;
    QPushButton* m_emptyProject = nullptr;
    QPushButton* m_emptyProvider = nullptr; // while only the local assistant answers
    QLabel* m_loading = nullptr;
    QTimer m_loadingDelay;
    QFrame* m_banner = nullptr;
    QLabel* m_bannerText = nullptr;
    QPushButton* m_bannerRetry = nullptr;
    Composer* m_composer = nullptr;
    QMenu* m_more = nullptr;
    std::vector<api::ModelInfo> m_models;
    std::optional<Error> m_failure;
    bool m_sessionsFailed = false;
    QString m_newModel; // of a chat that has no session yet
    QString m_newProject;
    QHash<QString, std::vector<api::Attachment>> m_attached; // and not sent, by draft key
    QSet<QString> m_sent;     // draft keys whose text was sent and is not safe yet
    bool m_keepDraft = false; // the field was emptied by sending, not by the user
    std::function<void(const QUrl&)> m_openUrl;
};

} // namespace exo::ui
