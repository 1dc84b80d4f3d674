#include "app/exobrain/doctor/PostDeploy.h"

#include "core/base/Units.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace exo::doctor {

namespace {

constexpr double k_slowMs = 200, k_cpu = 0.70, k_memory = 0.80;
constexpr double k_bufferedMs = 1500;       // a stream ticks each second
constexpr double k_leakWarn = 256.0 * 1024; // bytes a second
constexpr double k_leakFail = 2.0 * 1024 * 1024;
constexpr std::size_t k_fewestSamples = 4;

std::string number(double value, int places = 0) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", places, value);
    return text;
}

std::string percent(double share) {
    return number(share * 100) + " %";
}

std::string figureOf(const Answer& answer) {
    if (answer.status == 0) return answer.error.empty() ? "no answer" : answer.error;
    return std::to_string(answer.status) + ", " + number(answer.ms, 1) + " ms";
}

Check answered(std::string id, Words title, const Answer& answer, Words advice) {
    Check check{std::move(id), std::move(title), Verdict::Pass, figureOf(answer), {}};
    if (answer.good()) return check;
    check.verdict = Verdict::Fail;
    check.advice = std::move(advice);
    return check;
}

Check apiCall(std::string id, Words title, const Answer& answer) {
    const bool keyless = answer.status == 401 || answer.status == 403;
    return answered(std::move(id), std::move(title), answer,
                    keyless ? Words{"It wants an API key: --key-file FILE, or EXOBRAIN_API_KEY.",
                                    "需要 API 密钥:--key-file FILE,或设置 EXOBRAIN_API_KEY。"}
                            : Words{"See the server's log: journalctl -u exobrain -n 50",
                                    "请查看服务器日志:journalctl -u exobrain -n 50"});
}

Check metricsMove(const ServerFacts& facts) {
    Check check{"metrics", {"Metrics move", "指标在变化"}, Verdict::Pass, {}, {}};
    if (!facts.before || !facts.after) {
        check.verdict = Verdict::Fail;
        check.figure = facts.metricsError;
        check.advice = {"GET /api/v1/metrics has to answer.", "GET /api/v1/metrics 必须能够响应。"};
        return check;
    }
    const auto before = facts.before->business.requests.total, after = facts.after->business.requests.total;
    check.figure = std::to_string(before) + " -> " + std::to_string(after);
    if (after > before) return check;
    check.verdict = Verdict::Fail;
    check.advice = {"A model call was made and not counted.", "已发出一次模型调用,但未被计入指标。"};
    return check;
}

Check logWritten(const ServerFacts& facts) {
    Check check{"log", {"Log is written", "日志正在写入"}, Verdict::Pass, {}, {}};
    check.figure = std::to_string(facts.newLogLines) + " lines";
    if (facts.newLogLines > 0) return check;
    check.verdict = Verdict::Warn;
    check.advice = {"No line was written meanwhile; logging.level is above info?",
                    "期间没有写入任何日志;logging.level 是否高于 info?"};
    return check;
}

Check redis(const ServerFacts& facts) {
    Check check{"redis", {"Redis", "Redis"}, Verdict::Pass, "unknown", {}};
    if (!facts.after) {
        check.verdict = Verdict::Fail;
        return check;
    }
    check.figure = facts.after->service.redis;
    if (check.figure == "up") return check;
    if (check.figure == "off") {
        check.advice = {"Not configured (cache.redis.url): the cache is in memory only.",
                        "未配置(cache.redis.url):仅使用内存缓存。"};
        return check;
    }
    check.verdict = Verdict::Fail;
    check.advice = {"Look at it: systemctl status redis-server; the server works on without it.",
                    "请检查:systemctl status redis-server;没有它服务器仍可工作。"};
    return check;
}

void proxyChecks(const ServerFacts& facts, std::vector<Check>& checks) {
    if (!facts.proxy) {
        checks.push_back({"proxy",
                          {"nginx in front", "前置 nginx"},
                          Verdict::Warn,
                          "-",
                          {"Nothing listens on port 80; name it with --proxy URL, or leave it out.",
                           "端口 80 无监听;可用 --proxy URL 指定,或不使用反向代理。"}});
        return;
    }
    const ServerFacts::Proxy& proxy = *facts.proxy;
    Check front = answered("proxy", {"nginx in front", "前置 nginx"}, proxy.health,
                           {"Its upstream is not this server, or it answers other host names: --proxy URL.",
                            "它的上游不是本服务器,或只响应其他主机名:请用 --proxy URL 指定。"});
    front.figure = proxy.url + ": " + front.figure + (proxy.server.empty() ? "" : ", " + proxy.server);
    const bool answers = front.verdict == Verdict::Pass;
    if (!answers && proxy.guessed) front.verdict = Verdict::Warn;
    checks.push_back(std::move(front));
    if (!answers) return;
    Check stream{"proxy-stream", {"Streams unbuffered", "流式响应无缓冲"}, Verdict::Pass, {}, {}};
    stream.figure = proxy.firstEventMs ? number(*proxy.firstEventMs) + " ms" : "no event";
    if (!proxy.firstEventMs || *proxy.firstEventMs > k_bufferedMs) {
        stream.verdict = Verdict::Fail;
        stream.advice = {"Set proxy_buffering off and proxy_http_version 1.1.",
                         "请设置 proxy_buffering off 和 proxy_http_version 1.1。"};
    }
    checks.push_back(std::move(stream));
}

