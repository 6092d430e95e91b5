# SPDX-License-Identifier: GPL-3.0-or-later
"""A station that only shows what a test gives it, and the real bianmin-kiosk before it.

The stand speaks org.bianmin.Station1 as the station does, shows page models, and remembers every intent with the page
it was made on: exactly one action, or none, can be counted. Where things lie the kiosk says itself (--layout-log).
"""
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/scenarios"))

import gi  # noqa: E402

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

PATH = "/org/bianmin/Station"
IDLE_INTENTS = ("activity", "read")
FIXTURES = SOURCE / "tests/fixtures/pages"


class StandError(Exception):
    """The kiosk did not do what the test needs before it can begin to judge."""


def fixture(name, **changes):
    """The model of a fixture page, with other values at its top."""
    model = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    model.update(changes)
    return model


def fixture_names():
    return sorted(path.stem for path in FIXTURES.glob("*.json"))


class Layout:
    """What the kiosk wrote down last: page, part, focus and targets."""

    def __init__(self, path):
        self.path, self.line, self.size, self.count = pathlib.Path(path), None, 0, 0

    def read(self):
        if self.path.exists() and self.path.stat().st_size > self.size:
            with open(self.path, encoding="utf-8") as stream:
                stream.seek(self.size)
                text = stream.read()
            whole, _, _ = text.rpartition("\n")
            if whole:
                self.size += len(whole.encode()) + 1
                self.line = json.loads(whole.splitlines()[-1])
                self.count += len(whole.splitlines())
        return self.line

    def wait(self, condition, what, seconds=15):
        end = time.monotonic() + seconds
        while True:
            line = self.read()
            if line is not None and condition(line):
                return line
            if time.monotonic() > end:
                raise StandError(f"waited {seconds} s for {what}; the page is {json.dumps(line, ensure_ascii=False)[:600]}")
            time.sleep(0.01)

    def target(self, name):
        """The box of what bears this name or label: x, y, width, height."""
        for target in (self.read() or {}).get("targets", []):
            if name in (target["name"], target["label"]):
                return target["x"], target["y"], target["w"], target["h"]
        raise StandError(f"no {name} on {json.dumps(self.line, ensure_ascii=False)[:600]}")

    def centre(self, name):
        x, y, width, height = self.target(name)
        return x + width / 2, y + height / 2


class Stand:
    """The bus end of a station, in a thread of its own."""

    def __init__(self, socket):
        self.socket, self.rev, self.model = str(socket), 0, None
        self.intents = []  # (seconds, rev, intent)
        self.answer = None  # called with each intent that is an action; may give the next model
        self.peers = []
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        self.ready.wait(10)

    def serve(self):
        self.context.push_thread_default()
        node = Gio.DBusNodeInfo.new_for_xml((SOURCE / "app/bus/org.bianmin.Station1.xml").read_text(encoding="utf-8"))
        self.interface = node.lookup_interface("org.bianmin.Station1")
        self.server = Gio.DBusServer.new_sync(f"unix:path={self.socket}", Gio.DBusServerFlags.NONE, Gio.dbus_generate_guid(),
                                              None, None)
        self.server.connect("new-connection", self.on_connection)
        self.server.start()
        self.ready.set()
        self.loop.run()
        self.server.stop()
        self.context.pop_thread_default()

    def on_connection(self, _server, connection):
        self.peers.append(connection)
        connection.register_object(PATH, self.interface, self.on_call, None, None)
        return True

    def on_call(self, connection, _sender, _path, _interface, method, parameters, invocation):
        if method == "Attach":
            invocation.return_value(GLib.Variant("(s)", ("hall",)))
            self.tell(connection)
            return
        rev, text = parameters.unpack()
        invocation.return_value(None)
        intent = json.loads(text)
        self.intents.append((time.monotonic(), rev, intent))
        if self.answer is not None and intent["do"] not in IDLE_INTENTS:
            model = self.answer(intent)
            if model is not None:
                self.model, self.rev = model, self.rev + 1
                self.tell(connection)

    def tell(self, connection):
        if self.model is not None:
            connection.emit_signal(None, PATH, "org.bianmin.Station1", "Page",
                                   GLib.Variant("(ts)", (self.rev, json.dumps(self.model, ensure_ascii=False))))

    def show(self, model):
        """A page, from now on; what was pressed before is forgotten."""
        done = threading.Event()

        def tell():
            self.model, self.rev = model, self.rev + 1
            for peer in self.peers:
                if not peer.is_closed():
                    self.tell(peer)
            done.set()
            return False
        source = GLib.idle_source_new()
        source.set_callback(lambda *_: tell())
        source.attach(self.context)
        done.wait(10)
        return time.monotonic()

    def actions(self, since=0.0):
        return [intent for at, _, intent in list(self.intents) if intent["do"] not in IDLE_INTENTS and at >= since]

    def close(self):
        self.loop.quit()
        self.thread.join(5)


class Kiosk:
    """One bianmin-kiosk before a stand."""

    def __init__(self, build, folder, display, width, height, pitch, *more):
        self.folder = pathlib.Path(folder)
        self.stand = Stand(self.folder / "face")
        self.layout = Layout(self.folder / "layout")
        self.log = open(self.folder / "kiosk.log", "ab")
        environment = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "ASAN_OPTIONS")}
        environment.update(DISPLAY=display, LANG="C.UTF-8", LANGUAGE="zh_CN", BIANMIN_ASSETS=str(SOURCE / "assets"),
                           BIANMIN_LOCALE=str(pathlib.Path(build) / "po"), GSETTINGS_BACKEND="memory", GTK_A11Y="none",
                           G_DEBUG="fatal-criticals", XDG_RUNTIME_DIR=str(self.folder), GDK_DEBUG="gl-disable",
                           GSK_RENDERER="cairo")
        self.program = subprocess.Popen(
            [str(pathlib.Path(build) / "ui/bianmin-kiosk"), "--socket", str(self.folder / "face"), "--size",
             f"{width}x{height}", "--pitch", str(pitch), "--mute", "--layout-log", str(self.layout.path), *more],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment, start_new_session=True)

    def show(self, model):
        """A page that has been on the screen long enough to be pressed."""
        self.stand.show(model)
        self.layout.wait(lambda line: line["page"] == model["id"], model["id"])
        time.sleep(0.32)
        self.stand.intents.clear()

    def said(self):
        """Warnings of the kiosk."""
        return (self.folder / "kiosk.log").read_text(errors="replace").strip()

    def close(self):
        if self.program.poll() is None:
            self.program.terminate()
        try:
            code = self.program.wait(10)
        except subprocess.TimeoutExpired:
            self.program.kill()
            code = self.program.wait()
        self.log.close()
        self.stand.close()
        return code
