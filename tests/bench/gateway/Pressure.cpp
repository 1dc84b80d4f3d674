// Many at once: open streams, a cold burst over TLS, more than may run.

#include "tests/bench/gateway/Bench.h"
#include "tests/bench/gateway/Machine.h"
#include "tests/bench/gateway/Overload.h"
#include "tests/bench/gateway/Streams.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <vector>

namespace exo::bench {

namespace {

std::uint64_t openStreams(const Contender& contender, const Bench& bench, int streams) {
    // Anonymous memory: pages of program files come and go as they are used.
    const double before = ownMegabytes(contender.process->pid());
    const auto kilobytes = [&] { return (ownMegabytes(contender.process->pid()) - before) * 1024 / streams; };
    double begun = 0, open = 0;
    StreamOrder order;
    order.port = contender.port;
    order.streams = streams;
    order.request = question(bench.quick ? "text:3:20" : "text:20:500", true, contender.key);
    order.probe = question("text:3:20", true, contender.key);
    order.probes = bench.quick ? 3 : 100;
    order.onAllStreaming = [&] { begun = kilobytes(); };
    order.onProbed = [&] { open = kilobytes(); };
    const auto result = runStreams(order);
    std::printf("  %-10s %6d %9d %8d %7.1f %7.1f %16.1f %16.1f %14.1f\n", contender.name.c_str(), streams,
                result.complete, result.broken, begun, open,
                percentile(result.probeFirstToken, 0.5).count() / 1000,
                percentile(result.probeFirstToken, 0.99).count() / 1000,
                percentile(result.firstToken, 0.99).count() / 1000);
    return static_cast<std::uint64_t>(result.broken);
}

struct Certificate {
    std::filesystem::path certificate, key;
};
Certificate makeCertificate(const std::filesystem::path& folder) {
    Certificate made{folder / "tls.pem", folder / "tls.key"};
    test::ProcessOptions options;
    options.arguments = {"/usr/bin/openssl",
                         "req",
                         "-x509",
                         "-newkey",
                         "ec",
                         "-pkeyopt",
                         "ec_paramgen_curve:prime256v1",
                         "-nodes",
                         "-days",
                         "2",
                         "-subj",
                         "/CN=127.0.0.1",
                         "-addext",
                         "subjectAltName=IP:127.0.0.1",
                         "-keyout",
                         made.key.string(),
                         "-out",
                         made.certificate.string()};
    options.stderrFile = folder / "openssl.log";
    if (test::runToEnd(options).status != 0) throw std::runtime_error("openssl made no certificate");
    return made;
}

std::uint64_t burst(const Contender& contender, const char* name, int streams, bool quick) {
    StreamOrder order;
    order.port = contender.port;
    order.streams = streams;
    order.request = question(quick ? "text:3:20" : "text:20:50", true, contender.key);
    const auto result = runStreams(order);
    std::printf("  %-28s %6d complete %4d broken   first token p50 %7.0f ms   p99 %7.0f ms\n", name,
                result.complete, result.broken, percentile(result.firstToken, 0.5).count() / 1000,
                percentile(result.firstToken, 0.99).count() / 1000);
    return static_cast<std::uint64_t>(result.broken);
}

} // namespace

std::uint64_t measureManyStreams(const Bench& bench) {
    std::printf("\nopen streams: one event each half second; probes are new streams while all run\n"
                "  %-10s %6s %9s %8s %15s %16s %16s %14s\n",
                "", "open", "complete", "broken", "KB each, later", "probe p50 ms", "probe p99 ms",
                "burst p99 ms");
    std::uint64_t broken = 0;
    for (const int streams : bench.quick ? std::vector{20} : std::vector{500, 2000}) {
        const Contender upstream = startUpstream(bench.upstream);
        broken += openStreams(upstream, bench, streams);
        const std::string folder = "streams-" + std::to_string(streams);
        if (const auto nginx =
                startNginx({bench.folder / ("nginx-" + folder), urlOf(upstream.port), {}, {}, {}, false}))
            broken += openStreams(*nginx, bench, streams);
        broken += openStreams(
            startServer({bench.exobrain, bench.folder / folder, urlOf(upstream.port), false, 4000, {}}),
            bench, streams);
    }
    return broken;
}

std::uint64_t measureTlsBurst(const Bench& bench) {
    const int streams = bench.quick ? 20 : 1000;
    const Certificate tls = makeCertificate(bench.folder);
    const Contender upstream = startUpstream(bench.upstream);
    const auto secure = [&](const char* folder, bool http2) {
        return startNginx({bench.folder / folder, urlOf(upstream.port), {}, tls.certificate, tls.key, http2});
    };
    const auto one = secure("tls-1", false);
    const auto two = secure("tls-2", true);
    if (!one || !two) return 0;
    const auto address = [](const Contender& end) { return "https://127.0.0.1:" + std::to_string(end.port); };
    std::printf("\ncold burst: %d streams at once to an upstream behind TLS, no connection open yet\n",
                streams);
    std::uint64_t broken = 0;
    if (const auto nginx = startNginx({bench.folder / "tls-nginx", address(*one), {}, {}, {}, false}))
        broken += burst(*nginx, "nginx, HTTP/1.1", streams, bench.quick);
    for (const bool http2 : {false, true}) {
        const auto server = startServer({bench.exobrain, bench.folder / (http2 ? "burst-2" : "burst-1"),
                                         address(http2 ? *two : *one), false, 4000, tls.certificate});
        broken += burst(server, http2 ? "exobrain, HTTP/2" : "exobrain, HTTP/1.1", streams, bench.quick);
    }
    return broken;
}

std::uint64_t measureOverload(const Bench& bench) {
    const Contender upstream = startUpstream(bench.upstream);
    const auto server =
        startServer({bench.exobrain, bench.folder / "overload", urlOf(upstream.port), false, 50, {}});
    const Request request = question("text:5+late-headers:100", false, server.key);
    const auto fair = runLoad({server.port, 50, bench.span(3000), request});
    const double offered = 4 * std::max(fair.perSecond(), 1.0);
    const auto flood = runOpenLoad({server.port, offered, bench.span(5000), request});
    std::printf("\noverload: 50 may run, 200 wait; what 50 clients get: %.0f/s, p99 %.0f ms; offered then: "
                "%.0f/s\n",
                fair.perSecond(), fair.percentile(0.99).count() / 1000, offered);
    std::printf(
        "  answered %.0f/s (x %.2f of that), p50 %.0f ms, p99 %.0f ms; refused p50 %.1f ms, p99 "
        "%.1f ms; statuses:",
        static_cast<double>(flood.accepted.size()) / flood.seconds,
        static_cast<double>(flood.accepted.size()) / flood.seconds / fair.perSecond(),
        percentile(flood.accepted, 0.5).count() / 1000, percentile(flood.accepted, 0.99).count() / 1000,
        percentile(flood.refused, 0.5).count() / 1000, percentile(flood.refused, 0.99).count() / 1000);
    std::uint64_t failures = fair.failures;
    for (const auto& [status, count] : flood.statuses) {
        std::printf(" %d x %d", status, count);
        if (status != 200 && status != 429 && status != 503) failures += static_cast<std::uint64_t>(count);
    }
    std::printf("\n");
    return failures;
}

} // namespace exo::bench
