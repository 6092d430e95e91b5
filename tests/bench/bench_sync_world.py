# SPDX-License-Identifier: GPL-3.0-or-later
"""A platform at one end of a bad line (tests/support/netns.py), and what of a station sends at the other."""
import json
import pathlib
import select
import subprocess
import sys
import tempfile
import time

from netns import Netns
from world import SOURCE, World, WorldError, wait_until

LINKSIM = "tests/support/linksim/linksim"
# What of a packet of 1,500 bytes is TCP's payload.
PAYLOAD_SHARE = 1448 / 1500


class Line:
    """A line of which the bench knows what could at best get through."""

    def __init__(self, text, rate, rtt_ms, loss, queue=32768, seed=1):
        self.text, self.rate, self.rtt_ms, self.loss, self.queue, self.seed = text, rate, rtt_ms, loss, queue, seed

    @property
    def settings(self):
        return [f"rate={self.rate}", f"delay={self.rtt_ms // 2}", f"loss={self.loss}", f"queue={self.queue}",
                f"seed={self.seed}"]

    @property
    def ceiling(self):
        """Payload bytes a second when no packet is ever sent for nothing but the lost ones."""
        return self.rate / 8 * PAYLOAD_SHARE * (1 - self.loss / 100)


class BenchStation:
    """bench-station: a verb in, a line of JSON out."""

    def __init__(self, command, environment, log):
        self.log = log
        self.process = subprocess.Popen([*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(log, "ab"),
                                        text=True, env=environment, start_new_session=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise WorldError(f"bench-station says nothing for {seconds} s")
        text = self.process.stdout.readline()
        if not text:
            raise WorldError("bench-station ended: " + pathlib.Path(self.log).read_text()[-600:])
        return json.loads(text)

    def do(self, line, seconds=900):
        self.ask(line)
        return self.answer(seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class LinkWorld(World):
    """Everything of one measurement; on disk beside the build, because a temporary folder may lie in memory."""

    def __init__(self, build, line):
        super().__init__(build, folder=tempfile.mkdtemp(prefix="bench-sync-", dir=pathlib.Path(build, "tests/bench")))
        self.line = line
        self.net = Netns(self.build / LINKSIM, *line.settings)
        self.stations = []

    def __enter__(self):
        self.net.__enter__()
        try:
            self.begin_platform()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, *error):
        for station in self.stations:
            station.close()
        super().__exit__(*error)
        self.net.__exit__(*error)

    def begin_platform(self):
        far = self.net.far
        self.call("bianmin-platform", "init", "--data", self.platform_data, "--host", far.address, "--station", "demo",
                  "--demo-data", SOURCE / "assets/demo")
        self.platform_port = self.serve(0)
        # What the centre decides and sends down is not what is measured: nobody decides yet.
        self.platform("decide hold")
        self.printer_kind = "none"
        self.write_config()
        code = self.call("bianmin-platform", "code", "--data", self.platform_data, "--port", self.platform_port
                         ).stdout.strip().splitlines()[-1]
        run = far.run([self.binary("bianmin-ctl"), "--config", self.config, "enrol", code], capture_output=True,
                      text=True, env=self.environment(), timeout=60)
        if run.returncode:
            raise WorldError(f"enrolment: {run.stdout}{run.stderr}")

    def serve(self, port):
        port_file = self.folder / "platform.port"
        port_file.unlink(missing_ok=True)
        serve = self.net.far.wrap([self.binary("bianmin-platform"), "serve", "--data", self.platform_data, "--port",
                                   port, "--port-file", port_file, "--admin", self.admin_socket])
        self.start("bianmin-platform", serve[1:], program=serve[0])
        wait_until(lambda: port_file.exists() and port_file.read_text().strip() or self.died("bianmin-platform"), 15,
                   "the platform to listen")
        return int(port_file.read_text())

    def restart_platform(self, port):
        """On another port; the stations still know the old one."""
        self.stop("bianmin-platform")
        return self.serve(port)

    def station(self, seed=1):
        command = self.net.near.wrap([self.binary("bench-station"), self.data, self.keys, seed])
        self.stations.append(BenchStation(command, self.environment(), self.folder / "log/bench-station.log"))
        return self.stations[-1]

    def duplicates(self):
        """How many records came more than once, and how many there are."""
        entries = self.platform_entries()
        return sum(entry["duplicates"] for entry in entries), len(entries)


def say(text):
    """What a row does not say; on the other stream, so that --json stays JSON."""
    print("  " + text, file=sys.stderr, flush=True)


def stopwatch():
    began = time.monotonic()
    return lambda: time.monotonic() - began
