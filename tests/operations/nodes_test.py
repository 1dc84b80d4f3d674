#!/usr/bin/env python3
"""Two `exobrain serve` behind nginx (the deployed configuration, least_conn) that share a PostgreSQL and a Redis.

--part drill      clients write through nginx; a node is killed under load, the database crashes and comes back: everything
                  that was acknowledged is there, the other node serves, answers of the dead one become interrupted, the
                  request limit holds over both
--part planted    the checks above over nodes that share nothing, and over a database somebody deleted a message from, must fail
--part serve      one server over PostgreSQL: configuration, commands as its guests, doctor, diag, backup, no password anywhere
--part migrate    exobrain migrate: from the home's file into PostgreSQL, its refusals, and a server that goes on from there

Status 77 when PostgreSQL, nginx or Redis is not installed.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
import types
import urllib.parse

import operations_test
from operations_test import Bench, check, question, request, until
from postgres import PASSWORD, Postgres, programs
from several_test import Redis, make_home

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../proxy"))
from proxy_test import HOST, Proxy  # noqa: E402

LIMIT = 100  # requests a minute: the default
CLIENTS = 6
MORE = 8  # acknowledged messages a client has before the next thing happens
SLOW = "text:4000:20"


def call(url, method, path, body=None, key=None, timeout=30):
    """Status and JSON; 0 when nobody answered or it broke off."""
    host = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=timeout)
    headers = {"Host": HOST, "Content-Type": "application/json"}
    if key:
        headers["x-api-key"] = key
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if text else None
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return 0, None
    finally:
        connection.close()


class Turn:
    """A question in a session, and the events of its answer."""

    def __init__(self, url, session, content, model, key):
        host = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(host.hostname, host.port, timeout=30)
        self.connection.request("POST", f"/api/v1/sessions/{session}/messages", json.dumps({"content": content, "model": model}),
                                {"Host": HOST, "Content-Type": "application/json", "x-api-key": key})
        self.answer = self.connection.getresponse()

    def events(self):
        name = ""
        for line in self.answer:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                yield name, json.loads(line[6:])

    def close(self):
        self.connection.close()


class Client(threading.Thread):
    """Makes sessions and asks in them, over and over; notes all that was acknowledged, and nothing else."""

    def __init__(self, url, number, key):
        super().__init__(daemon=True)
        self.url, self.number, self.key, self.ending = url, number, key, False
        self.sessions = {}  # id: title
        self.questions = {}  # id: (session, content)
        self.answers = {}  # id: (session, content)
        self.failures = 0

    def run(self):
        count = 0
        while not self.ending:
            count += 1
            if count % 4 == 1:
                title = f"client {self.number} session {count}"
                status, made = call(self.url, "POST", "/api/v1/sessions", {"title": title}, self.key)
                if status != 201:
                    self.failed()
                    continue
                session = made["id"]
                self.sessions[session] = title
            if self.sessions:
                self.ask(session, f"question {self.number}-{count}")

    def ask(self, session, content):
        turn = None
        try:
            turn = Turn(self.url, session, content, "echo", self.key)
            for name, data in turn.events():
                if name == "message":
                    self.questions[data["userMessageId"]] = (session, content)
                elif name == "done":
                    self.answers[data["message"]["id"]] = (session, data["message"]["content"])
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            self.failed()
        finally:
            if turn:
                turn.close()

    def failed(self):
        self.failures += 1
        time.sleep(0.05)


class Nodes:
    """Two nodes and nginx before them; `shared` is what all of them have in their configuration, or nothing."""

    def __init__(self, bench, options, shared):
        self.bench = bench
        self.homes = [make_home(bench, name, rateLimit={"maxRequests": LIMIT, "windowMs": 60000},
                                server={"allowedHosts": [HOST]}, cleanup={"interval": "1s"}, models={"default": "echo"},
                                providers=[{"name": "up", "type": "openai", "baseUrl": bench.upstream,
                                            "models": ["echo", SLOW], "proxy": "none"}], **shared)
                      for name in ("node-one", "node-two")]
        self.programs = [bench.serve(home=home) for home in self.homes]
        self.urls = [program.url() for program in self.programs]
        addresses = [urllib.parse.urlsplit(url).netloc for url in self.urls]
        folder = pathlib.Path(bench.folder.name) / "nginx"
        (folder / "servers").mkdir(parents=True)
        (folder / "servers/others.conf").write_text(f"server {addresses[1]};\n")
        self.proxy = Proxy(types.SimpleNamespace(conf=options.conf, nginx=options.nginx), folder, addresses[0]).start()
        bench.ends.append(self.proxy.end)
        self.url = f"http://127.0.0.1:{self.proxy.http}"

    def make_key(self, name, *more, node=0):
        done = self.bench.run("keys", "create", "--name", name, "--json", *more, home=self.homes[node])
        check(done.returncode == 0, done.stderr)
        return json.loads(done.stdout)["key"]

    def restart(self, number):
        """On the address nginx knows."""
        address = urllib.parse.urlsplit(self.urls[number]).netloc
        self.programs[number] = self.bench.start([self.bench.exobrain, "serve", "--home", self.homes[number], "--listen", address])
        self.programs[number].url()


def messages_of(url, session, key):
    status, page = call(url, "GET", f"/api/v1/sessions/{session}/messages?limit=1000", key=key)
    return {message["id"]: message for message in page["messages"]} if status == 200 else {}


def check_all_there(url, clients, key):
    """Each session, question and answer that was acknowledged is there, as it was, when this server is asked."""
    noted = [(dict(client.answers), dict(client.questions), dict(client.sessions)) for client in clients]  # they may go on
    wanted = {session for _, _, sessions in noted for session in sessions}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = dict(zip(wanted, pool.map(lambda session: messages_of(url, session, key), wanted)))
    lost = collections.Counter()
    for answers, questions, sessions in noted:
        for session, title in sessions.items():
            status, body = call(url, "GET", f"/api/v1/sessions/{session}", key=key)
            lost["sessions"] += not (status == 200 and body["title"] == title)
        for message, (session, content) in questions.items():
            lost["questions"] += found[session].get(message, {}).get("content") != content
        for message, (session, content) in answers.items():
            known = found[session].get(message, {})
            lost["answers"] += (known.get("content"), known.get("state")) != (content, "complete")
    check(not any(lost.values()), f"acknowledged and not there: {dict(+lost)}")


def acknowledged(clients):
    return [len(client.questions) for client in clients]


def wait_for_more(clients, text):
    before = acknowledged(clients)
    until(lambda: all(now >= was + MORE for now, was in zip(acknowledged(clients), before)), text, 120)


def check_limit(urls, key):
    """So many get through within a minute, whoever is asked."""
    for _ in range(3):
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda i: call(urls[i % len(urls)], "GET", "/v1/models", key=key)[0], range(3 * LIMIT)))
        if time.monotonic() - begun < 50:  # or the window had moved on
            seen = collections.Counter(answers)
            return check(seen == {200: LIMIT, 429: 2 * LIMIT}, f"{LIMIT} in all: {seen}")
        time.sleep(60)
    check(False, "this machine is too slow to count requests of a minute")


def slow_turn(nodes, number, key):
    """A turn under way on this very node: its session, the answer's id, and the stream."""
    status, made = call(nodes.urls[number], "POST", "/api/v1/sessions", {"title": f"slow {number}"}, key)
    check(status == 201, f"a session: {status}")
    turn = Turn(nodes.urls[number], made["id"], "speak slowly", SLOW, key)
    events = turn.events()
    name, data = next(events)
    check(name == "message", f"{name} {data}")
    for name, _ in events:
        if name == "delta":
            break
    threading.Thread(target=drain, args=(events,), daemon=True).start()
    return made["id"], data["assistantMessageId"], turn


