// ChatGPT's conversations.json: each conversation has a `mapping` of nodes {id, message, parent, children}.
// What a person saw is kept: texts of user and assistant, images and files as placeholders, thoughts as
// reasoning of the answer that follows. Tool calls, their output and hidden system nodes are skipped; what
// hangs below them moves up.
#include "core/base/Sha256.h"
#include "core/base/Text.h"
#include "core/sessions/Import.h"
#include "core/sessions/SessionText.h"

#include <cmath>
#include <unordered_map>

namespace exo {

namespace {

constexpr std::int64_t k_latest = 253'402'300'799'000; // year 9999

std::optional<WallTime> timeFrom(const Json& object, std::string_view key) {
    const Json* value = member(object, key);
    if (!value || !value->is_number()) return std::nullopt;
    const double ms = value->get<double>() * 1000.0;
    if (!std::isfinite(ms) || ms <= 0 || ms > static_cast<double>(k_latest)) return std::nullopt;
    return fromUnixMillis(static_cast<std::int64_t>(std::llround(ms)));
}

void appendPart(std::string& out, std::string_view text) {
    if (text.empty()) return;
    if (!out.empty()) out += '\n';
    out += text;
}

std::string partText(const Json& part) {
    if (part.is_string()) return part.get<std::string>();
    if (!part.is_object()) return {};
    if (const auto text = stringOr(part, "text"); !text.empty()) return std::string(text);
    const std::string_view type = stringOr(part, "content_type");
    if (type == "image_asset_pointer") return "[image]";
    return type.empty() ? std::string("[attachment]") : "[" + shortLine(type, 60) + "]";
}

std::string partsText(const Json& content) {
    std::string out;
    const Json* parts = member(content, "parts");
    if (parts && parts->is_array()) {
        for (const Json& part : *parts)
            appendPart(out, partText(part));
    }
    if (out.empty()) out = stringOr(content, "text");
    return out;
}

std::string thoughtsText(const Json& content) {
    std::string out;
    const Json* thoughts = member(content, "thoughts");
    if (!thoughts || !thoughts->is_array()) return out;
    for (const Json& thought : *thoughts) {
        appendPart(out, stringOr(thought, "summary"));
        appendPart(out, stringOr(thought, "content"));
    }
    return out;
}

// What of a node is kept.
struct Kept {
    std::optional<api::Message> message;
    std::string reasoning;    // of the answer below
    std::string systemPrompt; // when it is the visible system message at the top
};

Kept keep(const Json& node) {
    Kept kept;
    const Json* message = member(node, "message");
    if (!message) return kept;
    const Json* author = member(*message, "author");
    const Json* content = member(*message, "content");
    if (!author || !content) return kept;
    const std::string_view role = stringOr(*author, "role");
    const std::string_view type = stringOr(*content, "content_type", "text");
    const Json* metadata = member(*message, "metadata");
    const bool hidden = metadata && boolOr(*metadata, "is_visually_hidden_from_conversation");
    if (type == "thoughts" && role == "assistant") kept.reasoning = thoughtsText(*content);
    if (hidden || (type != "text" && type != "multimodal_text")) return kept;
    if (role == "system") kept.systemPrompt = partsText(*content);
    const bool toPerson = stringOr(*message, "recipient", "all") == "all";
    if (role != "user" && (role != "assistant" || !toPerson)) return kept;
    std::string text = partsText(*content);
    if (trim(text).empty()) return kept;
    api::Message out;
    out.role = role == "user" ? api::Role::User : api::Role::Assistant;
    out.content = std::move(text);
    if (metadata && out.role == api::Role::Assistant)
        out.model = shortLine(stringOr(*metadata, "model_slug"), 100);
    out.createdAt = timeFrom(*message, "create_time").value_or(WallTime{});
    kept.message = std::move(out);
    return kept;
}

// The nodes as a forest: parents by `parent`, else by who lists them as a child; order of siblings as listed.
class Forest {
  public:
    explicit Forest(const Json& mapping) {
        for (const auto& [id, node] : mapping.items()) {
            m_index.emplace(id, m_nodes.size());
            m_nodes.push_back({id, &node, k_none, {}});
        }
        for (std::size_t i = 0; i < m_nodes.size(); ++i)
            m_nodes[i].parent = find(stringOr(*m_nodes[i].json, "parent"));
        for (std::size_t i = 0; i < m_nodes.size(); ++i)
            adoptListed(i);
        for (std::size_t i = 0; i < m_nodes.size(); ++i)
            if (!m_nodes[i].placed && m_nodes[i].parent != k_none) place(m_nodes[i].parent, i);
    }

