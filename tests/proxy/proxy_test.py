#!/usr/bin/env python3
"""The deployed nginx configuration in a real nginx before a real `exobrain serve`, with a model server that waits for the
reader. Each check is also run over a configuration with a planted mistake, which it has to notice."""
import argparse
import http.client
import http.server
import json
import os
import pathlib
import pwd
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HOST = "brain.test"
EVENTS = 5
PATIENCE = 20  # seconds for what has to happen
PLANTED_PATIENCE = 2  # and for what must not


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Model(http.server.ThreadingHTTPServer):
    """Speaks OpenAI's chat completions. In a stream each event but the first waits until the reader has had the one before."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ModelHandler)
        self.seen = threading.Semaphore(0)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class ModelHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def event(self, body):
        data = f"data: {body}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not request.get("stream"):
            answer = json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for number in range(EVENTS):
                if number and not self.server.seen.acquire(timeout=PATIENCE):
                    return
                self.event(json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
                    {"index": 0, "delta": {"content": f"word{number} "}, "finish_reason": None}]}))
            self.event(json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
                {"index": 0, "delta": {}, "finish_reason": "stop"}]}))
            self.event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass  # the reader gave up, as with a planted mistake


class Server:
    """exobrain serve with a home of its own."""

    def __init__(self, program, folder, model, settings):
        self.folder = folder
        config = {"server": {"allowedHosts": [HOST]}, "models": {"default": "m"}, "providers": [
            {"name": "p", "type": "openai", "baseUrl": f"http://127.0.0.1:{model.server_port}/v1", "apiKey": "env:PROXY_TEST_KEY",
             "models": ["m"], "proxy": "none"}], **settings}
        (folder / "config.json").write_text(json.dumps(config))
        self.process = subprocess.Popen([program, "serve", "--home", str(folder), "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env={**os.environ, "PROXY_TEST_KEY": "k"})
        line = self.process.stdout.readline()
        check("listening on " in line, "the server did not start")
        self.address = line.split("//")[1].strip()

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=45)
        self.process.stdout.close()


class Proxy:
    """nginx with the site as it is deployed; `plant` are pairs of texts, each second in place of its first."""

    def __init__(self, options, folder, server_address, site="exobrain-http.conf", plant=()):
        self.options, self.folder = options, folder
        self.http, self.https, local = free_port(), free_port(), free_port()
        folder.mkdir(exist_ok=True)
        names = {"CONF": str(folder), "HTTP": f"127.0.0.1:{self.http}", "HTTPS": f"127.0.0.1:{self.https}", "LOCAL": f"127.0.0.1:{local}", "DOMAIN": HOST,
                 "SERVER": server_address, "CERT": str(folder / "cert.pem"), "KEY": str(folder / "key.pem")}
        planted = set()
        for file in pathlib.Path(options.conf).glob("*.conf"):
            text = file.read_text()
            for right, wrong in plant:
                if right in text:
                    text = text.replace(right, wrong)
                    planted.add(right)
            for name, value in names.items():
                text = text.replace(f"@{name}@", value)
            # One address for the test: the machine need not have IPv6.
            text = "\n".join(line for line in text.splitlines() if "[::]" not in line) + "\n"
            check("@" not in text.replace("@exobrain_", ""), f"{file.name} has names nobody fills in")
            (folder / file.name).write_text(text)
        check(len(planted) == len(plant), f"nothing to plant a mistake at: {plant}")
        if site == "exobrain-tls.conf":
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                            "-days", "1", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout",
                            names["KEY"], "-out", names["CERT"]], check=True, capture_output=True)
        user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""
        temp = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
            f"events {{ worker_connections 512; }}\n"
            f"http {{ access_log off; {temp} include {folder}/{site}; }}\n")
        self.command = [options.nginx, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        tested = subprocess.run(self.command + ["-t"], capture_output=True, text=True)
        check(tested.returncode == 0, f"nginx -t: {tested.stderr}")
        check("[warn]" not in tested.stderr, f"nginx -t warns: {tested.stderr}")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while True:  # nginx says nothing when it listens
            try:
                socket.create_connection(("127.0.0.1", self.http), timeout=1).close()
                return self
            except OSError:
                check(time.monotonic() < deadline and self.process.poll() is None, "nginx did not start")

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)

    def ask(self, method="GET", path="/healthz", body=None, headers=None, timeout=PATIENCE):
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=timeout)
        connection.request(method, path, body, {"Host": HOST, **(headers or {})})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer, data


def chat(stream):
    return json.dumps({"model": "m", "stream": stream, "messages": [{"role": "user", "content": f"{time.monotonic_ns()}"}]})


def expect_json_error(answer, data, status, code):
    check(answer.status == status, f"{status} expected, {answer.status} came: {data[:200]}")
    check(answer.getheader("Content-Type", "").startswith("application/json"), f"{status} is not JSON: {answer.getheader('Content-Type')}")
    error = json.loads(data)["error"]
    check(error["code"] == code and error["message"] and error["type"] and "param" in error, f"{status}: {error}")


def check_streaming(proxy, model, patience=PATIENCE):
    """The model sends an event only when the one before has arrived here: what is held back anywhere never comes."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http, timeout=patience)
    connection.request("POST", "/v1/chat/completions", chat(True), {"Host": HOST, "Content-Type": "application/json"})
    try:
        answer = connection.getresponse()
        check(answer.status == 200, f"stream: {answer.status}")
        check(answer.getheader("Content-Type", "").startswith("text/event-stream"), "stream: not an event stream")
        got = 0
        while True:
            line = answer.readline()
            check(line, "the stream broke off")
            if b"[DONE]" in line:
                break
            if b"word" in line:
                got += 1
                model.seen.release()
        check(got == EVENTS, f"{got} of {EVENTS} events")
    except TimeoutError as error:
        raise AssertionError("an event was held back") from error
    finally:
        connection.close()
        for _ in range(EVENTS):
            model.seen.release()  # a stream that was held back may go on
        while model.seen.acquire(blocking=False):
            pass


