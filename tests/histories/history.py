# SPDX-License-Identifier: GPL-3.0-or-later
"""One station, one platform, what lies between them, and the judge.

The programs are real: history-station (the real ledger, engine and libcurl in one process, on a hurried clock) and
bianmin-platform. The judge asks both databases at the end, when both programs are gone: every promise that was printed
must be in the ledger and at the platform exactly once, with the same hash; every row that one side has the other must
have; nothing waits, nothing is set aside (Jepsen's set-full: stable, never lost, never duplicated).
"""
import asyncio
import collections
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "tests/support"), str(SOURCE / "tests/scenarios")]
from world import control  # noqa: E402

HOST = "127.77.0.2"  # the platform's certificate is for it, whether a network namespace lies between or not
BEGIN_MS = 1795223400000  # 2026-11-21T09:10:00+08:00
START_SECONDS = 30
REPLY_SECONDS = 60
ACKED = 1
STATES = {0: "pending", 1: "acked", 2: "deferred", 3: "held", 4: "rejected", 5: "quarantined"}


class HistoryError(Exception):
    """A program did not do what it was told at all; the history has no verdict."""


def environment(**more):
    kept = {key: value for key, value in os.environ.items()
            if key in ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")}
    kept.update(LANG="C.UTF-8", LANGUAGE="zh_CN", TZ="UTC", BIANMIN_ASSETS=str(SOURCE / "assets"), GIO_USE_VFS="local",
                G_DEBUG="fatal-criticals")
    kept.update({key: str(value) for key, value in more.items() if value is not None})
    return kept


class Template:
    """A platform and an enrolled station that never ran: made once, copied for each history."""

    def __init__(self, build, folder):
        self.build, self.folder = pathlib.Path(build).resolve(), pathlib.Path(folder)
        self.platform_program = self.build / "sync/platform/bianmin-platform"
        self.station_program = self.build / "tests/histories/history-station"
        self.linksim = self.build / "tests/support/linksim/linksim"

    def make(self):
        for place in ("platform", "keys", "data", "run"):
            (self.folder / place).mkdir(parents=True, mode=0o700)
        (self.folder / "platform").rmdir()
        self.call(self.platform_program, "init", "--data", self.folder / "platform", "--host", HOST, "--station", "demo",
                  "--demo-data", SOURCE / "assets/demo")
        port_file = self.folder / "port"
        server = subprocess.Popen(
            [self.platform_program, "serve", "--data", self.folder / "platform", "--port", "0", "--port-file", port_file],
            stdin=subprocess.DEVNULL, env=environment())
        try:
            deadline = time.monotonic() + START_SECONDS
            while not (port_file.exists() and port_file.read_text().endswith("\n")):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise HistoryError("the platform does not start")
                time.sleep(0.02)
            code = self.call(self.platform_program, "code", "--data", self.folder / "platform", "--port",
                             port_file.read_text().strip())
            config = self.folder / "station.conf"
            config.write_text(f"[station]\ndata={self.folder / 'data'}\nkeys={self.folder / 'keys'}\n"
                              f"run={self.folder / 'run'}\n")
            self.call(self.build / "app/ctl/bianmin-ctl", "--config", config, "enrol", code.split()[-1])
        finally:
            server.terminate()
            server.wait(10)
        return self

    @staticmethod
    def call(*command):
        run = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             env=environment(), timeout=START_SECONDS)
        if run.returncode:
            raise HistoryError(f"{command[0]}: {run.stdout}{run.stderr}")
        return run.stdout.strip()

    def copy(self, folder):
        for place in ("platform", "keys", "data"):
            shutil.copytree(self.folder / place, folder / place)


