#include "tests/ui/backend/Faces.h"

#include "ui/backend/LocalBackend.h"
#include "ui/backend/RemoteBackend.h"

#include <fstream>

namespace exo::ui {

World::World(Face face)
    : m_face(face) {
    test::ProcessOptions upstream;
    upstream.arguments = {EXO_UPSTREAM, "--no-log"};
    m_upstream = std::make_unique<test::Process>(upstream);
    writeConfig(test::waitForListening(*m_upstream));
    open();
}

void World::open() {
    if (m_face == Face::Local) {
        CoreOptions options;
        options.paths = Paths::fromHome(m_home.path());
        options.sources.file = options.paths.configFile();
        options.kind = "desktop";
        auto local = std::make_unique<LocalBackend>(std::move(options));
        local->start();
        m_backend = std::move(local);
        return;
    }
    test::ProcessOptions server;
    server.arguments = {EXO_PROGRAM, "--home", m_home.path().string(), "serve", "--listen", "127.0.0.1:0"};
    server.stderrFile = m_home / "serve.log";
    m_server = std::make_unique<test::Process>(server);
    const QString url = QString::fromStdString(test::waitForListening(*m_server));
    m_backend = std::make_unique<RemoteBackend>(QUrl(url), QString());
}

void World::restart() {
    m_backend.reset();
    m_server.reset();
    open();
}

std::string World::makeProject() const {
    const auto folder = m_home / "project";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "dict.c") << "int dictAdd(int key) {\n    return key;\n}\n";
    std::ofstream(folder / "main.c")
        << "int dictAdd(int key);\n\nint main(void) {\n    return dictAdd(1);\n}\n";
    return folder.string();
}

void World::writeConfig(const std::string& upstreamUrl) {
    std::ofstream file(m_home / "config.json");
    file << R"({"providers": [{"name": "up", "type": "openai", "baseUrl": ")" << upstreamUrl
         << R"(", "models": ["text:400:2", "text:5000:5", "echo", "status:500",
              "use:callers:name:dictAdd", "use:read_range:path:.."], "proxy": "none"}],
              "models": {"default": "echo"}})";
}

} // namespace exo::ui
