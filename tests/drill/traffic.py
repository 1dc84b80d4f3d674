#!/usr/bin/env python3
"""Traffic for the drill: a model server, clients with streams, and a rated load. Standard library alone.

  traffic.py model PORT               an OpenAI-compatible model server. Streams of the model "held" wait after their first
                                      event until GET /release; those of "steady" send an event every 100 ms for two seconds.
  traffic.py streams N URL            N streams of "held" at once: says "open N" when each has its first event, then
                                      "finished K of N" when all are over. Status 0 when all finished whole.
  traffic.py load URL SECONDS STREAMS STREAMS streams of "steady" at all times and 20 other requests a second; prints
                                      the latencies of those in ms as JSON.
  traffic.py poll URL SECONDS         one request after the other on new connections; how many failed, the longest wait.
  traffic.py refused URL              without a key there is 401 and nothing else.
  traffic.py analyse URL PATH         an analysis of a folder with one file of one function.
EXOBRAIN_API_KEY is the key of the server."""
import asyncio
import json
import os
import sys
import time
import urllib.parse

KEY = os.environ.get("EXOBRAIN_API_KEY", "")
LIMIT = 1 << 22


def event(content, finish=None):
    delta = {"content": content} if content else {}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    data = f"data: {json.dumps(body)}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


