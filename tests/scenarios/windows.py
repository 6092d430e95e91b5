# SPDX-License-Identifier: GPL-3.0-or-later
"""A face with a real window under Xvfb, used as a person with a screen reader would: by accessible names."""
import json
import os
import pathlib
import subprocess
import time

from world import WorldError, wait_until


class WindowFace:
    """Drives one bianmin-kiosk. The accessibility bus is the one the world started."""

    def __init__(self, world, name="bianmin-kiosk", desk=False):
        self.world, self.name, self.desk = world, name, desk
        self.deaths = 0  # by SIGKILL, as at a fault point
        self.heard = 0  # sentences of the speech log that were forgotten
        self.screen = {"display": world.display}
        if desk:  # the helper's screen is another one, landscape
            self.screen = {"size": "1280x800", "pitch": "0.259",
                           "display": world.start_display("xvfb-desk", "1280x800")}
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = world.bus
        os.environ["DISPLAY"] = world.display
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        self.atspi = Atspi
        Atspi.init()
        self.speech_log = world.folder / f"{name}.speech"
        self.start()

    def start(self, fault=None):
        self.world.start_kiosk(self.name, desk=self.desk, fault=fault, **self.screen)
        wait_until(lambda: self.labels() or self.again(), 25, f"{self.name} to show a page")

    def again(self):
        """What a supervisor does: a face that ended after a session is followed by a fresh one."""
        program = self.world.programs.get(self.name)
        if program is not None and program.poll() is not None:
            if program.returncode not in (0, -9):
                raise WorldError(f"{self.name} ended with {program.returncode}: {self.world.tail(self.name)}")
            self.deaths += program.returncode == -9
            self.world.programs.pop(self.name)
            self.world.start_kiosk(self.name, desk=self.desk, **self.screen)
        return False

    def application(self):
        desktop = self.atspi.get_desktop(0)
        program = self.world.programs.get(self.name)
        pid = program.pid if program else None
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            try:
                if child is not None and child.get_process_id() == pid:
                    child.clear_cache()  # nobody turns a main loop here that would tell the cache of changes
                    return child
            except Exception:
                continue
        return None

    def walk(self, node=None):
        if node is None:
            node = self.application()
            if node is None:
                return
        try:
            yield node
            count = node.get_child_count()
        except Exception:
            return
        for index in range(count):
            try:
                child = node.get_child_at_index(index)
            except Exception:
                continue
            if child is not None:
                yield from self.walk(child)

    def labels(self):
        """Accessible names in reading order."""
        found = []
        for node in self.walk():
            try:
                name = node.get_name()
            except Exception:
                continue
            if name and name not in found:
                found.append(name)
        return found

    def text(self):
        """Everything that stands on the page, as a screen reader finds it."""
        self.again()
        return "\n".join(name.replace("\n", "") for name in self.labels())

    def alive(self):
        self.again()

    def press(self, label):
        """Presses what bears this name; where the page was split, turns to its next part as a person would."""
        looked, deaths = [time.monotonic()], self.deaths

        def find():
            self.again()
            if self.try_press(label):
                return True
            # A face that died of the press: its last word arrived, and the page went on, or it is pressed once more.
            shown = self.labels()
            if self.deaths > deaths and len(shown) > 4 and label not in shown:
                return True
            if time.monotonic() - looked[0] > 1.5 and (self.try_press("下一页") or self.try_press("上一页")):
                looked[0] = time.monotonic()
            return False
        try:
            wait_until(find, 15, label)
        except WorldError:
            raise WorldError(f"no button 「{label}」 on {self.name}; there are: {' | '.join(self.labels())}") from None
        time.sleep(0.05)

    def try_press(self, label):
        for node in self.walk():
            try:
                if node.get_name().replace("\n", "") != label or node.get_n_actions() == 0:
                    continue
                for index in range(node.get_n_actions()):
                    if node.get_action_name(index) in ("click", "activate", "press"):
                        return node.do_action(index)
            except Exception:
                continue
        return False

    def type_digits(self, digits):
        for digit in digits:
            self.press("点" if digit == "." else digit)

    @property
    def spoken(self):
        if not self.speech_log.exists():
            return []
        lines = self.speech_log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["sentence"] for line in lines if line.startswith("{")][self.heard:]

    def forget(self):
        self.heard += len(self.spoken)

    def write(self, letters):
        """Pinyin as fingers type it; a space takes the first candidate."""
        import xtest
        for word in letters.split():
            xtest.type_text(self.screen["display"], word + " ", gap=0.07)
            time.sleep(0.2)

    def scan(self, text):
        """What a keyboard scanner does: types fast, and ends with Return."""
        import xtest
        xtest.type_text(self.screen["display"], text + "\n")

    def scan_half(self, text):
        """It types on, and no Return comes. As for fingers, a while passes before the next key."""
        import xtest
        xtest.type_text(self.screen["display"], text[:len(text) // 2])
        time.sleep(1)

    def type_slowly(self, text):
        import xtest
        xtest.type_text(self.screen["display"], text, gap=0.15)

    def shot(self, path):
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-window", "root", str(path)], check=True,
                       env={**os.environ, "DISPLAY": self.screen["display"]})
