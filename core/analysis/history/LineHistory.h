#pragma once
// In how many commits the lines of a function changed: its lines are followed from the text of now back
// through the changes of the file, as `git log -L` does. One thread.

#include "core/analysis/history/History.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

struct LineSpan {
    int first = 1, last = 1; // first > last: nothing (any longer)
    std::string name;        // what its first line holds, by which it is known again when that line changed
};

class LineHistory {
  public:
    // `root` as for readHistory. `budget`: bytes of text that may be compared, over all calls.
    explicit LineHistory(const std::filesystem::path& root, std::size_t budget = std::size_t{128} << 20);
    LineHistory(const LineHistory&) = delete;
    LineHistory& operator=(const LineHistory&) = delete;
    ~LineHistory();

    // One number for each span of `text`, which is the file as it is now, committed or not; edits that are
    // not committed count for nothing. Only `file.recent` is looked at, and of that only until the budget is
    // spent, a content is missing or over 1 MB, or no span is left. A span that came as a whole with a commit
    // ends there; so does one whose first line came with it and whose name no line had that it stands for.
    std::vector<std::int64_t> changes(const FileHistory& file, std::string_view text,
                                      std::vector<LineSpan> spans);

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace exo::analysis
