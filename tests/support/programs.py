"""What tests in Python share: programs as real processes, waiting for what they do, and parts by name."""
import argparse
import os
import signal
import subprocess
import threading
import time


def check(condition, text):
    if not condition:
        raise SystemExit(f"failed: {text}")


def until(condition, text, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"waited in vain: {text}")
        time.sleep(0.02)


class Program:
    """A process whose stdout and stderr are read all the while."""

    def __init__(self, arguments, environment=None, **more):
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env={**os.environ, **(environment or {})}, **more)
        self.out, self.errors, self.taken = [], [], 0
        for pipe, lines in ((self.process.stdout, self.out), (self.process.stderr, self.errors)):
            threading.Thread(target=lambda p=pipe, l=lines: l.extend(iter(p.readline, "")), daemon=True).start()

    def url(self):
        mark = "listening on "
        until(lambda: any(mark in line for line in self.out) or self.process.poll() is not None, "a start")
        found = [line.split(mark)[1].strip() for line in self.out if mark in line]
        check(found, f"it did not start: {''.join(self.errors)}")
        return found[0]

    def line(self):
        """The next line of stdout that was not taken yet."""
        until(lambda: len(self.out) > self.taken or self.process.poll() is not None, "a line")
        check(len(self.out) > self.taken, f"it ended: {''.join(self.errors)}")
        self.taken += 1
        return self.out[self.taken - 1]

    def said(self, text):
        return any(text in line for line in self.errors)

    def tell(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.tell(number)
        return self.process.wait(timeout=60)


def run_part(module, make_bench, *more):
    """The function part_NAME of `module`, as --part says, with a bench of its own."""
    parser = argparse.ArgumentParser()
    for name in ("--part", "--exobrain", "--upstream"):
        parser.add_argument(name, required=True)
    for name in more:
        parser.add_argument(name)
    options = parser.parse_args()
    bench = make_bench(options)
    try:
        module["part_" + options.part](bench)
    finally:
        bench.close()
    print("ok")
