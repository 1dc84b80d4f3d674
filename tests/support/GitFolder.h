#pragma once
// Folders with a history, made by the git command.

#include "tests/support/FileTree.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

namespace exo::test {

// A repository made by the git command; each commit a day after the one before.
class Git {
  public:
    explicit Git(std::filesystem::path folder)
        : m_folder(std::move(folder)) {
        std::filesystem::create_directories(m_folder);
        run("init -q -b main .");
    }
    void run(const std::string& arguments) const {
        const std::string date = std::to_string(1'700'000'000 + 86'400 * m_day) + " +0000";
        const std::string command =
            "cd '" + m_folder.string() + "' && HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='" +
            date + "' GIT_COMMITTER_DATE='" + date + "' git -c user.name='" + m_name + "' -c user.email='" +
            m_name + "@example.org' -c protocol.file.allow=always " + arguments + " >/dev/null 2>&1";
        REQUIRE(std::system(command.c_str()) == 0);
    }
    void commit(const std::string& author = "Ann") {
        ++m_day;
        m_name = author;
        run("add -A");
        run("commit -q --allow-empty -m x");
    }
    void write(const std::string& path, const std::string& text) const { writeText(m_folder / path, text); }
    const std::filesystem::path& folder() const { return m_folder; }

  private:
    std::filesystem::path m_folder;
    std::string m_name = "Ann";
    int m_day = 0;
};

inline bool haveGit() {
    return std::system("git --version >/dev/null 2>&1") == 0;
}

} // namespace exo::test
