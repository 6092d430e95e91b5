# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole station on this machine: platform, simulated reader and printer, station, faces.

Scenarios, tour, screenshots, demo and benches all start their programs through this one module, so that what the
tests prove is what the demo shows. Every program listens on loopback or on unix sockets in a fresh folder, is
started by us and ended by its pid.
"""
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DEMO_CLOCK = "2026-11-21T09:10:00+08:00"


class WorldError(Exception):
    """Something of the world did not do what it should: the sentence says what, and where its log lies."""


def control(path, line, timeout=20):
    """One request to a simulator's control socket; returns what follows "ok"."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(timeout)
        channel.connect(str(path))
        channel.sendall((line + "\n").encode())
        data = b""
        while not data.endswith(b"\n"):
            part = channel.recv(65536)
            if not part:
                break
            data += part
    reply = data.decode().rstrip("\n")
    if reply == "ok" or reply.startswith("ok "):
        return reply[3:]
    raise WorldError(f"{line}: {reply or 'no answer'}")


# What takes a second on a quiet machine may take four on one that does other work: how long is said by the
# benches, a test only says whether.
PATIENCE = 4


def wait_until(condition, seconds, what):
    """Polls a condition, PATIENCE times the named seconds at most; the last resort where no event can be waited for."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise WorldError(f"waited {seconds:g} s for {what}")
        time.sleep(0.02)


class World:
    """Programs and folders of one station; use as a context manager."""

    def __init__(self, build, folder=None, printer="ipp", desk=True, keep=False, size="1080x1920", pitch="0.248",
                 small_disk=False, stick=None, slot=False, scanner="keys"):
        self.build = pathlib.Path(build).resolve()
        self.keep = keep
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="bianmin-world-")).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.printer_kind = printer
        self.has_desk = desk
        self.size, self.pitch = size, pitch
        self.small_disk = small_disk
        self.stick = stick
        self.has_slot = slot
        self.scanner_kind = scanner
        self.programs = {}
        self.logs = {}
        self.display = None
        self.data = self.folder / "data"
        self.keys = self.folder / "keys"
        self.run = self.folder / "run"
        self.catalogue = self.folder / "catalogue"
        self.config = self.folder / "station.conf"
        self.platform_data = self.folder / "platform"
        self.platform_port = None
        self.extra_config = {}
        for place in (self.data, self.keys, self.run, self.folder / "log"):
            place.mkdir(exist_ok=True)
            place.chmod(0o700)
        shutil.copytree(SOURCE / "assets/catalogue", self.catalogue, dirs_exist_ok=True)

    STICKS = {"full": "size=64k", "read-only": "size=8m,ro"}

    # programs -------------------------------------------------------------------------------------------------

    def binary(self, name):
        for place in ("app/station", "app/ctl", "sync/platform", "ui", "printing", "tests/bench"):
            for suffix in ("", ".py"):
                path = self.build / place / (name + suffix)
                if path.exists():
                    return path
        source = SOURCE / "tests/support" / name
        if source.exists():
            return source
        raise WorldError(f"{name} is not built")

    def environment(self, **more):
        environment = {key: value for key, value in os.environ.items()
                       if key in ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
                                  "UBSAN_OPTIONS", "LSAN_OPTIONS")}
        environment.update(
            LANG="C.UTF-8", LANGUAGE="zh_CN", TZ="UTC", G_DEBUG="gc-friendly",
            BIANMIN_ASSETS=str(SOURCE / "assets"), BIANMIN_LOCALE=str(self.build / "po"),
            XDG_RUNTIME_DIR=str(self.run), XDG_CONFIG_HOME=str(self.folder / "xdg"),
            XDG_DATA_HOME=str(self.folder / "xdg"), GSETTINGS_BACKEND="memory", GIO_USE_VFS="local",
            GSK_RENDERER="cairo", GDK_DEBUG="gl-disable")
        environment.update({key: str(value) for key, value in more.items() if value is not None})
        return environment

    def start(self, name, arguments, program=None, **environment):
        """Starts a program and remembers it by name."""
        if name in self.programs and self.programs[name].poll() is None:
            raise WorldError(f"{name} runs already")
        log = open(self.folder / "log" / f"{name}.log", "ab")
        self.logs[name] = log.name
        command = [str(program or self.binary(name)), *map(str, arguments)]
        self.programs[name] = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment(**environment),
            start_new_session=True)
        log.close()
        return self.programs[name]

    def is_running(self, name):
        return name in self.programs and self.programs[name].poll() is None

    def stop(self, name, how=signal.SIGTERM, seconds=10):
        program = self.programs.pop(name, None)
        if program is None:
            return
        if program.poll() is None:
            program.send_signal(how)
        try:
            program.wait(seconds)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
            if how == signal.SIGTERM:
                raise WorldError(f"{name} did not end within {seconds} s; log: {self.tail(name)}") from None

    def tail(self, name, lines=12):
        try:
            text = pathlib.Path(self.logs[name]).read_text(encoding="utf-8", errors="replace")
        except (KeyError, OSError):
            return "(no log)"
        return "\n".join(text.splitlines()[-lines:])

    # platform -------------------------------------------------------------------------------------------------

    @property
    def admin_socket(self):
        return self.run / "platform-admin"

    def start_platform(self, fault=None, init=True):
        if init and not self.platform_data.exists():
            self.call("bianmin-platform", "init", "--data", self.platform_data, "--host", "127.0.0.1",
                      "--station", "demo", "--demo-data", SOURCE / "assets/demo")
        port_file = self.folder / "platform.port"
        port_file.unlink(missing_ok=True)
        self.start("bianmin-platform", [
            "serve", "--data", self.platform_data, "--port", self.platform_port or 0, "--port-file", port_file,
            "--admin", self.admin_socket, "--clock", self.moved_clock()], BIANMIN_FAULT=fault)
        wait_until(lambda: port_file.exists() and port_file.read_text().strip() or self.died("bianmin-platform"), 15,
                   "the platform to listen")
        self.platform_port = int(port_file.read_text())

    platform_clock = DEMO_CLOCK
    advanced_s = 0  # what the demo clocks were moved forward so far

    def moved_clock(self):
        begin = datetime.datetime.fromisoformat(self.platform_clock)
        return (begin + datetime.timedelta(seconds=self.advanced_s)).isoformat()

    def died(self, name):
        if not self.is_running(name):
            raise WorldError(f"{name} ended at once: {self.tail(name)}")
        return False

    def platform(self, line):
        return control(self.admin_socket, line)

    def platform_state(self):
        return json.loads(self.platform("state"))

    def platform_entries(self):
        text = self.platform("entries")
        return json.loads(text) if text else []

    # station --------------------------------------------------------------------------------------------------

    def call(self, name, *arguments, check=True, timeout=120):
        run = subprocess.run([str(self.binary(name)), *map(str, arguments)], stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, env=self.environment(), timeout=timeout)
        if check and run.returncode != 0:
            raise WorldError(f"{name} {' '.join(map(str, arguments))}: {run.stdout}{run.stderr}")
        return run

    def ctl(self, *arguments, check=True):
        run = self.call("bianmin-ctl", "--config", self.config, "--json", *arguments, check=check)
        return json.loads(run.stdout) if run.stdout.strip() else {}

    def station_call(self, **request):
        return self.control_face().call(request)

    def write_config(self):
        hall = {"reader": f"samv:{self.run / 'tty-reader'}", "printer": self.printer_uri(),
                "headphone": f"file:{self.run / 'headphone'}", "camera": f"sim:{self.run / 'camera'}",
                "microphone": f"sim:{self.run / 'microphone'}"}
        sections = {
            "station": {"data": self.data, "keys": self.keys, "run": self.run, "demo": "true", "clock": DEMO_CLOCK,
                        "language": "zh_CN", "catalogue": self.catalogue, "media_folder": self.folder / "media",
                        "devices_folder": self.run},
            "seat.hall": hall,
            "seat.desk": {"enabled": "true" if self.has_desk else "false"},
        }
        if self.scanner_kind == "line":
            hall["scanner"] = f"serial:{self.run / 'tty-scanner'}"
        if self.has_slot:
            hall["social_card"] = "pcsc:Virtual SSC"
        for section, values in self.extra_config.items():
            sections.setdefault(section, {}).update(values)
        text = ""
        for section, values in sections.items():
            text += f"[{section}]\n" + "".join(f"{key}={value}\n" for key, value in values.items() if value is not None)
            text += "\n"
        self.config.write_text(text, encoding="utf-8")

    def has_simulated_printer(self):
        return self.printer_kind.split()[0] in ("ipp", "escpos", "cups")

    def printer_uri(self):
        if self.has_simulated_printer():
            return (self.folder / "printer.uri").read_text().strip()
        if self.printer_kind == "none":
            return "ipp://127.0.0.1:9/ipp/print?media=roll80"
        return f"pdf:{self.folder / 'paper'}"

    @property
    def filler(self):
        """A file on the station's small disk, which only the station's own mounts show."""
        return pathlib.Path(f"/proc/{self.programs['bianmin-stationd'].pid}/root{self.data}/filler")

    def fill_disk(self):
        """Everything else on the disk grew until nothing is left."""
        with contextlib.suppress(OSError), open(self.filler, "wb") as stream:
            while True:
                stream.write(bytes(1 << 16))
                stream.flush()

    def start_devices(self):
        self.start("sim-samv", ["--tty", self.run / "tty-reader", "--control", self.run / "reader-control",
                                "--residents", SOURCE / "assets/demo/residents.csv"])
        wait_until(lambda: (self.run / "reader-control").exists() or self.died("sim-samv"), 10, "the card reader")
        if self.has_slot:
            self.start("sim-ssc", ["--control", self.run / "slot-control", "--residents", SOURCE / "assets/demo/residents.csv"])
            wait_until(lambda: (self.run / "slot-control").exists() or self.died("sim-ssc"), 20, "pcscd and its reader")
            self.pcsc_socket = self.slot("socket")
        if self.printer_kind == "folder":
            (self.folder / "paper").mkdir(exist_ok=True)
        if self.printer_kind == "ipp":
            uri = self.folder / "printer.uri"
            self.start("sim-printer", ["--dir", self.folder / "paper", "--control", self.run / "printer-control",
                                       "--uri-file", uri])
            wait_until(lambda: uri.exists() and uri.read_text().strip() or self.died("sim-printer"), 20, "the printer")
        if self.printer_kind == "cups":
            uri = self.folder / "printer.uri"
            self.start("sim-cups", ["--dir", self.folder / "paper", "--control", self.run / "printer-control", "--uri-file", uri])
            wait_until(lambda: uri.exists() and uri.read_text().strip() or self.died("sim-cups"), 40, "cupsd")
        if self.printer_kind.startswith("escpos"):
            self.start_receipt_printer(self.folder / "printer.uri")

    def start_receipt_printer(self, uri):
        """printer: escpos [PROFILE [tcp|pty]]"""
        _, profile, line = (self.printer_kind.split() + ["epson80", "tcp"][len(self.printer_kind.split()) - 1:])[:3]
        self.start("sim-escpos", ["--dir", self.folder / "paper", "--control", self.run / "printer-control",
                                  "--uri-file", uri, "--profile", profile, "--line", line])
        wait_until(lambda: uri.exists() and uri.read_text().strip() or self.died("sim-escpos"), 20, "the printer")

    def reader(self, line):
        return control(self.run / "reader-control", line)

    def beside(self, name, line):
        """A camera or microphone, started by the first who wants one: without it the station's is not there."""
        return self.once(f"sim-{name}", self.run / f"{name}-control", line, "--folder", self.run / name)

    def line(self, verb):
        return self.once("sim-line", self.run / "line-control", verb, "--station", self.run / "ctl")

    def scanner(self, line):
        end = ("--tty", self.run / "tty-scanner") if self.scanner_kind == "line" else ("--face", self.run / "face")
        return self.once("sim-scanner", self.run / "scanner-control", line, *end, "--paper", self.folder / "paper")

    def once(self, program, socket, line, *arguments):
        """A simulator that is started by the first who wants it."""
        if not self.is_running(program):
            socket.unlink(missing_ok=True)
            self.start(program, ["--control", socket, *arguments], DISPLAY=self.display)
            wait_until(lambda: socket.exists() or self.died(program), 10, program)
        return control(socket, line)

    def start_bench_devices(self):
        """What the device bench shows beside the devices that every station has."""
        for ask in (self.camera, self.microphone, self.line):
            ask("state")
        if self.display:
            self.scanner("state")

    pcsc_socket = None  # where the station finds pcscd: in the simulator's own namespace

    def slot(self, line):
        """The slot for social-security cards, and its pcscd."""
        return control(self.run / "slot-control", line)

    def camera(self, line):
        return self.beside("camera", line)

    def microphone(self, line):
        return self.beside("microphone", line)

    def printer(self, line):
        return control(self.run / "printer-control", line)

    def enrol(self):
        code = self.call("bianmin-platform", "code", "--data", self.platform_data, "--port", self.platform_port
                         ).stdout.strip().splitlines()[-1]
        self.call("bianmin-ctl", "--config", self.config, "enrol", code)

    def start_station(self, fault=None):
        program, arguments = self.binary("bianmin-stationd"), ["--config", self.config]
        mounts = [f'mount -t tmpfs -o size=160m tmpfs "{self.data}"'] if self.small_disk else []
        if self.stick:
            place = self.folder / "media/STICK"
            place.mkdir(parents=True, exist_ok=True)
            mounts.append(f'mount -t tmpfs -o {self.STICKS[self.stick]} tmpfs "{place}"')
        if mounts:
            arguments = ["-Urm", "sh", "-c", " && ".join(mounts) + ' && exec "$0" "$@"', program, *arguments]
            program = shutil.which("unshare")
        self.start("bianmin-stationd", arguments, program=program, BIANMIN_FAULT=fault, PCSCLITE_CSOCK_NAME=self.pcsc_socket,
                   CUPS_SERVER=self.folder / "paper/cups.sock" if self.printer_kind == "cups" else None,
                   GLIBC_TUNABLES="glibc.malloc.tcache_count=0:glibc.malloc.perturb=90", G_SLICE="always-malloc")
        self._control = None
        try:
            wait_until(lambda: self.try_control() or self.died("bianmin-stationd"), 20, "the station")
        except WorldError as error:
            raise WorldError(f"{error}: {self.threads('bianmin-stationd')} {self.tail('bianmin-stationd')}") from None

    def threads(self, name):
        """Where the threads of a program that hangs are."""
        program = self.programs.get(name)
        found = []
        for task in pathlib.Path(f"/proc/{program.pid}/task").glob("*") if program else ():
            with contextlib.suppress(OSError):
                found.append(" ".join((task / part).read_text().strip() for part in ("comm", "wchan", "syscall")))
        return "; ".join(found)

    _control = None

    def try_control(self):
        from faces import ControlFace
        if not (self.run / "ctl").exists():
            return None
        with contextlib.suppress(Exception):
            self._control = ControlFace(self.run / "ctl")
            self._control.call({"do": "status"})
            return self._control
        self._control = None
        return None

    def control_face(self):
        if self._control is None or self._control.is_closed():
            wait_until(self.try_control, 15, "the station's control socket")
        return self._control

    def begin(self):
        """From nothing to an enrolled, running station."""
        self.start_platform()
        self.start_devices()
        self.write_config()
        self.enrol()
        self.start_station()

    # displays -------------------------------------------------------------------------------------------------

    def start_display(self, name="xvfb", size=None):
        """A private X server; every screen of a station has its own. Returns its address."""
        reading, writing = os.pipe()
        log = open(self.folder / f"log/{name}.log", "ab")
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size or self.size}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        os.close(writing)
        self.programs[name] = server
        with os.fdopen(reading) as stream:
            number = stream.readline().strip()
        if not number:
            raise WorldError("Xvfb did not start: " + self.tail(name))
        self.display = self.display or ":" + number
        return ":" + number

    def start_bus(self):
        """A session bus with the accessibility bus behind it."""
        address = self.folder / "bus.address"
        with open(address, "wb") as out:
            self.programs["dbus"] = subprocess.Popen(
                ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=out, stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True, env=self.environment(DISPLAY=self.display))
        wait_until(lambda: address.read_text().strip(), 10, "the session bus")
        self.bus = address.read_text().strip()

    bus = None
    timing = False
    layout = False  # whether faces write down where things lie

    def start_kiosk(self, name="bianmin-kiosk", desk=False, fault=None, **options):
        arguments = ["--socket", self.run / ("desk" if desk else "face"), "--size", options.get("size", self.size),
                     "--pitch", options.get("pitch", self.pitch), "--speech-log", self.folder / f"{name}.speech",
                     "--mute"]
        if self.timing:
            arguments += ["--timing-log", self.folder / f"{name}.timing"]
        if self.layout:
            arguments += ["--layout-log", self.folder / f"{name}.layout"]
        if desk:
            arguments.append("--desk")
        return self.start(name, arguments, program=self.binary("bianmin-kiosk"),
                          DISPLAY=options.get("display", self.display), DBUS_SESSION_BUS_ADDRESS=self.bus, BIANMIN_FAULT=fault, GTK_A11Y="atspi" if self.bus else "none")

    # end ------------------------------------------------------------------------------------------------------

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for name in list(self.programs)[::-1]:
            with contextlib.suppress(WorldError):
                self.stop(name, seconds=5)
        if not self.keep and not error[0]:
            shutil.rmtree(self.folder, ignore_errors=True)