class Model:
    def __init__(self):
        self.released = asyncio.Event()

    async def stream(self, model, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + event("first "))
        await writer.drain()
        if model == "held":
            await self.released.wait()
            for number in range(5):
                writer.write(event(f"word{number} "))
        else:
            for number in range(20):
                await asyncio.sleep(0.1)
                writer.write(event(f"word{number} "))
                await writer.drain()
        done = b"data: [DONE]\n\n"
        writer.write(event("", "stop") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(done), done))
        await writer.drain()

    async def connection(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
                body = await reader.readexactly(length)
                if head.startswith(b"GET /release"):
                    self.released.set()
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                elif head.startswith(b"POST"):
                    self.released = asyncio.Event() if self.released.is_set() else self.released
                    await self.stream(json.loads(body)["model"], writer)
                else:
                    data = b'{"object":"list","data":[{"id":"held","object":"model"},{"id":"steady","object":"model"}]}'
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def model(port):
    server = await asyncio.start_server(Model().connection, "127.0.0.1", int(port), limit=LIMIT)
    print("listening", flush=True)
    await server.serve_forever()


async def ask(url, method, path, body=None, timeout=120):
    """Status and reader of one request on a connection of its own; the body is read by the caller."""
    target = urllib.parse.urlsplit(url)
    reader, writer = await asyncio.wait_for(asyncio.open_connection(target.hostname, target.port, limit=LIMIT), timeout)
    data = json.dumps(body).encode() if body is not None else b""
    kind = "Content-Type: application/json\r\n" if data else ""
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: {target.hostname}\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n"
                 f"{kind}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout)
    return int(head.split()[1]), reader, writer


def chat(name):
    return {"model": name, "stream": True, "messages": [{"role": "user", "content": f"{time.monotonic_ns()}"}]}


async def streams(count, url):
    count = int(count)
    opened = asyncio.Semaphore(0)

    async def one():
        try:
            status, reader, writer = await ask(url, "POST", "/v1/chat/completions", chat("held"))
            text = b""
            while b"first " not in text:
                piece = await reader.read(65536)
                if status != 200 or not piece:
                    return False
                text += piece
            opened.release()
            while piece := await reader.read(65536):
                text += piece
            writer.close()
            return b"[DONE]" in text and b"word4 " in text and b'"error"' not in text
        except (OSError, asyncio.IncompleteReadError) as error:
            print(f"a stream failed: {error!r}", file=sys.stderr)
            return False

    tasks = [asyncio.create_task(one()) for _ in range(count)]
    for _ in range(count):
        await asyncio.wait_for(opened.acquire(), 60)
    print(f"open {count}", flush=True)
    whole = sum(await asyncio.gather(*tasks))
    print(f"finished {whole} of {count}", flush=True)
    return whole == count


ROUTES = [("GET", "/healthz", None), ("GET", "/readyz", None), ("GET", "/v1/models", None), ("GET", "/api/v1/sessions?limit=20", None),
          ("POST", "/api/v1/sessions", {"title": "drill"}), ("GET", "/api/v1/search?q=drill", None), ("GET", "/api/v1/metrics", None),
          ("GET", "/metrics", None)]
RATE = 20  # requests a second


async def load(url, seconds, wanted):
    end = time.monotonic() + float(seconds)
    latencies, failed, done = [], [], [0, 0]

    async def streaming():
        while time.monotonic() < end:
            status, reader, writer = await ask(url, "POST", "/v1/chat/completions", chat("steady"))
            text = await reader.read(-1) if status == 200 else b""
            done[0 if b"[DONE]" in text else 1] += 1
            writer.close()
            if status != 200:
                await asyncio.sleep(0.5)

    async def other(number):
        method, path, body = ROUTES[number % len(ROUTES)]
        begun = time.monotonic()
        try:
            status, reader, writer = await ask(url, method, path, body)
            await reader.read(-1)
            writer.close()
            latencies.append((time.monotonic() - begun) * 1000)
            if status >= 400:
                failed.append(f"{path} {status}")
        except OSError as error:
            failed.append(f"{path} {error!r}")

    tasks = [asyncio.create_task(streaming()) for _ in range(int(wanted))]
    number, start = 0, time.monotonic()
    while time.monotonic() < end:  # an open loop: a slow answer does not slow the asking
        tasks.append(asyncio.create_task(other(number)))
        number += 1
        await asyncio.sleep(max(0, start + number / RATE - time.monotonic()))
    await asyncio.gather(*tasks)
    latencies.sort()
    at = lambda share: round(latencies[min(len(latencies) - 1, int(len(latencies) * share))], 1)
    print(json.dumps({"requests": len(latencies), "failed": failed[:5], "failures": len(failed), "p50": at(0.5), "p95": at(0.95),
                      "p99": at(0.99), "max": at(1), "streams": done[0], "streamsBroken": done[1]}), flush=True)
    return not failed and not done[1]


async def poll(url, seconds):
    end = time.monotonic() + float(seconds)
    failed, longest, count = 0, 0.0, 0
    while time.monotonic() < end:
        begun = time.monotonic()
        try:
            status, reader, writer = await ask(url, "GET", "/healthz", timeout=30)
            await reader.read(-1)
            writer.close()
            failed += status != 200
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            failed += 1
        count += 1
        longest = max(longest, time.monotonic() - begun)
        await asyncio.sleep(0.01)
    print(f"{count} requests, {failed} failed, longest wait {longest:.2f} s", flush=True)
    return failed == 0


async def refused(url):
    for path in ("/v1/models", "/api/v1/sessions", "/api/v1/metrics"):
        status, _, writer = await ask(url, "GET", path)
        writer.close()
        if status != 401:
            print(f"{path}: {status}")
            return False
    return True


async def answer(url, method, path, body=None):
    _, reader, writer = await ask(url, method, path, body)
    text = await reader.read(-1)
    writer.close()
    return json.loads(text)


async def analyse(url, path):
    begun = await answer(url, "POST", "/api/v1/analyses", {"path": path})
    for _ in range(300):
        now = await answer(url, "GET", f"/api/v1/analyses/{begun['id']}")
        if now.get("summary"):
            break
        await asyncio.sleep(0.1)
    print(json.dumps(now))
    return bool(now.get("summary")) and now["summary"]["files"] == 1 and now["summary"]["functions"] == 1


def main():
    commands = {"model": model, "streams": streams, "load": load, "poll": poll, "refused": refused, "analyse": analyse}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    try:
        sys.exit(0 if asyncio.run(commands[sys.argv[1]](*sys.argv[2:])) else 1)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
