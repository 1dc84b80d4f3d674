#!/usr/bin/env python3
"""The load run: CPU, memory and disk of a control group really pushed over their thresholds, with `exobrain serve` and
`exobrain monitor` inside it and their home on a small tmpfs. Checks that each alert begins once, becomes worse once and
ends once although the load wavers around the threshold; that the server's /api/v1/alerts, the signed webhook of the
monitor and both logs tell the same; and that the service protects itself: caches shrink, calls are refused step by step,
what can be spared is not written to a full disk, and all of it ends with its cause. With --tray and --host, exobrain-tray
watches it in an X server of its own, and its icon must show the same state.

    sudo tests/monitor/load_run.py --exobrain build/release/bin/exobrain --upstream build/debug/bin/upstream [--log FILE]
        [--tray build/release/bin/exobrain-tray --host build/debug/bin/notifier_host --pictures DIR]

About four minutes. Needs root: for the control group (version 2, or 1) and the tmpfs. Exit status 77 without.
"""
import argparse
import collections
import http.server
import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import monitor_test as base

sys.path.append(str(pathlib.Path(__file__).parent.parent / "ui" / "tray"))
import tray_host_test as desk

SKIPPED = 77
MB = 1 << 20
MEMORY = 320 * MB
CORES = 0.4
DISK = 64 * MB
WATCHED = ("cpu", "memory", "disk")


class Failures(list):
    def check(self, good, text):
        say(("  ok    " if good else "  WRONG ") + text)
        if not good:
            self.append(text)


failures = Failures()
started = time.monotonic()
log_file = None


def say(text):
    line = f"{time.monotonic() - started:6.1f} s  {text}"
    print(line, flush=True)
    if log_file:
        print(line, file=log_file, flush=True)


def wait_for(what, ask, seconds):
    """The first true answer, or None (which counts as a failure)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.25)
    failures.check(False, f"waited {seconds} s for {what}")
    return None


class Group:
    """A control group with a memory limit and a share of the CPU, of whichever version this machine has."""

    def __init__(self):
        root = pathlib.Path("/sys/fs/cgroup")
        name = f"exobrain-load-{os.getpid()}"
        self.two = (root / "cgroup.controllers").exists()
        if self.two:
            (root / "cgroup.subtree_control").write_text("+cpu +memory")
            self.folders = {"all": root / name}
        else:
            self.folders = {each: root / each / name for each in ("memory", "cpu", "cpuacct")}
        for folder in self.folders.values():
            folder.mkdir()
        period = 100_000
        quota = int(CORES * period)
        if self.two:
            self.write("all", "memory.max", MEMORY)
            self.write("all", "cpu.max", f"{quota} {period}")
            self.write("all", "cpu.weight", 10000)
        else:
            self.write("memory", "memory.limit_in_bytes", MEMORY)
            self.write("cpu", "cpu.cfs_period_us", period)
            self.write("cpu", "cpu.cfs_quota_us", quota)
            self.write("cpu", "cpu.shares", 100_000)

    def write(self, controller, name, value):
        (self.folders[controller] / name).write_text(str(value))

    def enter(self):
        for folder in self.folders.values():
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def cpu_seconds(self):
        if self.two:
            lines = (self.folders["all"] / "cpu.stat").read_text().splitlines()
            return int(next(line for line in lines if line.startswith("usage_usec")).split()[1]) / 1e6
        return int((self.folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9

    def memory_used(self):
        folder = self.folders["all" if self.two else "memory"]
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        all_of_it = int((folder / ("memory.current" if self.two else "memory.usage_in_bytes")).read_text())
        return all_of_it - int(stat.get("inactive_file" if self.two else "total_inactive_file", 0))

    def remove(self):
        for folder in self.folders.values():
            for _ in range(50):
                try:
                    folder.rmdir()
                    break
                except OSError:
                    time.sleep(0.1)


def member(group, arguments, **more):
    """A process inside the group."""
    return subprocess.Popen(arguments, preexec_fn=group.enter, text=True, **more)


SPINNER = """
import sys, threading, time
share = 0.0
def read():
    global share
    for line in sys.stdin: share = float(line)
    share = -1.0
threading.Thread(target=read, daemon=True).start()
while share >= 0:
    end = time.monotonic() + 0.02
    stop = time.thread_time() + 0.02 * share
    while time.thread_time() < stop: pass
    time.sleep(max(0.0, end - time.monotonic()))
