#!/usr/bin/env python3
"""exobrain serve and the administrator's commands as real processes.

--part backup      a backup under write load holds every message acknowledged before it; restore, verify, refusals
--part full        a full disk: a clear error, no partial file (needs to mount a tmpfs in a namespace of its own)
--part drain       SIGTERM: 50 of 50 streams finish, probes answer 503, other work is refused, exit 0
--part reload      SIGHUP: all or nothing, and what changes while it runs
--part owner       a second server on one home
--part activation  a socket handed over by the service manager; a restart refuses nobody
--part watchdog    READY, RELOADING, STOPPING and WATCHDOG; none of the last while the database hangs
--part logfile     the rotated log file, opened again by SIGHUP
--part renamed     a program under another name starts its workers from itself
--part diag        the bundle holds no secret, wherever one was planted
--part doctor      the checklists against this machine and a server
"""
import concurrent.futures
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from programs import Program, check, run_part, until  # noqa: E402


class Bench:
    def __init__(self, options):
        self.exobrain = options.exobrain
        self.folder = tempfile.TemporaryDirectory()
        self.home = os.path.join(self.folder.name, "home")
        os.makedirs(self.home)
        self.programs = []
        self.upstream = self.start([options.upstream, "--no-log"]).url()
        self.configure()

    def start(self, arguments, environment=None, **more):
        self.programs.append(Program(arguments, environment, **more))
        return self.programs[-1]

    def configure(self, **more):
        config = {"providers": [{"name": "up", "type": "openai", "baseUrl": self.upstream,
                                 "models": ["echo", "text:40:50", "text:100000:50"], "proxy": "none"}],
                  "rateLimit": {"maxRequests": 1000000}, "limits": {"maxConcurrentRequests": 200, "maxCpuUsage": "100%"},
                  "models": {"default": "echo"}, **more}
        self.write_config(json.dumps(config))

    def write_config(self, text):
        with open(os.path.join(self.home, "config.json"), "w") as file:
            file.write(text)

    def serve(self, *more, environment=None, home=None, **popen):
        return self.start([self.exobrain, "serve", "--home", home or self.home, "--listen", "127.0.0.1:0", *more], environment,
                          **popen)

    def run(self, *arguments, home=None, environment=None):
        return subprocess.run([self.exobrain, *arguments, "--home", home or self.home], capture_output=True, text=True,
                              env={**os.environ, **(environment or {})})

    def close(self):
        for program in self.programs:
            if program.process.poll() is None:
                program.process.send_signal(signal.SIGCONT)
                program.end(signal.SIGKILL)


def request(url, path, body=None, timeout=60):
    """Status, headers, body; status 0 when nobody answers."""
    host = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=timeout)
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    except (ConnectionError, http.client.HTTPException):
        return 0, {}, ""
    finally:
        connection.close()


def get_json(url, path):
    return json.loads(request(url, path)[2])


def question(model, stream=False, text="hello"):
    return {"model": model, "stream": stream, "messages": [{"role": "user", "content": text}]}


