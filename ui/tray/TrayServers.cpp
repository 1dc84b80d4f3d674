#include "ui/tray/TrayServers.h"

#include "ui/backend/MonitorSource.h"

#include <algorithm>

namespace exo::ui {

namespace {

QString keyOf(const Preferences& preferences, const QUrl& url) {
    for (const auto& known : preferences.watchedServers().value_or(std::vector<Preferences::Server>())) {
        if (known.url == url) return known.key;
    }
    const auto last = preferences.lastServer();
    return last.url == url ? last.key : QString();
}

} // namespace

std::vector<TrayServers::Server> TrayServers::toWatch(const Preferences& preferences, const QUrl& own,
                                                      const std::vector<QUrl>& named) {
    std::vector<Server> servers;
    const auto add = [&](const QUrl& url, const QString& key, bool kept) {
        const bool known = std::any_of(servers.begin(), servers.end(),
                                       [&](const Server& server) { return server.url == url; });
        if (!known) servers.push_back({url, key, url == own, kept});
    };
    for (const QUrl& url : named) {
        add(url, keyOf(preferences, url), false);
    }
    if (!servers.empty()) return servers;
    if (const auto known = preferences.watchedServers()) {
        for (const auto& server : *known) {
            add(server.url.isEmpty() ? own : server.url, server.key, true);
        }
    }
    if (!servers.empty()) return servers;
    add(own, keyOf(preferences, own), true);
    if (preferences.usesServer()) add(preferences.lastServer().url, preferences.lastServer().key, true);
    return servers;
}

TrayServers::TrayServers(std::vector<Server> servers, QUrl own, Preferences* preferences,
                         const Connections::MakeRemote& makeRemote, QObject* parent)
    : QObject(parent)
    , m_own(std::move(own))
    , m_preferences(preferences)
    , m_makeRemote(makeRemote) {
    const QUrl shown = preferences->shownServer();
    m_remembers = servers.front().kept;
    for (Server& server : servers) {
        if (server.url == shown) m_chosen = count();
        m_rows.push_back(std::make_unique<Row>());
        m_rows.back()->server = std::move(server);
    }
    const Server& first = server(m_chosen);
    m_connections = std::make_unique<Connections>(m_makeRemote(first.url, first.key), m_makeRemote);
    connect(&m_timer, &QTimer::timeout, this, &TrayServers::lookAround);
}

TrayServers::~TrayServers() = default;

QString TrayServers::place(int index) const {
    const Server& shown = server(index);
    if (shown.own) return tr("This computer");
    const int port = shown.url.port();
    return port < 0 ? shown.url.host() : QStringLiteral("%1:%2").arg(shown.url.host()).arg(port);
}

bool TrayServers::known(int index) const {
    return look(index).snapshot || look(index).error;
}

int TrayServers::worst() const {
    int worst = m_chosen;
    for (int i = 0; i < count(); ++i) {
        if (known(i) && (!known(worst) || state(i) < state(worst))) worst = i;
    }
    return worst;
}

int TrayServers::indexOf(const Row* row) const {
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const auto& each) { return each.get() == row; });
    return static_cast<int>(found - m_rows.begin());
}

void TrayServers::start(int milliseconds) {
    m_timer.start(milliseconds);
    lookAround();
}

void TrayServers::lookAround() {
    for (const auto& each : m_rows) {
        if (indexOf(each.get()) != m_chosen) ask(*each);
    }
}

void TrayServers::ask(Row& row) {
    if (row.asking) return;
    row.asking = true;
    if (!row.backend) row.backend = m_makeRemote(row.server.url, row.server.key);
    // The backend is the context: with it the answer goes.
    row.backend->monitor()->fetchMetrics(row.backend.get(), [this, &row](Result<api::MetricsSnapshot> now) {
        row.asking = false;
        if (now.ok())
            take(row, {std::move(*now), {}});
        else
            take(row, {{}, now.error()});
    });
}

void TrayServers::take(Row& row, Look look) {
    row.look = std::move(look);
    row.state = trayStateOf(row.look.snapshot, row.look.error, row.server.own);
    emit looked(indexOf(&row));
}

void TrayServers::note(const std::optional<api::MetricsSnapshot>& snapshot,
                       const std::optional<Error>& error) {
    if (!snapshot && !error) return; // nothing is known yet: what was seen last holds
    take(*m_rows[static_cast<std::size_t>(m_chosen)], {snapshot, error});
}

void TrayServers::choose(int index) {
    if (index == m_chosen) return;
    m_chosen = index;
    Row& now = *m_rows[static_cast<std::size_t>(index)];
    now.asking = false;
    const auto old = std::exchange(now.backend, nullptr);
    m_connections->connectTo(now.server.url, now.server.key);
    m_preferences->setShownServer(now.server.url);
    emit listChanged();
}

void TrayServers::add(const QUrl& url, const QString& key) {
    const auto known =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const auto& each) { return each->server.url == url; });
    if (known == m_rows.end()) {
        m_rows.push_back(std::make_unique<Row>());
        m_rows.back()->server = {url, key, url == m_own, m_remembers};
        ask(*m_rows.back());
    } else {
        (*known)->server.key = key;
        if (indexOf(known->get()) == m_chosen) m_connections->connectTo(url, key);
        (*known)->asking = false;
        (*known)->backend.reset(); // the next look uses the key
    }
    remember();
    emit listChanged();
}

void TrayServers::remove(int index) {
    if (count() < 2) return;
    if (index == m_chosen) choose(index == 0 ? 1 : 0);
    m_rows.erase(m_rows.begin() + index);
    if (m_chosen > index) --m_chosen;
    remember();
    emit listChanged();
}

void TrayServers::remember() {
    if (!m_remembers) return;
    std::vector<Preferences::Server> kept;
    for (const auto& each : m_rows) {
        kept.push_back({each->server.own ? QUrl() : each->server.url, each->server.key});
    }
    m_preferences->setWatchedServers(kept);
}

} // namespace exo::ui
