#pragma once
// The composition root: builds the services in order, owns them, runs the io thread, and shuts all down in
// reverse. create() and shutDown() belong to the thread that owns the Core; the services to the io thread.

#include "core/analysis/engine/AnalysisService.h"
#include "core/api/Types.h"
#include "core/base/Paths.h"
#include "core/base/Result.h"
#include "core/config/Config.h"
#include "core/gateway/Gateway.h"
#include "core/monitor/Monitoring.h"
#include "core/net/HttpClient.h"
#include "core/providers/Retriever.h"
#include "core/sessions/ChatService.h"
#include "core/sessions/SessionService.h"
#include "core/storage/Database.h"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace exo {

struct CoreOptions {
    enum class HomeUse {
        Owner,       // this process holds the home; a second owner is refused (Conflict, detail says who)
        OwnerOrGuest // commands: owner when the home is free, else a guest beside the owner
    };
    Paths paths;
    ConfigSources sources;
    HomeUse use = HomeUse::Owner;
    std::string kind = "serve"; // who holds the home: serve | desktop | ask | …
    bool isExobrain = false;    // the running program is `exobrain`: its workers are started from itself
};

class Core {
  public:
    // Loads the configuration, opens and migrates the database, makes every service, starts the io thread.
    static Result<std::unique_ptr<Core>> create(CoreOptions options);
    ~Core(); // shutDown()

    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    asio::io_context& io();
    Clock& clock();
    Timers& timers();
    Database& database();
    net::HttpClient& http();
    Gateway& gateway();
    SessionService& sessions();
    ChatService& chat();
    Retriever& retriever();
    Monitoring& monitoring();
    AnalysisService& analyses();

    const Paths& paths() const;
    bool isOwner() const; // of the home
    // io thread. Replaced by reload(); take what you need, keep no reference.
    const Settings& settings() const;
    const LoadedConfig& config() const;

    // io thread. Reads the configuration again: all or nothing. Running calls end with what they began with.
    // `accept` may refuse what only the rows above can judge, before anything changes.
    Result<void> reload(const std::function<Result<void>(const Settings&)>& accept = {});
    // io thread. Changes the configuration file and reloads; an invalid result changes nothing. The key, when
    // given, goes to a file of its own (0600) that the configuration names.
    Result<void> saveProvider(const std::string& oldName, const api::ProviderInfo& provider,
                              const std::optional<Secret>& newKey);
    Result<void> removeProvider(const std::string& name);

    // io thread.
    api::ServiceStatus status();
    // Why the service should get no traffic: the database cannot be written, the disk is almost full.
    std::optional<std::string> notReady();

    // The URL a provider with this address would be called at, as the settings dialog shows it; any thread.
    static Result<std::string> previewEndpoint(const std::string& baseUrl, const std::string& type);

    // Tells other processes where this home is served.
    Result<void> publishUrl(const std::string& url);

    // Stops intake, cancels running turns keeping their text, drains the database, joins. Safe to call twice.
    void shutDown();

  private:
    struct Parts;
    explicit Core(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace exo