class Writer(threading.Thread):
    """Asks in one session, over and over; notes each message that was acknowledged."""

    def __init__(self, url, number):
        super().__init__(daemon=True)
        self.url, self.number, self.acknowledged, self.stop = url, number, [], False
        self.session = json.loads(request(url, "/api/v1/sessions", {"title": f"w{number}"})[2])["id"]

    def run(self):
        host = urllib.parse.urlsplit(self.url)
        for count in range(100000):
            if self.stop:
                return
            connection = http.client.HTTPConnection(host.hostname, host.port, timeout=60)
            connection.request("POST", f"/api/v1/sessions/{self.session}/messages",
                               json.dumps({"content": f"m{self.number}-{count}", "model": "echo"}),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            for line in answer:
                if line.startswith(b"data: ") and b"userMessageId" in line:
                    self.acknowledged.append(json.loads(line[6:])["userMessageId"])
            connection.close()


def message_ids(home):
    with sqlite3.connect(f"file:{home}/exobrain.db?mode=ro", uri=True) as db:
        return {row[0] for row in db.execute("SELECT id FROM messages WHERE role = 'user'")}


def part_backup(bench):
    keys = os.path.join(bench.home, "keys")
    os.makedirs(keys)
    with open(os.path.join(keys, "x.key"), "w") as file:
        file.write("sk-planted")
    server = bench.serve()
    url = server.url()
    check(get_json(url, "/api/v1/metrics")["service"]["backupAge"] is None, "no backup yet")
    writers = [Writer(url, n) for n in range(4)]
    for writer in writers:
        writer.start()
    until(lambda: all(len(w.acknowledged) >= 5 for w in writers), "some writes")
    backups = []
    for _ in range(3):
        before = [id for w in writers for id in list(w.acknowledged)]
        made = bench.run("backup", "--keep", "2", "--json")
        check(made.returncode == 0, made.stderr)
        backups.append((json.loads(made.stdout)["file"], before))
    for writer in writers:
        writer.stop = True
    for writer in writers:
        writer.join()
    check(all(len(w.acknowledged) > 6 for w in writers), "it was written all the while")
    check(not os.path.exists(backups[0][0]) and os.path.exists(backups[1][0]), "the two newest are kept")
    check(sorted(os.listdir(os.path.join(bench.home, "backups"))) ==
          sorted(os.path.basename(f) for f, _ in backups[1:]), "and nothing else lies there")
    for file, before in backups[1:]:
        check(bench.run("restore", file, "--verify").returncode == 0, "it verifies")
        with tempfile.TemporaryDirectory() as fresh:
            done = bench.run("restore", file, home=fresh)
            check(done.returncode == 0, done.stderr)
            missing = set(before) - message_ids(fresh)
            check(not missing, f"{len(missing)} of {len(before)} acknowledged messages are missing")
            check(open(os.path.join(fresh, "keys/x.key")).read() == "sk-planted", "the keys came along")
            again = bench.serve(home=fresh)
            check(get_json(again.url(), "/api/v1/sessions")["sessions"], "the restored home serves")
            check(again.end() == 0, "and ends")

    refused = bench.run("restore", backups[2][0])
    check(refused.returncode == 75 and "in use" in refused.stderr, f"{refused.returncode} {refused.stderr}")
    check(server.end() == 0, "the server ends")
    size = os.path.getsize(backups[2][0])
    with open(backups[2][0], "rb+") as file:
        file.truncate(size // 2)
    broken = bench.run("restore", backups[2][0])
    check(broken.returncode == 1 and not [n for n in os.listdir(bench.home) if n.startswith(("replaced", ".restore"))],
          f"a truncated one changes nothing: {broken.stderr}")
    done = bench.run("restore", backups[1][0], "--json")
    check(done.returncode == 0, done.stderr)
    check(os.path.exists(os.path.join(json.loads(done.stdout)["replaced"], "exobrain.db")), "what was there is kept")
    check(message_ids(bench.home) < message_ids(json.loads(done.stdout)["replaced"]), "both are what they were")

    elsewhere = os.path.join(bench.folder.name, "elsewhere")
    shutil.rmtree(os.path.join(bench.home, "backups"))
    check(bench.run("backup", "--to", elsewhere).returncode == 0 and len(os.listdir(elsewhere)) == 1, "without a server, to")
    url = bench.serve().url()
    until(lambda: get_json(url, "/api/v1/metrics")["service"]["backupAge"] is not None, "its age is seen")
    check("exobrain_backup_age_seconds" in request(url, "/metrics")[2], "by Prometheus too")
    check(bench.run("backup", home=os.path.join(bench.folder.name, "nothing")).returncode == 1, "no database, no backup")
    check(bench.run("backup", "--keep", "0").returncode == 64, "keep none is a mistake")


def part_full(bench):
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        print("skipped: no namespaces here")
        return
    server = bench.serve()
    url = server.url()
    session = json.loads(request(url, "/api/v1/sessions", {"title": "big"})[2])["id"]
    for _ in range(12):
        request(url, f"/api/v1/sessions/{session}/messages", {"content": "x" * 400_000, "model": "echo"})
    check(server.end() == 0, "the server ends")
    target = os.path.join(bench.folder.name, "small")
    os.makedirs(target)
    script = (f"mount -t tmpfs -o size=24m none {target} && head -c 12m /dev/zero > {target}/other && "
              f"'{bench.exobrain}' backup --home '{bench.home}' --to {target}; echo code $?; ls -A {target}")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True)
    check("code 1" in done.stdout and "disk is full" in done.stderr, done.stdout + done.stderr)
    check(done.stdout.split() == ["code", "1", "other"], f"nothing is left behind: {done.stdout}")


def stream(url, model, started, results, index):
    host = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=60)
    connection.request("POST", "/v1/chat/completions", json.dumps(question(model, True, f"q{index}")),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    first = answer.readline()
    started.release()
    results[index] = first + answer.read()
    connection.close()


def part_drain(bench):
    server = bench.serve()
    url = server.url()
    started, results = threading.Semaphore(0), [b""] * 50
    threads = [threading.Thread(target=stream, args=(url, "text:40:50", started, results, i)) for i in range(50)]
    for thread in threads:
        thread.start()
    for _ in threads:
        started.acquire(timeout=60)
    server.tell(signal.SIGTERM)
    until(lambda: request(url, "/readyz")[0] != 200, "draining")
    status, headers, body = request(url, "/readyz")
    check(status == 503 and "draining" in body and headers["Retry-After"], f"readyz: {status} {body}")
    check(request(url, "/healthz")[0] == 200, "healthz is answered")
    status, headers, body = request(url, "/v1/chat/completions", question("echo"))
    check(status == 503 and headers["Retry-After"] and "shutting_down" in body, f"new work is refused: {status} {body}")
    check(request(url, "/api/v1/sessions")[0] == 503, "also work without a model")
    for thread in threads:
        thread.join()
    finished = sum(result.rstrip().endswith(b"data: [DONE]") and b'"finish_reason":"stop"' in result for result in results)
    check(finished == 50, f"{finished} of 50 streams finished")
    check(server.process.wait(timeout=60) == 0, "exit 0")
    check(request(url, "/healthz")[0] == 0, "nobody listens any more")


def part_reload(bench):
    bench.configure(server={"listen": "127.0.0.1:0"})
    server = bench.start([bench.exobrain, "serve", "--home", bench.home])  # a flag would win over the file
    url = server.url()
    check(request(url, "/v1/chat/completions", question("echo"))[0] == 200, "a call")
    bench.write_config('{"limits": {"maxConcurrentRequests": 0, "nonsense": 1},\n "server": 5}')
    server.tell(signal.SIGHUP)
    until(lambda: server.said("nonsense"), "the complaint")
    complaints = [line for line in server.errors if "the old one stays" in line]
    check(len(complaints) == 3, f"one line for each problem: {complaints}")
    check(request(url, "/v1/chat/completions", question("echo"))[0] == 200, "the old configuration is still there")

    # A good file with an address nobody can call: found before anything changes.
    bench.configure(models={"default": "text:40:50"}, providers=[
        {"name": "other", "type": "openai", "baseUrl": "ftp://example.invalid", "models": ["m"]}])
    server.tell(signal.SIGHUP)
    until(lambda: server.said("baseUrl"), "the second complaint")
    check("echo" in request(url, "/v1/models")[2], "the providers are the old ones")

    bench.configure(models={"default": "echo", "aliases": {"nick": "echo"}}, rateLimit={"maxRequests": 8, "windowMs": 60000},
                    server={"listen": "127.0.0.1:1", "maxBodySize": "2KB", "trustedProxies": ["127.0.0.1"]},
                    cache={"local": {"size": "7MB"}}, logging={"level": "debug"},
                    alerts={"memory": {"warning": "0.1%", "critical": "0.2%"}})
    server.tell(signal.SIGHUP)
    until(lambda: server.said("configuration reloaded"), "the reload")
    until(lambda: server.said("a new server.listen takes effect at the next start"), "what cannot change says so")
    status = request(url, "/v1/chat/completions", question("nick"))[0]
    check(status == 200, f"an alias that is new: {status}")
    statuses = [request(url, "/v1/models")[0] for _ in range(10)]
    check(200 in statuses and statuses[-1] == 429, f"the rate limit is the new one: {statuses}")
    check(request(url, "/api/v1/sessions", {"title": "x" * 4000})[0] == 413, "the size of a body too")
    until(lambda: get_json(url, "/api/v1/metrics")["gateway"] is not None and
          get_json(url, "/api/v1/cache")["local"]["limit"] <= 7 << 20, "the cache's size")
    until(lambda: any(a["metric"] == "memory" for a in get_json(url, "/api/v1/alerts")["alerts"]), "the alerts' thresholds")
    check(server.end() == 0, "exit 0")


def part_owner(bench):
    server = bench.serve()
    url = server.url()
    second = bench.serve()
    check(second.process.wait(timeout=60) == 75, f"exit code {second.process.returncode}")
    text = "".join(second.errors)
    check("in use by process" in text and url in text, f"it says who: {text}")
    check(request(url, "/healthz")[0] == 200 and server.end() == 0, "the first is untouched")


def listening_socket():
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    return sock


def activated(bench, sock):
    """As systemd starts it: the socket is descriptor 3, LISTEN_PID the process itself."""
    def hand_over():
        os.dup2(sock.fileno(), 3)
        os.set_inheritable(3, True)
    script = 'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" "$@"'
    return bench.start(["sh", "-c", script, bench.exobrain, "serve", "--home", bench.home], preexec_fn=hand_over,
                       close_fds=False)


def part_activation(bench):
    sock = listening_socket()
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    # Asked before anybody serves: the kernel keeps it until then.
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        early = pool.submit(request, url, "/healthz")
        server = activated(bench, sock)
        check(early.result()[0] == 200, "a connection that came before the start is served")
        check(server.url() == url, f"it tells the address of the socket: {server.url()}")
        stop, answers = threading.Event(), []

        def keep_asking():
            while not stop.is_set():
                answers.append(request(url, "/v1/models")[0])
        askers = [pool.submit(keep_asking) for _ in range(4)]
        for _ in range(3):
            count = len(answers)
            until(lambda: len(answers) > count + 20, "calls")
            check(server.end() == 0, "the server ends")
            server = activated(bench, sock)
            server.url()
        stop.set()
        for asker in askers:
            asker.result()
    refused = [status for status in answers if status != 200]
    check(not refused, f"{len(refused)} of {len(answers)} calls were refused over three restarts: {set(refused)}")
    check(server.end() == 0, "exit 0")
    wrong = subprocess.run(["sh", "-c", 'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" "$@" 3</dev/null', bench.exobrain, "serve",
                            "--home", bench.home], capture_output=True, text=True, timeout=60)
    check(wrong.returncode != 0 and "no TCP socket that listens" in wrong.stderr, f"{wrong.returncode} {wrong.stderr}")


class Manager:
    """What systemd would hear."""

    def __init__(self, bench):
        self.path = os.path.join(bench.folder.name, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.heard = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            self.heard.append((time.monotonic(), self.socket.recv(4096).decode()))

    def count(self, word, since=0.0):
        return sum(1 for when, text in self.heard if when >= since and word in text.split("\n"))


def part_watchdog(bench):
    manager = Manager(bench)
    server = bench.serve(environment={"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"})
    url = server.url()
    until(lambda: manager.count("READY=1") == 1, "READY=1")
    until(lambda: manager.count("WATCHDOG=1") >= 3, "signs of life")
    server.tell(signal.SIGHUP)
    until(lambda: manager.count("RELOADING=1") == 1 and manager.count("READY=1") == 2, "RELOADING=1 and READY=1 again")
    check(any("MONOTONIC_USEC=" in text for _, text in manager.heard if "RELOADING=1" in text), "with the time")
    # Somebody holds the database's lock: its thread waits, the io thread does not.
    db = sqlite3.connect(os.path.join(bench.home, "exobrain.db"), isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    until(lambda: server.said("database's thread does not answer"), "the complaint")
    since = time.monotonic()
    check(request(url, "/healthz")[0] == 200, "the io thread lives")
    until(lambda: time.monotonic() - since > 1.0, "a while")
    check(manager.count("WATCHDOG=1", since) == 0, "no sign of life while the database hangs")
    db.execute("ROLLBACK")
    since = time.monotonic()
    until(lambda: manager.count("WATCHDOG=1", since) >= 2, "signs of life again")
    check(server.end() == 0 and manager.count("STOPPING=1") == 1, "STOPPING=1")


def part_logfile(bench):
    file = os.path.join(bench.folder.name, "server.log")
    bench.configure(logging={"file": file, "size": "4KB", "keep": 2, "format": "json"})
    server = bench.serve()
    url = server.url()
    until(lambda: request(url, "/healthz")[0] == 200 and os.path.exists(file[:-4] + ".2.log"), "two rotations")
    for _ in range(100):
        request(url, "/healthz")
    names = sorted(name for name in os.listdir(bench.folder.name) if name.startswith("server"))
    check(names == ["server.1.log", "server.2.log", "server.log"], f"no more than asked for: {names}")
    for name in names:
        path = os.path.join(bench.folder.name, name)
        check(os.path.getsize(path) <= 4096, f"{name} has {os.path.getsize(path)} bytes")
        for line in open(path):
            check({"time", "level", "message"} <= set(json.loads(line)), f"one object a line: {line}")
    os.rename(file, file + ".moved")
    server.tell(signal.SIGHUP)
    until(lambda: os.path.exists(file), "a fresh file")
    request(url, "/version")
    until(lambda: "/version" in open(file).read(), "and it is written to")
    bench.configure(logging={"file": "/proc/nowhere/x.log"})
    server.tell(signal.SIGHUP)
    until(lambda: server.said("logging.file: cannot open"), "a file that cannot be is refused")
    check(server.end() == 0, "exit 0")
    wrong = bench.serve()
    check(wrong.process.wait(timeout=60) == 78, f"and so is a start: {wrong.process.returncode}")
    bench.configure(logging={"file": "relative.log"})
    check(bench.run("serve", "--check-config").returncode == 78, "a relative path is refused")


def verdicts(done):
    return {item["id"]: item for item in json.loads(done.stdout)["checks"]}


def part_doctor(bench):
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
    bench.configure(server={"listen": f"127.0.0.1:{port}"})
    done = bench.run("doctor", "--pre-deploy", "--json")
    lines = verdicts(done)
    for name in ("memory", "load", "disk", f"port-{port}", "port-80", "port-443", "port-6379", "nginx-version",
                 "redis-server-version", "self-test", "config", "keys", "home", "file-system", "backup", "monitoring"):
        check(name in lines and lines[name]["figure"], f"{name}: {lines.get(name)}")
    for name in (f"port-{port}", "self-test", "config", "home"):
        check(lines[name]["verdict"] == "pass", f"{lines[name]}")
    failed = [name for name, line in lines.items() if line["verdict"] == "fail"]
    check(done.returncode == (1 if failed else 0), f"the exit code follows: {failed} {done.returncode}")
    check(not [n for n in os.listdir(bench.home) if n.startswith(".exobrain-doctor")], "nothing is left behind")

    free.listen()  # somebody who is not us
    os.chmod(bench.home, 0o555)
    bench.write_config('{"limits": 7}')
    lines = verdicts(bench.run("doctor", "--pre-deploy", "--json"))
    check(lines["config"]["verdict"] == "fail" and lines["config"]["advice"], f"{lines['config']}")
    if os.geteuid() != 0:
        check(lines["home"]["verdict"] == "fail", f"{lines['home']}")
    os.chmod(bench.home, 0o755)
    free.close()

    bench.configure()
    server = bench.serve()
    url = server.url()
    done = bench.run("doctor", "--post-deploy", url, "--sample", "3s", "--json", "--proxy", url)
    lines = verdicts(done)
    for name in ("up", "ready", "version", "api", "model-call", "metrics", "log", "proxy", "proxy-stream", "redis", "response"):
        check(lines.get(name, {}).get("verdict") == "pass", f"{name}: {lines.get(name)}")
    check({"cpu", "memory-use", "leak"} <= set(lines) and "self-test" not in lines, "the performance, and only what was asked")
    zh = bench.run("doctor", "--post-deploy", url, "--sample", "1s", environment={"LC_ALL": "zh_CN.UTF-8"})
    check("部署后检查" in zh.stdout and "通过" in zh.stdout and "\x1b" not in zh.stdout, zh.stdout)

    key = json.loads(bench.run("keys", "create", "--name", "k", "--json").stdout)["key"]
    until(lambda: request(url, "/v1/models")[0] == 401, "keys are wanted")
    lines = verdicts(bench.run("doctor", "--post-deploy", url, "--sample", "1s", "--json"))
    check(lines["api"]["verdict"] == "fail" and "key" in lines["api"]["advice"], f"{lines['api']}")
    lines = verdicts(bench.run("doctor", "--post-deploy", url, "--sample", "1s", "--json",
                               environment={"EXOBRAIN_API_KEY": key}))
    check(lines["api"]["verdict"] == "pass" and lines["metrics"]["verdict"] == "pass", f"{lines['metrics']}")
    check(server.end() == 0, "exit 0")
    done = bench.run("doctor", "--post-deploy", url, "--json")
    lines = verdicts(done)
    check(done.returncode == 1 and lines["up"]["verdict"] == "fail" and lines["response"]["verdict"] == "fail",
          f"a server that is gone: {lines['up']}")
    check(bench.run("doctor", "--sample", "soon").returncode == 64, "a wrong time is a usage error")


def part_renamed(bench):
    tree = os.path.join(bench.folder.name, "tree")
    os.makedirs(tree)
    with open(os.path.join(tree, "a.c"), "w") as file:
        file.write("int f(int a) {\n    return a;\n}\n")
    copy, link = os.path.join(bench.folder.name, "brain"), os.path.join(bench.folder.name, "link")
    shutil.copy2(bench.exobrain, copy)
    os.symlink(copy, link)
    for program in (copy, link):
        done = subprocess.run([program, "analyze", tree, "--format", "json", "--no-cache", "--home", bench.home],
                              capture_output=True, text=True)
        check(done.returncode == 0, f"{program}: {done.stderr}")
        report = json.loads(done.stdout)
        check(report["skipped"] == [] and report["summary"]["functions"] == 1, f"{program}: {report}")


def part_diag(bench):
    log = os.path.join(bench.folder.name, "server.log")
    with open(os.path.join(bench.folder.name, "p.key"), "w") as file:
        file.write("planted-in-a-file\n")
    os.chmod(file.name, 0o600)
    bench.configure(logging={"file": log}, alerts={"webhook": "https://hooks.invalid/planted-hook"},
                    cache={"redis": {"url": "redis://user:planted-password@127.0.0.1:1"}},
                    providers=[{"name": "up", "type": "openai", "baseUrl": bench.upstream, "models": ["echo"],
                                "apiKey": "sk-planted-literal", "proxy": "none"},
                               {"name": "two", "type": "openai", "baseUrl": bench.upstream, "models": ["m"],
                                "apiKey": f"file:{file.name}", "proxy": "http://me:planted-proxy@127.0.0.1:1"}])
    server = bench.serve()
    url = server.url()
    session = json.loads(request(url, "/api/v1/sessions", {"title": "planted title", "systemPrompt": "planted prompt"})[2])["id"]
    request(url, f"/api/v1/sessions/{session}/messages", {"content": "planted question", "model": "echo"})
    with open(log, "a") as file:
        for line in ("Authorization: Bearer planted.bearer", 'key "exo_planted1234567"', "a planted-in-a-file b",
                     "GET https://u:planted-url@host/", '{"password": "planted-json"}', "apiKey=planted-pair&x=1",
                     "-----BEGIN RSA PRIVATE KEY-----\nplanted\n-----END RSA PRIVATE KEY-----"):
            file.write(line + "\n")
    check("planted" in open(log).read() and "planted question" in str(sqlite3.connect(
        os.path.join(bench.home, "exobrain.db")).execute("SELECT content FROM messages").fetchall()), "they are planted")
    bundle = os.path.join(bench.folder.name, "diag.tar")
    done = bench.run("diag", "--out", bundle, "--json")
    check(done.returncode == 0, done.stderr)
    names = set(json.loads(done.stdout)["entries"])
    check({"version.json", "config.txt", "doctor.json", "database.json", "log.txt", "server/metrics.json",
           "server/breakers.json"} <= names, f"{names}")
    check(b"planted" not in open(bundle, "rb").read(), "nothing secret is in it: " +
          "; ".join(line for line in open(bundle, errors="replace") if "planted" in line))
    with tarfile.open(bundle) as tar:
        read = {m.name: tar.extractfile(m).read().decode() for m in tar.getmembers()}
    check(json.loads(read["exobrain-diag/database.json"])["integrity"] == ["ok"], "the database was checked")
    check("127.0.0.1" in read["exobrain-diag/config.txt"] and "GET https" in read["exobrain-diag/log.txt"], "the rest is there")
    check(json.loads(read["exobrain-diag/server/metrics.json"])["business"], "the metrics")
    check(os.stat(bundle).st_mode & 0o777 == 0o600, "for its owner alone")
    check(bench.run("diag", "--out", bundle).returncode == 1, "nothing is overwritten")
    check(server.end() == 0, "exit 0")
    check(bench.run("diag", "--out", bundle + "2").returncode == 0, "also without a server")


if __name__ == "__main__":
    run_part(globals(), Bench)
