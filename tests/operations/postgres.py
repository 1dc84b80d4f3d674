"""A PostgreSQL of a test: a cluster in a folder of its own, on loopback, with a password. It refuses to run as root, so the
user postgres (or nobody) runs it then."""
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

from operations_test import check, until

PASSWORD = "planted-database-password"


def programs():
    """The folder of the newest version's programs; Debian keeps them out of the path. None: not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    return os.path.dirname(found[-1]) if found else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    def __init__(self, bench):
        self.bench, self.bin = bench, programs()
        self.folder = tempfile.mkdtemp(prefix="exobrain-pg-")
        self.as_user = []
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            user = names.get("postgres") or names["nobody"]
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.as_user = ["setpriv", "--reuid", user.pw_name, "--regid", str(user.pw_gid), "--clear-groups"]
        secret = os.path.join(self.folder, "password")
        with open(secret, "w") as file:
            file.write(PASSWORD + "\n")
        os.chmod(secret, 0o644)
        made = subprocess.run(self.as_user + [f"{self.bin}/initdb", "-D", f"{self.folder}/data", "-U", "exobrain", "-A",
                                              "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C.UTF-8",
                                              "--no-sync"], cwd="/", capture_output=True, text=True)
        check(made.returncode == 0, made.stdout + made.stderr)
        self.port = free_port()
        self.start()
        self.ask("CREATE DATABASE brain", "postgres")

    def url(self, database="brain", password=PASSWORD):
        return f"postgres://exobrain:{password}@127.0.0.1:{self.port}/{database}"

    def start(self):
        for _ in range(5):
            self.program = self.bench.start(
                self.as_user + [f"{self.bin}/postgres", "-D", f"{self.folder}/data", "-k", self.folder, "-p", str(self.port),
                                "-c", "listen_addresses=127.0.0.1"], {"LC_ALL": "C"}, cwd="/")
            until(lambda: self.program.said("ready to accept connections") or self.program.process.poll() is not None,
                  "PostgreSQL")
            if self.program.process.poll() is None:
                return
            self.port = free_port()  # somebody was faster
        check(False, "".join(self.program.errors))

    def crash(self):
        """All its processes end at once, without tidying up: what was committed is in the write-ahead log."""
        self.program.end(signal.SIGQUIT)

    def ask(self, sql, database="brain"):
        """The rows, as lists of texts."""
        done = subprocess.run([f"{self.bin}/psql", self.url(database), "-X", "-A", "-t", "-F", "\x1f", "-c", sql],
                              capture_output=True, text=True)
        check(done.returncode == 0, done.stderr)
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def close(self):
        if self.program.process.poll() is None:
            self.program.tell(signal.SIGCONT)
            self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)
