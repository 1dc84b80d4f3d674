#!/usr/bin/env python3
"""exobrain serve and exobrain monitor as real processes, watched from outside.

--part counters   the server's counters against the client's own count, and promtool on /metrics
--part history    the history of a server survives its restart, /api/v1/metrics/stream ticks and ends with the server
--part process    `exobrain monitor`: --once, one JSON line a look, READY=1, WATCHDOG=1, SIGTERM, a second one, exit codes
--part hung       a server that stops answering is noticed, told once by a signed webhook, and its return too
"""
import concurrent.futures
import hashlib
import hmac
import http.client
import http.server
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from programs import Program, check, run_part  # noqa: E402

SECRET = "wh-secret"


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


def get_json(url):
    return json.loads(get(url))


class Bench:
    """A home, an upstream and a server."""

    def __init__(self, options):
        self.options = options
        self.folder = tempfile.TemporaryDirectory()
        self.home = self.folder.name
        self.upstream = Program([options.upstream, "--no-log"])
        self.configure({})
        self.server = None

    def configure(self, more):
        config = {"providers": [{"name": "up", "type": "openai", "baseUrl": self.upstream.url(),
                                 "models": ["text:20", "status:500"], "proxy": "none"}],
                  "rateLimit": {"maxRequests": 1000000}, "models": {"default": "text:20"}, **more}
        with open(os.path.join(self.home, "config.json"), "w") as file:
            json.dump(config, file)

    def serve(self):
        self.server = Program([self.options.exobrain, "serve", "--home", self.home, "--listen", "127.0.0.1:0"])
        return self.server.url()

    def close(self):
        for program in (self.server, self.upstream):
            if program and program.process.poll() is None:
                program.process.send_signal(signal.SIGCONT)
                program.end(signal.SIGKILL)


def chat(url, body):
    """The status, and whether the answer came to its proper end."""
    host = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=60)
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def samples(page):
    out = {}
    for line in page.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            out[name] = float(value)
    return out


def part_counters(bench):
    url = bench.serve()
    jobs = []
    for number in range(300):
        body = {"model": "text:20", "messages": [{"role": "user", "content": f"q{number}"}], "stream": number % 3 == 0}
        if number % 10 == 9:
            body["model"] = "no-such-model-anywhere"
            body["messages"] = []
        jobs.append(body)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda body: chat(url, body), jobs))
    good = statuses.count(200)
    check(good == 270 and statuses.count(400) == 30, f"statuses {sorted(set(statuses))}, {good} good ones")
    # The same question again: from the cache, so no tokens are booked.
    before = get_json(url + "/api/v1/metrics")["gateway"]
    check(chat(url, jobs[0]) == 200, "a repeated question")

    metrics = get_json(url + "/api/v1/metrics")
    check(metrics["business"]["requests"] == {"total": good + 1, "active": 0, "queued": 0},
          f"requests {metrics['business']['requests']}, sent {good + 1}")
    check(metrics["business"]["performance"]["errorRate"] == 0, "no call failed")
    check(metrics["business"]["performance"]["p95ResponseTime"] > 0, "there is a p95")
    check(metrics["gateway"]["outputTokens"] == before["outputTokens"] > 0, "a cached answer costs no tokens")
    check(metrics["gateway"]["cacheHitRate"] > 0, "the cache was hit")
    check(metrics["gateway"]["overheadP50"] > 0, "there is an overhead")
    check(set(metrics["system"]) == {"cpu", "memory", "disk", "process"}, "the system's members")
    check(metrics["system"]["memory"]["used"] > 0 and metrics["system"]["disk"]["available"] > 0, "the machine is seen")
    check(metrics["service"]["redis"] == "off" and metrics["service"]["version"], "the service is described")

    page = get(url + "/metrics")
    seen = samples(page)
    by_status = {}
    for name, value in seen.items():
        if name.startswith("exobrain_requests_total{") and 'route="/v1/chat/completions"' in name:
            status = name.split('status="')[1].split('"')[0]
            by_status[status] = by_status.get(status, 0) + value
    check(by_status == {"200": good + 1, "400": 30}, f"by status {by_status}")
    check(seen["exobrain_calls_total"] == good + 1, "calls for Prometheus")
    check(seen["exobrain_ttft_seconds_count"] == sum(1 for j in jobs if j["stream"] and j["messages"]) + 1,
          "each stream has a first token")
    if bench.options.promtool:
        lint = subprocess.run([bench.options.promtool, "check", "metrics"], input=page, capture_output=True, text=True)
        check(lint.returncode == 0 and not lint.stderr.strip(), lint.stdout + lint.stderr)
        broken = subprocess.run([bench.options.promtool, "check", "metrics"], capture_output=True, text=True,
                                input="# TYPE x_total gauge\nx_total 1\n")
        check(broken.returncode != 0, "promtool sees a mistake")


