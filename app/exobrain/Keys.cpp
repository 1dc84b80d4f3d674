// exobrain keys create|list|revoke
#include "app/exobrain/Command.h"
#include "app/exobrain/CoreCall.h"
#include "app/exobrain/Terminal.h"
#include "core/base/Text.h"
#include "core/base/Units.h"
#include "core/limits/RateLimiter.h"
#include "core/storage/KeyStore.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace exo::cli {

namespace {

struct CreateOptions {
    std::string name;
    std::string priority = "normal";
    std::string rate;
    std::string expires;
    bool json = false;
};

Json timeOrNull(const std::optional<WallTime>& time) {
    return time ? Json(api::formatTime(*time)) : Json();
}

std::string timeOrDash(const std::optional<WallTime>& time) {
    return time ? api::formatTime(*time) : "-";
}

std::string_view stateOf(const KeyRow& row, WallTime now) {
    if (row.revokedAt) return "revoked";
    return row.usable(now) ? "active" : "expired";
}

Json toJson(const KeyRow& row, WallTime now) {
    Json json = Json::object();
    json["id"] = row.id.str();
    json["name"] = row.name;
    json["priority"] = row.priority;
    json["rate"] = row.rate.empty() ? Json() : Json(row.rate);
    json["state"] = std::string(stateOf(row, now));
    json["createdAt"] = api::formatTime(row.createdAt);
    json["expiresAt"] = timeOrNull(row.expiresAt);
    json["revokedAt"] = timeOrNull(row.revokedAt);
    json["lastUsedAt"] = timeOrNull(row.lastUsedAt);
    return json;
}

Result<KeyDraft> draftFrom(const CreateOptions& options, WallTime now) {
    KeyDraft draft{options.name, options.priority, options.rate, std::nullopt};
    if (!options.rate.empty() && !parseRate(options.rate).ok())
        return fail(ErrorCode::InvalidRequest, "--rate reads like 100/60s", "rate");
    if (options.expires.empty()) return draft;
    const auto lifetime = parseDuration(options.expires, std::chrono::hours(24));
    if (!lifetime.ok() || lifetime->count() <= 0)
        return fail(ErrorCode::InvalidRequest, "--expires is a time from now, like 90d or 12h", "expires");
    draft.expiresAt = now + *lifetime;
    return draft;
}

int create(const Globals& globals, const CreateOptions& options) {
    globals.setUpLog(log::Level::Warn);
    const WallTime now = SystemClock().wallNow();
    const auto draft = draftFrom(options, now);
    if (!draft.ok()) {
        say(draft.error().detail);
        return k_usage;
    }
    const auto core = openCore(globals, "keys");
    if (!core.ok()) return report(core.error());
    const auto made = (*core)->database().writeBlocking<CreatedKey>(
        [&](Connection& db) { return KeyStore(db).create(*draft, now); });
    if (!made.ok()) return report(made.error());
    if (options.json) {
        Json json = toJson(made->row, now);
        json["key"] = std::string(made->secret.reveal());
        printJson(json);
        return k_ok;
    }
    print(std::string(made->secret.reveal()) + "\n");
    say("key \"" + made->row.name + "\" has the id " + made->row.id.str() +
        ". Keep the secret above: it is shown only now.");
    return k_ok;
}

int list(const Globals& globals, bool asJson) {
    globals.setUpLog(log::Level::Warn);
    const auto core = openCore(globals, "keys");
    if (!core.ok()) return report(core.error());
    const auto rows = (*core)->database().readBlocking<std::vector<KeyRow>>(
        [](Connection& db) { return KeyStore(db).list(); });
    if (!rows.ok()) return report(rows.error());
    const WallTime now = SystemClock().wallNow();
    Json json{{"keys", Json::array()}};
    std::vector<std::vector<std::string>> cells{
        {"ID", "NAME", "STATE", "PRIORITY", "RATE", "CREATED", "EXPIRES", "LAST USED"}};
    for (const auto& row : *rows) {
        json["keys"].push_back(toJson(row, now));
        cells.push_back({row.id.str(), fitLine(row.name, 32), std::string(stateOf(row, now)), row.priority,
                         row.rate.empty() ? "-" : row.rate, api::formatTime(row.createdAt),
                         timeOrDash(row.expiresAt), timeOrDash(row.lastUsedAt)});
    }
    if (asJson) {
        printJson(json);
    } else if (rows->empty()) {
        say("there are no keys");
    } else {
        print(table(cells));
    }
    return k_ok;
}

int revoke(const Globals& globals, const std::string& id, bool asJson) {
    globals.setUpLog(log::Level::Warn);
    const auto core = openCore(globals, "keys");
    if (!core.ok()) return report(core.error());
    const WallTime now = SystemClock().wallNow();
    const auto row = (*core)->database().writeBlocking<KeyRow>(
        [&](Connection& db) { return KeyStore(db).revoke(KeyId(id), now); });
    if (!row.ok()) return report(row.error());
    if (asJson) printJson(toJson(*row, now));
    if (!asJson) say("key \"" + row->name + "\" is revoked; a running server refuses it within a second");
    return k_ok;
}

} // namespace

void addKeys(Commands& commands) {
    CLI::App* keys = commands.add("keys", "API keys of the server");
    keys->require_subcommand(1);
    Globals& globals = commands.globals;

    CLI::App* createCommand = commands.addTo(keys, "create", "Make a key; its secret is shown once");
    const auto options = std::make_shared<CreateOptions>();
    createCommand->add_option("--name", options->name, "What the key is for")->required();
    createCommand->add_option("--priority", options->priority, "high, normal or low")
        ->check(CLI::IsMember({"high", "normal", "low"}));
    createCommand->add_option("--rate", options->rate, "Own rate limit, e.g. 100/60s");
    createCommand->add_option("--expires", options->expires, "Lifetime, e.g. 90d");
    createCommand->add_flag("--json", options->json, "As JSON");
    commands.onRun(createCommand, [&globals, options] { return create(globals, *options); });

    CLI::App* listCommand = commands.addTo(keys, "list", "List the keys, without secrets");
    const auto listJson = std::make_shared<bool>(false);
    listCommand->add_flag("--json", *listJson, "As JSON");
    commands.onRun(listCommand, [&globals, listJson] { return list(globals, *listJson); });

    CLI::App* revokeCommand = commands.addTo(keys, "revoke", "Revoke a key for good");
    const auto id = std::make_shared<std::string>();
    const auto revokeJson = std::make_shared<bool>(false);
    revokeCommand->add_option("ID", *id, "The id from 'keys list'")->required();
    revokeCommand->add_flag("--json", *revokeJson, "As JSON");
    commands.onRun(revokeCommand, [&globals, id, revokeJson] { return revoke(globals, *id, *revokeJson); });
}

} // namespace exo::cli
