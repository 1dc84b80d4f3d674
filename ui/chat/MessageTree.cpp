#include "ui/chat/MessageTree.h"

#include <algorithm>

namespace exo::ui {

void MessageTree::put(api::Message message) {
    const auto known = m_messages.find(message.id);
    if (known != m_messages.end()) {
        known->second = std::move(message);
        return;
    }
    auto& children = m_children[message.parentId];
    const auto place = std::find_if(children.begin(), children.end(),
                                    [&](const MessageId& id) { return m_messages.at(id).seq > message.seq; });
    children.insert(place, message.id);
    const MessageId id = message.id;
    m_messages.emplace(id, std::move(message));
}

void MessageTree::remove(const MessageId& id) {
    const auto it = m_messages.find(id);
    if (it == m_messages.end()) return;
    std::erase(m_children[it->second.parentId], id);
    m_messages.erase(it);
}

void MessageTree::rename(const MessageId& from, const MessageId& to) {
    auto node = m_messages.extract(from);
    if (node.empty() || from == to) return;
    std::replace(m_children[node.mapped().parentId].begin(), m_children[node.mapped().parentId].end(), from,
                 to);
    node.mapped().id = to;
    node.key() = to;
    m_messages.insert(std::move(node));
    auto children = m_children.extract(from);
    if (children.empty()) return;
    for (const MessageId& child : children.mapped()) {
        m_messages.at(child).parentId = to;
    }
    children.key() = to;
    m_children.insert(std::move(children));
}

const api::Message* MessageTree::find(const MessageId& id) const {
    const auto it = m_messages.find(id);
    return it == m_messages.end() ? nullptr : &it->second;
}

api::Message* MessageTree::find(const MessageId& id) {
    const auto it = m_messages.find(id);
    return it == m_messages.end() ? nullptr : &it->second;
}

api::Message MessageTree::placed(const MessageId& id) const {
    api::Message message = m_messages.at(id);
    const auto& children = m_children.at(message.parentId);
    if (static_cast<int>(children.size()) >= message.siblingCount) {
        message.siblingCount = static_cast<int>(children.size());
        message.siblingIndex =
            static_cast<int>(std::find(children.begin(), children.end(), id) - children.begin());
    }
    return message;
}

std::vector<api::Message> MessageTree::path(const MessageId& leaf) const {
    std::vector<api::Message> out;
    // A loop of parents, which only a broken server could send, ends where everything was seen once.
    for (const api::Message* at = find(leaf); at != nullptr && out.size() <= m_messages.size();
         at = find(at->parentId)) {
        out.push_back(placed(at->id));
    }
    std::reverse(out.begin(), out.end());
    return out;
}

bool MessageTree::pathIsComplete(const MessageId& leaf) const {
    std::size_t steps = 0;
    for (const api::Message* at = find(leaf); at != nullptr; at = find(at->parentId)) {
        if (at->parentId.empty() || ++steps > m_messages.size()) return true;
    }
    return false;
}

std::vector<MessageId> MessageTree::siblings(const MessageId& id) const {
    const api::Message* message = find(id);
    if (message == nullptr) return {};
    return m_children.at(message->parentId);
}

MessageId MessageTree::newestLeaf(const MessageId& from) const {
    MessageId at = from;
    for (std::size_t steps = 0; steps <= m_messages.size(); ++steps) {
        const auto it = m_children.find(at);
        if (it == m_children.end() || it->second.empty()) break;
        at = it->second.back();
    }
    return at;
}

MessageId MessageTree::newest() const {
    const api::Message* best = nullptr;
    for (const auto& [id, message] : m_messages) {
        if (best == nullptr || message.seq > best->seq) best = &message;
    }
    return best ? best->id : MessageId();
}

} // namespace exo::ui
