#!/usr/bin/env python3
"""exobrain-tray under real hosts, in an X server of its own, against a server whose state the test decides.

--part xembed    the system tray of the freedesktop specification (XEmbed): the panel "trayer", light and dark. The icon is
                 embedded at the panel's size, each state is a picture of its own, a left click opens the panel, a right
                 click the menu.
--part notifier  StatusNotifierItem and com.canonical.dbusmenu on a session bus of its own, as KDE, Xfce and GNOME's
                 extension speak them: tool tip, menu, clicks; starting and stopping the true server; several servers.
--pictures DIR   keeps the pictures there
Exit status 77 when a program it needs is not installed.
"""
import argparse
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

SKIPPED = 77
WORDS = {"stopped": "Stopped", "unreachable": "Unreachable", "critical": "Critical", "warning": "Warning", "busy": "Working",
         "ok": "OK"}
QUIET = "[notify]\n" + "".join(f"{kind}=false\n" for kind in ("critical", "warning", "recovered", "reach"))
PANELS = {"light": "0xf2f2f2", "dark": "0x1f2126"}


def check(condition, text):
    if not condition:
        raise SystemExit(f"failed: {text}")


def wait_for(what, ask, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"failed: waited {seconds} s for {what}")


class Server:
    """Speaks the metrics of the API; its state is the test's word. "stopped" closes its port."""

    def __init__(self):
        self.state = "ok"
        self.asked = 0  # since the state is this one
        self.http = None
        self.port = 0
        self.start()

    def start(self):
        if self.http:
            return
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if outer.state == "stopped":  # a connection that was kept open
                    self.close_connection = True
                    return
                status, body = outer.answer(self.path)
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):  # a connection that was cut
                pass

        self.http = Listener(("127.0.0.1", self.port), Handler)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        if self.http:
            self.http.shutdown()
            self.http.server_close()
            self.http = None

    def become(self, state):
        self.state = state
        self.asked = 0
        if state == "stopped":
            self.stop()
        else:
            self.start()

    def answer(self, path):
        self.asked += 1
        if self.state == "unreachable":
            return 502, {"error": {"message": "bad gateway", "type": "server_error", "code": "upstream_error"}}
        if not path.startswith("/api/v1/metrics"):
            return 200, {}
        if "history" in path:
            values = [0.2 + 0.1 * ((i * 7) % 5) for i in range(300)]
            series = {name: {"unit": "fraction", "values": values} for name in ("cpu", "memory", "requests", "p95", "cacheHitRate")}
            return 200, {"from": "2026-01-01T00:00:00.000Z", "stepSeconds": 1, "series": series}
        level = self.state if self.state in ("critical", "warning") else "ok"
        return 200, {
            "system": {"cpu": {"usage": 0.12, "load": 0.4}, "memory": {"used": 41, "available": 59, "cached": 5},
                       "disk": {"used": 50, "available": 50}, "process": {"count": 9, "uptime": 5}},
            "business": {"requests": {"total": 9, "active": 2 if self.state == "busy" else 0, "queued": 0},
                         "performance": {"avgResponseTime": 400, "p95ResponseTime": 812, "errorRate": 0}},
            "gateway": {"cacheHitRate": 0.34}, "service": {"level": level, "alerts": [], "breakers": {}, "cache": {}}}


