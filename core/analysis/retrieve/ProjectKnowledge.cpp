#include "core/analysis/retrieve/ProjectKnowledge.h"

#include "core/analysis/engine/AnalysisRun.h"
#include "core/analysis/engine/EditReader.h"
#include "core/analysis/history/History.h"
#include "core/base/Log.h"

#include <boost/asio.hpp>

#include <list>

namespace exo {

namespace {

using analysis::KnownProject;

constexpr Millis k_fresh{2000};
constexpr int k_patience = 10; // how many times its last duration an analysis stays good
// What neither a watch nor the marks of a project tell is looked for this often.
constexpr Millis k_freshWatched{600'000};
constexpr Millis k_tellEvery{100};

struct Kept {
    std::string path;
    std::shared_ptr<KnownProject> project;
    struct Look { // at everything
        SteadyTime at{};
        Millis took{0};
    };
    Look code, wholes; // the latest that read all code; that looked for duplicates and in the history as well
    std::string rulesAround, history; // marks of what was there then, which no watch sees
    analysis::FolderWatch watch;
    analysis::EditReader edits;
    bool mustLook = true;

    explicit Kept(std::string p)
        : path(std::move(p)) {}
    enum class State { Fresh, Edited, Old };
    State stateAt(SteadyTime now, KnowledgeNeed need) {
        using Seen = analysis::FolderWatch::Seen;
        const Seen seen = watch.take();
        mustLook = mustLook || seen == Seen::Changes; // until it has been looked at
        const Millis good = seen == Seen::Unknown ? k_fresh : k_freshWatched;
        const Look& last = need == KnowledgeNeed::Code ? code : wholes;
        if (!project || now - last.at >= std::max(good, last.took * k_patience)) return State::Old;
        if (rulesAround != rulesAroundNow()) return State::Old;
        if (need == KnowledgeNeed::Everything &&
            (project->result().hasOlderWholes() || history != analysis::historyMark(path)))
            return State::Old;
        if (!mustLook) return State::Fresh;
        return seen == Seen::Unknown ? State::Old : State::Edited;
    }
    std::string rulesAroundNow() const {
        const auto root = analysis::SafeRoot::open(path);
        return root.ok() ? analysis::ignoreRulesAround(*root) : "gone";
    }
};

class Knowledge final : public ProjectKnowledge {
  public:
    Knowledge(const Clock& clock, KnowledgeOptions options)
        : m_clock(clock)
        , m_options(std::move(options)) {}
    ~Knowledge() override {
        m_stopping = true;
        for (const auto& flag : m_running)
            if (const auto running = flag.lock()) *running = true;
        m_pool.join();
    }

    Task<void> ask(std::string project, KnowledgeJob job, CancelToken cancel, KnowledgeNeed need,
                   std::function<void(const api::AnalysisProgress&)> progress) override {
        if (cancel.cancelled()) co_return fail(ErrorCode::Cancelled);
        const auto stop = std::make_shared<std::atomic<bool>>(false);
        const CancelRegistration registration = cancel.onCancel([stop](CancelReason) { *stop = true; });
        std::erase_if(m_running, [](const auto& flag) { return flag.expired(); });
        m_running.push_back(stop);
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        std::function<void(const api::AnalysisProgress&)> tell;
        if (progress)
            tell = [executor, progress = std::move(progress)](const api::AnalysisProgress& step) {
                asio::post(executor, [progress, step] { progress(step); });
            };
        const auto outcome = std::make_shared<Result<void>>();
        auto work = [this, project = std::move(project), job = std::move(job), stop, tell = std::move(tell),
                     wanted = Wanted{need, m_options.limits()}, outcome]() -> asio::awaitable<void> {
            *outcome = answer(project, job, *stop, tell, wanted);
            co_return;
        };
        co_await asio::co_spawn(m_pool, std::move(work), asio::use_awaitable);
        co_return std::move(*outcome);
    }

  private:
    struct Wanted {
        KnowledgeNeed need = KnowledgeNeed::Everything;
        KnowledgeOptions::Limits limits;
    };

    // The worker thread, as all below.
    Result<void> answer(const std::string& project, const KnowledgeJob& job, const std::atomic<bool>& stop,
                        const std::function<void(const api::AnalysisProgress&)>& tell, const Wanted& wanted) {
        try {
            if (stop || m_stopping) return fail(ErrorCode::Cancelled);
            EXO_TRY(const auto known, upToDate(project, stop, tell, wanted));
            job(*known, stop);
            if (stop) return fail(ErrorCode::Cancelled);
            return {};
        } catch (const std::exception& error) { // no memory, most likely
            return fail(ErrorCode::Internal, error.what());
        }
    }

    Result<std::shared_ptr<const KnownProject>>
    upToDate(const std::string& project, const std::atomic<bool>& stop,
             const std::function<void(const api::AnalysisProgress&)>& tell, const Wanted& wanted) {
        std::error_code error;
        const std::string path = std::filesystem::canonical(project, error).string();
        if (error) return fail(ErrorCode::NotFound, project + ": " + error.message(), "project");
        auto kept = std::find_if(m_kept.begin(), m_kept.end(), [&](const Kept& k) { return k.path == path; });
        if (kept == m_kept.end())
            m_kept.emplace_front(path);
        else
            m_kept.splice(m_kept.begin(), m_kept, kept);
        auto answer = lookAt(m_kept.front(), controlFor(stop, tell), wanted);
        if (!m_kept.front().project) m_kept.pop_front();
        if (m_kept.size() > m_options.maxProjects) m_kept.pop_back();
        return answer;
    }

    Result<std::shared_ptr<const KnownProject>> lookAt(Kept& kept, analysis::RunControl control,
                                                       const Wanted& wanted) {
        const SteadyTime before = m_clock.now();
        const Kept::State state = kept.stateAt(before, wanted.need);
        if (state == Kept::State::Fresh) return kept.project;
        control.watch = &kept.watch;
        const analysis::RunOptions options = optionsFor(kept.path, wanted.limits);
        if (state == Kept::State::Edited && wanted.need == KnowledgeNeed::Code &&
            readEdits(kept, options, control))
            return kept.project;
        const bool codeAlone = wanted.need == KnowledgeNeed::Code;
        const analysis::AnalysisResult nothing;
        if (codeAlone) control.wholesFrom = kept.project ? &kept.project->result() : &nothing;
        kept.mustLook = true; // whatever ends the run before its end
        kept.rulesAround = kept.rulesAroundNow();
        if (!codeAlone) kept.history = analysis::historyMark(kept.path);
        kept.edits.forget();
        EXO_TRY(auto root, analysis::SafeRoot::open(kept.path));
        EXO_TRY(auto report, analysis::runAnalysis(options, control));
        const SteadyTime after = m_clock.now();
        kept.mustLook = false;
        const bool same = kept.project && sameContent(kept.project->result(), *report.result);
        if (!same)
            kept.project = std::make_shared<KnownProject>(std::move(report.result), std::move(root),
                                                          m_options.cacheFolder, kept.project.get());
        else if (!codeAlone || kept.project->result().hasEdits())
            kept.project =
                KnownProject::lookedAtAgain(*kept.project, std::move(report.result), std::move(root));
        kept.edits.begin(options, std::move(report.listing));
        kept.code = {after, std::chrono::duration_cast<Millis>(after - before)};
        if (!codeAlone) kept.wholes = kept.code;
        return kept.project;
    }

    // False: everything has to be looked at.
    static bool readEdits(Kept& kept, const analysis::RunOptions& options,
                          const analysis::RunControl& control) {
        auto records = kept.edits.read(kept.project->result(), kept.watch.changes(), options, control);
        if (!records || !analysis::ResultEdit::fits(kept.project->result(), *records)) return false;
        kept.watch.forget();
        kept.mustLook = false;
        if (!records->empty())
            kept.project = KnownProject::edited(std::move(kept.project), std::move(*records));
        return true;
    }

    static bool sameContent(const analysis::AnalysisResult& a, const analysis::AnalysisResult& b) {
        const auto& files = a.report().files;
        if (files.size() != b.report().files.size()) return false;
        for (std::size_t i = 0; i < files.size(); ++i)
            if (files[i].path != b.report().files[i].path ||
                a.hashOf(files[i].path) != b.hashOf(files[i].path))
                return false;
        return true;
    }

    analysis::RunOptions optionsFor(const std::string& path, const KnowledgeOptions::Limits& limits) const {
        analysis::RunOptions options;
        options.path = path;
        options.worker = m_options.worker;
        options.jobs = limits.workers;
        options.maxFileSize = limits.maxFileSize;
        options.cacheFolder = m_options.cacheFolder;
        return options;
    }

    analysis::RunControl controlFor(const std::atomic<bool>& stop,
                                    const std::function<void(const api::AnalysisProgress&)>& tell) const {
        analysis::RunControl control;
        control.cancelled = &stop;
        if (tell)
            control.progress = [tell, this, told = SteadyTime{}](const api::AnalysisProgress& step) mutable {
                const SteadyTime now = m_clock.now();
                if (now - told < k_tellEvery) return;
                told = now;
                tell(step);
            };
        return control;
    }

    const Clock& m_clock;
    const KnowledgeOptions m_options;
    std::atomic<bool> m_stopping = false;
    std::vector<std::weak_ptr<std::atomic<bool>>> m_running; // io thread
    std::list<Kept> m_kept;                                  // most recently asked first
    asio::thread_pool m_pool{1};                             // last: joined before what its jobs use is gone
};

} // namespace

std::unique_ptr<ProjectKnowledge> makeProjectKnowledge(const Clock& clock, KnowledgeOptions options) {
    return std::make_unique<Knowledge>(clock, std::move(options));
}

} // namespace exo
