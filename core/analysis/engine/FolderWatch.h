#pragma once
// Tells whether anything changed in the folders of a project since it was last asked, by inotify: no thread
// of its own, the kernel keeps the events until they are read. A folder is watched before it is listed, so no
// change falls in between. Where not everything can be watched (a limit, a network's file system, events
// lost) it says so, and time has to decide. One thread.

#include "core/analysis/SafeRoot.h"

#include <cstddef>
#include <memory>
#include <unordered_map>

namespace exo::analysis {

class FolderWatch {
  public:
    enum class Seen : std::uint8_t { Nothing, Changes, Unknown };
    static constexpr std::size_t k_maxFolders = 16'384; // about a kilobyte of the kernel's each

    explicit FolderWatch(std::size_t maxFolders = k_maxFolders);

    // Between the two, every folder that is listed is added; those of earlier that are not are given up.
    void begin();
    void add(int folder); // an open descriptor, before it is read
    void end();

    // What came since begin() or the last call. Unknown stays until the next begin().
    Seen take();
    std::size_t folders() const { return m_watched.size(); }

  private:
    void drain();
    void lose(); // gives up: everything watched is let go

    const std::size_t m_maxFolders;
    FileHandle m_inotify;
    std::unordered_map<int, unsigned> m_watched; // watch → the listing it was last seen in
    unsigned m_listing = 0;
    bool m_changed = false, m_lost = true;
};

} // namespace exo::analysis
