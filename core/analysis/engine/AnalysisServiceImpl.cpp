#include "core/analysis/engine/AnalysisServiceImpl.h"

#include "core/analysis/TextFile.h"
#include "core/analysis/engine/RecordStore.h"
#include "core/analysis/engine/SourceReader.h"
#include "core/analysis/engine/Worker.h"
#include "core/analysis/report/Html.h"
#include "core/analysis/report/Sarif.h"
#include "core/base/Log.h"

#include <boost/asio.hpp>

#include <algorithm>
#include <list>
#include <optional>

namespace exo {

namespace {

using analysis::AnalysisResult;
using analysis::RunReport;

constexpr Millis k_tellEvery{50};
constexpr std::size_t k_maxSource = 64u << 20;

struct Job {
    Owner owner;
    api::AnalysisState state;
    AnalysisRequest request;
    std::atomic<bool> cancelled = false;
    std::shared_ptr<const AnalysisResult> result;
    std::list<std::function<void(const api::AnalysisState&)>> subscribers;
    bool running() const { return state.status == "running"; }
};

class Subscription final : public AnalysisSubscription {
  public:
    Subscription(std::weak_ptr<Job> job, decltype(Job::subscribers)::iterator place)
        : m_job(std::move(job))
        , m_place(place) {}
    ~Subscription() override {
        if (const auto job = m_job.lock()) *m_place = nullptr; // swept later: it may be running just now
    }

  private:
    std::weak_ptr<Job> m_job;
    decltype(Job::subscribers)::iterator m_place;
};

class Service final : public AnalysisService {
  public:
    Service(asio::io_context& io, const Clock& clock, AnalysisServiceOptions options)
        : m_io(io)
        , m_clock(clock)
        , m_options(std::move(options)) {
        if (!m_options.cacheFolder.empty())
            asio::post(m_runs, [folder = m_options.cacheFolder] { analysis::removeUnusedStores(folder); });
    }
    ~Service() override {
        for (const auto& job : m_jobs)
            job->cancelled = true;
        m_runs.join();
        m_reads.join();
    }

    Result<AnalysisId> start(const Owner& owner, AnalysisRequest request) override {
        std::error_code error;
        if (!std::filesystem::exists(request.path, error))
            return fail(ErrorCode::NotFound, request.path + ": no such file or folder", "path");
        const auto running =
            std::count_if(m_jobs.begin(), m_jobs.end(), [](const auto& j) { return j->running(); });
        if (static_cast<std::size_t>(running) >= m_options.maxRunning)
            return fail(ErrorCode::Overloaded, "too many analyses are running");
        auto job = std::make_shared<Job>();
        job->owner = owner;
        job->state.id = newId<AnalysisId>("an_");
        job->state.path = request.path;
        job->state.status = "running";
        job->state.progress.stage = "scanning";
        job->request = std::move(request);
        m_jobs.push_front(job);
        forgetOldest();
        asio::post(m_runs, [this, job, options = optionsOf(job->request)] { run(job, options); });
        return job->state.id;
    }

    std::vector<api::AnalysisState> list(const Owner& owner) const override {
        std::vector<api::AnalysisState> out;
        for (const auto& job : m_jobs)
            if (mayUse(owner, *job)) out.push_back(job->state);
        return out;
    }

    Result<api::AnalysisState> state(const Owner& owner, const AnalysisId& id) const override {
        EXO_TRY(const auto job, find(owner, id));
        return job->state;
    }

    Result<void> cancel(const Owner& owner, const AnalysisId& id) override {
        EXO_TRY(const auto job, find(owner, id));
        job->cancelled = true;
        return {};
    }

    Result<void> remove(const Owner& owner, const AnalysisId& id) override {
        EXO_TRY(const auto job, find(owner, id));
        job->cancelled = true;
        m_jobs.remove(job);
        if (!job->running()) return {};
        job->state.status = "cancelled"; // for those who watch it; what the run still says is not heard
        notify(*job);
        return {};
    }

    Result<std::unique_ptr<AnalysisSubscription>>
    subscribe(const Owner& owner, const AnalysisId& id,
              std::function<void(const api::AnalysisState&)> changed) override {
        EXO_TRY(const auto job, find(owner, id));
        job->subscribers.push_back(changed);
        std::unique_ptr<AnalysisSubscription> subscription =
            std::make_unique<Subscription>(job, std::prev(job->subscribers.end()));
        changed(job->state);
        return subscription;
    }

