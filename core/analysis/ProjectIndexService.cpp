#include "core/analysis/ProjectIndexService.h"

#include "core/analysis/TextFile.h"
#include "core/base/Log.h"

#include <boost/asio.hpp>

#include <atomic>
#include <list>
#include <utility>

namespace exo {

namespace fs = std::filesystem;

namespace {

using analysis::ProjectIndex;
using analysis::ScanOptions;
using analysis::UpdateControl;
using analysis::UpdateReport;

constexpr std::size_t k_openIndexes = 4;
constexpr auto k_keepUnused = std::chrono::hours(24 * 30);

// The standard library may still throw (no memory); it must not end the thread.
template <class T>
T guarded(const std::function<T()>& work) {
    try {
        return work();
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, error.what());
    }
}

// Runs `job` on the pool and comes back to where the coroutine runs.
template <class T>
asio::awaitable<T> runOn(asio::thread_pool& pool, std::function<T()> job) {
    auto start = [&pool](auto handler, std::function<T()> work) {
        auto executor = asio::get_associated_executor(handler);
        auto guard = asio::make_work_guard(executor);
        auto run = [handler = std::move(handler), work = std::move(work), executor,
                    guard = std::move(guard)]() mutable {
            auto back = [handler = std::move(handler), value = guarded(work)]() mutable {
                std::move(handler)(std::move(value));
            };
            asio::post(executor, std::move(back));
        };
        asio::post(pool, std::move(run));
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
        std::move(start), asio::use_awaitable, std::move(job));
}

class Service final : public ProjectIndexService {
  public:
    Service(const Paths& paths, ScanOptions options)
        : m_folder(paths.cache / "index")
        , m_options(options) {
        asio::post(m_pool, [this] { removeUnused(); });
    }
    ~Service() override {
        m_stopping->store(true);
        for (const auto& flag : m_running)
            if (const auto running = flag.lock()) running->store(true);
        m_pool.join();
    }

    Task<std::vector<Excerpt>> search(std::string project, std::string question, std::size_t maxExcerpts,
                                      std::size_t maxBytes, CancelToken cancel) override {
        std::function<Result<std::vector<Excerpt>>(ProjectIndex&)> job = [question, maxExcerpts,
                                                                          maxBytes](ProjectIndex& index) {
            return index.search(question, maxExcerpts, maxBytes);
        };
        return onIndex<std::vector<Excerpt>>(std::move(project), std::move(cancel), {}, std::move(job));
    }

    Task<ProjectOverview> overview(std::string project, CancelToken cancel) override {
        std::function<Result<ProjectOverview>(ProjectIndex&)> job = [](ProjectIndex& index) {
            return index.overview();
        };
        return onIndex<ProjectOverview>(std::move(project), std::move(cancel), {}, std::move(job));
    }

    Task<std::vector<std::string>> hashes(std::string project, std::vector<std::string> paths) override {
        std::function<Result<std::vector<std::string>>()> job =
            [project, paths, max = m_options.maxFileSize]() -> Result<std::vector<std::string>> {
            EXO_TRY(const auto root, analysis::SafeRoot::open(project));
            std::vector<std::string> found;
            for (const std::string& path : paths) {
                const auto file = root.read(path, static_cast<std::size_t>(max));
                found.push_back(file.ok() ? analysis::contentHash(file->bytes) : std::string());
            }
            return found;
        };
        Result<std::vector<std::string>> result =
            co_await runOn<Result<std::vector<std::string>>>(m_pool, std::move(job));
        co_return result;
    }

    Task<UpdateReport> refresh(std::string project, CancelToken cancel,
                               std::function<void(IndexProgress)> progress) override {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        UpdateControl control;
        if (progress) {
            control.progress = [executor, progress](std::int64_t done, std::int64_t total) {
                asio::post(executor, [progress, done, total] { progress({done, total}); });
            };
        }
        std::function<Result<UpdateReport>(ProjectIndex&)> job =
            [this](ProjectIndex&) -> Result<UpdateReport> { return m_lastReport; };
        co_return co_await onIndex<UpdateReport>(std::move(project), std::move(cancel), std::move(control),
                                                 std::move(job));
    }

    void setWriting(Writing writing) override { m_paused = writing == Writing::Paused; }

