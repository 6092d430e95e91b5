# SPDX-License-Identifier: GPL-3.0-or-later
"""A room of its own for pcscd: one machine has one, its place is fixed, and vpcd listens on every address.

The process that enters gets a network and mounts that nobody else has, and /run/pcscd there is empty. Programs outside
reach the daemon through the process's own root, which stays where it is when the daemon is killed and started again:

    with Room(folder) as room:
        room.start()
        os.environ["PCSCLITE_CSOCK_NAME"] = room.socket
"""
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

PORT = 0x8C7B
PLACE = "/run/pcscd"
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_PDEATHSIG = 1
PATIENCE_S = 15
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
PCSCD = shutil.which("pcscd", path=PATH)


def why_not():
    """What is missing here, in one sentence; None when it works."""
    if PCSCD is None:
        return "there is no program pcscd (package pcscd)"
    if not os.path.exists(DRIVER):
        return "there is no virtual reader (package vsmartcard-vpcd)"
    if os.geteuid() != 0:
        return "a room of its own for pcscd needs root"
    if shutil.which("ip", path=PATH) is None:
        return "there is no program ip (package iproute2)"
    if subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True).returncode:
        return "the kernel does not let us have namespaces"
    return None


def _call(name, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


class Room:
    """Entered by the process that keeps it; pcscd runs as its child."""

    def __init__(self, folder):
        self.config = pathlib.Path(folder) / "readers"
        self.socket = f"/proc/{os.getpid()}/root{PLACE}/pcscd.comm"
        self.daemon = None

    def enter(self):
        os.makedirs(PLACE, exist_ok=True)  # where tmpfs goes; outside it stays empty
        _call("unshare", CLONE_NEWNS | CLONE_NEWNET)
        _call("mount", b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
        _call("mount", b"tmpfs", PLACE.encode(), b"tmpfs", ctypes.c_ulong(0), None)
        subprocess.run([shutil.which("ip", path=PATH), "link", "set", "lo", "up"], check=True)
        self.config.write_text(f'FRIENDLYNAME "Virtual SSC"\nDEVICENAME /dev/null:0x{PORT:X}\nLIBPATH {DRIVER}\n'
                               f"CHANNELID 0x{PORT:X}\n", encoding="ascii")

    def start(self):
        if self.daemon is not None:
            return
        for left in pathlib.Path(PLACE).iterdir():  # a killed daemon's files keep the next one from starting
            left.unlink()
        self.daemon = subprocess.Popen(
            [PCSCD, "--foreground", "--config", str(self.config)], stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL))
        deadline = time.monotonic() + PATIENCE_S
        while not (os.path.exists(f"{PLACE}/pcscd.comm") and self.listens()):
            if self.daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("pcscd does not start")
            time.sleep(0.02)

    @staticmethod
    def listens():
        """Without connecting, which would put a card in: the table of listening sockets."""
        return f":{PORT:04X} 00000000:0000 0A" in pathlib.Path("/proc/self/net/tcp").read_text()

    def end(self, how):
        if self.daemon is None:
            return
        self.daemon.send_signal(how)
        self.daemon.wait(PATIENCE_S)
        self.daemon = None
