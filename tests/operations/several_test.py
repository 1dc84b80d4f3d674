#!/usr/bin/env python3
"""Several `exobrain serve` that share what they share, as real processes.

--part limit    two servers on one Redis: the rate limit holds in total, also while one Redis is killed and started again
--part planted  the same with "shared": false must let twice as many through: the check above can fail
"""
import collections
import concurrent.futures
import json
import os
import re
import signal
import urllib.request

from operations_test import Bench, check, question, request, run_part, until

LIMIT = 60


class Redis:
    def __init__(self, bench):
        self.bench, self.folder = bench, bench.folder.name
        self.socket = os.path.join(self.folder, "redis.sock")
        self.url = "unix://" + self.socket
        self.start()

    def start(self):
        self.program = self.bench.start(["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir",
                                         self.folder, "--loglevel", "warning"])
        until(lambda: os.path.exists(self.socket), "Redis")

    def kill(self):
        self.program.end(signal.SIGKILL)
        os.unlink(self.socket)


def make_home(bench, name, **more):
    home = os.path.join(bench.folder.name, name)
    os.makedirs(home)
    config = {"providers": [{"name": "up", "type": "openai", "baseUrl": bench.upstream, "models": ["echo"], "proxy": "none"}],
              "limits": {"maxConcurrentRequests": 200, "maxCpuUsage": "100%"}, "models": {"default": "echo"},
              "fallback": {"enableCache": False}, **more}
    with open(os.path.join(home, "config.json"), "w") as file:
        file.write(json.dumps(config))
    return home


def servers(bench, redis, shared=True):
    homes = [make_home(bench, name, rateLimit={"maxRequests": LIMIT, "windowMs": 3600000, "shared": shared},
                       cache={"redis": {"url": redis.url, "timeout": "2s"}}) for name in ("one", "two")]
    started = [bench.serve(home=home) for home in homes]
    return started, [server.url() for server in started]


def ask(url):
    return request(url, "/v1/chat/completions", question("echo"))


def crowd(urls, count):
    """So many questions, to one server after the other; how many of each status, and the last 429."""
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, [urls[i % len(urls)] for i in range(count)]))
    refused = [headers for status, headers, _ in answers if status == 429]
    return collections.Counter(status for status, _, _ in answers), (refused or [None])[-1]


def decisions(urls):
    """By whom the requests of both were counted, as /metrics tells."""
    seen = collections.Counter()
    for url in urls:
        with urllib.request.urlopen(url + "/metrics", timeout=20) as page:
            for by, count in re.findall(r'exobrain_shared_limit_decisions_total\{by="(\w+)"\} (\d+)', page.read().decode()):
                seen[by] += int(count)
    return seen


def part_limit(bench):
    redis = Redis(bench)
    programs, urls = servers(bench, redis)
    seen, refused = crowd(urls, 2 * LIMIT)
    check(seen == {200: LIMIT, 429: LIMIT}, f"{LIMIT} in all: {seen}")
    names = {name.lower(): value for name, value in refused.items()}
    check(names["x-exobrain-limit"] == "address" and names["x-ratelimit-remaining-requests"] == "0" and
          int(names["retry-after"]) > 3000 and names["ratelimit-policy"] == f'"default";q={LIMIT};w=3600', f"{names}")
    check(decisions(urls) == {"redis": 2 * LIMIT}, f"Redis counted all of them: {decisions(urls)}")
    # Away: each goes on with what it knows of, and nobody fails.
    redis.kill()
    seen, _ = crowd(urls, 2 * LIMIT)
    check(set(seen) <= {200, 429} and seen[200] == LIMIT, f"what each has let through counts on: {seen}")
    check(decisions(urls)["local"] > 0, f"counted alone: {decisions(urls)}")
    check(all(program.said("not used to count requests") for program in programs), "which is told")
    # Back, and empty: what was counted without it still counts.
    redis.start()
    until(lambda: all(sum("is used to count requests" in line for line in program.errors) == 2 for program in programs),
          "Redis is used again")
    seen, _ = crowd(urls, 2 * LIMIT)
    check(seen == {429: 2 * LIMIT}, f"nothing more in this hour: {seen}")
    check(all(program.end() == 0 for program in programs), "exit 0")


def part_planted(bench):
    _, urls = servers(bench, Redis(bench), shared=False)
    seen, _ = crowd(urls, 4 * LIMIT)
    check(seen == {200: 2 * LIMIT, 429: 2 * LIMIT}, f"each counts for itself: {seen}")
    check(not decisions(urls), "and no shared limit is told of")


if __name__ == "__main__":
    run_part(globals(), Bench)