def part_history(bench):
    url = bench.serve()
    check(chat(url, {"model": "text:20", "messages": [{"role": "user", "content": "q"}]}) == 200, "a call")
    stream = urllib.request.urlopen(url + "/api/v1/metrics/stream", timeout=20)
    ticks = 0
    while ticks < 3:
        line = stream.readline().decode()
        if line.startswith("data: "):
            check(json.loads(line[6:])["business"]["requests"]["total"] == 1, "the stream carries the metrics")
            ticks += 1
    check(bench.server.end() == 0, "the server ends with the stream open")
    check(stream.read().count(b"data: ") <= 5, "and the stream with it")

    url = bench.serve()
    history = get_json(url + "/api/v1/metrics/history?range=5m")
    check(history["stepSeconds"] == 1, "steps of a second")
    rates = [v for v in history["series"]["p95"]["values"] if v]
    check(rates, "what was before the restart is still there")
    for bad in ("5s", "x", "-1h", "99999d"):
        try:
            get(url + "/api/v1/metrics/history?range=" + bad)
            check(False, f"range {bad} was accepted")
        except urllib.error.HTTPError as error:
            check(error.code == 400, f"range {bad}: {error.code}")
    check(get_json(url + "/api/v1/alerts")["level"] in ("ok", "warning", "critical"), "alerts")
    check(get_json(url + "/api/v1/log?limit=5")["lines"], "the log's tail")


def part_process(bench):
    url = bench.serve()
    exobrain = bench.options.exobrain
    once = subprocess.run([exobrain, "monitor", "--once", "--json", "--home", bench.home], capture_output=True, text=True)
    check(once.returncode == 0, once.stderr)
    state = json.loads(once.stdout)
    check(state["server"]["state"] == "up" and state["server"]["url"] == url, f"the home's server is found: {state['server']}")
    check(state["metrics"]["system"]["memory"]["used"] > 0, "the machine is sampled")
    nobody = socket.socket()
    nobody.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    down = subprocess.run([exobrain, "monitor", "--once", "--server", address, "--home", bench.home],
                          capture_output=True, text=True)
    check(down.returncode == 1 and "unreachable" in down.stdout, f"{down.returncode} {down.stdout}")
    wrong = subprocess.run([exobrain, "monitor", "--interval", "soon", "--home", bench.home], capture_output=True, text=True)
    check(wrong.returncode == 64, f"a wrong interval is a usage error: {wrong.returncode}")

    path = os.path.join(bench.home, "notify")
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(path)
    notify.settimeout(30)
    monitor = Program([exobrain, "monitor", "--json", "--interval", "200ms", "--home", bench.home],
                      {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})
    looks = [json.loads(monitor.line()) for _ in range(3)]
    check(all(look["server"]["state"] == "up" for look in looks), "each look is one line of JSON")
    words = {notify.recv(100).decode() for _ in range(4)}
    check({"READY=1", "WATCHDOG=1"} <= words, f"told to the service manager: {words}")
    second = subprocess.run([exobrain, "monitor", "--home", bench.home], capture_output=True, text=True)
    check(second.returncode == 75, f"one monitor a home: {second.returncode} {second.stderr}")
    check(monitor.end() == 0, "SIGTERM ends it")
    check(os.path.getsize(os.path.join(bench.home, "monitor.db")) > 0, "its history is kept")


class Receiver(http.server.BaseHTTPRequestHandler):
    posts = queue.Queue()
    refuse = 1  # the first is refused, to be repeated

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if Receiver.refuse > 0:
            Receiver.refuse -= 1
            self.send_response(503)
        else:
            Receiver.posts.put((self.headers, body))
            self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def told(event, metric):
    """The next such message; others (a machine under test is busy) are left out."""
    while True:
        headers, body = Receiver.posts.get(timeout=60)
        text = headers["x-exobrain-timestamp"].encode() + b"." + body
        signature = "sha256=" + hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        check(headers["x-exobrain-signature"] == signature, "the signature")
        message = json.loads(body)
        if message["alert"]["metric"] == metric:
            check(message["event"] == event, f"{message['event']} instead of {event}")
            return message


def part_hung(bench):
    url = bench.serve()
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    monitor = Program([bench.options.exobrain, "monitor", "--interval", "200ms", "--json", "--home", bench.home],
                      {"EXOBRAIN_ALERTS_WEBHOOK": f"http://127.0.0.1:{receiver.server_port}/hook",
                       "EXOBRAIN_ALERTS_WEBHOOK_SECRET": "env:HOOK_SECRET", "HOOK_SECRET": SECRET})
    check(json.loads(monitor.line())["server"]["state"] == "up", "the server is up at first")
    bench.server.process.send_signal(signal.SIGSTOP)  # accepts connections, answers nothing
    alert = told("alert", "server")["alert"]
    check(alert["level"] == "critical" and alert["subject"] == url, f"{alert}")
    bench.server.process.send_signal(signal.SIGCONT)
    over = told("recovery", "server")["alert"]
    check(over["since"] == alert["since"] and over["endedAt"], f"{over}")
    check(monitor.end() == 0, "SIGTERM ends the monitor")
    about = [line for line in monitor.errors if "does not answer" in line]
    check(len(about) == 1, f"one line of log, not {about}")
    receiver.shutdown()


if __name__ == "__main__":
    run_part(globals(), Bench, "--promtool")