def drain(events):
    try:
        collections.deque(events, maxlen=0)
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        pass


def state_of(database, message):
    rows = database.ask(f"SELECT state, length(content) FROM messages WHERE id = '{message}'")
    return (rows[0][0], int(rows[0][1])) if rows else ("", 0)


def writers_of(database):
    """The processes that wrote messages, by the names of their connections."""
    return {row[0] for row in database.ask("SELECT DISTINCT writer FROM messages")}


def start_clients(nodes, key):
    clients = [Client(nodes.url, number, key) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    return clients


def stop_clients(clients):
    for client in clients:
        client.ending = True
    for client in clients:
        client.join(timeout=60)
        check(not client.is_alive(), "a client ends")


def check_no_password(bench, nodes):
    for program in nodes.programs:
        check(not program.said(PASSWORD), "the password is in a log")


def part_drill(bench, options):
    redis, database = Redis(bench), Postgres(bench)
    try:
        nodes = Nodes(bench, options, {"storage": {"url": database.url()}, "cache": {"redis": {"url": redis.url, "timeout": "2s"}}})
        drill(bench, nodes, database)
        check_no_password(bench, nodes)
    finally:
        database.close()


def drill(bench, nodes, database):
    key = nodes.make_key("load", "--rate", "1000000/60s")
    check(call(nodes.urls[1], "GET", "/v1/models", key=key)[0] == 200, "a key made on one node holds on the other")
    check(call(nodes.urls[1], "GET", "/v1/models")[0] == 401, "and without one nobody gets in")
    check_limit(nodes.urls, nodes.make_key("limited"))

    clients = start_clients(nodes, key)
    wait_for_more(clients, "some writes")
    until(lambda: len(writers_of(database)) == 2, "both nodes write")

    # A node dies under load.
    dying = slow_turn(nodes, 1, key)
    living = slow_turn(nodes, 0, key)
    until(lambda: state_of(database, dying[1])[1] > 0, "some of its text is on disk")
    nodes.programs[1].end(signal.SIGKILL)
    until(lambda: state_of(database, dying[1])[0] == "interrupted", "the answer of the dead node is interrupted")
    check(state_of(database, dying[1])[1] > 0, "with the text it had")
    check(state_of(database, living[1])[0] == "pending", "that of the living one goes on")
    wait_for_more(clients, "the other node serves")
    check_all_there(nodes.urls[0], clients, key)
    status, body = call(nodes.url, "POST", f"/api/v1/sessions/{living[0]}/cancel", key=key)
    check(status == 200, f"a turn is stopped through nginx: {status} {body}")
    until(lambda: state_of(database, living[1])[0] == "stopped", "it is stopped")
    shown = messages_of(nodes.url, dying[0], key)[dying[1]]
    check(shown["state"] == "interrupted" and shown["content"], f"the other node shows it: {shown['state']}")

    # It comes back.
    nodes.restart(1)
    until(lambda: call(nodes.urls[1], "GET", "/readyz")[0] == 200, "it is ready")
    until(lambda: len(writers_of(database)) == 3, "and writes again", 120)

    # The database crashes under load.
    database.crash()
    until(lambda: all(call(url, "GET", "/readyz")[0] == 503 for url in nodes.urls), "both say that they are not ready")
    check(call(nodes.url, "GET", "/v1/models", key=key)[0] == 200, "what needs no database goes on")
    database.start()
    until(lambda: all(call(url, "GET", "/readyz")[0] == 200 for url in nodes.urls), "both are ready again")
    wait_for_more(clients, "writing goes on")

    stop_clients(clients)
    # Whatever was written when the database went away has an end by now, or gets one.
    until(lambda: database.ask("SELECT count(*) FROM messages WHERE state = 'pending'") == [["0"]], "no answer stays unfinished")
    for url in nodes.urls + [nodes.url]:
        check_all_there(url, clients, key)
    counts = {name: sum(len(getattr(client, name)) for client in clients) for name in ("sessions", "questions", "answers")}
    stored = int(database.ask("SELECT count(*) FROM messages WHERE role = 'user'")[0][0])
    check(stored >= counts["questions"], f"{stored} stored of {counts['questions']}")
    check_limit([nodes.url] + nodes.urls, nodes.make_key("limited again"))
    found = call(nodes.urls[0], "GET", "/api/v1/search?q=client", key=key)[1]["hits"]
    check(found, "what was written is found")
    for turn in (dying[2], living[2]):
        turn.close()
    check(all(program.end() == 0 for program in nodes.programs), "exit 0")
    print(f"acknowledged and there: {counts}, calls that failed meanwhile: {sum(client.failures for client in clients)}")


def must_fail(what, action):
    try:
        action()
    except SystemExit as noticed:
        print(f"planted: {what}: noticed ({noticed})")
        return
    check(False, f"planted: {what}: not noticed")


def part_planted(bench, options):
    nodes = Nodes(bench, options, {})
    must_fail("limits that are not shared", lambda: check_limit(nodes.urls, None))
    keys = [nodes.make_key("load", "--rate", "1000000/60s", node=node) for node in (0, 1)]
    must_fail("a key of the other node", lambda: check(call(nodes.urls[1], "GET", "/v1/models", key=keys[0])[0] == 200, "shared"))
    clients = [Client(url, number, keys[number]) for number, url in enumerate(nodes.urls)]
    for client in clients:
        client.start()
    wait_for_more(clients, "some writes")
    stop_clients(clients)
    must_fail("a node that does not have what another one acknowledged", lambda: check_all_there(nodes.urls[0], clients, keys[0]))
    check_all_there(nodes.urls[0], clients[:1], keys[0])
    gone = next(iter(clients[0].answers))
    check(nodes.programs[0].end() == 0, "exit 0")
    with sqlite3.connect(os.path.join(nodes.homes[0], "exobrain.db")) as db:
        db.execute("UPDATE messages SET content = 'other' WHERE id = ?", (gone,))
    nodes.restart(0)
    must_fail("an answer that is not what it was", lambda: check_all_there(nodes.urls[0], clients[:1], keys[0]))


def part_serve(bench, options):
    database = Postgres(bench)
    try:
        serve(bench, database)
    finally:
        database.close()


def serve(bench, database):
    common = {"logging": {"level": "trace"}, "server": {"allowedHosts": [HOST]}}
    bench.configure(storage={"url": database.url()}, **common)
    check(bench.run("serve", "--check-config").returncode == 0, "the configuration is good")
    printed = bench.run("serve", "--print-config")
    check("storage.url" in printed.stdout and PASSWORD not in printed.stdout + printed.stderr, "printed without the password")
    wrong = bench.run("serve", "--check-config", environment={"EXOBRAIN_STORAGE_URL": f"mysql://me:{PASSWORD}@x/y"})
    check(wrong.returncode == 78 and "storage.url" in wrong.stderr and PASSWORD not in wrong.stderr, f"{wrong.stderr}")
    away = bench.run("keys", "list", environment={"EXOBRAIN_STORAGE_URL": f"postgres://me:{PASSWORD}@127.0.0.1:1/y"})
    check(away.returncode == 1 and "PostgreSQL" in away.stderr and PASSWORD not in away.stderr, f"{away.returncode} {away.stderr}")

    server = bench.serve()
    url = server.url()
    made = json.loads(request(url, "/api/v1/sessions", {"title": "标题 about storage"})[2])
    turn = Turn(url, made["id"], "what is 缓存?", "echo", "")
    names = [name for name, _ in turn.events()]
    check(names[0] == "message" and names[-1] == "done", f"a turn: {names}")
    check(not os.path.exists(os.path.join(bench.home, "exobrain.db")), "the home holds no sessions")
    for word in ("缓", "缓存", "storage"):
        hits = json.loads(request(url, "/api/v1/search?q=" + urllib.parse.quote(word))[2])["hits"]
        check(hits and hits[0]["sessionId"] == made["id"], f"{word} is found: {hits}")

    # The commands are guests of the same database.
    listed = json.loads(bench.run("sessions", "list", "--json").stdout)["sessions"]
    check([session["id"] for session in listed] == [made["id"]], f"{listed}")
    check("缓存" in bench.run("sessions", "export", made["id"]).stdout, "exported")
    check(bench.run("sessions", "search", "缓存").stdout, "searched")
    asked = bench.run("ask", "--session", made["id"], "and again")
    check(asked.returncode == 0, asked.stderr)
    check(len(json.loads(request(url, f"/api/v1/sessions/{made['id']}/messages")[2])["messages"]) == 4, "the server sees it")
    exported = os.path.join(bench.folder.name, "s.json")
    check(bench.run("sessions", "export", made["id"], "--format", "json", "--out", exported).returncode == 0, "as JSON")
    with open(exported) as file:
        other = json.load(file)
    other["session"]["id"] = "s_of_another_machine"
    with open(exported, "w") as file:
        json.dump(other, file)
    check(bench.run("import", exported).returncode == 0, "an import")
    key = json.loads(bench.run("keys", "create", "--name", "k", "--json").stdout)
    until(lambda: request(url, "/v1/models")[0] == 401, "keys are wanted at once")
    check(call(url, "GET", "/v1/models", key=key["key"])[0] == 200, "and taken")
    check(bench.run("keys", "revoke", key["id"]).returncode == 0, "revoked")
    check(json.loads(bench.run("keys", "list", "--json").stdout)["keys"][0]["state"] == "revoked", "and listed so")
    usage = int(database.ask("SELECT count(*) FROM usage")[0][0])
    check(usage >= 2, f"usage is booked: {usage}")

    refused = bench.run("backup")
    check(refused.returncode == 1 and "pg_dump" in refused.stderr, f"{refused.returncode} {refused.stderr}")
    check(not os.path.exists(os.path.join(bench.home, "backups")), "no backup is pretended")
    refused = bench.run("restore", exported)
    check(refused.returncode == 1 and "pg_restore" in refused.stderr, f"{refused.returncode} {refused.stderr}")
    dump = os.path.join(bench.folder.name, "dump")
    done = subprocess.run([f"{database.bin}/pg_dump", "--format=custom", f"--file={dump}", database.url()], capture_output=True,
                          text=True)
    check(done.returncode == 0, done.stderr)
    database.ask("CREATE DATABASE again", "postgres")
    done = subprocess.run([f"{database.bin}/pg_restore", f"--dbname={database.url('again')}", dump], capture_output=True, text=True)
    check(done.returncode == 0, done.stderr)
    restored = bench.run("sessions", "export", made["id"], environment={"EXOBRAIN_STORAGE_URL": database.url("again")})
    check("缓存" in restored.stdout, f"a dump brings it back: {restored.stderr}")

    lines = operations_test.verdicts(bench.run("doctor", "--pre-deploy", "--json"))
    check(lines["postgres"]["verdict"] == "pass" and " ms" in lines["postgres"]["figure"], f"{lines['postgres']}")
    check(lines["keys"]["figure"] == "0" and lines["backup"]["figure"] == "PostgreSQL: pg_dump", f"{lines['keys']}")
    lines = operations_test.verdicts(bench.run("doctor", "--pre-deploy", "--json", environment={
        "EXOBRAIN_STORAGE_URL": f"postgres://me:{PASSWORD}@127.0.0.1:1/y"}))
    check(lines["postgres"]["verdict"] == "fail" and PASSWORD not in json.dumps(lines), f"{lines['postgres']}")
    bundle = os.path.join(bench.folder.name, "diag.tar")
    check(bench.run("diag", "--out", bundle).returncode == 0, "diag")
    with tarfile.open(bundle) as tar:
        texts = {member.name: tar.extractfile(member).read().decode() for member in tar if member.isfile()}
    check(not [name for name, text in texts.items() if PASSWORD in text], "the password is in the bundle")
    seen = json.loads(texts["exobrain-diag/database.json"])
    check(seen["postgres"] and seen["rows"]["sessions"] == 2 and seen["milliseconds"] > 0, f"{seen}")

    check(request(url, "/readyz")[0] == 200, "ready")
    database.crash()
    until(lambda: request(url, "/readyz")[0] == 503, "not ready without a database, though nobody asks for anything")
    check(request(url, "/healthz")[0] == 200, "but alive")
    until(lambda: operations_alerts(url) is None or "storage" in operations_alerts(url), "an alert")
    database.start()
    until(lambda: request(url, "/readyz")[0] == 200, "ready again")
    bench.configure(storage={"url": database.url("again")}, **common)
    server.tell(signal.SIGHUP)
    until(lambda: server.said("a new storage.url takes effect at the next start"), "what cannot change says so")
    check(server.end() == 0, "exit 0")
    check(not server.said(PASSWORD) and not any(PASSWORD in line for line in server.out), "the password is in the log")


def operations_alerts(url):
    status, _, body = request(url, "/api/v1/alerts")
    return {alert["metric"] for alert in json.loads(body)["alerts"]} if status == 200 else None


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def part_migrate(bench, options):
    database = Postgres(bench)
    try:
        migrate(bench, database)
    finally:
        database.close()


def migrate(bench, database):
    bench.configure(server={"allowedHosts": [HOST]})
    check(bench.run("migrate", "--to", database.url()).returncode == 1, "no database in the home, nothing to move")
    server = bench.serve()
    url = server.url()
    made = json.loads(request(url, "/api/v1/sessions", {"title": "moved"})[2])
    for text in ("first 缓存", "second"):
        drain(Turn(url, made["id"], text, "echo", "").events())
    key = json.loads(bench.run("keys", "create", "--name", "k", "--json").stdout)["key"]
    refused = bench.run("migrate", "--to", database.url())
    check(refused.returncode == 75 and "in use" in refused.stderr, f"a home in use: {refused.returncode} {refused.stderr}")
    check(server.end() == 0, "exit 0")
    check(bench.run("migrate").returncode == 64, "without a target")
    wrong = bench.run("migrate", "--to", f"mysql://me:{PASSWORD}@x/y")
    check(wrong.returncode == 78 and PASSWORD not in wrong.stderr, f"{wrong.returncode} {wrong.stderr}")
    away = bench.run("migrate", "--to", f"postgres://me:{PASSWORD}@127.0.0.1:1/y")
    check(away.returncode == 1 and PASSWORD not in away.stderr, f"{away.returncode} {away.stderr}")

    file = os.path.join(bench.home, "exobrain.db")
    before = digest(file)
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
        rows = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("sessions", "messages", "blobs", "attachments", "compactions", "keys", "meta", "usage")}
    done = bench.run("migrate", "--json", environment={"EXOBRAIN_STORAGE_URL": database.url()})
    check(done.returncode == 0 and PASSWORD not in done.stdout + done.stderr, done.stderr)
    told = json.loads(done.stdout)
    check({table["table"]: table["rows"] for table in told["tables"]} == rows and told["rows"] == sum(rows.values()), f"{told}")
    check(all(len(table["sha256"]) == 64 for table in told["tables"]) and told["to"].startswith("brain on 127.0.0.1"), f"{told}")
    check(digest(file) == before, "the home's file is what it was")
    check(not [name for name in os.listdir(bench.home) if "migrate" in name], "nothing is left behind")
    stored = {table: int(database.ask(f"SELECT count(*) FROM {table}")[0][0]) for table in rows}
    check(stored == rows, f"{stored}")
    again = bench.run("migrate", "--to", database.url())
    check(again.returncode == 1 and "not empty" in again.stderr, f"{again.returncode} {again.stderr}")

    bench.configure(storage={"url": database.url()}, server={"allowedHosts": [HOST]})
    server = bench.serve()
    url = server.url()
    check(request(url, "/v1/models")[0] == 401, "the keys came along")
    check(call(url, "GET", "/v1/models", key=key)[0] == 200, "and hold")
    check(call(url, "GET", f"/api/v1/sessions/{made['id']}", key=key)[0] == 404, "what belongs to loopback is not the key's")
    exported = bench.run("sessions", "export", made["id"])
    check("first 缓存" in exported.stdout and "second" in exported.stdout, "the sessions too")
    check(bench.run("ask", "--session", made["id"], "third").returncode == 0, "and go on")
    check(server.end() == 0, "exit 0")

    # A home of an older version: its file is not brought up to date, a copy is.
    old = os.path.join(bench.folder.name, "old")
    os.makedirs(old)
    shutil.copy(file, old)
    with sqlite3.connect(os.path.join(old, "exobrain.db")) as db:
        # Triggers name a table this SQLite may be too old to know.
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("ALTER TABLE messages DROP COLUMN tool_calls")
        for _, sql in triggers:
            db.execute(sql)
        db.execute("PRAGMA user_version = 4")
    before = digest(os.path.join(old, "exobrain.db"))
    database.ask("CREATE DATABASE older", "postgres")
    done = bench.run("migrate", "--to", database.url("older"), home=old)
    check(done.returncode == 0, done.stderr)
    check(digest(os.path.join(old, "exobrain.db")) == before, "the old file is what it was")
    check("second" in bench.run("sessions", "export", made["id"], home=old,
                                environment={"EXOBRAIN_STORAGE_URL": database.url("older")}).stdout, "and it arrived")


def missing(options):
    wanted = {"PostgreSQL": programs(), "nginx": options.nginx and os.path.exists(options.nginx),
              "redis-server": shutil.which("redis-server")}
    return [name for name, there in wanted.items() if not there]


def main():
    parser = argparse.ArgumentParser()
    for name in ("part", "exobrain", "upstream", "conf"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--nginx", default="")
    options = parser.parse_args()
    if missing(options):
        print(f"SKIPPED, nothing was tested: not installed: {', '.join(missing(options))}")
        sys.exit(77)
    bench = Bench(options)
    bench.ends = []
    try:
        globals()["part_" + options.part](bench, options)
    finally:
        for end in bench.ends:
            end()
        bench.close()
    print("ok")


if __name__ == "__main__":
    main()
