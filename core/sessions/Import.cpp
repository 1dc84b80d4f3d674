#include "core/sessions/Import.h"

#include "core/base/Base64.h"
#include "core/base/Text.h"
#include "core/sessions/Export.h"
#include "core/sessions/SessionText.h"
#include "core/storage/MessageStore.h"

#include <charconv>
#include <unordered_set>

namespace exo {

namespace {

constexpr JsonLimits k_limits{128, 256u << 20, false};

int hexValue(std::string_view text, std::size_t pos) {
    int value = -1;
    if (pos + 4 > text.size()) return -1;
    const char* end = text.data() + pos + 4;
    const auto parsed = std::from_chars(text.data() + pos, end, value, 16);
    return parsed.ec == std::errc() && parsed.ptr == end ? value : -1;
}

// Halves of surrogate pairs standing alone, which cut-off strings of other programs contain, become U+FFFD.
std::string repaired(std::string_view raw) {
    std::string text = sanitizeUtf8(raw);
    const auto isHigh = [](int v) { return v >= 0xD800 && v <= 0xDBFF; };
    const auto isLow = [](int v) { return v >= 0xDC00 && v <= 0xDFFF; };
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] != '\\') continue;
        if (text[i + 1] != 'u') {
            ++i; // the escaped character
            continue;
        }
        const int value = hexValue(text, i + 2);
        const bool pair = isHigh(value) && i + 7 < text.size() && text[i + 6] == '\\' && text[i + 7] == 'u' &&
                          isLow(hexValue(text, i + 8));
        if (pair) {
            i += 11;
        } else {
            if (isHigh(value) || isLow(value)) text.replace(i + 2, 4, "FFFD");
            i += 5;
        }
    }
    return text;
}

Result<Json> parseElement(std::string_view raw) {
    auto parsed = parseJson(raw, k_limits);
    if (parsed.ok() || parsed.error().code != ErrorCode::InvalidJson) return parsed;
    const std::string again = repaired(raw);
    return again == raw ? std::move(parsed) : parseJson(again, k_limits);
}

Result<SessionTree> treeFrom(const Json& json, std::string_view raw) {
    if (stringOr(json, "format") == k_exportFormat) return ownSession(json);
    if (json.is_object() && json.contains("mapping")) return chatGptConversation(json, raw);
    return fail(ErrorCode::InvalidRequest,
                "neither a conversation of a ChatGPT export nor a session of ExoBrain");
}

} // namespace

Result<ImportReader> ImportReader::open(std::string bytes) {
    if (bytes.size() > k_maxImportBytes)
        return fail(ErrorCode::RequestTooLarge, "the file is larger than 512 MB");
    if (bytes.starts_with("PK\x03\x04"))
        return fail(ErrorCode::InvalidRequest,
                    "this is a ZIP archive: unpack it and import its conversations.json");
    ImportReader reader(std::move(bytes), 0, false);
    if (reader.m_bytes.starts_with("\xEF\xBB\xBF")) reader.m_pos = 3;
    reader.skipSpace();
    const char first = reader.m_pos < reader.m_bytes.size() ? reader.m_bytes[reader.m_pos] : '\0';
    if (first != '[' && first != '{')
        return fail(ErrorCode::InvalidRequest, "the file does not hold JSON conversations");
    reader.m_list = first == '[';
    if (reader.m_list) ++reader.m_pos;
    return reader;
}

void ImportReader::skipSpace() {
    while (m_pos < m_bytes.size() &&
           (m_bytes[m_pos] == ' ' || (m_bytes[m_pos] >= '\t' && m_bytes[m_pos] <= '\r')))
        ++m_pos;
}

