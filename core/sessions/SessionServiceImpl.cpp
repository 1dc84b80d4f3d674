#include "core/sessions/SessionServiceImpl.h"

#include "core/base/Log.h"
#include "core/sessions/Export.h"
#include "core/sessions/Import.h"
#include "core/sessions/SessionText.h"
#include "core/storage/MessageStore.h"
#include "core/storage/SearchStore.h"
#include "core/storage/SessionStore.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <filesystem>

namespace exo {

namespace {

// What one write job of an import holds: enough to make the commit worth it, little enough that a chat turn
// waits no longer than it would for a disk.
constexpr std::size_t k_batchMessages = 500;
constexpr std::size_t k_batchBytes = 1u << 20;

// Shared by the io thread and the parsing thread, which take turns.
struct ImportRun {
    std::optional<ImportReader> reader;
    std::string bytes;
    std::vector<SessionTree> batch;
    Result<void> result;
    bool ended = false;
};

Result<void> readBatch(ImportRun& run) {
    if (!run.reader) {
        EXO_TRY(auto opened, ImportReader::open(std::move(run.bytes)));
        run.reader.emplace(std::move(opened));
    }
    run.batch.clear();
    std::size_t messages = 0;
    std::size_t bytes = 0;
    while (messages < k_batchMessages && bytes < k_batchBytes) {
        EXO_TRY(auto tree, run.reader->next());
        if (!tree) {
            run.ended = true;
            return {};
        }
        messages += tree->messages.size() + 1;
        for (const api::Message& message : tree->messages) {
            bytes += message.content.size() + message.reasoning.size();
            for (const api::Attachment& file : message.attachments)
                bytes += file.data.size();
        }
        run.batch.push_back(std::move(*tree));
    }
    return {};
}

asio::awaitable<void> readBatchOnWorker(std::shared_ptr<ImportRun> run) {
    try {
        run->result = readBatch(*run);
    } catch (const std::exception& thrown) { // out of memory
        run->result =
            fail(ErrorCode::RequestTooLarge, std::string("the file cannot be read: ") + thrown.what());
    }
    co_return;
}

Result<ImportReport> stageBatch(Connection& db, const Owner& owner, const std::vector<SessionTree>& trees,
                                const std::string& batch, WallTime now) {
    ImportReport report;
    SessionStore store(db);
    for (const SessionTree& tree : trees) {
        if (tree.messages.empty()) {
            ++report.skipped;
            continue;
        }
        EXO_TRY(const bool added, store.stage(owner.id, tree, batch, now));
        if (!added) {
            ++report.skipped;
            continue;
        }
        ++report.sessions;
        report.messages += static_cast<std::int64_t>(tree.messages.size());
    }
    return report;
}

// A project is a folder that is there, under its real name. An import may name one of another machine.
Result<api::SessionPatch> withRealProject(api::SessionPatch patch) {
    if (!patch.project || patch.project->empty()) return patch;
    std::error_code errc;
    const std::filesystem::path folder = std::filesystem::canonical(*patch.project, errc);
    if (errc || !std::filesystem::is_directory(folder, errc))
        return fail(ErrorCode::InvalidRequest, "'project' is not a folder that can be read", "project");
    patch.project = folder.string();
    return patch;
}

Result<api::SessionPatch> usablePatch(api::SessionPatch patch) {
    EXO_TRY(patch, checkedPatch(std::move(patch)));
    return withRealProject(std::move(patch));
}

class SessionServiceImpl final : public SessionService {
  public:
    SessionServiceImpl(Database& database, Clock& clock)
        : m_database(database)
        , m_clock(clock) {}

    Task<api::Session> create(Owner owner, api::SessionPatch draft) override {
        auto checked = usablePatch(std::move(draft));
        if (!checked.ok()) co_return std::move(checked).error();
        const WallTime now = m_clock.wallNow();
        std::function<Result<api::Session>(Connection&)> job = [owner, draft = std::move(*checked),
                                                                now](Connection& db) {
            return SessionStore(db).create(owner.id, draft, now);
        };
        co_return co_await m_database.write<api::Session>(std::move(job));
    }

    Task<std::vector<api::Session>> list(Owner owner, SessionFilter filter) override {
        SessionQuery query;
        query.folder = std::move(filter.folder);
        query.limit = std::clamp<std::size_t>(filter.limit, 1, 1000);
        query.before = filter.before;
        std::function<Result<std::vector<api::Session>>(Connection&)> job =
            [owner, query = std::move(query)](Connection& db) { return SessionStore(db).list(owner, query); };
        co_return co_await m_database.read<std::vector<api::Session>>(std::move(job));
    }

    Task<api::Session> get(Owner owner, SessionId id) override {
        std::function<Result<api::Session>(Connection&)> job = [owner, id](Connection& db) {
            return SessionStore(db).get(owner, id);
        };
        co_return co_await m_database.read<api::Session>(std::move(job));
    }

