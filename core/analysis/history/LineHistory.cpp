#include "core/analysis/history/LineHistory.h"

#include "core/analysis/history/Repository.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxText = 1u << 20;

using GitBlob = std::unique_ptr<git_blob, GitFree<git_blob_free>>;

// A place where two texts differ, as in a unified diff without context: of a side without lines, `start` is
// the line before.
struct Hunk {
    int oldStart = 0, oldLines = 0, newStart = 0, newLines = 0;

    int oldEnd() const { return oldStart + oldLines - 1; }
    int newEnd() const { return newStart + newLines - 1; }
    bool touches(const LineSpan& span) const {
        if (newLines > 0) return newStart <= span.last && newEnd() >= span.first;
        return span.first <= newStart && newStart < span.last;
    }
};

int noteHunk(const git_diff_delta*, const git_diff_hunk* hunk, void* hunks) {
    static_cast<std::vector<Hunk>*>(hunks)->push_back(
        {hunk->old_start, hunk->old_lines, hunk->new_start, hunk->new_lines});
    return 0;
}

std::vector<Hunk> difference(std::string_view before, std::string_view after) {
    std::vector<Hunk> hunks;
    if (before == after) return hunks;
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = 0;
    options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_IGNORE_WHITESPACE_EOL;
    git_diff_buffers(before.data(), before.size(), nullptr, after.data(), after.size(), nullptr, &options,
                     nullptr, nullptr, noteHunk, nullptr, &hunks);
    return hunks;
}

// A text by its lines, which are counted from 1.
class Lines {
  public:
    explicit Lines(std::string_view text)
        : m_text(text) {}
    std::string_view at(int line) {
        while (m_starts.size() <= static_cast<std::size_t>(line) && m_starts.back() < m_text.size())
            m_starts.push_back(std::min(m_text.find('\n', m_starts.back()), m_text.size() - 1) + 1);
        const auto index = static_cast<std::size_t>(line);
        if (line < 1 || index >= m_starts.size()) return {};
        return m_text.substr(m_starts[index - 1], m_starts[index] - m_starts[index - 1]);
    }

  private:
    std::string_view m_text;
    std::vector<std::size_t> m_starts{0};
};

bool isWordByte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<signed char>(c) < 0;
}

bool holdsWord(std::string_view line, std::string_view word) {
    for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !isWordByte(line[at - 1])) && (end == line.size() || !isWordByte(line[end])))
            return true;
    }
    return false;
}

// The line of the old text that stands where `line` of the new one does, or the hunk it lies in.
struct Mapped {
    int line = 0;
    const Hunk* inside = nullptr;
};
Mapped oldLine(const std::vector<Hunk>& hunks, int line) {
    int shift = 0;
    for (const Hunk& hunk : hunks) {
        const int newEnd = hunk.newLines > 0 ? hunk.newEnd() : hunk.newStart;
        if (newEnd < line) {
            shift += hunk.oldLines - hunk.newLines;
            continue;
        }
        if (hunk.newLines > 0 && hunk.newStart <= line) return {0, &hunk};
        break;
    }
    return {line + shift, nullptr};
}

// Of a span's first line that was rewritten: the old line with its name; without one the line at the same
// place when as many went as came. 0: it came new.
int oldFirst(const Hunk& hunk, const LineSpan& span, Lines& old) {
    for (int line = hunk.oldStart; !span.name.empty() && line <= hunk.oldEnd(); ++line)
        if (holdsWord(old.at(line), span.name)) return line;
    return hunk.oldLines == hunk.newLines ? hunk.oldStart + span.first - hunk.newStart : 0;
}

// Counted from the end of the hunk, so that a body that grew keeps its end.
int oldLast(const Hunk& hunk, const LineSpan& span) {
    if (hunk.oldLines == 0) return hunk.oldStart;
    return hunk.oldEnd() - std::min(hunk.newEnd() - span.last, hunk.oldLines - 1);
}

bool isEmpty(const LineSpan& span) {
    return span.first > span.last;
}

void follow(const std::vector<Hunk>& hunks, std::string_view before, std::vector<LineSpan>& spans) {
    if (hunks.empty()) return;
    Lines old(before);
    for (LineSpan& span : spans) {
        if (isEmpty(span)) continue;
        const Mapped first = oldLine(hunks, span.first), last = oldLine(hunks, span.last);
        const int begin = first.inside ? oldFirst(*first.inside, span, old) : first.line;
        const int end = last.inside ? oldLast(*last.inside, span) : last.line;
        span.first = begin > 0 ? begin : 1;
        span.last = begin > 0 ? end : 0;
    }
}

void count(const std::vector<Hunk>& hunks, const std::vector<LineSpan>& spans,
           std::vector<std::int64_t>& counts) {
    for (std::size_t i = 0; i < spans.size(); ++i)
        if (!isEmpty(spans[i]) &&
            std::any_of(hunks.begin(), hunks.end(), [&](const Hunk& hunk) { return hunk.touches(spans[i]); }))
            ++counts[i];
}

} // namespace

struct LineHistory::State {
    OpenedRepository opened;
    std::size_t budget = 0;

    GitBlob blob(const BlobId& id) const {
        git_oid oid{};
        std::copy(id.begin(), id.end(), std::begin(oid.id));
        git_blob* found = nullptr;
        if (git_oid_is_zero(&oid) || git_blob_lookup(&found, opened.handle.get(), &oid) != 0) return nullptr;
        GitBlob owner(found);
        if (git_blob_rawsize(found) > static_cast<git_object_size_t>(k_maxText)) return nullptr;
        return owner;
    }
    static std::string_view text(const GitBlob& blob) {
        return {static_cast<const char*>(git_blob_rawcontent(blob.get())),
                static_cast<std::size_t>(git_blob_rawsize(blob.get()))};
    }
    bool spend(std::size_t bytes) {
        if (bytes > budget) {
            budget = 0;
            return false;
        }
        budget -= bytes;
        return true;
    }
};

LineHistory::LineHistory(const std::filesystem::path& root, std::size_t budget)
    : m_state(std::make_unique<State>()) {
    m_state->opened = openRepository(root);
    if (m_state->opened.state == HistoryState::Ok) m_state->budget = budget;
}

LineHistory::~LineHistory() = default;

std::vector<std::int64_t> LineHistory::changes(const FileHistory& file, std::string_view text,
                                               std::vector<LineSpan> spans) {
    std::vector<std::int64_t> counts(spans.size(), 0);
    if (text.size() > k_maxText) return counts;
    GitBlob current; // what `text` looks into after the first step
    for (const FileChange& change : file.recent) {
        if (std::all_of(spans.begin(), spans.end(), isEmpty)) break;
        GitBlob after = m_state->blob(change.after);
        if (!after || !m_state->spend(text.size() + 2 * State::text(after).size())) break;
        // Not committed, merged, or moved with a change: what lies between counts for nobody.
        follow(difference(State::text(after), text), State::text(after), spans);
        GitBlob before = m_state->blob(change.before);
        if (!before) {
            if (change.before != BlobId{}) break;
            const bool cameHere = &change == &file.recent.back(); // otherwise it was moved
            for (std::size_t i = 0; cameHere && i < spans.size(); ++i)
                counts[i] += isEmpty(spans[i]) ? 0 : 1;
            text = State::text(after);
            current = std::move(after);
            continue;
        }
        const std::vector<Hunk> hunks = difference(State::text(before), State::text(after));
        count(hunks, spans, counts);
        follow(hunks, State::text(before), spans);
        current = std::move(before);
        text = State::text(current);
    }
    return counts;
}

} // namespace exo::analysis
