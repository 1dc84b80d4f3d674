// When the desktop's window appears, seen from outside: by the X server telling us that a top-level window
// was mapped.

#include "tests/bench/gateway/Contenders.h"
#include "tests/bench/gateway/Machine.h"

#include <dlfcn.h>
#include <poll.h>

#include <csignal>
#include <thread>

namespace exo::bench {

namespace fs = std::filesystem;
using test::Process;
using test::ProcessOptions;
using Clock = std::chrono::steady_clock;

namespace {

// The few calls of Xlib we need, loaded when there is one; the benchmark shall build on machines without it.
class XWatcher {
  public:
    explicit XWatcher(const std::string& display) {
        m_library = ::dlopen("libX11.so.6", RTLD_NOW);
        if (!m_library) return;
        const auto open = function<void*(const char*)>("XOpenDisplay");
        const auto root = function<unsigned long(void*)>("XDefaultRootWindow");
        const auto select = function<int(void*, unsigned long, long)>("XSelectInput");
        m_pending = function<int(void*)>("XPending");
        m_next = function<int(void*, void*)>("XNextEvent");
        m_fd = function<int(void*)>("XConnectionNumber");
        for (int tries = 0; tries < 100 && !m_display; ++tries) {
            m_display = open(display.c_str());
            if (!m_display) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        constexpr long substructureNotify = 1L << 19;
        if (m_display) select(m_display, root(m_display), substructureNotify);
        if (m_display) m_pending(m_display);
    }
    XWatcher(const XWatcher&) = delete;
    XWatcher& operator=(const XWatcher&) = delete;
    ~XWatcher() {
        if (m_display) function<int(void*)>("XCloseDisplay")(m_display);
    }

    bool works() const { return m_display != nullptr; }

    // Forgets what happened so far.
    void drain() {
        Event event;
        while (m_pending(m_display) > 0)
            m_next(m_display, &event);
    }

    bool waitForMap(std::chrono::milliseconds timeout) {
        constexpr int mapNotify = 19;
        const auto until = Clock::now() + timeout;
        while (Clock::now() < until) {
            Event event;
            while (m_pending(m_display) > 0) {
                m_next(m_display, &event);
                if (event.type == mapNotify) return true;
            }
            pollfd watched{m_fd(m_display), POLLIN, 0};
            ::poll(&watched, 1, 50);
        }
        return false;
    }

  private:
    union Event { // XEvent: its type, padded to the size Xlib writes
        int type;
        long pad[24];
    };
    template <class Signature>
    Signature* function(const char* name) const {
        return reinterpret_cast<Signature*>(::dlsym(m_library, name));
    }

    void* m_library = nullptr;
    void* m_display = nullptr;
    int (*m_pending)(void*) = nullptr;
    int (*m_next)(void*, void*) = nullptr;
    int (*m_fd)(void*) = nullptr;
};

ProcessOptions desktopOptions(const fs::path& program, const fs::path& folder, const std::string& display) {
    ProcessOptions options;
    options.arguments = {program.string()};
    options.stderrFile = folder / "desktop.log";
    options.environment = {{"DISPLAY", display},
                           {"WAYLAND_DISPLAY", ""},
                           {"QT_QPA_PLATFORM", "xcb"},
                           {"HOME", folder.string()},
                           {"XDG_CONFIG_HOME", (folder / "config").string()},
                           {"XDG_DATA_HOME", (folder / "data").string()},
                           {"XDG_CACHE_HOME", (folder / "cache").string()},
                           {"XDG_STATE_HOME", (folder / "state").string()},
                           {"XDG_RUNTIME_DIR", (folder / "run").string()}};
    return options;
}

} // namespace

std::optional<StartUp> measureDesktopStart(const fs::path& program, const fs::path& folder, int times) {
    if (program.empty() || !fs::exists(program) || !fs::exists("/usr/bin/Xvfb")) return std::nullopt;
    fs::create_directories(folder / "run");
    fs::permissions(folder / "run", fs::perms::owner_all);
    ProcessOptions server;
    server.arguments = {"/usr/bin/Xvfb", "-displayfd", "1",  "-screen", "0",
                        "1280x800x24",   "-nolisten",  "tcp"};
    server.stderrFile = folder / "xvfb.log";
    Process xvfb(server);
    const auto number = xvfb.readLine(std::chrono::seconds(10));
    if (!number) return std::nullopt;
    const std::string display = ":" + *number;
    XWatcher watcher(display);
    if (!watcher.works()) return std::nullopt;
    StartUp best;
    for (int i = 0; i < times; ++i) {
        watcher.drain();
        const auto started = Clock::now();
        Process desktop(desktopOptions(program, folder, display));
        if (!watcher.waitForMap(std::chrono::seconds(15))) return std::nullopt;
        const std::chrono::duration<double, std::milli> took = Clock::now() - started;
        if (best.time.count() == 0 || took < best.time) best.time = took;
        if (i + 1 == times) {
            std::this_thread::sleep_for(std::chrono::seconds(3));
            best.residentMegabytes = residentMegabytes(desktop.pid());
            best.ownMegabytes = ownMegabytes(desktop.pid());
        }
        desktop.signal(SIGTERM);
        desktop.wait(std::chrono::seconds(5));
    }
    return best;
}

} // namespace exo::bench
