#include "core/server/PrometheusPage.h"

#include "core/monitor/PrometheusText.h"

#include <algorithm>
#include <ctime>
#include <sys/resource.h>

namespace exo::server {

namespace {

using Type = PrometheusText::Type;

double asDouble(std::int64_t value) {
    return static_cast<double>(value);
}
double asDouble(std::uint64_t value) {
    return static_cast<double>(value);
}

void addRequests(PrometheusText& text, const api::MetricsSnapshot& now, const HttpMetrics& http) {
    text.metric("exobrain_requests_total", Type::Counter, "HTTP requests answered.");
    for (const auto& value : http.requests.values())
        text.sample(asDouble(value.count), {{"route", value.labels[0]},
                                            {"model", value.labels[1]},
                                            {"status", value.labels[2]},
                                            {"origin", value.labels[3]}});
    text.metric("exobrain_latency_seconds", Type::Histogram, "Time of whole exchanges.");
    text.histogram(http.modelCalls.counts(), {{"kind", "model"}});
    text.histogram(http.routes.counts(), {{"kind", "other"}});
    if (const auto decided = http.sharedLimit.values(); !decided.empty()) {
        text.metric("exobrain_shared_limit_decisions_total", Type::Counter,
                    "Requests under the limit of several servers, by who counted them.");
        for (const auto& value : decided)
            text.sample(asDouble(value.count), {{"by", value.labels[0]}});
    }
    text.metric("exobrain_client_disconnects_total", Type::Counter, "Clients that left before the end.");
    for (const auto& value : http.disconnects.values())
        text.sample(asDouble(value.count), {{"phase", value.labels[0]}});
    const auto& requests = now.business.requests;
    text.counter("exobrain_calls_total", "Model calls begun, over HTTP or in the desktop.",
                 asDouble(requests.total));
    text.gauge("exobrain_active", "Model calls that run.", asDouble(requests.active));
    text.gauge("exobrain_queued", "Model calls that wait for their turn.", asDouble(requests.queued));
    text.metric("exobrain_rejected_total", Type::Counter, "Model calls refused by the gateway itself.");
    for (const auto& [reason, count] : now.gateway.rejected)
        text.sample(asDouble(count), {{"reason", reason}});
}

void addCalls(PrometheusText& text, const api::GatewayMetrics& gateway, const CallMetrics* calls) {
    if (!calls) return;
    text.counter("exobrain_calls_failed_total",
                 "Model calls that failed for other reasons than the caller's.",
                 asDouble(calls->failed.load()));
    text.metric("exobrain_answer_seconds", Type::Histogram,
                "Time until the answer, or the first event of a stream, was there.");
    text.histogram(calls->answer.counts());
    text.metric("exobrain_ttft_seconds", Type::Histogram, "Time to first token of streams.");
    text.histogram(calls->firstToken.counts());
    text.metric("exobrain_overhead_seconds", Type::Histogram, "The gateway's own part of a call.");
    text.histogram(calls->overhead.counts());
    text.metric("exobrain_queue_wait_seconds", Type::Histogram, "Time in the queue.");
    text.histogram(calls->queueWait.counts());
    text.metric("exobrain_tokens_total", Type::Counter, "Tokens of upstream calls.");
    text.sample(asDouble(gateway.inputTokens), {{"type", "input"}});
    text.sample(asDouble(gateway.outputTokens), {{"type", "output"}});
    text.metric("exobrain_upstream_errors_total", Type::Counter, "Failed attempts at providers.");
    for (const auto& value : calls->upstreamErrors.values())
        text.sample(asDouble(value.count), {{"provider", value.labels[0]}, {"code", value.labels[1]}});
    text.counter("exobrain_retries_total", "Attempts repeated at the same target.",
                 asDouble(gateway.retries));
    text.metric("exobrain_fallbacks_total", Type::Counter,
                "Calls answered by another target than the first.");
    for (const auto& value : calls->fallbacks.values())
        text.sample(asDouble(value.count), {{"from", value.labels[0]}, {"to", value.labels[1]}});
    text.counter("exobrain_resumed_total", "Streams gone on with after a break.", asDouble(gateway.resumed));
    text.counter("exobrain_simplified_total", "Answers of the local assistant in place of a model's.",
                 asDouble(gateway.simplified));
    text.counter("exobrain_coalesced_total", "Calls that shared another's upstream call.",
                 asDouble(gateway.coalesced));
}

void addCache(PrometheusText& text, const api::ServiceMetrics& service) {
    const api::CachePanel& cache = service.cache;
    text.metric("exobrain_cache_lookups_total", Type::Counter, "Lookups in the answer cache.");
    text.sample(asDouble(cache.localHits), {{"tier", "local"}, {"result", "hit"}});
    text.sample(asDouble(cache.localMisses), {{"tier", "local"}, {"result", "miss"}});
    text.sample(asDouble(cache.redisHits), {{"tier", "redis"}, {"result", "hit"}});
    text.sample(asDouble(cache.redisMisses), {{"tier", "redis"}, {"result", "miss"}});
    text.sample(asDouble(cache.redisErrors), {{"tier", "redis"}, {"result", "error"}});
    text.metric("exobrain_cache_evictions_total", Type::Counter, "Entries that had to make room.");
    text.sample(asDouble(cache.localEvictions), {{"tier", "local"}});
    text.metric("exobrain_cache_entries", Type::Gauge, "Entries in the answer cache.");
    text.sample(asDouble(cache.localEntries), {{"tier", "local"}});
    text.metric("exobrain_cache_bytes", Type::Gauge, "Bytes the answer cache holds.");
    text.sample(asDouble(cache.localBytes), {{"tier", "local"}});
    text.metric("exobrain_cache_limit_bytes", Type::Gauge, "Bytes the answer cache may hold.");
    text.sample(asDouble(cache.localLimit), {{"tier", "local"}});
    if (service.redis != "off")
        text.gauge("exobrain_redis_up", "Whether Redis answers.", service.redis == "up" ? 1 : 0);
}

// Of targets with a limit of their own.
void addConcurrency(PrometheusText& text, const std::vector<api::BreakerRow>& rows) {
    if (std::ranges::all_of(rows, [](const auto& row) { return row.concurrency.empty(); })) return;
    const auto all = [&](std::string_view name, std::string_view help, auto member) {
        text.metric(name, Type::Gauge, help);
        for (const auto& row : rows)
            for (const auto& [kind, now] : row.concurrency)
                text.sample(asDouble(now.*member),
                            {{"provider", row.provider}, {"model", row.model}, {"kind", kind}});
    };
    using Row = api::ConcurrencyRow;
    all("exobrain_target_limit", "Calls a target is given to answer at once.", &Row::limit);
    all("exobrain_target_active", "Calls a target has not begun to answer.", &Row::active);
    all("exobrain_target_queued", "Calls that wait for one target.", &Row::queued);
}

void addProtection(PrometheusText& text, const api::ServiceMetrics& service) {
    text.metric("exobrain_breaker_state", Type::Gauge, "0 closed, 1 half-open, 2 open.");
    for (const auto& row : service.breakers) {
        const double state = row.state == "closed" ? 0 : row.state == "half-open" ? 1 : 2;
        text.sample(state, {{"provider", row.provider}, {"model", row.model}});
    }
    addConcurrency(text, service.breakers);
    text.gauge("exobrain_service_level", "0 ok, 1 warning, 2 critical.",
               static_cast<double>(static_cast<int>(service.level)));
    text.metric("exobrain_alert_level", Type::Gauge, "Alerts that hold: 1 warning, 2 critical.");
    for (const auto& alert : service.alerts)
        text.sample(static_cast<double>(static_cast<int>(alert.level)),
                    {{"metric", alert.metric}, {"subject", alert.subject}});
}

void addMachine(PrometheusText& text, const api::MetricsSnapshot& now) {
    const auto& system = now.system;
    text.gauge("exobrain_cpu_usage_ratio", "CPU in use, of the machine or its budget.", system.cpu.usage);
    text.gauge("exobrain_load", "Mean number of runnable tasks over a minute.", system.cpu.load);
    text.gauge("exobrain_memory_used_bytes", "Memory in use.", asDouble(system.memory.used));
    text.gauge("exobrain_memory_available_bytes", "Memory that is free to use.",
               asDouble(system.memory.available));
    text.gauge("exobrain_disk_used_bytes", "Used space of the home's file system.",
               asDouble(system.disk.used));
    text.gauge("exobrain_disk_available_bytes", "Free space of the home's file system.",
               asDouble(system.disk.available));
    text.gauge("exobrain_processes", "Processes of the machine.", asDouble(system.process.count));
}

void addProcess(PrometheusText& text, const api::MetricsSnapshot& now) {
    rusage usage{};
    (void)::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    text.counter("process_cpu_seconds_total", "CPU time of this process.",
                 seconds(usage.ru_utime) + seconds(usage.ru_stime));
    text.gauge("process_resident_memory_bytes", "Memory of this process.", asDouble(now.service.resident));
    text.gauge("process_open_fds", "Open files and sockets.", asDouble(now.service.descriptors));
    text.gauge("process_threads", "Threads of this process.", asDouble(now.service.threads));
    text.gauge("process_start_time_seconds", "Start of this process, since 1970.",
               static_cast<double>(std::time(nullptr)) - now.system.process.uptime);
    if (now.service.backupAge)
        text.gauge("exobrain_backup_age_seconds", "Age of the newest backup.", *now.service.backupAge);
    text.metric("exobrain_build_info", Type::Gauge, "The version, as a label.");
    text.sample(1, {{"version", now.service.version}});
}

} // namespace

std::string prometheusPage(const api::MetricsSnapshot& now, const CallMetrics* calls,
                           const HttpMetrics& http) {
    PrometheusText text;
    addRequests(text, now, http);
    addCalls(text, now.gateway, calls);
    addCache(text, now.service);
    addProtection(text, now.service);
    addMachine(text, now);
    addProcess(text, now);
    return text.take();
}

} // namespace exo::server
