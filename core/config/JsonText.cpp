#include "core/config/JsonText.h"

#include "core/base/Json.h"

namespace exo {

namespace {

class Locator {
  public:
    explicit Locator(std::string_view text)
        : m_text(text) {}

    std::map<std::string, JsonPlace> run() {
        skipBlank();
        value("", m_line, m_pos);
        return std::move(m_places);
    }

  private:
    char peek() const { return m_pos < m_text.size() ? m_text[m_pos] : '\0'; }
    void step() {
        if (peek() == '\n') ++m_line;
        ++m_pos;
    }
    bool startsWith(std::string_view token) const { return m_text.substr(m_pos).starts_with(token); }

    void skipTo(std::string_view end) {
        while (m_pos < m_text.size() && !startsWith(end))
            step();
        for (std::size_t i = 0; i < end.size() && m_pos < m_text.size(); ++i)
            step();
    }
    void skipBlank() {
        for (;;) {
            const char c = peek();
            if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\xEF' || c == '\xBB' ||
                c == '\xBF') {
                step();
            } else if (startsWith("//")) {
                skipTo("\n");
            } else if (startsWith("/*")) {
                m_pos += 2; // or the star of "/*/" would close it
                skipTo("*/");
            } else {
                return;
            }
        }
    }
    std::string_view string() {
        const std::size_t begin = m_pos;
        step();
        while (m_pos < m_text.size() && peek() != '"') {
            if (peek() == '\\') step();
            step();
        }
        step();
        return m_text.substr(begin, m_pos - begin);
    }

    void value(const std::string& path, int line, std::size_t keyBegin) {
        JsonPlace place;
        place.line = line;
        place.keyBegin = keyBegin;
        place.begin = m_pos;
        const char open = peek();
        if (open == '{' || open == '[') {
            container(path, open, place);
        } else if (open == '"') {
            string();
        } else {
            while (m_pos < m_text.size() &&
                   std::string_view(",]} \t\r\n/").find(peek()) == std::string_view::npos)
                step();
        }
        place.end = m_pos;
        m_places[path] = place;
    }

    void container(const std::string& path, char open, JsonPlace& place) {
        const char close = open == '{' ? '}' : ']';
        step();
        for (skipBlank(); m_pos < m_text.size() && peek() != close; skipBlank()) {
            const int line = m_line;
            const std::size_t begin = m_pos;
            std::string child = path + "[" + std::to_string(place.members) + "]";
            if (open == '{') {
                const auto key = parseJson(string());
                child = (path.empty() ? "" : path + ".") +
                        (key.ok() && key->is_string() ? key->get<std::string>() : "");
                skipBlank();
                step(); // ':'
                skipBlank();
            }
            value(child, line, begin);
            ++place.members;
            place.lastMemberEnd = m_pos;
            skipBlank();
            if (peek() == ',') step();
        }
        step();
    }

    std::string_view m_text;
    std::size_t m_pos = 0;
    int m_line = 1;
    std::map<std::string, JsonPlace> m_places;
};

} // namespace

std::map<std::string, JsonPlace> locateJson(std::string_view text) {
    return Locator(text).run();
}

} // namespace exo
