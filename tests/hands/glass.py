# SPDX-License-Identifier: GPL-3.0-or-later
"""A touch screen: Xorg with the dummy video driver and fingers of the inputtest driver.

The kiosk on it receives true XI2 touches, several at a time, which XTest cannot send. Fingers and keys are sent over
the drivers' sockets; each socket is connected once and kept, since a second connection makes Xorg spin for ever.
"""
import contextlib
import os
import pathlib
import signal
import socket
import struct
import subprocess
import time

MODES = {
    (1080, 1920): "176.50 1080 1168 1280 1480 1920 1921 1924 1989",
    (1280, 800): "83.50 1280 1352 1480 1680 800 803 809 831",
}
CONFIG = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
  Option "BlankTime" "0"
EndSection
Section "Device"
  Identifier "video"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-200.0
  Modeline "{width}x{height}" {mode}
EndSection
Section "Screen"
  Identifier "screen"
  Device "video"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "{width}x{height}"
    Virtual {width} {height}
  EndSubSection
EndSection
{devices}
Section "ServerLayout"
  Identifier "layout"
  Screen "screen"
  InputDevice "touch"
  InputDevice "keyboard" "CoreKeyboard"
  InputDevice "pointer" "CorePointer"
EndSection
"""
DEVICE = """
Section "InputDevice"
  Identifier "{name}"
  Driver "inputtest"
  Option "SocketPath" "{path}"
  Option "DeviceType" "{kind}"
  {more}
EndSection
"""
DEVICES = (("touch", "Touch", 'Option "TouchCount" "10"'), ("keyboard", "Keyboard", 'Option "XkbRules" "evdev"'),
           ("pointer", "PointerAbsolute", ""))
# xf86-input-inputtest-protocol.h
CLIENT_VERSION, WAIT_FOR_SYNC, KEY, TOUCH = 0, 1, 5, 6
SERVER_VERSION, SYNC_FINISHED = 0, 1
BEGIN, UPDATE, END = 18, 19, 20
VALUATORS = 64
RANGE = 65535
KEYS = {"up": 111, "down": 116, "left": 113, "right": 114, "ok": 36, "help": 67, "read": 68}


class GlassError(Exception):
    """The X server or a driver does not do what it should."""


class Driver:
    """One connection to one device of the inputtest driver."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(15)
        self.socket.connect(str(path))
        self.send(CLIENT_VERSION, struct.pack("<HH", 1, 1))
        if self.receive() != SERVER_VERSION:
            raise GlassError(f"{path} does not tell its version")

    def send(self, kind, body=b""):
        self.socket.sendall(struct.pack("<II", 8 + len(body), kind) + body)

    def receive(self):
        data = b""
        while len(data) < 8 or len(data) < struct.unpack_from("<I", data)[0]:
            part = self.socket.recv(4096)
            if not part:
                raise GlassError("the X server closed the device")
            data += part
        return struct.unpack_from("<I", data, 4)[0]

    def sync(self):
        """Returns when the server has taken everything that was sent."""
        self.send(WAIT_FOR_SYNC)
        if self.receive() != SYNC_FINISHED:
            raise GlassError("no end of the events")

    def close(self):
        self.socket.close()


class Glass:
    """The screen with its fingers; use as a context manager."""

    def __init__(self, folder, width=1080, height=1920):
        self.folder, self.width, self.height = pathlib.Path(folder), width, height
        self.down = {}

    def __enter__(self):
        config = self.folder / "xorg.conf"
        devices = "".join(DEVICE.format(name=name, path=self.folder / f"{name}.sock", kind=kind, more=more)
                          for name, kind, more in DEVICES)
        config.write_text(CONFIG.format(width=self.width, height=self.height, mode=MODES[self.width, self.height],
                                        devices=devices), encoding="utf-8")
        reading, writing = os.pipe()
        log = open(self.folder / "xorg.out", "ab")
        self.server = subprocess.Popen(
            ["Xorg", "-displayfd", str(writing), "-config", str(config), "-logfile", str(self.folder / "xorg.log"),
             "-nolisten", "tcp", "-noreset", "-novtswitch", "-sharevts", "-s", "0"], pass_fds=(writing,),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        os.close(writing)
        log.close()
        with os.fdopen(reading) as stream:
            number = stream.readline().strip()
        if not number:
            raise GlassError("Xorg did not start: " + (self.folder / "xorg.out").read_text(errors="replace")[-800:])
        self.display = ":" + number
        self.touch = Driver(self.folder / "touch.sock")
        self.keyboard = Driver(self.folder / "keyboard.sock")
        return self

    def __exit__(self, *error):
        for driver in (self.touch, self.keyboard):
            with contextlib.suppress(OSError):
                driver.close()
        self.server.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.server.wait(5)
        if self.server.poll() is None:
            self.server.kill()
            self.server.wait()

    # fingers

    def finger(self, number, kind, x, y):
        """One finger comes down, moves or is lifted at a point of the screen, and the server knows it."""
        values = [0.0] * VALUATORS
        values[0] = min(max(x, 0), self.width - 1) * RANGE / (self.width - 1)
        values[1] = min(max(y, 0), self.height - 1) * RANGE / (self.height - 1)
        body = (struct.pack("<II", number, kind) + struct.pack("<I8s4x", 0, bytes([3]))
                + struct.pack(f"<{VALUATORS}d", *values) + bytes(8 * VALUATORS))
        self.touch.send(TOUCH, body)
        self.touch.sync()
        if kind == END:
            self.down.pop(number, None)
        else:
            self.down[number] = (x, y)
        return time.monotonic()

    def put(self, number, point):
        return self.finger(number, BEGIN, *point)

    def move(self, number, point):
        return self.finger(number, UPDATE, *point)

    def lift(self, number):
        return self.finger(number, END, *self.down[number])

    def tap(self, point, ms=80, number=1):
        self.put(number, point)
        time.sleep(ms / 1000)
        return self.lift(number)

    def drag(self, start, end, number=1, steps=4):
        self.put(number, start)
        for step in range(1, steps + 1):
            self.move(number, tuple(a + (b - a) * step / steps for a, b in zip(start, end)))
        return self.lift(number)

    def lift_all(self):
        for number in list(self.down):
            self.lift(number)

    # keys

    def set_key(self, name, is_down):
        self.keyboard.send(KEY, struct.pack("<iI", KEYS[name], int(is_down)))
        self.keyboard.sync()

    def key(self, name, ms=20):
        self.set_key(name, True)
        time.sleep(ms / 1000)
        self.set_key(name, False)
