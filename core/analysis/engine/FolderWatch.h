#pragma once
// Tells whether anything changed in the folders of a project since it was last asked, and what, by inotify:
// no thread of its own, the kernel keeps the events until they are read. A folder is watched before it is
// listed, so no change falls in between. Where not everything can be watched (a limit, a network's file
// system, events lost) it says so, and time has to decide. One thread.

#include "core/analysis/SafeRoot.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

namespace exo::analysis {

class FolderWatch {
  public:
    enum class Seen : std::uint8_t { Nothing, Changes, Unknown };
    static constexpr std::size_t k_maxFolders = 16'384; // about a kilobyte of the kernel's each

    explicit FolderWatch(std::size_t maxFolders = k_maxFolders);

    // Between the two, every folder that is listed is added; those of earlier that are not are given up.
    void begin();
    void add(int folder, std::string path); // an open descriptor, before it is read; relative, "" is the root
    void end();

    // What came since begin() or the last call. Unknown stays until the next begin().
    Seen take();

    // What take() has seen since begin(): entries of the watched folders by their paths, whatever became of
    // them. `more`: also what these do not tell, as a folder that came or went.
    struct Changes {
        std::set<std::string> paths;
        bool more = false;
    };
    static constexpr std::size_t k_maxPaths = 1000;
    const Changes& changes() const { return m_changes; }
    void forget() { m_changes = {}; } // they were looked at
    std::size_t folders() const { return m_watched.size(); }

  private:
    void drain();
    void note(const std::string& folder, std::uint32_t what, const char* name);
    void lose(); // gives up: everything watched is let go

    const std::size_t m_maxFolders;
    FileHandle m_inotify;
    struct Watched {
        unsigned listing = 0; // it was last seen in
        std::string path;
    };
    std::unordered_map<int, Watched> m_watched; // by watch
    unsigned m_listing = 0;
    Changes m_changes;
    bool m_changed = false, m_lost = true;
};

} // namespace exo::analysis