class History:
    def __init__(self, template, folder, rng, speed=30.0):
        self.template, self.folder, self.rng, self.speed = template, pathlib.Path(folder), rng, speed
        self.folder.mkdir(parents=True, mode=0o700)
        template.copy(self.folder)
        self.platform = self.station = None
        self.platform_port = 0
        self.promises = {}  # number -> seq
        self.commit_us = []
        self.advanced_ms = 0
        self.began = time.monotonic()
        self.starts = 0
        self.replies = collections.deque()
        self.log = []
        self.near = None  # an End of a network namespace for the station to live in

    def note(self, what):
        self.log.append(f"{time.monotonic() - self.began:7.2f} {what}")

    @property
    def kiosk(self):
        return json.loads((self.folder / "keys/enrolment.json").read_text(encoding="utf-8"))["kiosk"]

    # the platform -----------------------------------------------------------------------------------------------

    @property
    def admin_path(self):
        return self.folder / "admin"

    def now_ms(self):
        return BEGIN_MS + self.advanced_ms + int((time.monotonic() - self.began) * 1000)

    async def start_platform(self, fault=None):
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        clock = datetime.datetime.fromtimestamp(self.now_ms() / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        with open(self.folder / "platform.log", "ab") as log:
            self.platform = await asyncio.create_subprocess_exec(
                str(self.template.platform_program), "serve", "--data", self.folder / "platform", "--port",
                str(self.platform_port), "--port-file", port_file, "--admin", self.admin_path, "--clock", clock,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=environment(BIANMIN_FAULT=fault))
        deadline = time.monotonic() + START_SECONDS
        while not (port_file.exists() and port_file.read_text().endswith("\n")):
            if self.platform.returncode is not None:
                if fault:
                    return
                raise HistoryError(f"the platform ended: {(self.folder / 'platform.log').read_text()[-500:]}")
            if time.monotonic() > deadline:
                raise HistoryError("the platform does not listen")
            await asyncio.sleep(0.01)
        self.platform_port = int(port_file.read_text())

    def admin(self, line):
        return control(self.admin_path, line)

    def platform_fault(self, words):
        with contextlib.suppress(OSError):
            self.admin("fault " + words)

    async def kill(self, program):
        if program is not None and program.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                program.send_signal(signal.SIGKILL)
        if program is not None:
            await program.wait()

    async def kill_platform(self):
        await self.kill(self.platform)

    async def stop_platform(self):
        if self.platform is not None and self.platform.returncode is None:
            self.platform.terminate()
            await asyncio.wait_for(self.platform.wait(), START_SECONDS)

    # the station ------------------------------------------------------------------------------------------------

    def point_station_to(self, port, host=HOST):
        path = self.folder / "keys/enrolment.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        document["platform"]["url"] = f"https://{host}:{port}"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    async def start_station(self, fault=None, **options):
        """Starts it; gives False when it died at its `fault` before it was ready."""
        self.starts += 1
        options.setdefault("wall", self.now_ms())
        command = [str(self.template.station_program), "--folder", str(self.folder), "--speed", str(self.speed),
                   "--first", str(self.rng.getrandbits(31)), *(f"--{key}={value}" for key, value in options.items())]
        if self.near is not None:
            command = self.near.wrap(command)
        with open(self.folder / "station.log", "ab") as log:
            self.station = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
                env=environment(BIANMIN_FAULT=fault))
        self.replies.clear()
        ready = self.expect()
        self.reading = asyncio.ensure_future(self.read(self.station))
        try:
            reply = await asyncio.wait_for(ready, START_SECONDS)
        except EOFError:
            await self.station.wait()
            if fault and self.station.returncode == -signal.SIGKILL:
                return False
            raise HistoryError(f"the station ended with {self.station.returncode}: "
                               f"{(self.folder / 'station.log').read_text()[-500:]}") from None
        if reply != "ready":
            raise HistoryError(f"the station does not start: {reply}")
        return True

    def expect(self):
        future = asyncio.get_running_loop().create_future()
        self.replies.append(future)
        return future

    async def read(self, station):
        """Promises are noted as they come; anything else answers the oldest order. It ends with the station."""
        while line := (await station.stdout.readline()).decode():
            words = line.split()
            if line.endswith("\n") and words[0] == "promised":
                self.promises[words[1]] = int(words[2])
                self.commit_us.append(int(words[3]))
            elif line.endswith("\n") and self.replies:
                future = self.replies.popleft()
                if not future.done():
                    future.set_result(line.rstrip("\n"))
        while self.replies:
            future = self.replies.popleft()
            if not future.done():
                future.set_exception(EOFError())

    def order(self, line):
        """Sends an order; gives a future of the answer, which raises EOFError when the station dies first."""
        future = self.expect()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        with contextlib.suppress(ConnectionError, OSError):
            self.station.stdin.write((line + "\n").encode())
        if self.station.returncode is not None and not future.done():
            future.set_exception(EOFError())
        return future

    async def ask(self, line, seconds=REPLY_SECONDS):
        reply = await asyncio.wait_for(self.order(line), seconds)
        if not reply.startswith("ok"):
            raise HistoryError(f"{line}: {reply}")
        return reply[3:]

    async def status(self):
        return json.loads(await self.ask("status"))

    async def kill_station(self):
        await self.kill(self.station)
        await self.reading

    async def stop_station(self):
        if self.station is not None and self.station.returncode is None:
            with contextlib.suppress(EOFError):
                await asyncio.wait_for(self.order("quit"), REPLY_SECONDS)
            await asyncio.wait_for(self.station.wait(), REPLY_SECONDS)
            await self.reading

    def advance_platform(self, ms):
        self.advanced_ms += ms
        with contextlib.suppress(OSError):
            self.admin(f"clock advance {ms // 1000}")

    async def drained(self, seconds, is_settled=lambda status: status["pending"] == 0):
        """Waits until nothing waits any more; gives how long it took, or None when something is stuck."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if is_settled(await self.status()):
                return time.monotonic() - began
            await asyncio.sleep(0.05)
        return None

    def no_verdict(self, error):
        """Why a history did not come to its end: what the programs said last, and how they ended."""
        said = [f"no verdict: {type(error).__name__} {error}"]
        for name, program in (("station", self.station), ("platform", self.platform)):
            if program is not None and program.returncode is not None:
                with contextlib.suppress(OSError):
                    text = (self.folder / f"{name}.log").read_text(errors="replace")
                    said.append(f"the {name} ended with {program.returncode}: {text[-600:]}")
        return said

    async def wait_for_messages(self, seconds):
        """The platform decides everything at once; its messages come with polls, which grow rarer."""
        deadline = time.monotonic() + seconds
        calm = 0
        while time.monotonic() < deadline and calm < 2:
            before = (await self.status())["cursor"]
            await asyncio.sleep(1)
            calm = calm + 1 if (await self.status())["cursor"] == before else 0

    async def end(self):
        """Whatever still runs is ended; by its process, never by its name."""
        await self.kill(self.station)
        await self.kill(self.platform)

    # the judge --------------------------------------------------------------------------------------------------

    def ledger(self):
        return sqlite3.connect(self.folder / "data/ledger.db")

    def platform_database(self):
        return sqlite3.connect(self.folder / "platform/platform.db")

    def judge(self, allowed_states=(ACKED,), is_result_due=True):
        """What is wrong, in words; empty when every promise was kept once. Both programs must have ended."""
        with contextlib.closing(self.ledger()) as here, contextlib.closing(self.platform_database()) as there:
            return list(self.findings(here, there, allowed_states, is_result_due))

    def findings(self, here, there, allowed_states, is_result_due):
        ours = {(epoch, seq): (kind, state, bytes(digest)) for epoch, seq, kind, state, digest in
                here.execute("SELECT epoch, seq, type, state, hash FROM entry")}
        theirs = {(epoch, seq): bytes(digest) for epoch, seq, digest in there.execute(
            "SELECT e.epoch, e.seq, r.hash FROM entry e JOIN record r ON r.id = e.record")}
        cases = {number: (epoch, seq) for number, epoch, seq in here.execute("SELECT number, epoch, seq FROM cases")}
        effects = collections.Counter(number for (number,) in there.execute("SELECT number FROM matter"))
        for number, seq in self.promises.items():
            if number not in cases or cases[number][1] != seq or cases[number] not in ours:
                yield f"promised and not in the ledger: {number} seq {seq}"
        for key, (kind, state, digest) in ours.items():
            if key not in theirs and state in allowed_states:
                yield f"lost: seq {key[1]} is {STATES.get(state, state)} here and unknown there"
            elif key in theirs and theirs[key] != digest:
                yield f"other bytes there: seq {key[1]}"
            if state not in allowed_states:
                yield f"stuck: seq {key[1]} is {STATES.get(state, state)}" + ("" if key in theirs else " and not there")
        for key in theirs.keys() - ours.keys():
            yield f"from nowhere: seq {key[1]}"
        for number in cases:
            if effects[number] > 1 or (effects[number] == 0 and allowed_states == (ACKED,)):
                yield f"took effect {effects[number]} times: {number}"
        for number in effects.keys() - cases.keys():
            yield f"took effect without being in the ledger: {number}"
        for table in ("conflict", "quarantine"):
            if count := there.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
                yield f"{count} in the platform's table {table}"
        for kind, detail in there.execute("SELECT kind, detail FROM alarm"):
            yield f"alarm {kind} {detail}"
        if here.execute("SELECT count(*) FROM epoch").fetchone()[0] != 1:
            yield "a new epoch was opened for nothing"
        if is_result_due:
            yield from self.late_results(here, there)

    @staticmethod
    def late_results(here, there):
        known = dict(here.execute("SELECT number, result_version FROM cases"))
        for number, version in there.execute("SELECT name, max(version) FROM message WHERE kind = 'result' GROUP BY name"):
            if known.get(number) != version:
                yield f"result {version} of {number} did not come down (version {known.get(number)} is here)"
