# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a scenario sentence by sentence; the sentences are in sentences/, README.md explains them to everybody."""
import re
import time

from faces import StationFace, spin
from world import WorldError, wait_until

STEPS = []
HANDS = ("touch", "keys")  # modes played on glass and keys of an X server, with nothing else
FRAME_BUTTONS = {"上一步": "back", "叫人帮忙": "help", "字大一点": "bigger", "换个颜色": "bigger", "读给我听": "read",
                 "放低一点": "lower", "放回上面": "lower"}


class Expectation(Exception):
    """The scenario expected something that is not so."""


def step(pattern):
    def remember(function):
        STEPS.append((re.compile(pattern + r"$"), function))
        return function
    return remember


class Player:
    """Plays one scenario against one world, through the station's bus or through real windows."""

    def __init__(self, world, mode):
        self.world, self.mode = world, mode
        self.hall = self.desk = None
        self.names = {}
        self.fault_count = 0

    def open_faces(self):
        if self.mode in HANDS:
            from person import Person
            self.hall = Person(self.world, self.mode)
        elif self.mode == "face":
            from windows import WindowFace
            self.world.start_display()
            self.world.start_bus()
            self.hall = WindowFace(self.world)
        else:
            self.hall = StationFace(self.world.run / "face")

    def desk_face(self):
        if self.desk is None:
            if self.mode in HANDS:
                from person import Person
                self.desk = Person(self.world, self.mode, "bianmin-desk", desk=True)
            elif self.mode == "face":
                from windows import WindowFace
                self.desk = WindowFace(self.world, "bianmin-desk", desk=True)
            else:
                self.desk = StationFace(self.world.run / "desk")
        return self.desk

    def close(self):
        """The displays that are not the world's."""
        for face in (self.hall, self.desk):
            if hasattr(face, "close"):
                face.close()

    def play(self, line):
        for pattern, function in STEPS:
            match = pattern.match(line)
            if match:
                function(self, *match.groups())
                return
        raise Expectation(f"no such sentence: {line}")

    # reading and pressing, on either kind of face

    def turn(self, seconds=0.03):
        if isinstance(self.hall, StationFace) or isinstance(self.desk, StationFace):
            spin(seconds)
        else:
            time.sleep(seconds)

    def wait_text(self, face, text, seconds):
        def there():
            self.turn()
            face.alive()
            return text in face.text()
        try:
            wait_until(there, seconds, text)
        except WorldError:
            raise Expectation(f"waited {seconds:g} s for 「{text}」; the page says:\n{face.text()}") from None

    def press(self, face, label):
        self.turn()
        if not isinstance(face, StationFace):
            face.press(label)
            return
        try:
            wait_until(lambda: (self.turn(), face.alive(), self.try_press(face, label))[2], 15, label)
        except WorldError:
            raise Expectation(f"no 「{label}」 to press; the page says:\n{face.text()}") from None
        self.turn(0.05)

    def try_press(self, face, label):
        page = face.page or {}
        for choice in page.get("choices", []):
            if choice["label"].replace("\n", "") == label and choice.get("state", "normal") != "off":
                face.intent(do="choose", choice=choice["id"])
                return True
        frame = page.get("frame", {})
        if label == (frame.get("cases") or "").replace("\n", "") and label:
            face.intent(do="choose", choice="cases")
        elif frame.get("end") and label == frame.get("end_label", "不办了"):
            face.intent(do="end")
        elif label == frame.get("next"):
            face.intent(do="next")
        elif label in FRAME_BUTTONS and (label != "上一步" or frame.get("back")):
            face.intent(do=FRAME_BUTTONS[label])
        else:
            for row in ((page.get("desk") or {}).get("waiting") or {}).get("rows", []):
                if row.get("act") == label and row.get("choice"):
                    face.intent(do="choose", choice=row["choice"])
                    return True
            return False
        return True

    def type_digits(self, face, digits):
        self.turn()
        if isinstance(face, StationFace):
            face.intent(do="digits", value=digits)
        else:
            face.type_digits(digits)
            face.press("好了")

    def forget(self):
        self.hall.forget()

    def outbox(self):
        return self.world.station_call(do="outbox", limit=1000)["outbox"]

    def count(self, state, kind="matter"):
        return sum(1 for row in self.outbox() if row["type"] == kind and (state == "recorded" or row["state"] == state))


import sentences  # noqa: E402, F401  (they need what stands above)
