# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody before a real face who has only fingers, or only six keys: the face of scenarios played by "touch" or "keys".

What stands on the page is read over the bus, by a second seat that presses nothing; what is pressed is pressed on the
glass or the keyboard of an X server of its own, where the kiosk's layout log says that it lies.
"""
import json
import time

from faces import StationFace, spin
from glass import Glass
from stand import Layout
from world import WorldError, wait_until

PAUSE_S = 0.36  # the face asks for 0.3 s between presses, and after a new page
TURN_S = 1.5    # so long somebody looks for a label before turning to the next part of a page
ABOVE = ("frame-read", "frame-bigger", "frame-stop", "frame-voice")
STEP_S = 20     # a key takes this long at most to be seen


class Person:
    def __init__(self, world, means, name="bianmin-kiosk", desk=False):
        self.world, self.means, self.name, self.is_desk = world, means, name, desk
        self.deaths, self.heard = 0, 0
        place = world.folder / f"glass-{name}"
        place.mkdir()
        self.glass = Glass(place, 1280 if desk else 1080, 800 if desk else 1920).__enter__()
        self.screen = {"display": self.glass.display, "size": f"{self.glass.width}x{self.glass.height}",
                       "pitch": "0.259" if desk else "0.248"}
        self.speech_log = world.folder / f"{name}.speech"
        self.pressed_at = self.turned_at = 0.0
        self.seen = None
        world.layout = True
        self.start()
        self.seat = StationFace(world.run / ("desk" if desk else "face"))

    def close(self):
        self.glass.__exit__()

    def start(self, fault=None):
        path = self.world.folder / f"{self.name}.layout"
        path.unlink(missing_ok=True)
        self.world.start_kiosk(self.name, desk=self.is_desk, fault=fault, **self.screen)
        self.layout = Layout(path)
        self.layout.wait(lambda line: line["targets"], f"a page of {self.name}", 30)

    def look(self):
        """What the kiosk shows; a face that ended after a session is followed by a fresh one."""
        program = self.world.programs.get(self.name)
        if program is not None and program.poll() is not None:
            if program.returncode != 0:
                raise WorldError(f"{self.name} ended with {program.returncode}: {self.world.tail(self.name)}")
            self.world.programs.pop(self.name)
            self.start()
        line = self.layout.read()
        now = (line["page"], line["part"], [target["x"] for target in line["targets"]])
        if now != self.seen:
            self.seen, self.turned_at = now, time.monotonic()
        return line

    # what scenarios ask of a face

    def alive(self):
        self.seat.alive()
        self.look()

    def text(self):
        spin(0.02)
        return self.seat.text()

    @property
    def page(self):
        return self.seat.page

    @property
    def pages(self):
        return self.seat.pages

    @property
    def spoken(self):
        if not self.speech_log.exists():
            return []
        lines = self.speech_log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["sentence"] for line in lines if line.startswith("{")][self.heard:]

    def forget(self):
        self.heard += len(self.spoken)
        self.seat.forget()

    def scan(self, text):
        import xtest
        wait_until(self.is_current, 15, "the page to be shown")
        xtest.type_text(self.screen["display"], text + "\n")

    def is_current(self):
        """Whether the kiosk shows what the station has told: a person presses what she sees, not what comes next."""
        self.seat.alive()  # the station may have been started again
        spin(0.02)
        return self.look()["page"] == self.seat.page["id"]

    def press(self, label):
        looked = [time.monotonic()]

        def find():
            if not self.is_current():
                return False
            line = self.look()
            labels = [target["label"] for target in line["targets"]]
            if label in labels:
                return self.press_shown(label)
            turn = next((word for word in ("下一页", "上一页") if word in labels), None)
            if time.monotonic() - looked[0] > TURN_S and turn:
                self.press_shown(turn)
                looked[0] = time.monotonic()
            return False
        end = time.monotonic() + 60
        while not find():
            if time.monotonic() < end:
                continue
            raise WorldError(f"no 「{label}」 on {self.name}; there are: "
                             f"{[target['label'] for target in self.look()['targets']]}")

    def type_digits(self, digits):
        for digit in digits:
            self.press("点" if digit == "." else digit)

    # hands

    def sign(self, ways, has_palm):
        """Writes in the field, by shares of it; a palm comes down in the middle of the second stroke."""
        wait_until(lambda: self.is_current() and "ink" in self.look(), 15, "the field to write in")
        time.sleep(max(0, self.turned_at + PAUSE_S - time.monotonic()))
        x, y, width, height = self.look()["ink"]
        for number, way in enumerate(ways):
            for step, (share_x, share_y) in enumerate(way):
                point = x + width * share_x, y + height * share_y
                if step == 0:
                    self.glass.put(1, point)
                else:
                    self.glass.move(1, point)
                if has_palm and number == 1 and step == len(way) // 2:
                    self.glass.put(6, (x + width * 0.9, y + height * 0.95))
            self.glass.lift(1)
            time.sleep(0.05)
        self.glass.lift_all()
        self.pressed_at = time.monotonic()

    def press_shown(self, label):
        """Presses what stands there; False when the page went away meanwhile."""
        line = self.look()
        if self.means == "keys" and not self.go_to(label):
            return False
        wait = max(self.pressed_at, self.turned_at) + PAUSE_S - time.monotonic()
        if wait > 0:
            time.sleep(wait)
            if label not in [target["label"] for target in self.look()["targets"]]:
                return False
        if self.means == "keys":
            if self.look()["focused"] != label:
                return False
            self.glass.key("ok")
        else:
            self.glass.tap(self.layout.centre(label))
        self.pressed_at = time.monotonic()
        if len(label) > 1:
            self.wait_for_effect(line)
        return True

    def wait_for_effect(self, before):
        """Somebody looks up before the next press. Not every press changes something."""
        end = time.monotonic() + 1
        while time.monotonic() < end and self.look()["targets"] == before["targets"]:
            spin(0.02)

    def go_to(self, label):
        """By left and right alone: the shorter way round."""
        line = self.look()
        labels = [target["label"] for target in line["targets"]]
        page = line["page"], line["part"]
        for _ in range(len(labels) + 2):
            if line["focused"] == label:
                return True
            here = labels.index(line["focused"]) if line["focused"] in labels else None
            there = labels.index(label)
            # The question, where nothing is focused, stands between the band above and the page.
            is_above = line["targets"][there]["name"] in ABOVE
            key = "right" if (not is_above if here is None else there > here) else "left"
            before = line["focus"], line["focused"]
            self.glass.key(key, 5)
            end = time.monotonic() + STEP_S
            while (line["focus"], line["focused"]) == before and (line["page"], line["part"]) == page:
                if time.monotonic() > end:
                    raise WorldError(f"{key} does not move the focus from {before} on {page}")
                time.sleep(0.005)
                line = self.look()
            if (line["page"], line["part"]) != page:
                return False
            labels = [target["label"] for target in line["targets"]]
            if label not in labels:
                return False
        raise WorldError(f"{label} is not reached by arrows on {page}: {labels}")

