#pragma once
// The monitor of a running core: samples machine and gateway each second, feeds the gateway's overload guard,
// keeps history and alerts, tells its subscribers. io thread; owned by the Core.

#include "core/Cleanup.h"
#include "core/HistoryKeeper.h"
#include "core/config/Settings.h"
#include "core/gateway/Gateway.h"
#include "core/monitor/AlertRules.h"
#include "core/monitor/HttpMetrics.h"
#include "core/monitor/Monitoring.h"
#include "core/monitor/ProcessSampler.h"
#include "core/monitor/ResidentTrend.h"
#include "core/monitor/Series.h"
#include "core/monitor/SystemSampler.h"
#include "core/storage/Database.h"

#include <list>
#include <memory>
#include <optional>

namespace exo {

class CoreMonitor final : public Monitoring {
  public:
    enum class Disk : std::uint8_t { Usable, Full };
    struct Parts {
        Gateway& gateway;
        Database& database;
        Clock& clock;
        Timers& timers;
        asio::any_io_executor executor;
        std::function<const Settings&()> settings; // the current ones
        std::filesystem::path data;                // its file system's space is watched, its backups' age
        bool protects = false;                     // whether load is shed: a server's, not a desktop's
        std::function<void(Disk)>
            onDisk; // its use became critical: what can be spared is not written; or not
    };
    explicit CoreMonitor(Parts parts);
    ~CoreMonitor() override;

    void start();
    void stop();
    // Writes what of the history is not on disk yet; after stop().
    asio::awaitable<void> finish();

    api::MetricsSnapshot snapshot() override;
    Task<api::MetricsHistory> history(Millis range) override;
    HttpMetrics& http() override { return m_http; }
    // Why nothing should be asked of this service for now; nullopt when nothing speaks against it.
    std::optional<std::string> notReady() const;
    // The thresholds may be others.
    void reconfigure() { setRules(); }
    api::AlertList alerts() const override { return m_alerts.list(); }
    std::vector<api::LogLine> logTail(std::uint64_t afterSeq, std::size_t most) const override;
    [[nodiscard]] std::unique_ptr<MonitorSubscription>
    subscribe(std::function<void(const api::MetricsSnapshot&)> onTick) override;

  private:
    class Subscription;
    using Subscribers = std::list<std::function<void(const api::MetricsSnapshot&)>>;

    void tick();
    void react();
    void keepHouse(const api::MetricsSnapshot& now);
    void setRules();
    void evaluateAlerts(const api::MetricsSnapshot& now);
    std::optional<double> backupAge() const; // s
    void fillService(api::ServiceMetrics& service, const GatewayStats& stats) const;

    Parts m_parts;
    SystemSampler m_systemSampler;
    ProcessSampler m_processSampler;
    SystemSample m_system;
    ProcessSample m_process;
    RowMaker m_rowMaker;
    HttpMetrics m_http;
    ResidentTrend m_trend;
    std::optional<WallTime> m_newestBackup;   // nullopt: there is none
    std::shared_ptr<HistoryKeeper> m_history; // also kept by what is under way
    std::shared_ptr<Cleanup> m_cleanup;
    SteadyTime m_cleanedAt{};
    SteadyTime m_lookedAt{}; // for backups
    AlertEngine m_alerts;
    std::optional<AlertThresholds> m_thresholds; // the rules are made from
    std::shared_ptr<Subscribers> m_subscribers = std::make_shared<Subscribers>();
    Timers::Id m_timer = 0;
};

} // namespace exo
