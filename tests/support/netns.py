# SPDX-License-Identifier: GPL-3.0-or-later
"""Two network namespaces with a bad line between them (tests/support/linksim).

    with Netns(linksim, "rate=256000", "delay=300", "loss=2", "queue=32768") as net:
        server = net.far.popen([program, "--listen", net.far.address + ":8443"])
        net.near.run(["curl", f"https://{net.far.address}:8443/"])
        net.set("cut=1")
        print(net.stats()["up"]["delivered_bytes"])

Both ends have an address in 127.77.0.0/16, so that nothing here can reach, or be reached from, another machine; each
end also has 127.0.0.1 for itself. Names carry the process's number and its time of birth: whatever a killed test left
behind is swept away by the next one, and nobody's live namespaces are touched.

Namespaces need root and /dev/net/tun. why_not() says what is missing; who cannot run calls skipped(), loudly.
"""
import ctypes
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PREFIX = "bmnet"
DEVICE = "sim0"
NEAR_ADDRESS, FAR_ADDRESS = "127.77.0.1", "127.77.0.2"
CLOSING_SECONDS = 5
CLONE_NEWNET = 0x40000000
_counter = itertools.count(1)


class NetnsError(Exception):
    pass


def _ip(*words, check=True):
    result = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=20)
    if check and result.returncode:
        raise NetnsError(f"ip {' '.join(words)}: {result.stderr.strip()}")
    return result.stdout


def _birth(pid):
    """When a process was born, in ticks since boot; 0 when there is none."""
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[19])
    except (OSError, IndexError, ValueError):
        return 0


def why_not():
    """What is missing for namespaces here, in one sentence; None when they work."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun"
    if shutil.which("ip") is None:
        return "there is no program ip (package iproute2)"
    name = f"{PREFIX}-{os.getpid()}-{_birth(os.getpid())}-try"
    try:
        _ip("netns", "add", name)
        _ip("netns", "exec", name, "ip", "tuntap", "add", DEVICE, "mode", "tun")
    except NetnsError as error:
        return f"the kernel does not let us: {error}"
    finally:
        _ip("netns", "del", name, check=False)
    return None


def skipped(what, why):
    """The words in which a test says that it did not run."""
    return f"{what} # SKIP skipped: {why}"


def sweep():
    """Removes the namespaces of tests that are dead, and the processes in them."""
    for line in _ip("netns", "list").splitlines():
        name = (line.split() or [""])[0]
        parts = name.split("-")
        if len(parts) < 4 or parts[0] != PREFIX or not (parts[1] + parts[2]).isdigit():
            continue
        if _birth(int(parts[1])) != int(parts[2]):
            _remove(name)


def _remove(name):
    for pid in _ip("netns", "pids", name, check=False).split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    _ip("netns", "del", name, check=False)


class End:
    """One end of the line: a namespace in which programs are run."""

    def __init__(self, name, address):
        self.name, self.address = name, address

    def wrap(self, command):
        """The command that runs `command` here; the process number is the program's own."""
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def popen(self, command, **keywords):
        return subprocess.Popen(self.wrap(command), **keywords)

    def run(self, command, **keywords):
        return subprocess.run(self.wrap(command), **keywords)

    def listen(self, host, port=0):
        """A listening socket of this end for a program of ours that lives outside."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net", "rb") as own, open(f"/run/netns/{self.name}", "rb") as other:
            if libc.setns(other.fileno(), CLONE_NEWNET):
                raise NetnsError(f"setns: {os.strerror(ctypes.get_errno())}")
            try:
                return socket.create_server((host, port))
            finally:
                if libc.setns(own.fileno(), CLONE_NEWNET):
                    os._exit(70)  # in the wrong network nothing that follows would be true

    def _sysctl(self, key, value):
        result = self.run(["sh", "-c", f"echo {value} > /proc/sys/net/ipv4/{key}"], capture_output=True, text=True)
        if result.returncode:
            raise NetnsError(f"{self.name}: {key}: {result.stderr.strip()}")

    def make(self):
        _ip("netns", "add", self.name)
        inside = ("-n", self.name)
        _ip(*inside, "link", "set", "lo", "up")
        # The kernel takes all of 127.0.0.0/8 for itself; all but one address is given back, so that it can be routed.
        _ip(*inside, "addr", "del", "127.0.0.1/8", "dev", "lo")
        _ip(*inside, "addr", "add", "127.0.0.1/32", "dev", "lo")

    def connect(self, peer):
        for scope in ("all", "default", DEVICE):
            self._sysctl(f"conf/{scope}/route_localnet", 1)
            self._sysctl(f"conf/{scope}/rp_filter", 0)
        _ip("-n", self.name, "addr", "add", f"{self.address}/32", "peer", f"{peer.address}/32", "dev", DEVICE)
        _ip("-n", self.name, "link", "set", DEVICE, "mtu", "1500", "up")


class Netns:
    """near ── linksim ── far. Up is from near (the station) to far (the platform)."""

    def __init__(self, linksim, *settings):
        stem = f"{PREFIX}-{os.getpid()}-{_birth(os.getpid())}-{next(_counter)}"
        self.near, self.far = End(stem + "n", NEAR_ADDRESS), End(stem + "f", FAR_ADDRESS)
        self.linksim, self.settings = str(linksim), settings
        self.process = None
        self.last = None
        self._folder = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        sweep()
        self.near.make()
        self.far.make()
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX)
        self.control_path = os.path.join(self._folder.name, "control")
        self.process = subprocess.Popen(
            [self.linksim, self.near.name, self.far.name, self.control_path, *self.settings],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise NetnsError("linksim did not start")
        self.near.connect(self.far)
        self.far.connect(self.near)

    def stop(self):
        """Ends the line, whatever still runs at its ends, and both ends. The counters stay in `last`."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.last = json.loads(self.process.communicate(timeout=CLOSING_SECONDS)[0] or "null")
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
        for end in (self.near, self.far):
            _remove(end.name)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        return self.last

    def _ask(self, line):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            channel.settimeout(CLOSING_SECONDS)
            channel.connect(self.control_path)
            channel.sendall((line + "\n").encode())
            answer = b""
            while not answer.endswith(b"\n"):
                part = channel.recv(65536)
                if not part:
                    break
                answer += part
        answer = answer.decode().rstrip("\n")
        if not answer.startswith("ok"):
            raise NetnsError(f"{line}: {answer or 'no answer'}")
        return answer[3:]

    def set(self, *settings):
        """Changes settings of the running line: set("loss=20", "up.dead=1", "cut=1")."""
        self._ask("set " + " ".join(settings))

    def stats(self):
        return json.loads(self._ask("stats"))

    def cut(self):
        self.set("cut=1")

    def restore(self):
        self.set("cut=0", "cut-at=0", "dead=0", "up-for=0", "down-for=0")

    def wait_until(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition(self.stats()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True