Check below(std::string id, Words title, double value, double limit, Words advice) {
    Check check{
        std::move(id), std::move(title), Verdict::Pass, percent(value) + " (< " + percent(limit) + ")", {}};
    if (value < limit) return check;
    check.verdict = Verdict::Fail;
    check.advice = std::move(advice);
    return check;
}

double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values)
        sum += value;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

Check response(const LoadFacts& facts) {
    const double p95 = quantile(facts.ms, 0.95);
    Check check{"response", {"Response time (p95)", "响应时间(p95)"}, Verdict::Pass, {}, {}};
    check.figure = number(p95, 1) + " ms (< " + number(k_slowMs) + " ms), " +
                   std::to_string(facts.ms.size()) + " calls, " + std::to_string(facts.failures) + " failed";
    if (facts.failures == 0 && !facts.ms.empty() && p95 < k_slowMs) return check;
    check.verdict = Verdict::Fail;
    check.advice = facts.failures > 0
                       ? Words{"Calls failed; see the server's log.", "有调用失败,请查看服务器日志。"}
                       : Words{"The machine is busy or slow; look at CPU and disk.",
                               "机器繁忙或过慢,请检查 CPU 和磁盘。"};
    return check;
}

Check leak(const LoadFacts& facts) {
    Check check{"leak", {"No leak", "无内存泄漏"}, Verdict::Pass, {}, {}};
    const double rate = slope(facts.resident);
    if (facts.resident.size() < k_fewestSamples) {
        check.verdict = Verdict::Warn;
        check.figure = std::to_string(facts.resident.size()) + " samples";
        check.advice = {"Too few to judge by: --sample 30s.", "样本过少,无法判断:--sample 30s。"};
        return check;
    }
    check.figure = formatSize(static_cast<std::uint64_t>(facts.resident.back().second)) + ", " +
                   number(rate / 1024, 1) + " KB/s over " + number(facts.resident.back().first, 1) + " s";
    if (!facts.growing && rate < k_leakWarn) return check;
    check.verdict = facts.growing || rate >= k_leakFail ? Verdict::Fail : Verdict::Warn;
    check.advice = {"Look again over a longer time: --sample 5m; if it goes on, send exobrain diag.",
                    "请延长采样时间再试:--sample 5m;若持续增长,请提交 exobrain diag 的结果。"};
    return check;
}

} // namespace

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::min(values.size(), std::max<std::size_t>(rank, 1)) - 1];
}

double slope(const std::vector<std::pair<double, double>>& points) {
    const std::size_t skip = points.size() / 2;
    const auto count = static_cast<double>(points.size() - skip);
    if (count < 2) return 0;
    double x = 0, y = 0;
    for (std::size_t i = skip; i < points.size(); ++i) {
        x += points[i].first / count;
        y += points[i].second / count;
    }
    double above = 0, below = 0;
    for (std::size_t i = skip; i < points.size(); ++i) {
        above += (points[i].first - x) * (points[i].second - y);
        below += (points[i].first - x) * (points[i].first - x);
    }
    return below > 0 ? above / below : 0;
}

std::vector<Check> postDeployChecks(const ServerFacts& facts) {
    const Words look{"Look at it: systemctl status exobrain; journalctl -u exobrain -n 50",
                     "请检查:systemctl status exobrain;journalctl -u exobrain -n 50"};
    std::vector<Check> checks;
    checks.push_back(answered("up", {"Service is up", "服务已启动"}, facts.health, look));
    checks.back().figure = facts.url + ": " + checks.back().figure;
    checks.push_back(answered("ready", {"Ready for traffic", "可接收请求"}, facts.ready, look));
    if (facts.ready.status == 503) checks.back().figure += " " + facts.ready.body;
    checks.push_back(answered("version", {"Version", "版本"}, facts.version, look));
    if (facts.version.good())
        if (const auto json = parseJson(facts.version.body); json.ok())
            checks.back().figure = stringOr(*json, "version");
    checks.push_back(apiCall("api", {"API answers", "API 可用"}, facts.models));
    checks.push_back(apiCall("model-call", {"A model call answers", "模型调用可用"}, facts.call));
    checks.push_back(metricsMove(facts));
    checks.push_back(logWritten(facts));
    proxyChecks(facts, checks);
    checks.push_back(redis(facts));
    return checks;
}

std::vector<Check> performanceChecks(const LoadFacts& facts) {
    return {response(facts),
            below("cpu", {"CPU", "CPU 使用率"}, mean(facts.cpu), k_cpu,
                  {"The machine has too few cores for its load, or something else runs on it.",
                   "机器的 CPU 不足以承担负载,或有其他程序在运行。"}),
            below("memory-use", {"Memory", "内存使用率"}, mean(facts.memory), k_memory,
                  {"Lower cache.local.size, or use a machine with more memory.",
                   "请减小 cache.local.size,或换用内存更大的机器。"}),
            leak(facts)};
}

} // namespace exo::doctor
