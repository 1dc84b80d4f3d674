#include "ui/chat/Conversations.h"

#include <QDateTime>

namespace exo::ui {

namespace {

constexpr int k_firstPage = 200;
constexpr int k_furtherPage = 500;
constexpr std::size_t k_kept = 8; // sessions whose messages stay in memory

const QString k_newPrefix = QStringLiteral("new:"); // keys of chats without a session yet

bool isNew(const QString& key) {
    return key.startsWith(k_newPrefix);
}

SessionId idOf(const QString& key) {
    return SessionId(key.toStdString());
}

} // namespace

Conversations::Conversations(QObject* parent)
    : QObject(parent) {
    showNew();
}

void Conversations::setBackend(Backend* backend) {
    if (m_backend != nullptr) m_backend->disconnect(this);
    ++m_epoch;
    m_backend = backend;
    m_conversations.clear();
    showNew();
    if (backend != nullptr) connect(backend, &Backend::turnEvent, this, &Conversations::onTurnEvent);
}

Conversations::Conversation& Conversations::at(const QString& key) {
    Conversation& conversation = m_conversations[key];
    conversation.used = ++m_clock;
    return conversation;
}

void Conversations::showNew() {
    m_current = k_newPrefix + QString::number(++m_lastLocal);
    at(m_current).loaded = true;
    evict();
    emit pathReset(true);
}

void Conversations::show(const QString& sessionId, const MessageId& leaf, const MessageId& highlight) {
    m_current = sessionId;
    Conversation& conversation = at(sessionId);
    conversation.highlight = highlight;
    if (conversation.leaf.empty()) conversation.leaf = leaf;
    evict();
    if (conversation.loaded) {
        present(sessionId, true);
        return;
    }
    emit pathReset(true);
    load(sessionId, std::nullopt);
}

void Conversations::reload() {
    if (!isNew(m_current)) load(m_current, std::nullopt);
}

void Conversations::load(const QString& key, std::optional<qint64> before) {
    Conversation& conversation = at(key);
    if (m_backend == nullptr || conversation.loading) return;
    conversation.loading = true;
    emit loadingChanged();
    const bool older = before.has_value();
    m_backend->loadMessages(idOf(key), older ? k_furtherPage : k_firstPage, before, this,
                            [this, key, older, epoch = m_epoch](Result<api::MessagePage> page) {
                                if (epoch == m_epoch) pageArrived(key, older, std::move(page));
                            });
}

void Conversations::pageArrived(const QString& key, bool older, Result<api::MessagePage> page) {
    const auto it = m_conversations.find(key);
    if (it == m_conversations.end()) return;
    Conversation& conversation = it->second;
    conversation.loading = false;
    emit loadingChanged();
    if (!page.ok()) {
        if (key == m_current) emit loadFailed(page.error());
        return;
    }
    const bool first = !conversation.loaded;
    conversation.loaded = true;
    for (api::Message& message : page.value().messages) {
        // What streams here is newer than what the page says.
        if (message.id != conversation.assistant || conversation.turn == 0)
            conversation.tree.put(std::move(message));
    }
    if (older || first) conversation.next = page.value().next;
    if (!conversation.newLeaf.empty()) conversation.leaf = std::exchange(conversation.newLeaf, {});
    if (conversation.leaf.empty()) conversation.leaf = conversation.tree.newest();
    if (needsMore(conversation)) {
        load(key, conversation.next);
        return;
    }
    if (conversation.tree.find(conversation.leaf) == nullptr) conversation.leaf = conversation.tree.newest();
    if (!conversation.wanted.empty()) {
        const MessageId wanted = std::exchange(conversation.wanted, {});
        if (key == m_current) switchBranch(wanted, conversation.wantedStep);
        return;
    }
    present(key, first);
}

// The shown end, what is to be marked, or the sibling that was asked for is still on a page above.
bool Conversations::needsMore(const Conversation& conversation) const {
    if (!conversation.next) return false;
    const MessageTree& tree = conversation.tree;
    if (tree.find(conversation.leaf) == nullptr) return true;
    if (!conversation.highlight.empty() && tree.find(conversation.highlight) == nullptr) return true;
    if (conversation.wanted.empty()) return false;
    const api::Message* message = tree.find(conversation.wanted);
    return message != nullptr && static_cast<int>(tree.siblings(message->id).size()) < message->siblingCount;
}

void Conversations::present(const QString& key, bool toEnd) {
    if (key != m_current) return;
    Conversation& conversation = at(key);
    if (!conversation.highlight.empty()) {
        presentHighlight(conversation);
        return;
    }
    emit pathReset(toEnd);
}

void Conversations::presentHighlight(Conversation& conversation) {
    const MessageId id = std::exchange(conversation.highlight, {});
    const auto path = conversation.tree.path(conversation.leaf);
    const bool shown =
        std::any_of(path.begin(), path.end(), [&](const api::Message& m) { return m.id == id; });
    if (!shown && conversation.tree.find(id) != nullptr) conversation.leaf = conversation.tree.newestLeaf(id);
    emit pathReset(true);
    if (conversation.tree.find(id) != nullptr) emit highlighted(id);
}

std::vector<api::Message> Conversations::shownPath() const {
    const auto it = m_conversations.find(m_current);
    return it == m_conversations.end() ? std::vector<api::Message>() : it->second.tree.path(it->second.leaf);
}

bool Conversations::hasOlder() const {
    const auto it = m_conversations.find(m_current);
    if (it == m_conversations.end() || !it->second.next) return false;
    return !it->second.tree.pathIsComplete(it->second.leaf);
}

void Conversations::loadOlder() {
    const auto it = m_conversations.find(m_current);
    if (it != m_conversations.end() && it->second.next) load(m_current, it->second.next);
}

bool Conversations::isLoading() const {
    const auto it = m_conversations.find(m_current);
    return it != m_conversations.end() && it->second.loading;
}

bool Conversations::isRunning(const QString& sessionId) const {
    const auto it = m_conversations.find(sessionId);
    return it != m_conversations.end() && (it->second.turn != 0 || it->second.creating);
}

const api::Message* Conversations::message(const MessageId& id) const {
    const auto it = m_conversations.find(m_current);
    return it == m_conversations.end() ? nullptr : it->second.tree.find(id);
}

void Conversations::switchBranch(const MessageId& id, int step) {
    Conversation& conversation = at(m_current);
    const api::Message* message = conversation.tree.find(id);
    if (message == nullptr || conversation.turn != 0) return;
    const auto siblings = conversation.tree.siblings(id);
    if (static_cast<int>(siblings.size()) < message->siblingCount && conversation.next) {
        conversation.wanted = id;
        conversation.wantedStep = step;
        load(m_current, conversation.next);
        return;
    }
    const auto here = std::find(siblings.begin(), siblings.end(), id) - siblings.begin();
    const auto there = here + step;
    if (there < 0 || there >= static_cast<std::ptrdiff_t>(siblings.size())) return;
    conversation.leaf = conversation.tree.newestLeaf(siblings[static_cast<std::size_t>(there)]);
    emit pathReset(false);
    if (m_backend == nullptr || isNew(m_current)) return;
    api::SessionPatch patch;
    patch.leaf = conversation.leaf;
    m_backend->updateSession(idOf(m_current), std::move(patch), this,
                             [this, epoch = m_epoch](Result<api::Session> reply) {
                                 if (epoch == m_epoch && !reply.ok()) emit actionFailed(reply.error());
                             });
}

// Another window, or the core itself, chose another branch.
void Conversations::sessionChanged(const api::Session& session) {
    const QString key = QString::fromStdString(session.id.str());
    const auto it = m_conversations.find(key);
    if (it == m_conversations.end() || it->second.turn != 0 || session.leaf.empty()) return;
    Conversation& conversation = it->second;
    if (conversation.leaf == session.leaf || !conversation.loaded) return;
    if (conversation.tree.find(session.leaf) != nullptr) {
        conversation.leaf = session.leaf;
        present(key, false);
        return;
    }
    conversation.newLeaf = session.leaf;
    conversation.loaded = false;
    if (key == m_current) load(key, std::nullopt);
}

void Conversations::forget(const QString& sessionId) {
    if (isRunning(sessionId)) return;
    m_conversations.erase(sessionId);
}

// Keeps what is on show, what runs, and the few that were shown last.
void Conversations::evict() {
    while (m_conversations.size() > k_kept) {
        auto oldest = m_conversations.end();
        for (auto it = m_conversations.begin(); it != m_conversations.end(); ++it) {
            if (it->first == m_current || isRunning(it->first) || it->second.loading) continue;
            if (oldest == m_conversations.end() || it->second.used < oldest->second.used) oldest = it;
        }
        if (oldest == m_conversations.end()) return;
        m_conversations.erase(oldest);
    }
}

} // namespace exo::ui