def check_forwarded(proxy, limit):
    """Whatever a client claims about its address, it is one client for the rate limit."""
    statuses = []
    for number in range(limit + 1):
        claimed = f"198.51.100.{number + 1}"
        answer, data = proxy.ask("POST", "/v1/chat/completions", chat(False), {
            "Content-Type": "application/json", "X-Forwarded-For": claimed, "Forwarded": f"for={claimed}", "X-Real-IP": claimed})
        statuses.append(answer.status)
    check(statuses[:-1] == [200] * limit, f"within the limit: {statuses}")
    check(statuses[-1] == 429, f"a forged address escaped the limit: {statuses}")
    expect_json_error(answer, data, 429, "rate_limit_exceeded")  # the server's own words, not nginx's


def check_body_limit(proxy):
    answer, data = proxy.ask("POST", "/v1/chat/completions", b"x" * (10 * 1024 * 1024 + 1), {"Content-Type": "application/json"})
    expect_json_error(answer, data, 413, "request_too_large")
    # What fits is the server's to judge.
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "x" * 9_000_000}]})
    answer, data = proxy.ask("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"}, timeout=60)
    check(answer.status != 413, f"9 MB refused: {data[:200]}")


def check_connections(proxy):
    held = []
    try:
        for _ in range(64):  # each with a request that is not over
            connection = socket.create_connection(("127.0.0.1", proxy.http), timeout=PATIENCE)
            connection.sendall(f"POST /v1/models HTTP/1.1\r\nHost: {HOST}\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n".encode())
            check(connection.recv(100).startswith(b"HTTP/1.1 100"), "nginx did not begin with the request")
            held.append(connection)
        answer, data = proxy.ask()
        expect_json_error(answer, data, 429, "too_many_connections")
    finally:
        for connection in held:
            connection.close()