"""
HOLDER = """
import sys
held = []
for line in sys.stdin:
    wanted = int(line)
    while len(held) < wanted: held.append(bytearray(b'x' * (1 << 20)))
    del held[wanted:]
    print(len(held), flush=True)
"""


class CpuLoad:
    """Keeps the group's use of its CPU at a wanted share, whatever the others in it use."""

    def __init__(self, group):
        self.group = group
        self.target = 0.0
        self.share = 0.0
        self.spinner = member(group, [sys.executable, "-c", SPINNER], stdin=subprocess.PIPE)
        threading.Thread(target=self.steer, daemon=True).start()

    def steer(self):
        used, at = self.group.cpu_seconds(), time.monotonic()
        while self.spinner.poll() is None:
            time.sleep(0.5)
            now, then = self.group.cpu_seconds(), time.monotonic()
            use = (now - used) / (then - at) / CORES
            used, at = now, then
            self.share = min(1.0, max(0.0, self.share + 0.5 * CORES * (self.target - use))) if self.target else 0.0
            try:
                self.spinner.stdin.write(f"{self.share}\n")
                self.spinner.stdin.flush()
            except (BrokenPipeError, ValueError):
                return


class MemoryLoad:
    def __init__(self, group):
        self.group = group
        self.held = 0
        self.holder = member(group, [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def hold(self, megabytes):
        self.holder.stdin.write(f"{megabytes}\n")
        self.holder.stdin.flush()
        self.held = int(self.holder.stdout.readline())

    def reach(self, share):
        for _ in range(5):
            self.hold(max(0, self.held + round((share * MEMORY - self.group.memory_used()) / MB)))


class Receiver(http.server.BaseHTTPRequestHandler):
    posts = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.posts.put((self.headers, body))
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Icon:
    """exobrain-tray at a StatusNotifier host, outside the group."""

    WORDS = {"ok": ("OK", "Working"), "warning": ("Warning",), "critical": ("Critical",)}

    def __init__(self, options, url, key):
        options.pictures = options.pictures or tempfile.mkdtemp(prefix="exobrain-load-")
        self.bench = desk.Bench(options)
        self.bench.server.stop()
        # Without notices: for ten seconds after one Qt gives hosts its text as the tool tip.
        self.bench.settle_for(f"{desk.QUIET}[watched]\n1\\url={url}\n1\\key={key}\nsize=1\n")
        bus = self.bench.start(["dbus-daemon", "--session", "--print-address", "--nofork", "--nopidfile"], stdout=subprocess.PIPE)
        self.bench.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self.host = desk.Host(self.bench)
        self.bench.tray()

    def shows(self, level):
        shown = wait_for(f"the icon to show {level}", lambda: self.host.tooltip().startswith(
            tuple(f"ExoBrain – {word}\n" for word in self.WORDS[level])) and self.host.tooltip(), 20)
        if shown:
            failures.check(self.host.ask(f"icon {self.bench.pictures / f'load-{level}.png'}") is True, f"the icon says {shown!r}")


class Run:
    def __init__(self, options, home):
        self.home = home
        self.project = tempfile.mkdtemp(prefix="exobrain-load-")
        pathlib.Path(self.project, "alpha.c").write_text("int alphaFunction(void) {\n    return 1;\n}\n")
        self.group = Group()
        self.upstream = base.Program([options.upstream, "--no-log"])
        self.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()
        config = {"providers": [{"name": "up", "type": "openai", "baseUrl": self.upstream.url(), "models": ["text:9000"], "proxy": "none"}],
                  "rateLimit": {"maxRequests": 1_000_000}, "cache": {"local": {"size": "8MB"}},
                  "analysis": {"roots": [self.project]}, "models": {"default": "text:9000"}}
        pathlib.Path(home, "config.json").write_text(json.dumps(config))
        made = subprocess.run([options.exobrain, "keys", "create", "--name", "load", "--priority", "high", "--home", home],
                              capture_output=True, text=True)
        self.key = next((word for word in made.stdout.split() if word.startswith("exo_")), "")
        base.check(self.key, f"a key: {made.stdout}{made.stderr}")
        self.logs = {}
        self.server = self.begin([options.exobrain, "serve", "--home", home, "--listen", "127.0.0.1:0"], "server")
        self.url = next(line for line in self.server.stdout if "listening on " in line).split("listening on ")[1].strip()
        os.environ.update(EXOBRAIN_ALERTS_WEBHOOK=f"http://127.0.0.1:{self.receiver.server_port}/hook",
                          EXOBRAIN_ALERTS_WEBHOOK_SECRET="env:HOOK_SECRET", HOOK_SECRET=base.SECRET, EXOBRAIN_API_KEY=self.key)
        self.monitor = self.begin([options.exobrain, "monitor", "--json", "--home", home], "monitor")
        threading.Thread(target=lambda: collections.deque(self.monitor.stdout, 0), daemon=True).start()
        self.cpu = CpuLoad(self.group)
        self.memory = MemoryLoad(self.group)
        self.icon = Icon(options, self.url, self.key) if options.tray and options.host else None
        self.told = []  # of the webhook: (metric, event, level)

    def begin(self, arguments, name):
        lines = self.logs[name] = []
        process = member(self.group, arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def read():
            for line in process.stderr:
                lines.append(line.rstrip())
                if log_file:
                    print(f"        {name}: {line.rstrip()}", file=log_file, flush=True)

        threading.Thread(target=read, daemon=True).start()
        return process

    def call(self, path, body=None, **headers):
        """Status, headers and text of an answer, whatever it is."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json",
                                                                 "Authorization": "Bearer " + self.key, **headers})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def json(self, path):
        return json.loads(self.call(path)[2])

    def metrics(self):
        return self.json("/api/v1/metrics")

    def alerts(self):
        return self.json("/api/v1/alerts")

    def level(self, metric):
        return next((a["level"] for a in self.alerts()["alerts"] if a["metric"] == metric), "ok")

    def reached(self, metric, level, seconds=60):
        began = time.monotonic()
        found = wait_for(f"{metric} to be {level}", lambda: self.level(metric) == level, seconds)
        if found:
            failures.check(True, f"{metric} is {level} after {time.monotonic() - began:.1f} s")
            if self.icon:
                self.icon.shows(level)

    def ask(self, text, priority="normal"):
        """Status and headers of a model call."""
        body = {"model": "text:9000", "messages": [{"role": "user", "content": text}]}
        return self.call("/v1/chat/completions", body, **{"x-exobrain-priority": priority})[:2]

    def question(self, text):
        """Asks the local assistant about the project; the text of its answer."""
        session = json.loads(self.call("/api/v1/sessions", {"project": self.project, "model": "exobrain-local"})[2])
        return self.call(f"/api/v1/sessions/{session['id']}/messages", {"content": text})[2]

    def hear(self):
        """What the webhook has got since the last call; the signature of each is checked."""
        while not Receiver.posts.empty():
            headers, body = Receiver.posts.get()
            text = headers["x-exobrain-timestamp"].encode() + b"." + body
            signature = "sha256=" + base.hmac.new(base.SECRET.encode(), text, base.hashlib.sha256).hexdigest()
            if headers["x-exobrain-signature"] != signature:
                failures.check(False, "a webhook with a wrong signature")
            message = json.loads(body)
            alert = message["alert"]
            self.told.append((alert["metric"], message["event"], alert["level"]))
            say(f"  webhook: {message['event']} {alert['level']} {alert['metric']} {alert['value']:.3f}: {alert['message']}")

    def close(self):
        if self.icon:
            self.icon.bench.close()
        for process in (self.cpu.spinner, self.memory.holder, self.monitor, self.server):
            process.terminate()
        for process in (self.cpu.spinner, self.memory.holder, self.monitor, self.server):
            try:
                process.wait(timeout=45)
            except subprocess.TimeoutExpired:
                process.kill()
        self.upstream.end(base.signal.SIGKILL)
        self.receiver.shutdown()
        self.group.remove()


def push_cpu(run):
    say("CPU: to 78 %, wavering around 70 %, to 97 %, and back")
    run.cpu.target = 0.78
    run.reached("cpu", "warning")
    for share in (0.68, 0.72, 0.68, 0.72, 0.68):  # 66.5 % would be needed to leave
        run.cpu.target = share
        time.sleep(4)
    failures.check(run.level("cpu") == "warning", "wavering around the threshold changes nothing")
    run.cpu.target = 0.98
    run.reached("cpu", "critical")
    failures.check(run.ask("while the CPU is full")[0] == 200, "a call is served while others take the CPU")
    run.cpu.target = 0.0
    run.reached("cpu", "ok")


def cache_state(run):
    local = run.metrics()["service"]["cache"]["local"]
    return local["bytes"], local["limit"]


def push_memory(run):
    for number in range(400):
        run.ask(f"fill {number}")
        if cache_state(run)[0] > 7 * MB:
            break
    bytes_before, limit = cache_state(run)
    failures.check(bytes_before > 6 * MB and limit == 8 * MB, f"the cache holds {bytes_before / MB:.1f} of {limit / MB:.0f} MB")
    say("memory: to 80 %, wavering around 75 %, to 93 %, and back")
    run.memory.reach(0.80)
    run.reached("memory", "warning")
    kept, limit = cache_state(run)
    failures.check(kept <= limit == 4 * MB, f"memory warns: the cache shrinks to {kept / MB:.2f} of {limit / MB:.1f} MB")
    failures.check(run.ask("while memory is short")[0] == 200, "a call is served")
    for share in (0.74, 0.76, 0.74, 0.76):  # 72.75 % would be needed to leave
        run.memory.reach(share)
        time.sleep(4)
    failures.check(run.level("memory") == "warning", "wavering around the threshold changes nothing")
    run.memory.reach(0.93)
    run.reached("memory", "critical")
    kept, limit = cache_state(run)
    failures.check(kept <= limit < MB, f"memory is critical: the cache shrinks to {kept / MB:.2f} of {limit / MB:.2f} MB")
    order = []
    ends = time.monotonic() + 40
    while time.monotonic() < ends and "normal" not in order:
        for name in ("low", "normal"):
            status, answer = run.ask(f"{name} {time.monotonic()}", name)
            if status == 503 and name not in order:
                order.append(name)
                say(f"  {name} priority is refused: 503, Retry-After {answer['Retry-After']}")
                failures.check(bool(answer["Retry-After"]), "with Retry-After")
        time.sleep(0.5)
    failures.check(order == ["low", "normal"], f"refused in this order: {order}")
    failures.check(run.ask("urgent", "high")[0] == 200, "high priority is not")
    failures.check(run.call("/healthz")[0] == 200 and run.metrics()["service"]["level"] == "critical", "health and metrics are served")
    rejected = run.metrics()["gateway"]["rejected"]
    failures.check(rejected.get("overload_low_priority", 0) > 0 and rejected.get("overload_normal_priority", 0) > 0, f"counted: {rejected}")
    run.memory.hold(0)
    run.reached("memory", "ok")
    wait_for("calls to be served again", lambda: run.ask(f"again {time.monotonic()}")[0] == 200, 60)
    failures.check(bool(wait_for("the cache to have its size again", lambda: cache_state(run)[1] == 8 * MB, 60)), "the cache may grow again")


def state_of(folder, part):
    return {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in pathlib.Path(folder).rglob("*")
            if path.is_file() and part in str(path) and not path.name.endswith("-shm")}


def bytes_of(state):
    return sum(size for size, _ in state.values())


def fill_disk(run, share):
    path = pathlib.Path(run.home, "ballast")
    facts = os.statvfs(run.home)
    total = facts.f_blocks * facts.f_frsize
    used = total - facts.f_bfree * facts.f_frsize - (path.stat().st_size if path.exists() else 0)
    with open(path, "ab") as file:
        wanted = max(0, int(share * total) - used)
        file.truncate(min(wanted, path.stat().st_size))
        file.seek(0, os.SEEK_END)
        while file.tell() < wanted:
            file.write(b"x" * min(MB, wanted - file.tell()))


def push_disk(run):
    level = run.json("/api/v1/alerts")["thresholds"]["disk"]
    failures.check((level["warning"], level["critical"]) == (0.8, 0.9), f"/api/v1/alerts tells the thresholds: {level}")
    failures.check("alpha.c" in run.question("What does alphaFunction do?"), "a question about the project is answered")
    indexes = state_of(run.home, "index/")
    failures.check(any(name.endswith(".db") for name in indexes), f"its index is on disk: {sorted(indexes)}")
    say("disk: to 83 %, wavering around 80 %, to 93 %, and back")
    fill_disk(run, 0.83)
    run.reached("disk", "warning")
    for share in (0.795, 0.805, 0.795):  # 79.2 % would be needed to leave
        fill_disk(run, share)
        time.sleep(4)
    failures.check(run.level("disk") == "warning", "wavering around the threshold changes nothing")
    fill_disk(run, 0.93)
    run.reached("disk", "critical")
    time.sleep(2)
    message = next(a["message"] for a in run.alerts()["alerts"] if a["metric"] == "disk")
    failures.check("not written" in message, f"the alert says what is spared: {message}")
    failures.check(sum("not written" in line for line in run.logs["server"]) == 1, "and one line of the log")
    failures.check(run.call("/readyz")[0] == 503, "/readyz sends new traffic elsewhere")
    history, indexes = state_of(run.home, "metrics.db"), state_of(run.home, "index/")
    pathlib.Path(run.project, "beta.c").write_text("int betaFunction(void) {\n    return 2;\n}\n")
    failures.check("beta.c" in run.question("What does betaFunction do?"), "a new file of the project is found all the same")
    time.sleep(14)  # a commit of the history is due every ten seconds
    failures.check(state_of(run.home, "metrics.db") == history, "the history of the metrics is not written")
    now = state_of(run.home, "index/")  # an index that is closed takes in its log, which makes room
    failures.check(set(now) <= set(indexes) and bytes_of(now) <= bytes_of(indexes),
                   f"no index is written: {bytes_of(indexes)} bytes before, {bytes_of(now)} now")
    failures.check(run.ask("while the disk is full")[0] == 200, "calls are served")
    pathlib.Path(run.home, "ballast").unlink()
    run.reached("disk", "ok")
    wait_for("the history to be written again", lambda: state_of(run.home, "metrics.db") != history, 20)
    failures.check("beta.c" in run.question("Where is betaFunction?"), "questions are answered as before")
    failures.check(bytes_of(state_of(run.home, "index/")) > bytes_of(now), "the index is written again")
    failures.check(run.call("/readyz")[0] == 200, "/readyz is well again")
    values = run.json("/api/v1/metrics/history?range=5m")["series"]["disk"]["values"]
    failures.check(max(v for v in values if v) > 0.9, "the history has no hole where it was not written")


def agree(run, pushed):
    say("what was told")
    time.sleep(3)
    run.hear()
    recent = run.alerts()["recent"]
    for metric in pushed:
        heard = [told[1:] for told in run.told if told[0] == metric]
        wanted = [("alert", "warning"), ("alert", "critical")]
        failures.check(heard[:2] == wanted and [event for event, _ in heard[2:]] == ["recovery"],
                       f"webhook, {metric}: {' → '.join(f'{event} {level}' for event, level in heard)}")
        ended = [a for a in recent if a["metric"] == metric]
        failures.check(len(ended) == 1 and ended[0]["level"] == "critical" and ended[0].get("endedAt"),
                       f"/api/v1/alerts, {metric}: {[(a['level'], a['since'], a.get('endedAt')) for a in ended]}")
        for name, lines in run.logs.items():
            of = [line for line in lines if f"alert warning: {metric}:" in line], \
                 [line for line in lines if f"alert critical: {metric}:" in line], [line for line in lines if f"alert over: {metric}:" in line]
            failures.check([len(each) for each in of] == [1, 1, 1], f"log of the {name}, {metric}: one line each for warning, critical, over")


def main():
    global log_file
    parser = argparse.ArgumentParser()
    parser.add_argument("--exobrain", required=True)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--log")
    for name in ("--tray", "--host", "--pictures"):
        parser.add_argument(name)
    parser.add_argument("--only", choices=WATCHED)
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("skipped: needs root")
        return SKIPPED
    log_file = open(options.log, "w") if options.log else None
    home = tempfile.mkdtemp(prefix="exobrain-load-home-")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", home]).returncode != 0:
        print("skipped: no tmpfs can be mounted")
        return SKIPPED
    run = None
    try:
        run = Run(options, home)
        say(f"control group {'v2' if run.group.two else 'v1'}: {MEMORY // MB} MB, {CORES} cores; home on a tmpfs of {DISK // MB} MB")
        wait_for("the first sample", lambda: run.metrics()["service"]["budget"]["cores"] == CORES, 10)
        budget = run.metrics()["service"]["budget"]
        failures.check(budget["memory"] == MEMORY and budget["limited"], f"the service knows its budget: {budget}")
        pushed = [options.only] if options.only else list(WATCHED)
        for metric in pushed:
            globals()["push_" + metric](run)
            run.hear()
        agree(run, pushed)
    finally:
        if run:
            run.close()
        subprocess.run(["umount", "-l", home])
        os.rmdir(home)
    say(f"{len(failures)} checks failed" + "".join("\n  " + text for text in failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