    Task<api::Session> update(Owner owner, SessionId id, api::SessionPatch patch) override {
        auto checked = usablePatch(std::move(patch));
        if (!checked.ok()) co_return std::move(checked).error();
        std::function<Result<api::Session>(Connection&)> job = [owner, id,
                                                                patch = std::move(*checked)](Connection& db) {
            return SessionStore(db).update(owner, id, patch);
        };
        co_return co_await m_database.write<api::Session>(std::move(job));
    }

    Task<void> remove(Owner owner, SessionId id) override {
        const WallTime now = m_clock.wallNow();
        std::function<Result<void>(Connection&)> job = [owner, id, now](Connection& db) {
            return SessionStore(db).remove(owner, id, now);
        };
        co_return co_await m_database.write<void>(std::move(job));
    }

    Task<void> restore(Owner owner, SessionId id) override {
        std::function<Result<void>(Connection&)> job = [owner, id](Connection& db) {
            return SessionStore(db).restore(owner, id);
        };
        co_return co_await m_database.write<void>(std::move(job));
    }

    Task<api::MessagePage> messages(Owner owner, SessionId id, std::size_t limit,
                                    std::optional<std::int64_t> before) override {
        if (limit < 1 || limit > 1000)
            co_return fail(ErrorCode::InvalidRequest, "'limit' must be between 1 and 1000", "limit");
        std::function<Result<api::MessagePage>(Connection&)> job =
            [owner, id, limit, before](Connection& db) -> Result<api::MessagePage> {
            EXO_CHECK(SessionStore(db).get(owner, id));
            return MessageStore(db).page(id, limit, before);
        };
        co_return co_await m_database.read<api::MessagePage>(std::move(job));
    }

    Task<std::vector<api::SearchHit>> search(Owner owner, std::string query, std::size_t limit) override {
        std::function<Result<std::vector<api::SearchHit>>(Connection&)> job =
            [owner, query = std::move(query), limit](Connection& db) {
                return SearchStore(db).search(owner, query, limit);
            };
        co_return co_await m_database.read<std::vector<api::SearchHit>>(std::move(job));
    }

    Task<std::string> exportSession(Owner owner, SessionId id, ExportFormat format) override {
        std::function<Result<std::string>(Connection&)> job =
            [owner, id, format](Connection& db) -> Result<std::string> {
            EXO_TRY(const SessionTree tree, SessionStore(db).loadTree(owner, id));
            return format == ExportFormat::Json ? exportJson(tree) : exportMarkdown(tree);
        };
        co_return co_await m_database.read<std::string>(std::move(job));
    }

    Task<ImportReport> importSessions(Owner owner, std::string bytes) override {
        const std::string batch = newIdText("i_");
        auto report = co_await stageAll(owner, std::move(bytes), batch);
        if (report.ok() && report->sessions == 0) co_return report;
        if (report.ok()) {
            const std::int64_t expected = report->sessions;
            std::function<Result<void>(Connection&)> publish = [batch, expected](Connection& db) {
                return SessionStore(db).publish(batch, expected);
            };
            auto published = co_await m_database.write<void>(std::move(publish));
            if (published.ok()) co_return report;
            report = std::move(published).error();
        }
        std::function<Result<void>(Connection&)> discard = [batch](Connection& db) {
            return SessionStore(db).discard(batch);
        };
        auto discarded = co_await m_database.write<void>(std::move(discard));
        if (!discarded.ok())
            log::warn("an import that failed is removed at the next start: {}",
                      discarded.error().toLogString());
        co_return report;
    }

  private:
    // Parses and inserts batch after batch, invisibly.
    Task<ImportReport> stageAll(Owner owner, std::string bytes, std::string batch) {
        asio::thread_pool worker(1);
        auto run = std::make_shared<ImportRun>();
        run->bytes = std::move(bytes);
        ImportReport total;
        while (!run->ended) {
            co_await asio::co_spawn(worker, readBatchOnWorker(run), asio::use_awaitable);
            if (!run->result.ok()) co_return run->result.error();
            // A key may ask about folders below analysis.roots alone, and a file may name any.
            if (!owner.all && owner.id != Owner::local().id)
                for (SessionTree& tree : run->batch)
                    tree.session.project.clear();
            const WallTime now = m_clock.wallNow();
            std::function<Result<ImportReport>(Connection&)> job = [owner, run, batch, now](Connection& db) {
                return stageBatch(db, owner, run->batch, batch, now);
            };
            auto staged = co_await m_database.write<ImportReport>(std::move(job));
            if (!staged.ok()) co_return std::move(staged).error();
            total.sessions += staged->sessions;
            total.messages += staged->messages;
            total.skipped += staged->skipped;
        }
        co_return total;
    }

    Database& m_database;
    Clock& m_clock;
};

} // namespace

std::unique_ptr<SessionService> makeSessionService(Database& database, Clock& clock) {
    return std::make_unique<SessionServiceImpl>(database, clock);
}

} // namespace exo
