// The names and files a question speaks of.
#include "core/analysis/QueryWords.h"
#include "core/analysis/retrieve/FactFinder.h"
#include "core/base/Text.h"

#include <algorithm>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxSubjects = 4;

struct Word {
    std::string text;
    bool marked = false; // in backticks or quotes, or called: f()
};

bool isNameByte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

// Runs of name bytes with what joins them: "a::b", "x.y", "src/dict.c", "kebab-case".
std::vector<Word> wordsOf(std::string_view text) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < text.size();) {
        if (!isNameByte(text[at])) {
            ++at;
            continue;
        }
        const std::size_t start = at;
        while (at < text.size() &&
               (isNameByte(text[at]) || std::string_view(".:/-").find(text[at]) != std::string_view::npos))
            ++at;
        std::size_t end = at;
        while (end > start && !isNameByte(text[end - 1]))
            --end;
        Word word;
        word.text = text.substr(start, end - start);
        const char before = start > 0 ? text[start - 1] : ' ';
        const std::string_view after = text.substr(end);
        word.marked = before == '`' || before == '"' || before == '\'' || after.starts_with("()");
        words.push_back(std::move(word));
    }
    return words;
}

// Nobody would write it so who does not mean a name.
bool looksLikeName(const Word& word) {
    const std::string& text = word.text;
    const auto inside = [&](auto test) { return std::any_of(text.begin() + 1, text.end(), test); };
    return word.marked || text.find('_') != std::string::npos || text.find("::") != std::string::npos ||
           inside([](char c) { return c >= 'A' && c <= 'Z'; }) ||
           inside([](char c) { return c >= '0' && c <= '9'; });
}

void addOnce(std::vector<std::string>& list, std::string text) {
    if (list.size() < k_maxSubjects && std::find(list.begin(), list.end(), text) == list.end())
        list.push_back(std::move(text));
}

// By its whole path, its end, or its name without extension when that was written as a path.
void addFiles(const KnownProject& project, const std::string& word, std::vector<std::string>& files) {
    if (word.find('.') == std::string::npos && word.find('/') == std::string::npos) return;
    for (const api::AnalysisFile& file : project.result().report().files)
        if (file.path == word || file.path.ends_with("/" + word)) addOnce(files, file.path);
}

} // namespace

Subjects subjectsOf(const KnownProject& project, std::string_view question) {
    Subjects found;
    std::vector<Word> words = wordsOf(question);
    // What looks like a name goes before what may be an everyday word.
    std::stable_partition(words.begin(), words.end(), looksLikeName);
    for (const Word& word : words) {
        addFiles(project, word.text, found.files);
        const std::string last(lastPart(word.text));
        const bool telling = looksLikeName(word);
        const bool everyday = stopWords().contains(toLowerAscii(word.text)) || word.text.size() < 3;
        if (everyday && !telling) continue;
        if (!telling && !found.names.empty()) continue;
        const bool qualified = last != word.text;
        if (!project.result().symbolsNamed(last).empty()) {
            addOnce(found.names, qualified ? word.text : last);
        } else if (telling && found.unknown.empty()) {
            found.unknown = word.text;
        }
    }
    return found;
}

} // namespace exo::analysis
