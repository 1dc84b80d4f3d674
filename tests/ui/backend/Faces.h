#pragma once
// The two true backends over the same scripted upstream, each in a home of its own. GUI thread of a test.

#include "tests/support/TempHome.h"
#include "tests/support/process/Process.h"
#include "ui/backend/Backend.h"

#include <memory>

namespace exo::ui {

enum class Face { Local, Remote };

class World {
  public:
    explicit World(Face face);

    Backend* backend() { return m_backend.get(); }
    // The same home under a new core, or under a new server.
    void restart();
    // A folder with one function that another one calls.
    std::string makeProject() const;
    test::Process* server() { return m_server.get(); } // nullptr for the local face

  private:
    void writeConfig(const std::string& upstreamUrl);
    void open();

    Face m_face;
    test::TempHome m_home;
    std::unique_ptr<test::Process> m_upstream;
    std::unique_ptr<test::Process> m_server;
    std::unique_ptr<Backend> m_backend; // first to go: its core still talks to the upstream
};

} // namespace exo::ui
