"""Runs a program and says what it took: wall time, CPU time of it and its children, peak memory of all of them together."""
import os
import subprocess
import threading
import time


class Taken:
    """What one run took. `failure` is empty when the program ended well."""

    def __init__(self, wall=0.0, cpu=0.0, peak=0.0, failure=""):
        self.wall, self.cpu, self.peak, self.failure = wall, cpu, peak, failure


def membersOf(session):
    """The processes of a session: a program and all it started that did not leave it."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as stat:
                # The name in parentheses may hold anything: fields are counted behind it. The sixth is the session.
                fields = stat.read().rsplit(")", 1)[1].split()
            if int(fields[3]) == session:
                yield name
        except (OSError, IndexError, ValueError):
            continue


def memoryOf(session):
    """Proportional set size in MB: what processes share counts once."""
    total = 0
    for name in membersOf(session):
        try:
            with open(f"/proc/{name}/smaps_rollup", encoding="ascii") as rollup:
                total += next((int(line.split()[1]) for line in rollup if line.startswith("Pss:")), 0)
        except OSError:
            continue
    return total / 1024


def run(command, folder=None, output=None, well=(0,), limit=1800):
    """`output` is a path the program's stdout goes to; `well` its exit codes that are no failure."""
    peak = [0.0]
    done = threading.Event()

    def watch(session):
        while not done.wait(0.01):
            peak[0] = max(peak[0], memoryOf(session))

    started = time.monotonic()
    with open(output or os.devnull, "wb") as out:
        try:
            child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL,
                                     start_new_session=True)
        except OSError as error:
            return Taken(failure=str(error))
        watcher = threading.Thread(target=watch, args=(child.pid,))
        watcher.start()
        alarm = threading.Timer(limit, child.kill)
        alarm.start()
        # wait4 tells of this child and of those it waited for itself; nobody else's time is in it.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        alarm.cancel()
        done.set()
        watcher.join()
        child.returncode = os.waitstatus_to_exitcode(status)
    failure = "" if child.returncode in well else f"ended with {child.returncode}"
    # ru_maxrss would count this program too: it keeps what a child had before it became another program.
    return Taken(wall, usage.ru_utime + usage.ru_stime, peak[0], failure)