def check_other_names(proxy):
    with socket.create_connection(("127.0.0.1", proxy.http), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: somebody.else\r\n\r\n")
        check(connection.recv(100) == b"", "another host name was answered")


def check_request_id(proxy):
    answer, _ = proxy.ask(headers={"X-Request-Id": "mine-1"})
    check(answer.getheader("x-request-id") == "mine-1", "the caller's request id was lost")
    answer, _ = proxy.ask(headers={"X-Request-Id": 'a"b{}'})
    check(answer.getheader("x-request-id") not in (None, 'a"b{}'), "a harmful request id passed")


def check_server_down(proxy, server):
    server.end()
    answer, data = proxy.ask()
    expect_json_error(answer, data, 502, "server_unreachable")


def check_tls(proxy):
    context = ssl.create_default_context(cafile=str(proxy.folder / "cert.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", proxy.https), timeout=PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname=HOST) as secure:
            check(secure.selected_alpn_protocol() == "h2", "HTTP/2 is not offered")
    context.set_alpn_protocols(["http/1.1"])
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.https, timeout=PATIENCE, context=context)
    connection.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", proxy.https), timeout=PATIENCE), server_hostname=HOST)
    connection.request("GET", "/healthz", headers={"Host": HOST})
    answer = connection.getresponse()
    answer.read()
    check(answer.status == 200, f"over TLS: {answer.status}")
    check("max-age" in answer.getheader("Strict-Transport-Security", ""), "no HSTS")
    connection.close()
    anyone = ssl._create_unverified_context()
    try:
        with socket.create_connection(("127.0.0.1", proxy.https), timeout=PATIENCE) as plain:
            anyone.wrap_socket(plain, server_hostname="somebody.else").close()
        check(False, "another name was given a certificate")
    except ssl.SSLError:
        pass
    answer, _ = proxy.ask()
    check(answer.status == 308 and answer.getheader("Location", "").startswith(f"https://{HOST}/"), "plain HTTP is not sent to TLS")


def must_fail(what, action):
    try:
        action()
    except AssertionError:
        print(f"planted: {what}: noticed")
        return
    raise AssertionError(f"planted: {what}: not noticed")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("nginx", "exobrain", "conf"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    limit = 3
    ends = []
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        try:
            model = Model()

            def server(part, settings):
                (root / part).mkdir()
                made = Server(options.exobrain, root / part, model, settings)
                ends.append(made.end)
                return made

            def proxy(part, target, **more):
                made = Proxy(options, root / part, target.address, **more)
                ends.insert(0, made.end)
                return made.start()

            main_server = server("home", {"rateLimit": {"maxRequests": 1000}})
            site = proxy("nginx", main_server)
            check_streaming(site, model)
            check_body_limit(site)
            check_connections(site)
            check_other_names(site)
            check_request_id(site)
            check_tls(proxy("tls", main_server, site="exobrain-tls.conf"))
            limited = {"rateLimit": {"maxRequests": limit}}
            check_forwarded(proxy("forwarded", server("home-forwarded", limited)), limit)

            buffered = proxy("buffered", main_server, plant=[
                ("proxy_buffering off;", "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;"),
                ("proxy_http_version 1.1;", "proxy_http_version 1.0;")])
            must_fail("answers are buffered", lambda: check_streaming(buffered, model, PLANTED_PATIENCE))
            believing = proxy("believing", server("home-believing", limited),
                              plant=[("X-Forwarded-For $remote_addr", "X-Forwarded-For $http_x_forwarded_for")])
            must_fail("a forged address is passed on", lambda: check_forwarded(believing, limit))
            wide = proxy("wide", main_server, plant=[("client_max_body_size 10m", "client_max_body_size 100m")])
            must_fail("nginx takes any body", lambda: check_body_limit_is_nginx(wide))

            check_server_down(site, main_server)
        finally:
            for end in ends:
                end()
    print("nginx before exobrain: all checks passed")


def check_body_limit_is_nginx(proxy):
    """The words of the 413 are nginx's: the body did not reach the server."""
    _, data = proxy.ask("POST", "/v1/chat/completions", b"x" * (10 * 1024 * 1024 + 1), {"Content-Type": "application/json"})
    check(b"larger than 10 MB" in data, "the body was let through to the server")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failed:
        sys.exit(f"failed: {failed}")
