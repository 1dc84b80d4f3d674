#pragma once
// The messages of a session as far as they are loaded: a tree of which one branch is shown. Plain data; GUI
// thread.

#include "core/api/Types.h"

#include <unordered_map>
#include <vector>

namespace exo::ui {

class MessageTree {
  public:
    void put(api::Message message); // new, or a newer state of a known one
    void remove(const MessageId& id);
    void rename(const MessageId& from, const MessageId& to); // an assumed id became the true one
    const api::Message* find(const MessageId& id) const;
    api::Message* find(const MessageId& id);
    bool isEmpty() const { return m_messages.empty(); }
    // A known message with its place among its siblings, as far as they are known.
    api::Message placed(const MessageId& id) const;

    // From the first loaded ancestor to `leaf`, with places among the siblings as far as they are known.
    std::vector<api::Message> path(const MessageId& leaf) const;
    bool pathIsComplete(const MessageId& leaf) const; // reaches the first message of the session
    // Siblings in order of creation.
    std::vector<MessageId> siblings(const MessageId& id) const;
    // The end of the newest branch below.
    MessageId newestLeaf(const MessageId& from) const;
    MessageId newest() const;

  private:
    std::unordered_map<MessageId, api::Message> m_messages;
    std::unordered_map<MessageId, std::vector<MessageId>> m_children; // by parent
};

} // namespace exo::ui
