// The engine of a Database in PostgreSQL. A broken connection is made anew before a transaction begins, with
// some patience; a transaction that breaks fails and is not repeated, since only who asked for it knows
// whether it may be.
#include "core/base/Clock.h"
#include "core/base/Ids.h"
#include "core/base/Log.h"
#include "core/storage/DatabaseEngine.h"
#include "core/storage/Sqlite.h"
#include "core/storage/postgres/PgMigrations.h"
#include "core/storage/postgres/PgSession.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace exo {

namespace {

constexpr Millis k_patience{3000}; // for a server that is being restarted
constexpr Millis k_pause{1000};    // before it is tried again after that was not enough
constexpr Millis k_firstWait{50};
constexpr Millis k_longestWait{500};
constexpr Millis k_begins{15'000}; // longer than a turn is waited for

// One of the two connections; on the thread it belongs to.
class Link {
  public:
    Link(const DatabaseOptions& options, std::string name, PgSession::Use use)
        : m_url(options.url)
        , m_name(std::move(name))
        , m_use(use)
        , m_patience(options.patience) {}

    // A connection that looks alive.
    Result<Connection*> get() {
        if (m_connection && !m_connection->postgres()->lost()) return m_connection.get();
        m_connection.reset();
        const SystemClock clock;
        if (m_failed && clock.now() < m_failedAt + k_pause) return *m_failed;
        const SteadyTime end = clock.now() + k_patience;
        for (Millis wait = k_firstWait;; wait = std::min(2 * wait, k_longestWait)) {
            auto session = PgSession::open(m_url, m_name, m_use, m_patience);
            if (session.ok()) {
                m_failed.reset();
                m_connection = std::make_unique<Connection>(std::move(*session));
                return m_connection.get();
            }
            if (!session.error().retryable || clock.now() + wait >= end) {
                m_failed = session.error();
                m_failedAt = clock.now();
                return *m_failed;
            }
            std::this_thread::sleep_for(wait);
        }
    }
    // Begins with `sql`; on a connection that turns out to be dead, once more on a new one.
    Result<Connection*> begin(const std::string& sql) {
        EXO_TRY(Connection * connection, get());
        const Millis within = m_patience.value_or(k_begins);
        auto begun = connection->postgres()->exec(sql, within);
        if (!begun.ok() && connection->postgres()->lost()) {
            EXO_TRY(connection, get());
            begun = connection->postgres()->exec(sql, within);
        }
        if (begun.ok()) return connection;
        rollBack();
        return std::move(begun).error();
    }
    void rollBack() {
        if (!m_connection || !m_connection->inTransaction()) return;
        if (!m_connection->exec("ROLLBACK").ok()) m_connection.reset();
    }

  private:
    Secret m_url;
    std::string m_name;
    PgSession::Use m_use;
    std::optional<Millis> m_patience;
    std::unique_ptr<Connection> m_connection;
    std::optional<Error> m_failed;
    SteadyTime m_failedAt{};
};

class PgEngine final : public DatabaseEngine {
  public:
    explicit PgEngine(const DatabaseOptions& options)
        : m_role(options.role)
        , m_name(newIdText("exobrain-"))
        , m_writing(options, m_name, PgSession::Use::Write)
        , m_reading(options, m_name, PgSession::Use::Read) {}
    ~PgEngine() override { stopThreads(); }

    Result<void> open(const std::vector<Migration>& steps);

    std::string refused() override;
    bool isShared() const override { return true; }
    void checkpointSoon() override {} // PostgreSQL does so by itself

  private:
    Result<void> checkSchema(const std::vector<Migration>& steps);
    void runWrites(Batch& batch) override;
    Result<void> runBatch(Batch& batch, std::vector<Result<void>>& results);
    static Result<void> runOne(Connection& connection, const Database::Job& job);
    Result<void> runRead(const Database::Job& job) override;
    void setDown(std::string why);

    const DatabaseOptions::Role m_role;
    const std::string m_name;
    Link m_writing, m_reading;
    std::string m_forGood; // why writing is refused until the next start; set while opening

    std::mutex m_mutex;
    std::string m_down; // why writing is not possible now
    bool m_asking = false;
    SteadyTime m_askedAt{};
};

Result<void> PgEngine::checkSchema(const std::vector<Migration>& steps) {
    EXO_TRY(Connection * reading, m_reading.get());
    EXO_TRY(const int found, readPgSchemaVersion(*reading));
    EXO_TRY(std::string newer, checkVersion(found, steps.back().version, m_role));
    if (newer.empty()) return {};
    log::error("storage: writing stops until the next start: {}", newer);
    m_forGood = std::move(newer);
    return {};
}

Result<void> PgEngine::open(const std::vector<Migration>& steps) {
    if (m_role == DatabaseOptions::Role::ReadOnly) {
        m_forGood = "opened for reading only";
    } else {
        EXO_TRY(Connection * writing, m_writing.get());
        if (m_role == DatabaseOptions::Role::Owner) EXO_CHECK(migratePg(*writing, steps));
    }
    EXO_CHECK(checkSchema(steps));
    startThreads();
    return {};
}

// Nobody may be writing, so that asking is what finds out: at most every second, by a job without a
// statement.
std::string PgEngine::refused() {
    if (!m_forGood.empty()) return m_forGood;
    const std::lock_guard lock(m_mutex);
    if (!m_asking && SystemClock().now() >= m_askedAt + k_pause) {
        m_asking = true;
        writer().push([](Connection&) { return Result<void>(); },
                      [this](Result<void>) {
                          const std::lock_guard done(m_mutex);
                          m_asking = false;
                          m_askedAt = SystemClock().now();
                      });
    }
    return m_down;
}

void PgEngine::setDown(std::string why) {
    const std::lock_guard lock(m_mutex);
    if (m_down.empty() && !why.empty()) log::error("storage: {}", why);
    if (!m_down.empty() && why.empty()) log::info("storage: PostgreSQL is back");
    m_down = std::move(why);
}

// A job that leaves the transaction broken has failed, whatever it says.
Result<void> PgEngine::runOne(Connection& connection, const Database::Job& job) {
    EXO_CHECK(connection.exec("SAVEPOINT job"));
    Result<void> result = runGuarded(job, connection);
    if (result.ok()) result = connection.exec("RELEASE job");
    if (result.ok()) return result;
    EXO_CHECK(connection.exec("ROLLBACK TO job; RELEASE job"));
    return result;
}

Result<void> PgEngine::runBatch(Batch& batch, std::vector<Result<void>>& results) {
    auto begun = m_writing.begin(std::string("BEGIN; ") + std::string(k_pgTakeTurn));
    setDown(begun.ok() ? "" : begun.error().detail);
    if (!begun.ok()) return std::move(begun).error();
    Connection& connection = **begun;
    for (auto& entry : batch) {
        results.push_back(runOne(connection, entry.job));
        if (connection.postgres()->lost())
            return fail(ErrorCode::StorageError, "the connection to PostgreSQL broke; nothing was stored");
    }
    return connection.postgres()->commit();
}

void PgEngine::runWrites(Batch& batch) {
    std::vector<Result<void>> results;
    Result<void> all;
    if (m_forGood.empty()) {
        all = runBatch(batch, results);
        m_writing.rollBack();
    } else {
        all = fail(ErrorCode::StorageReadOnly, m_forGood);
    }
    answer(batch, all, results);
}

Result<void> PgEngine::runRead(const Database::Job& job) {
    auto begun = m_reading.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (!begun.ok()) setDown(begun.error().detail); // a job of the writer says when it is back
    if (!begun.ok()) return std::move(begun).error();
    Result<void> result = runGuarded(job, **begun);
    m_reading.rollBack();
    return result;
}

} // namespace

Result<std::unique_ptr<DatabaseEngine>> openPostgres(const DatabaseOptions& options) {
    std::vector<Migration> steps;
    if (options.migrations) {
        steps = *options.migrations;
    } else {
        EXO_TRY(steps, builtInMigrations("migrations-postgres/"));
    }
    auto engine = std::make_unique<PgEngine>(options);
    EXO_CHECK(engine->open(steps));
    return std::unique_ptr<DatabaseEngine>(std::move(engine));
}

} // namespace exo