class Display:
    """Xvfb; its picture is a file that can be read at any time."""

    def __init__(self, folder):
        self.folder = folder
        read, write = os.pipe()
        # Without -noreset the server starts over when its last client leaves, and cuts who connects meanwhile.
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "900x700x24", "-fbdir", folder, "-nolisten", "tcp",
                                         "-noreset"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.name = ":" + number.readline().strip()
        check(self.name != ":", "Xvfb did not start")

    def picture(self, x, y, width, height):
        """Rows of RGB (xwd of the frame buffer)."""
        data = pathlib.Path(self.folder, "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        start = header[0] + header[19] * 12
        bytes_per_line, step = header[12], header[11] // 8
        rows = []
        for line in range(y, y + height):
            row = bytearray()
            for column in range(x, x + width):
                at = start + line * bytes_per_line + column * step
                row += bytes((data[at + 2], data[at + 1], data[at]))
            rows.append(bytes(row))
        return rows

    def close(self):
        self.process.terminate()
        self.process.wait()


def write_png(path, rows, scale=1):
    rows = [b"".join(row[i:i + 3] * scale for i in range(0, len(row), 3)) for row in rows for _ in range(scale)]
    width = len(rows[0]) // 3

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    raw = b"".join(b"\0" + row for row in rows)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, len(rows), 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.home = os.path.join(self.folder.name, "home")
        os.mkdir(self.home)
        self.pictures = pathlib.Path(options.pictures or os.path.join(self.folder.name, "pictures"))
        self.pictures.mkdir(parents=True, exist_ok=True)
        screen = os.path.join(self.folder.name, "screen")
        os.mkdir(screen)
        self.display = Display(screen)
        self.server = Server()
        with open(os.path.join(self.home, "config.json"), "w") as file:
            json.dump({"server": {"listen": f"127.0.0.1:{self.server.port}"}}, file)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "QT_", "DBUS_", "WAYLAND"))}
        self.environment.update(DISPLAY=self.display.name, QT_QPA_PLATFORM="xcb", LANG="C.UTF-8", NO_AT_BRIDGE="1",
                                DBUS_SESSION_BUS_ADDRESS="disabled:", XDG_RUNTIME_DIR=self.folder.name)
        self.running = []

    def settle_for(self, settings):
        """The preferences of the tray, before it is started."""
        pathlib.Path(self.home, "desktop.ini").write_text(settings)

    def start(self, arguments, **more):
        process = subprocess.Popen(arguments, env=self.environment, text=True, **more)
        self.running.append(process)
        return process

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        self.running.remove(process)

    def tray(self, *arguments):
        return self.start([self.options.tray, "--home", self.home, *arguments], stderr=subprocess.DEVNULL)

    def run(self, *arguments):
        return subprocess.run(arguments, env=self.environment, capture_output=True, text=True).stdout

    def close(self):
        for process in reversed(self.running):
            process.kill()
            process.wait()
        self.server.stop()
        self.display.close()
        self.folder.cleanup()


# ---- XEmbed

LINE = re.compile(r"(0x[0-9a-f]+) .*?(\d+)x(\d+)\+-?\d+\+-?\d+\s+\+(-?\d+)\+(-?\d+)")


def windows(bench, part):
    """(id, width, height, x, y) of the windows whose line of the tree says `part`."""
    tree = bench.run("xwininfo", "-root", "-tree")
    return [(found[1], *map(int, found.groups()[1:])) for line in tree.splitlines()
            if part in line and (found := LINE.search(line))]


def panels(bench):
    """The windows of the numbers that can be seen."""
    return [window for window in windows(bench, "exobrain-tray")
            if window[1] > 300 and "IsViewable" in bench.run("xwininfo", "-id", window[0])]


def embedded(bench):
    """The icon's window, once the panel has taken it."""
    for window in windows(bench, '"exobrain-tray"'):
        if "_XEMBED_INFO" in bench.run("xprop", "-id", window[0]) and window[1] >= 16:
            parent = bench.run("xwininfo", "-id", window[0], "-tree")
            if "(the root window)" not in re.search(r"Parent window id:.*", parent)[0]:
                return window
    return None


def settled(bench, area, differs_from):
    """The picture of an area, when it is none of those and the same twice."""
    last = None

    def ask():
        nonlocal last
        now = bench.display.picture(*area)
        stable = now == last and now not in differs_from
        last = now
        return now if stable else None

    return wait_for("another picture of the icon", ask)


def click_until(bench, icon, button, what, shown):
    """A click while the popup before is still letting go of the pointer is lost, as a person's would be: again, then."""
    for _ in range(5):
        bench.run("xdotool", "mousemove", str(icon[3] + 8), str(icon[4] + 8), "click", button)
        try:
            return wait_for(what, shown, 6)
        except SystemExit:
            pass
    return wait_for(what, shown)


