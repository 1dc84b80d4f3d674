#include "core/storage/Database.h"

#include "core/storage/DatabaseEngine.h"
#include "core/storage/postgres/PgSession.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>

namespace exo {

Result<void> DatabaseEngine::runGuarded(const Database::Job& job, Connection& connection) {
    try {
        return job(connection);
    } catch (const std::exception& thrown) {
        return fail(ErrorCode::Internal, std::string("exception in a database job: ") + thrown.what());
    } catch (...) {
        return fail(ErrorCode::Internal, "exception in a database job");
    }
}

void DatabaseEngine::startThreads() {
    m_reader = std::make_unique<JobThread>([this](Batch& batch) {
        for (auto& entry : batch) {
            Result<void> result = runRead(entry.job);
            entry.job = nullptr; // what it captured must not outlive the caller's wait
            entry.done(std::move(result));
        }
    });
    m_writer = std::make_unique<JobThread>([this](Batch& batch) { runWrites(batch); });
}

void DatabaseEngine::stopThreads() {
    m_reader.reset();
    m_writer.reset();
}

Result<std::string> DatabaseEngine::checkVersion(int found, int known, DatabaseOptions::Role role) {
    m_version = found;
    if (found == known) return std::string();
    std::string text =
        "the database has schema " + std::to_string(found) + ", this program knows " + std::to_string(known);
    if (found < known)
        return fail(ErrorCode::StorageError, text + "; start the owning program to bring it up to date");
    if (role != DatabaseOptions::Role::Owner)
        return fail(ErrorCode::StorageError, text + "; use the newer program");
    return text;
}

void DatabaseEngine::answer(Batch& batch, const Result<void>& all, std::vector<Result<void>>& results) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i].job = nullptr; // what it captured must not outlive the caller's wait
        batch[i].done(all.ok() ? std::move(results[i]) : all);
    }
}

struct Database::Impl {
    std::unique_ptr<DatabaseEngine> engine;
    JobThread* thread(Side side) { return side == Side::Writer ? &engine->writer() : &engine->reader(); }
};

Database::Database(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options) {
    auto impl = std::make_unique<Impl>();
    EXO_TRY(impl->engine, options.url.empty() ? openSqlite(options) : openPostgres(options));
    return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Result<void> Database::checkUrl(const Secret& url) {
    return url.empty() ? Result<void>() : checkPgUrl(url);
}

bool Database::readOnly() const {
    return !m_impl->engine->refused().empty();
}
std::string Database::readOnlyReason() const {
    return m_impl->engine->refused();
}
void Database::checkpointSoon() {
    m_impl->engine->checkpointSoon();
}
int Database::schemaVersion() const {
    return m_impl->engine->version();
}
bool Database::isShared() const {
    return m_impl->engine->isShared();
}

asio::awaitable<Result<void>> Database::submit(Side side, Job job) {
    JobThread* thread = m_impl->thread(side);
    return asio::async_initiate<const asio::use_awaitable_t<>, void(Result<void>)>(
        [thread]<class Handler>(Handler handler, Job queued) {
            auto executor = asio::prefer(asio::get_associated_executor(handler),
                                         asio::execution::outstanding_work.tracked);
            auto shared = std::make_shared<Handler>(std::move(handler));
            thread->push(
                std::move(queued), [executor, shared = std::move(shared)](Result<void> result) mutable {
                    asio::post(executor, [shared = std::move(shared), result = std::move(result)]() mutable {
                        std::move (*shared)(std::move(result));
                    });
                });
        },
        asio::use_awaitable, std::move(job));
}

Result<void> Database::submitBlocking(Side side, Job job) {
    JobThread* thread = m_impl->thread(side);
    auto promise = std::make_shared<std::promise<Result<void>>>();
    auto future = promise->get_future();
    thread->push(std::move(job), [promise](Result<void> result) { promise->set_value(std::move(result)); });
    return future.get();
}

} // namespace exo