    Task<api::AnalysisState> wait(Owner owner, AnalysisId id, CancelToken cancel) override {
        const auto timer = std::make_shared<asio::steady_timer>(m_io, asio::steady_timer::time_point::max());
        const auto last = std::make_shared<api::AnalysisState>();
        EXO_CO_TRY(const auto subscription,
                   subscribe(owner, id, [timer, last](const api::AnalysisState& state) {
                       *last = state;
                       if (state.status != "running")
                           timer->expires_at(asio::steady_timer::time_point::min());
                   }));
        const auto registration =
            cancel.onCancel([this, owner, id](CancelReason) { (void)this->cancel(owner, id); });
        while (last->status == "running") {
            boost::system::error_code ignored;
            co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        if (cancel.cancelled() && last->status == "cancelled") co_return fail(ErrorCode::Cancelled);
        co_return *last;
    }

    Result<std::shared_ptr<const AnalysisResult>> result(const Owner& owner,
                                                         const AnalysisId& id) const override {
        EXO_TRY(const auto job, find(owner, id));
        if (job->result) return job->result;
        return fail(ErrorCode::Conflict,
                    job->running()
                        ? "the analysis is still running"
                        : "the analysis has no result: it " +
                              std::string(job->state.status == "failed" ? "failed" : "was cancelled"));
    }

    Task<AnalysisSource> source(Owner owner, AnalysisId id, std::string path, int startLine,
                                int count) override {
        EXO_CO_TRY(const auto found, result(owner, id));
        if (!found->file(path)) co_return fail(ErrorCode::NotFound, "no such file in the analysis", "path");
        std::function<Result<AnalysisSource>()> work = [found, path, startLine, count] {
            return readSource(*found, path, startLine, count);
        };
        co_return co_await onReads(std::move(work));
    }

    Task<api::SourceText> text(Owner owner, AnalysisId id, std::string path, Colours colours) override {
        EXO_CO_TRY(const auto found, result(owner, id));
        analysis::SourceOptions options;
        options.worker = m_options.worker;
        options.colours = colours == Colours::With;
        std::function<Result<api::SourceText>()> work = [found, path, options] {
            return analysis::readSourceText(*found, path, options);
        };
        co_return co_await onReads(std::move(work));
    }

    Task<std::string> report(Owner owner, AnalysisId id, Format format) override {
        EXO_CO_TRY(const auto found, result(owner, id));
        std::function<Result<std::string>()> work = [found, format]() -> Result<std::string> {
            std::string out;
            const auto append = [&out](std::string_view piece) {
                out += piece;
                return true;
            };
            const auto rules = analysis::ruleCatalogue(found->root());
            if (format == Format::Sarif)
                (void)analysis::writeSarif(found->report(), rules, append);
            else
                (void)analysis::writeHtml(found->report(), rules, append);
            return out;
        };
        co_return co_await onReads(std::move(work));
    }

  private:
    // Work that reads files or takes its time, on the thread for it. Callers name the function first: GCC 12
    // destroys a temporary twice that becomes a std::function inside a co_await.
    template <class T>
    Task<T> onReads(std::function<Result<T>()> work) {
        const auto made = std::make_shared<std::optional<Result<T>>>();
        auto job = [made, work = std::move(work)]() -> asio::awaitable<void> {
            try {
                made->emplace(work());
            } catch (const std::exception& error) { // no memory, most likely
                made->emplace(fail(ErrorCode::Internal, error.what()));
            }
            co_return;
        };
        co_await asio::co_spawn(m_reads, std::move(job), asio::use_awaitable);
        co_return std::move(**made);
    }

    static bool mayUse(const Owner& owner, const Job& job) { return owner.all || owner.id == job.owner.id; }

    Result<std::shared_ptr<Job>> find(const Owner& owner, const AnalysisId& id) const {
        for (const auto& job : m_jobs)
            if (job->state.id == id && mayUse(owner, *job)) return job;
        return fail(ErrorCode::NotFound, "no such analysis", "id");
    }

    void forgetOldest() {
        while (m_jobs.size() > m_options.maxKept) {
            const auto oldest =
                std::find_if(m_jobs.rbegin(), m_jobs.rend(), [](const auto& j) { return !j->running(); });
            if (oldest == m_jobs.rend()) return;
            m_jobs.erase(std::next(oldest).base());
        }
    }

    analysis::RunOptions optionsOf(const AnalysisRequest& request) const {
        const auto limits = m_options.limits();
        analysis::RunOptions options;
        options.path = request.path;
        options.worker = m_options.worker;
        options.jobs = request.jobs > 0 ? request.jobs : limits.workers;
        options.maxFileSize = limits.maxFileSize;
        if (limits.keep && request.cache == AnalysisRequest::Cache::Use)
            options.cacheFolder = m_options.cacheFolder;
        options.stallLimit = m_options.stallLimit;
        options.clocCounting = request.clocCounting;
        options.history = request.history;
        return options;
    }

    // Thread of the runs.
    void run(const std::shared_ptr<Job>& job, const analysis::RunOptions& options) {
        analysis::RunControl control;
        control.cancelled = &job->cancelled;
        std::string stage;
        SteadyTime told{};
        control.progress = [&](const api::AnalysisProgress& progress) {
            const SteadyTime now = m_clock.now();
            if (progress.stage == stage && now - told < k_tellEvery) return;
            stage = progress.stage;
            told = now;
            asio::post(m_io, [job, progress] {
                if (!job->running()) return;
                job->state.progress = progress;
                notify(*job);
            });
        };
        Result<RunReport> outcome = fail(ErrorCode::Cancelled);
        try {
            if (!job->cancelled) outcome = analysis::runAnalysis(options, control);
        } catch (const std::exception& error) { // no memory, most likely
            outcome = fail(ErrorCode::Internal, error.what());
        }
        asio::post(m_io, [job, outcome = std::move(outcome)]() mutable { finish(*job, std::move(outcome)); });
    }

    static void finish(Job& job, Result<RunReport> outcome) {
        if (!job.running()) return; // removed meanwhile
        if (outcome.ok()) {
            job.result = std::move(outcome->result);
            job.state.summary = job.result->report().summary;
            job.state.languages = job.result->report().languages;
            const std::int64_t files = job.state.summary->files;
            job.state.progress = {"done", files, files};
            job.state.status = "done";
        } else {
            const Error& error = outcome.error();
            job.state.status = error.code == ErrorCode::Cancelled ? "cancelled" : "failed";
            job.state.errorCode = toString(error.code);
            job.state.errorMessage = error.detail;
            if (error.code != ErrorCode::Cancelled) log::warn("analysis failed: {}", error.toLogString());
        }
        notify(job);
    }

    // A subscriber may end its own subscription or another's while it is told.
    static void notify(Job& job) {
        const api::AnalysisState state = job.state;
        for (auto it = job.subscribers.begin(); it != job.subscribers.end(); ++it) {
            const auto tell = *it;
            if (tell) tell(state);
        }
        std::erase_if(job.subscribers, [](const auto& tell) { return !tell; });
    }

    static Result<AnalysisSource> readSource(const AnalysisResult& result, const std::string& path,
                                             int startLine, int count) {
        EXO_TRY(const auto root, analysis::SafeRoot::open(result.root()));
        EXO_TRY(auto file, root.read(path, k_maxSource));
        AnalysisSource source;
        source.path = path;
        source.changed = analysis::contentHash(file.bytes) != result.hashOf(path);
        const auto text = analysis::decodeText(std::move(file.bytes));
        if (!text) return fail(ErrorCode::NotFound, "the file is no longer text", "path");
        const auto lines = analysis::linesOf(*text);
        source.totalLines = static_cast<int>(lines.size());
        source.startLine = std::max(startLine, 1);
        for (int line = source.startLine; line - source.startLine < count && line <= source.totalLines;
             ++line)
            source.lines.emplace_back(lines[static_cast<std::size_t>(line - 1)]);
        return source;
    }

    asio::io_context& m_io;
    const Clock& m_clock;
    const AnalysisServiceOptions m_options;
    std::list<std::shared_ptr<Job>> m_jobs; // newest first
    asio::thread_pool m_reads{1};
    asio::thread_pool m_runs{1}; // last: joined before what its jobs use is gone
};

} // namespace

std::unique_ptr<AnalysisService> makeAnalysisService(asio::io_context& io, const Clock& clock,
                                                     AnalysisServiceOptions options) {
    return std::make_unique<Service>(io, clock, std::move(options));
}

} // namespace exo
