// JSON text to tree and back. Valid texts are read by simdjson and written without a detour; whatever is
// unusual goes to nlohmann, which knows how to say what is wrong.

#include "core/base/JsonWrite.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace exo {

namespace {

// Watches nesting and duplicate keys while nlohmann builds the tree.
class Guard {
  public:
    explicit Guard(int maxDepth)
        : m_maxDepth(maxDepth) {}

    bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
        switch (event) {
        case Json::parse_event_t::object_start: m_keys.emplace_back(); [[fallthrough]];
        case Json::parse_event_t::array_start:
            if (depth >= m_maxDepth) throw DepthExceeded{};
            break;
        case Json::parse_event_t::object_end: m_keys.pop_back(); break;
        case Json::parse_event_t::key:
            if (!m_keys.back().insert(parsed.get_ref<const std::string&>()).second)
                throw DuplicateKey{parsed.get<std::string>()};
            break;
        default: break;
        }
        return true;
    }

    struct DepthExceeded {};
    struct DuplicateKey {
        std::string key;
    };

  private:
    int m_maxDepth;
    std::vector<std::unordered_set<std::string>> m_keys;
};

// The whole truth about a text: where it is wrong, and what simdjson does not take (comments, a byte order
// mark, integers beyond 64 bits).
Result<Json> parseThoroughly(std::string_view text, const JsonLimits& limits) {
    // To the parser it is an end: of the text, or of a comment. What follows would be passed over or misread.
    if (const auto nul = text.find('\0'); nul != std::string_view::npos)
        return fail(ErrorCode::InvalidJson, "not valid JSON at byte " + std::to_string(nul + 1));
    try {
        return Json::parse(text, Guard(limits.maxDepth), true, limits.allowComments);
    } catch (const Guard::DepthExceeded&) {
        return fail(ErrorCode::InvalidJson,
                    "nested deeper than " + std::to_string(limits.maxDepth) + " levels");
    } catch (const Guard::DuplicateKey& duplicate) {
        return fail(ErrorCode::InvalidJson, "the key \"" + duplicate.key + "\" stands twice in one object");
    } catch (const Json::parse_error& error) {
        return fail(ErrorCode::InvalidJson, "not valid JSON at byte " + std::to_string(error.byte));
    } catch (const std::exception&) {
        return fail(ErrorCode::InvalidJson, "not valid JSON");
    }
}

constexpr std::size_t k_keptCapacity = 256u << 10; // of the parser each thread keeps

// False: not for us, parseThoroughly has to look.
bool build(simdjson::dom::element element, int levels, Json& out) {
    using Type = simdjson::dom::element_type;
    switch (element.type()) {
    case Type::OBJECT: {
        if (levels == 0) return false;
        auto& object = (out = Json::object()).get_ref<Json::object_t&>();
        for (const auto field : simdjson::dom::object(element)) {
            const auto [place, added] = object.try_emplace(std::string(field.key));
            if (!added || !build(field.value, levels - 1, place->second)) return false;
        }
        return true;
    }
    case Type::ARRAY: {
        if (levels == 0) return false;
        auto& array = (out = Json::array()).get_ref<Json::array_t&>();
        const simdjson::dom::array elements(element);
        array.reserve(elements.size());
        for (const auto item : elements)
            if (!build(item, levels - 1, array.emplace_back())) return false;
        return true;
    }
    case Type::STRING: out = std::string(std::string_view(element)); return true;
    case Type::INT64: {
        const auto number = std::int64_t(element);
        if (number >= 0)
            out = static_cast<std::uint64_t>(number); // as nlohmann tells them apart
        else
            out = number;
        return true;
    }
    case Type::UINT64: out = std::uint64_t(element); return true;
    case Type::DOUBLE: out = double(element); return true;
    case Type::BOOL: out = bool(element); return true;
    case Type::NULL_VALUE: out = nullptr; return true;
    }
    return false;
}

bool parseWith(simdjson::dom::parser& parser, std::string_view text, const JsonLimits& limits, Json& out) {
    simdjson::dom::element root;
    return parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS &&
           build(root, limits.maxDepth, out);
}

// How many bytes at the beginning stand for themselves, looked at eight at a time.
std::size_t plainBytes(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    const auto hasZero = [](std::uint64_t word) { return (word - ones) & ~word & (ones * 0x80); };
    std::size_t at = 0;
    for (; text.size() - at >= sizeof ones; at += sizeof ones) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        const std::uint64_t control = (word - ones * 0x20) & ~word & (ones * 0x80);
        if ((control | hasZero(word ^ (ones * '"')) | hasZero(word ^ (ones * '\\'))) != 0) break;
    }
    return at;
}

void writeString(std::string_view text, std::string& out) {
    static constexpr std::string_view hex = "0123456789abcdef";
    if (!simdjson::validate_utf8(text.data(), text.size())) {
        out += Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    out += '"';
    std::size_t begin = 0;
    for (std::size_t at = plainBytes(text); at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text.substr(begin, at - begin));
        begin = at + 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default: out.append("\\u00").append({hex[c >> 4], hex[c & 15]});
        }
        at += plainBytes(text.substr(begin));
    }
    out.append(text.substr(begin));
    out += '"';
}

template <class Number>
void writeNumber(Number number, std::string& out) {
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    out.append(digits, end);
}

// As nlohmann writes them ("1.0", "1e-07"), without a string for each: an embedding has thousands.
void writeFloat(double number, std::string& out) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    char digits[64];
    char* const end = nlohmann::detail::to_chars(std::begin(digits), std::end(digits), number);
    out.append(std::begin(digits), end);
}

void write(const Json& value, std::string& out) {
    switch (value.type()) {
    case Json::value_t::object: {
        out += '{';
        bool first = true;
        for (const auto& [key, item] : value.get_ref<const Json::object_t&>()) {
            if (!std::exchange(first, false)) out += ',';
            writeString(key, out);
            out += ':';
            write(item, out);
        }
        out += '}';
        return;
    }
    case Json::value_t::array: {
        out += '[';
        bool first = true;
        for (const Json& item : value.get_ref<const Json::array_t&>()) {
            if (!std::exchange(first, false)) out += ',';
            write(item, out);
        }
        out += ']';
        return;
    }
    case Json::value_t::string: return writeString(value.get_ref<const std::string&>(), out);
    case Json::value_t::number_integer: return writeNumber(value.get<std::int64_t>(), out);
    case Json::value_t::number_unsigned: return writeNumber(value.get<std::uint64_t>(), out);
    case Json::value_t::boolean: out += value.get<bool>() ? "true" : "false"; return;
    case Json::value_t::null: out += "null"; return;
    case Json::value_t::number_float: return writeFloat(value.get<double>(), out);
    default: out += value.dump(-1, ' ', false, Json::error_handler_t::replace); // binary
    }
}

} // namespace

Result<Json> parseJson(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.maxBytes) return fail(ErrorCode::RequestTooLarge, "JSON text too large");
    if (limits.allowComments) return parseThoroughly(text, limits);
    Json out;
    bool good = false;
    if (text.size() <= k_keptCapacity) {
        static thread_local simdjson::dom::parser kept;
        good = parseWith(kept, text, limits, out);
    } else {
        simdjson::dom::parser large;
        good = parseWith(large, text, limits, out);
    }
    if (good) return out;
    return parseThoroughly(text, limits);
}

void writeJson(const Json& value, std::string& out) {
    write(value, out);
}

void writeJsonString(std::string_view text, std::string& out) {
    writeString(text, out);
}

std::string dumpJson(const Json& value) {
    std::string out;
    write(value, out);
    return out;
}

} // namespace exo