Result<std::string_view> ImportReader::nextElement() {
    const std::string_view all = m_bytes;
    if (!m_list) {
        m_ended = true;
        return all.substr(m_pos);
    }
    skipSpace();
    if (m_pos < all.size() && all[m_pos] == ']' && m_number == 0) {
        ++m_pos;
        m_ended = true;
        return std::string_view();
    }
    // To the comma or bracket behind the element; what is between is left to the JSON parser.
    const std::size_t begin = m_pos;
    std::size_t depth = 0;
    bool inString = false;
    for (; m_pos < all.size(); ++m_pos) {
        const char c = all[m_pos];
        if (inString) {
            if (c == '\\')
                ++m_pos;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (depth == 0 && (c == ',' || c == ']')) {
            const std::string_view element = all.substr(begin, m_pos - begin);
            m_ended = c == ']';
            ++m_pos;
            return element;
        } else if (c == '}' || c == ']') {
            if (depth == 0) break;
            --depth;
        }
    }
    return fail(ErrorCode::InvalidJson, "the file ends in the middle of a conversation");
}

Result<std::optional<SessionTree>> ImportReader::next() {
    if (m_ended) {
        skipSpace();
        if (m_list && m_pos < m_bytes.size())
            return fail(ErrorCode::InvalidJson, "something follows the list of conversations");
        return std::optional<SessionTree>();
    }
    const auto named = [this](Error error) {
        error.detail = "conversation " + std::to_string(m_number + 1) + ": " + error.detail;
        return error;
    };
    auto element = nextElement();
    if (!element.ok()) return named(std::move(element).error());
    if (element->empty() && m_ended && m_number == 0) return next(); // an empty list
    auto json = parseElement(*element);
    if (!json.ok()) return named(std::move(json).error());
    auto tree = json->is_null() ? Result<SessionTree>(SessionTree()) : treeFrom(*json, *element);
    if (!tree.ok()) return named(std::move(tree).error());
    ++m_number;
    return std::optional(std::move(*tree));
}

namespace {

Error wrong(std::string detail) {
    return fail(ErrorCode::InvalidRequest, std::move(detail));
}

Result<void> readAttachments(const Json& json, api::Message& message) {
    if (message.attachments.empty()) return {};
    const Json& files = json.at("attachments"); // messageFromJson read as many
    if (message.attachments.size() > k_maxAttachments || files.size() != message.attachments.size())
        return wrong("too many attachments");
    for (std::size_t i = 0; i < message.attachments.size(); ++i) {
        auto data = base64Decode(stringOr(files[i], "data"));
        if (!data) return wrong("the data of an attachment is not base64");
        if (data->size() > k_maxAttachmentBytes) return wrong("an attachment is larger than 10 MB");
        api::Attachment& file = message.attachments[i];
        file.data = std::move(*data);
        file.name = shortLine(file.name, 255);
        file.mimeType = shortLine(file.mimeType, 100);
    }
    return {};
}

Result<std::vector<api::Message>> readMessages(const Json& list) {
    std::vector<api::Message> messages;
    std::unordered_set<std::string> known;
    for (const Json& item : list) {
        EXO_TRY(api::Message message, api::messageFromJson(item));
        if (message.content.size() > k_maxMessageText || message.reasoning.size() > k_maxMessageText)
            return wrong("a message is longer than 16 MB");
        if (!message.parentId.empty() && !known.contains(message.parentId.str()))
            return wrong("message " + shortLine(message.id.str(), 60) + " stands before its parent");
        if (message.id.empty() || !known.insert(message.id.str()).second)
            return wrong("two messages have the id " + shortLine(message.id.str(), 60));
        EXO_CHECK(readAttachments(item, message));
        messages.push_back(std::move(message));
    }
    return messages;
}

} // namespace

Result<SessionTree> ownSession(const Json& file) {
    if (intOr(file, "version") != k_exportVersion)
        return fail(ErrorCode::Unsupported, "the file was written by another version of ExoBrain");
    const Json* session = member(file, "session");
    const Json* messages = member(file, "messages");
    if (!session || !messages || !messages->is_array()) return wrong("'session' or 'messages' is missing");
    if (messages->size() > k_maxImportMessages) return wrong("more than 100,000 messages");
    SessionTree tree;
    EXO_TRY(tree.session, api::sessionFromJson(*session));
    tree.session.title = shortLine(tree.session.title, k_maxTitle);
    tree.session.folder = shortLine(tree.session.folder, k_maxFolder);
    api::SessionPatch fields;
    fields.model = tree.session.model;
    fields.systemPrompt = tree.session.systemPrompt;
    fields.project = tree.session.project;
    EXO_CHECK(checkedPatch(std::move(fields)));
    EXO_TRY(tree.messages, readMessages(*messages));
    if (!tree.session.id.empty()) tree.origin = "exobrain:" + tree.session.id.str();

    std::unordered_set<std::string_view> known;
    for (const api::Message& message : tree.messages)
        known.insert(message.id.str());
    if (const Json* compactions = member(file, "compactions"); compactions && compactions->is_array()) {
        for (const Json& item : *compactions) {
            Compaction c{MessageId(std::string(stringOr(item, "boundary"))),
                         std::string(stringOr(item, "summary")), intOr(item, "tokens")};
            if (!known.contains(c.boundary.str())) return wrong("a summary belongs to no message");
            tree.compactions.push_back(std::move(c));
        }
    }
    return tree;
}

} // namespace exo