  private:
    template <class T>
    Task<T> onIndex(std::string project, CancelToken cancel, UpdateControl control,
                    std::function<Result<T>(ProjectIndex&)> job) {
        if (cancel.cancelled() && !timeIsUp(cancel)) co_return fail(ErrorCode::Cancelled);
        auto stop = std::make_shared<std::atomic<bool>>(false);
        auto answer = std::make_shared<std::atomic<bool>>(false); // although stopped
        const CancelRegistration registration = cancel.onCancel([stop, answer](CancelReason reason) {
            answer->store(reason == CancelReason::Deadline);
            stop->store(true);
        });
        std::erase_if(m_running, [](const auto& flag) { return flag.expired(); });
        m_running.push_back(stop);
        std::function<Result<T>()> work = [this, project, control, job, stop, answer]() mutable -> Result<T> {
            if ((stop->load() && !answer->load()) || m_stopping->load()) return fail(ErrorCode::Cancelled);
            control.cancelled = stop.get();
            EXO_TRY(ProjectIndex * index, indexOf(project));
            auto report = index->update(control);
            const bool outOfTime =
                !report.ok() && report.error().code == ErrorCode::Cancelled && answer->load();
            if (!report.ok() && !outOfTime) return std::move(report).error();
            if (report.ok()) m_lastReport = *report;
            return job(*index);
        };
        Result<T> result = co_await runOn<Result<T>>(m_pool, std::move(work));
        co_return result;
    }

    // Worker thread, as all below.
    Result<ProjectIndex*> indexOf(const std::string& project) {
        std::error_code error;
        const fs::path canonical = fs::canonical(project, error);
        if (error) return fail(ErrorCode::NotFound, project + ": " + error.message(), "project");
        // Those of the other kind than now is wanted: on disk while it is full, in memory after it was.
        const bool paused = m_paused;
        if (paused != std::exchange(m_openedPaused, paused)) m_open.clear();
        for (auto it = m_open.begin(); it != m_open.end(); ++it) {
            if ((*it)->root().path() != canonical.string() || isReplaced(**it)) continue;
            m_open.splice(m_open.begin(), m_open, it);
            return m_open.front().get();
        }
        std::erase_if(m_open, [&](const auto& index) { return index->root().path() == canonical.string(); });
        const fs::path file = paused ? fs::path() : indexFile(canonical);
        EXO_TRY(auto index, ProjectIndex::open(canonical.string(), file, m_options));
        m_open.push_front(std::move(index));
        if (m_open.size() > k_openIndexes) m_open.pop_back();
        return m_open.front().get();
    }

    // The folder was deleted and another one stands in its place.
    static bool isReplaced(const ProjectIndex& index) {
        struct stat open {
        }, now{};
        return ::fstat(index.root().descriptor(), &open) != 0 ||
               ::stat(index.root().path().c_str(), &now) != 0 || open.st_ino != now.st_ino ||
               open.st_dev != now.st_dev;
    }

    // Empty (an index in memory) when the cache folder cannot be made.
    fs::path indexFile(const fs::path& canonical) {
        std::error_code error;
        fs::create_directories(m_folder, error);
        if (!error) fs::permissions(m_folder, fs::perms::owner_all, error);
        if (error) {
            log::warn("the project index stays in memory: {}: {}", m_folder.string(), error.message());
            return {};
        }
        const fs::path file = m_folder / (analysis::contentHash(canonical.string()) + ".db");
        fs::last_write_time(file, fs::file_time_type::clock::now(), error); // marks it as used
        return file;
    }

    void removeUnused() {
        std::error_code error;
        const auto oldest = fs::file_time_type::clock::now() - k_keepUnused;
        for (fs::directory_iterator it(m_folder, error), end; !error && it != end; it.increment(error)) {
            std::error_code ignored;
            if (it->path().extension() == ".db" && it->last_write_time(ignored) < oldest && !ignored)
                analysis::removeIndexFiles(it->path());
        }
    }

    const fs::path m_folder;
    const ScanOptions m_options;
    std::vector<std::weak_ptr<std::atomic<bool>>> m_running; // io thread
    std::list<std::unique_ptr<ProjectIndex>> m_open;         // most recently used first
    UpdateReport m_lastReport;
    std::atomic<bool> m_paused = false;
    bool m_openedPaused = false; // those that are open
    std::shared_ptr<std::atomic<bool>> m_stopping = std::make_shared<std::atomic<bool>>(false);
    asio::thread_pool m_pool{1}; // last: joined before what its jobs use is gone
};

} // namespace

std::unique_ptr<ProjectIndexService> makeProjectIndexService(const Paths& paths, ScanOptions options) {
    return std::make_unique<Service>(paths, options);
}

} // namespace exo
