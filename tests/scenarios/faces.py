# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces without a window: they speak org.bianmin.Station1 over the station's unix sockets."""
import json
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

PATH = "/org/bianmin/Station"


def connect(socket):
    return Gio.DBusConnection.new_for_address_sync(
        f"unix:path={socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)


def spin(seconds):
    """Lets signals arrive for a while."""
    context = GLib.MainContext.default()
    end = time.monotonic() + seconds
    while context.iteration(False) or time.monotonic() < end:
        if not context.pending():
            time.sleep(0.005)
        if time.monotonic() >= end:
            break


class ControlFace:
    """bianmin-ctl's seat at the bus."""

    def __init__(self, socket):
        self.connection = connect(socket)

    def is_closed(self):
        return self.connection.is_closed()

    def call(self, request):
        reply = self.connection.call_sync(
            None, PATH, "org.bianmin.Control1", "Call", GLib.Variant("(s)", (json.dumps(request),)),
            GLib.VariantType("(s)"), Gio.DBusCallFlags.NONE, 30000, None)
        return json.loads(reply.unpack()[0])


class StationFace:
    """A face that shows nothing and remembers everything: what a person would have read and heard."""

    def __init__(self, socket, on_page=None):
        self.socket = socket
        self.on_page = on_page
        self.connection = None
        self.rev = 0
        self.page = None
        self.pages = []
        self.spoken = []
        self.ended = []
        self.attach()

    def attach(self, seconds=15):
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.connection = connect(self.socket)
                break
            except GLib.Error:
                if time.monotonic() > deadline:
                    raise
                spin(0.05)
        self.connection.signal_subscribe(
            None, "org.bianmin.Station1", None, PATH, None, Gio.DBusSignalFlags.NONE, self._on_signal)
        self.seat = self.connection.call_sync(
            None, PATH, "org.bianmin.Station1", "Attach", None, GLib.VariantType("(s)"),
            Gio.DBusCallFlags.NONE, 15000, None).unpack()[0]
        spin(0.02)

    def _on_signal(self, _connection, _sender, _path, _interface, signal, parameters):
        values = parameters.unpack()
        if signal == "Page":
            before = self.page
            self.rev, self.page = values[0], json.loads(values[1])
            self.pages.append(self.page)
            plugged = self.page["settings"].get("has_headphone") and not (before or self.page)["settings"].get("has_headphone")
            if before is None or before.get("speech") != self.page.get("speech") or plugged and self.page.get("is_private"):
                settings = self.page["settings"]
                if settings["is_spoken"] and (not self.page.get("is_private") or settings.get("has_headphone")):
                    self.spoken += self.page["speech"]
            if self.on_page:
                self.on_page(self.page)
        elif signal == "Ended":
            self.ended.append(values[0])

    def alive(self):
        if self.connection is None or self.connection.is_closed():
            self.attach()

    def intent(self, rev=None, **intent):
        self.alive()
        intent["version"] = 1
        try:
            self.connection.call_sync(
                None, PATH, "org.bianmin.Station1", "Intent",
                GLib.Variant("(ts)", (self.rev if rev is None else rev, json.dumps(intent))), None,
                Gio.DBusCallFlags.NONE, 15000, None)
        except GLib.Error:
            if not self.connection.is_closed():
                raise

    def forget(self):
        self.pages.clear()
        self.spoken.clear()

    def scan(self, text):
        self.intent(do="scan", value=text)

    def text(self):
        """Everything that stands on the page, as one string; a line break inside a sentence does not count."""
        return page_text(self.page)


def page_text(page):
    parts = []

    def walk(value, key=""):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name not in ("id", "template", "icon", "picture", "photo", "tint", "kind", "state", "qr", "choice", "speech",
                                "settings", "earcon", "version"):
                    walk(inner, name)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, key)
        elif isinstance(value, str):
            parts.append(value)

    walk(page or {})
    return "\n".join(part.replace("\n", "") for part in parts)
