#pragma once
// One line on stderr that is written over, on a terminal only. One thread at a time.

#include <cstdint>
#include <string>

namespace exo::cli {

class ProgressBar {
  public:
    ProgressBar();
    // Without a total (0) only the count is shown.
    void show(const std::string& stage, std::int64_t done, std::int64_t total);
    void clear();

  private:
    bool m_shown;
    bool m_dirty = false;
};

} // namespace exo::cli