    // Calls visit(index, id, node, parent's index or k_none) for each node once, parents first; rings are cut
    // open.
    template <class Visit>
    void walk(Visit visit) {
        std::vector<bool> seen(m_nodes.size(), false);
        const auto from = [&](std::size_t root) {
            std::vector<std::pair<std::size_t, std::size_t>> stack{{root, k_none}};
            while (!stack.empty()) {
                const auto [i, parent] = stack.back();
                stack.pop_back();
                if (seen[i]) continue;
                seen[i] = true;
                visit(i, m_nodes[i].id, *m_nodes[i].json, parent);
                const auto& children = m_nodes[i].children;
                for (auto child = children.rbegin(); child != children.rend(); ++child)
                    stack.emplace_back(*child, i);
            }
        };
        for (std::size_t i = 0; i < m_nodes.size(); ++i)
            if (m_nodes[i].parent == k_none) from(i);
        for (std::size_t i = 0; i < m_nodes.size(); ++i)
            if (!seen[i]) from(i);
    }

    static constexpr std::size_t k_none = SIZE_MAX;

  private:
    struct Node {
        std::string id;
        const Json* json;
        std::size_t parent;
        std::vector<std::size_t> children;
        bool placed = false;
    };

    std::size_t find(std::string_view id) const {
        const auto it = m_index.find(std::string(id));
        return it == m_index.end() ? k_none : it->second;
    }
    void place(std::size_t parent, std::size_t child) {
        m_nodes[child].parent = parent;
        m_nodes[child].placed = true;
        m_nodes[parent].children.push_back(child);
    }
    void adoptListed(std::size_t parent) {
        const Json* listed = member(*m_nodes[parent].json, "children");
        if (!listed || !listed->is_array()) return;
        for (const Json& item : *listed) {
            const std::size_t child = item.is_string() ? find(item.get_ref<const std::string&>()) : k_none;
            if (child == k_none || child == parent || m_nodes[child].placed) continue;
            const std::size_t claimed = m_nodes[child].parent;
            if (claimed == parent || claimed == k_none) place(parent, child);
        }
    }

    std::unordered_map<std::string, std::size_t> m_index;
    std::vector<Node> m_nodes;
};

std::string originOf(const Json& conversation, std::string_view raw) {
    for (const char* key : {"conversation_id", "id"})
        if (const auto id = stringOr(conversation, key); !id.empty() && id.size() <= 200)
            return "chatgpt:" + std::string(id);
    return "chatgpt:" + sha256Hex(raw);
}

} // namespace

Result<SessionTree> chatGptConversation(const Json& conversation, std::string_view raw) {
    const Json* mapping = member(conversation, "mapping");
    if (!mapping || !mapping->is_object())
        return fail(ErrorCode::InvalidRequest, "'mapping' is not an object", "mapping");
    if (mapping->size() > k_maxImportMessages)
        return fail(ErrorCode::InvalidRequest, "more than 100,000 nodes", "mapping");
    SessionTree tree;
    tree.origin = originOf(conversation, raw);
    tree.session.title = shortLine(stringOr(conversation, "title"), k_maxTitle);
    const auto created = timeFrom(conversation, "create_time");
    const auto updated = timeFrom(conversation, "update_time");
    tree.session.createdAt = created.value_or(updated.value_or(WallTime{}));
    tree.session.updatedAt = updated.value_or(tree.session.createdAt);

    // Per node: the nearest kept message at or above it, and thoughts still waiting for their answer.
    struct State {
        std::string kept;
        std::string reasoning;
    };
    std::vector<State> states(mapping->size());
    std::unordered_map<std::string, std::string> keptAt; // node id → kept message id
    std::optional<Error> failure;
    Forest(*mapping).walk(
        [&](std::size_t index, const std::string& id, const Json& node, std::size_t parent) {
            State state = parent == Forest::k_none ? State() : states[parent];
            Kept kept = keep(node);
            appendPart(state.reasoning, kept.reasoning);
            if (state.kept.empty() && tree.session.systemPrompt.empty() &&
                kept.systemPrompt.size() <= k_maxSystemPrompt)
                tree.session.systemPrompt = std::string(trim(kept.systemPrompt));
            if (kept.message) {
                api::Message& message = *kept.message;
                if (message.content.size() > k_maxMessageText || state.reasoning.size() > k_maxMessageText)
                    failure = fail(ErrorCode::InvalidRequest, "a message is longer than 16 MB");
                message.id = MessageId(std::to_string(index));
                message.parentId = MessageId(state.kept);
                if (message.role == api::Role::Assistant) message.reasoning = std::move(state.reasoning);
                if (message.createdAt == WallTime{}) message.createdAt = tree.session.createdAt;
                state.kept = message.id.str();
                state.reasoning.clear();
                tree.messages.push_back(std::move(message));
            }
            keptAt.emplace(id, state.kept);
            states[index] = std::move(state);
        });
    if (failure) return std::move(*failure);
    const auto leaf = keptAt.find(std::string(stringOr(conversation, "current_node")));
    if (leaf != keptAt.end()) tree.session.leaf = MessageId(leaf->second);
    return tree;
}

} // namespace exo