def part_xembed(bench):
    bench.settle_for(QUIET)  # balloons would stand on the icon, in its pictures and under the pointer
    for panel, tint in PANELS.items():
        bench.run("xdotool", "mousemove", "880", "680")
        host = bench.start(["trayer", "--edge", "top", "--align", "left", "--widthtype", "request", "--height", "26", "--transparent",
                            "true", "--alpha", "0", "--tint", tint], stderr=subprocess.DEVNULL)
        wait_for("the panel", lambda: "window id" in bench.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK") or windows(bench, "panel"))
        bench.server.become("ok")
        tray = bench.tray()
        icon = wait_for("the icon in the panel", lambda: embedded(bench))
        check(16 <= icon[1] <= 32 and 16 <= icon[2] <= 32, f"the icon has the panel's size: {icon}")
        wait_for("the first numbers", lambda: bench.server.asked >= 3)
        icon = embedded(bench)  # it has found its place by now
        area = (icon[3], icon[4], icon[1], icon[2])
        pictures = {}
        for state in ("ok", "busy", "warning", "critical", "unreachable", "stopped"):
            bench.server.become(state)
            if state != "stopped":  # what the icon shows now is of this state
                wait_for(f"it to ask while {state}", lambda: bench.server.asked >= 3)
            pictures[state] = settled(bench, area, list(pictures.values()))
            write_png(bench.pictures / f"icon-{panel}-{state}.png", pictures[state], 8)
        rows = [b"".join(pictures[state][line] for state in WORDS) for line in range(icon[2])]
        write_png(bench.pictures / f"icons-{panel}.png", rows, 4)
        print(f"{panel} panel: embedded at {icon[1]}x{icon[2]}+{icon[3]}+{icon[4]}, {len(pictures)} states told apart")

        bench.server.become("ok")
        settled(bench, area, [pictures["stopped"]])
        opened = click_until(bench, icon, "1", "the panel of numbers", lambda: panels(bench))[0]
        check(opened[4] >= icon[4] + icon[2] and opened[3] >= 0, f"it stands below the icon: {opened}")
        time.sleep(0.5)  # its first frames, for the picture only
        write_png(bench.pictures / f"panel-{panel}.png", bench.display.picture(opened[3], opened[4], opened[1], opened[2]))
        bench.run("xdotool", "mousemove", "880", "680", "click", "1")
        wait_for("its end", lambda: not panels(bench))
        menu = click_until(bench, icon, "3", "the menu", lambda: [w for w in windows(bench, "exobrain-tray")
                                                               if w[2] > 100 and "IsViewable" in bench.run("xwininfo", "-id", w[0])])[0]
        time.sleep(0.5)
        write_png(bench.pictures / f"menu-{panel}.png", bench.display.picture(menu[3], menu[4], menu[1], menu[2]))
        bench.run("xdotool", "mousemove", "880", "680", "click", "1")
        wait_for("the menu's end", lambda: not [w for w in windows(bench, "exobrain-tray")
                                                if w[2] > 100 and "IsViewable" in bench.run("xwininfo", "-id", w[0])])
        bench.end(tray)
        check(not embedded(bench), "the icon goes with its program")
        bench.end(host)

    # No tray: the panel is a window; a tray that comes later takes the icon.
    tray = bench.tray()
    wait_for("the numbers in a window", lambda: panels(bench))
    bench.start(["trayer", "--edge", "top", "--align", "left", "--widthtype", "request", "--height", "26"], stderr=subprocess.DEVNULL)
    wait_for("the icon in a panel that came later", lambda: embedded(bench))
    wait_for("the window to make way for the icon", lambda: not panels(bench))
    check(tray.poll() is None, "the program goes on")
    print("no panel at first: numbers in a window, then the icon")


# ---- StatusNotifier

class Host:
    def __init__(self, bench):
        self.process = bench.start([bench.options.host], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        check(json.loads(self.process.stdout.readline()) == ["ready"], "the host has the watcher's name")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())[0]

    def tooltip(self):
        return (self.ask("item") or {}).get("tooltip", "")

    def menu(self):
        return [item for item in self.ask("menu") or [] if item["visible"]]

    def item(self, label, items=None):
        for item in self.menu() if items is None else items:
            if item["visible"] and label in item["label"].replace("_", ""):
                return item
            found = self.item(label, item.get("children", []))
            if found:
                return found
        return None

    def click(self, label):
        item = self.item(label)
        check(item and item["enabled"], f"the menu offers {label}: {[i['label'] for i in self.menu()]}")
        check(self.ask(f"click {item['id']}") is True, f"{label} can be clicked")


def part_notifier(bench):
    bus = bench.start(["dbus-daemon", "--session", "--print-address", "--nofork", "--nopidfile"], stdout=subprocess.PIPE)
    bench.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    host = Host(bench)
    bench.settle_for(QUIET)  # for ten seconds after a notice Qt gives hosts its text as the tool tip
    tray = bench.tray()
    wait_for("the icon at the host", lambda: host.ask("item"))
    for state, word in WORDS.items():
        bench.server.become(state)
        wait_for(f"the tool tip of {state}", lambda: host.tooltip().startswith(f"ExoBrain – {word}\n"))
        check(len(host.tooltip().split("\n")) == 2, "two lines")
        check(host.item(f"This computer: {word}"), f"the menu says {word}: {[i['label'] for i in host.menu()]}")
        check((host.item("P95") is None) == (state in ("stopped", "unreachable")), "numbers while there are some")
        check(host.item("Start the server")["enabled"] == (state == "stopped"), "it can be started when it is stopped")
        check(host.ask(f"icon {bench.pictures / f'notifier-{state}.png'}") is True, "the icon has a picture of 22 pixels")
    files = {(bench.pictures / f"notifier-{state}.png").read_bytes() for state in WORDS}
    check(len(files) == len(WORDS), "each state has a picture of its own")
    for label in ("Open ExoBrain", "Quick question", "Show numbers", "Servers", "Notify of", "Quit"):
        check(host.item(label), f"the menu offers {label}")
    host.click("Show numbers")
    wait_for("the panel of numbers", lambda: panels(bench))
    print("one server: six states in tool tip, menu and picture")

    bench.server.become("stopped")
    wait_for("the offer to start it", lambda: (host.item("Start the server") or {}).get("enabled"))
    host.click("Start the server")
    wait_for("the true server", lambda: host.tooltip().startswith(("ExoBrain – OK", "ExoBrain – Warning", "ExoBrain – Critical")), 60)
    wait_for("its numbers", lambda: host.item("P95"))
    host.click("Stop the server")
    wait_for("its end", lambda: host.tooltip().startswith("ExoBrain – Stopped"), 60)
    print("the true server was started and stopped from the menu")
    host.click("Quit")
    check(tray.wait(timeout=20) == 0, "Quit ends the program")
    bench.running.remove(tray)

    other = Server()
    other.become("warning")
    bench.server.become("ok")
    bench.tray("--server", f"127.0.0.1:{bench.server.port}", "--server", f"http://127.0.0.1:{other.port}")
    wait_for("the worst of two", lambda: host.tooltip() == f"ExoBrain – Warning\n127.0.0.1:{other.port}: Warning")
    check(host.item(f"This computer: OK")["checked"], "the first fills the panel")
    host.click(f"127.0.0.1:{other.port}")
    wait_for("the other in the panel", lambda: host.item(f"127.0.0.1:{other.port}: Warning")["checked"])
    bench.server.become("stopped")
    wait_for("the worst of two", lambda: host.tooltip().startswith("ExoBrain – Stopped\nThis computer"))
    host.click("Stop watching This computer")
    wait_for("one server", lambda: host.tooltip().startswith("ExoBrain – Warning\nCPU"))
    other.stop()
    print("two servers: the icon shows the worst, each has its line")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", required=True, choices=["xembed", "notifier"])
    parser.add_argument("--tray", required=True)
    parser.add_argument("--host")
    parser.add_argument("--pictures")
    options = parser.parse_args()
    needed = {"xembed": ["Xvfb", "trayer", "xdotool", "xwininfo", "xprop"], "notifier": ["Xvfb", "dbus-daemon", "xwininfo"]}[options.part]
    missing = [program for program in needed if not shutil.which(program)]
    if missing:
        print("skipped: not installed:", *missing)
        return SKIPPED
    bench = Bench(options)
    try:
        globals()["part_" + options.part](bench)
    finally:
        bench.close()
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
