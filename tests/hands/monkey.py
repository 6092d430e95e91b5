#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R14: random fingers and keys on the real faces of a real station, for so many seconds.

Usage: monkey.py --build DIR --seed S --count SECONDS

Hall and desk each have a touch screen of their own (glass.py). The storm taps, drags, presses two things at once, uses the
six keys, puts cards down and takes them away, and lets time pass. A sixth of the time goes to pages alone, shown one
after the other as fast as they are painted, for what is left in memory.

Findings: a warning or worse from any program (but HARMLESS); a face that ends with anything but 0; a page without 叫人帮忙; a page from
which nobody gets back to the first one by 不办了, 上一步 or an answer; the first page not reached after the storm; more memory
than the budgets, or growing. Prints one line of JSON; exits with 1 when something was found.
"""
import argparse
import json
import pathlib
import random
import re
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "scenarios"))
from glass import Glass                                     # noqa: E402
from stand import Kiosk, Layout, StandError, fixture, fixture_names  # noqa: E402
from world import World, WorldError                         # noqa: E402

KIOSK_MB, DESK_MB = 75, 95
GROWTH_MB = 1.0          # for every 10,000 changes of page
ROUND, LEAST_ROUNDS = 12, 7
GROWTH_NOISE_MB = 0.1    # caches that fill later
SHARE_OF_PAGES = 1 / 6
RESCUE_SECONDS, RESCUE_PRESSES = 40, 40
RESIDENTS = 32
FIRST_PAGES = ("idle", "home")
# What leads out of a page, best first; then any answer.
OUT = ("frame-end", "frame-back", "frame-part-back")
COMPLAINT = re.compile(r"\*\* ?\(|-(WARNING|CRITICAL|ERROR) \*\*|Gtk-|GLib|runtime error|Sanitizer")
# GTK 4.8 counts a lift at the widget below it when the page changed under the finger, says so, and counts nothing.
HARMLESS = "Broken accounting of active state for widget"
PAUSE_S = 0.32
RESCUE_PAUSE_S = 0.5     # whoever wants to get out presses when he has seen the page, also on a slow machine


class Finding(Exception):
    """What must not be."""


def pss_mb(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss: +(\d+) kB", text, re.M).group(1)) / 1024


class Face:
    """One face on its glass, followed over its lives: after every session a fresh process takes its place."""

    def __init__(self, world, glass, name, is_desk):
        self.world, self.glass, self.name, self.is_desk = world, glass, name, is_desk
        self.presses = self.pages = 0
        self.worst_mb, self.sampled = 0.0, 0.0
        self.start()

    def start(self):
        (self.world.folder / f"{self.name}.layout").unlink(missing_ok=True)
        options = {"size": f"{self.glass.width}x{self.glass.height}", "display": self.glass.display,
                   "pitch": "0.259" if self.is_desk else "0.248"}
        self.world.start_kiosk(self.name, desk=self.is_desk, **options)
        self.layout = Layout(self.world.folder / f"{self.name}.layout")
        self.layout.wait(lambda line: line["targets"], f"a page of {self.name}", 30)
        self.pages += self.layout.count

    def alive(self):
        """Looks after it as a supervisor does; gives what is on it."""
        program = self.world.programs[self.name]
        if program.poll() is not None:
            if program.returncode != 0:
                raise Finding(f"{self.name} ended with {program.returncode}: {self.world.tail(self.name)}")
            self.world.programs.pop(self.name)
            self.start()
        before = self.layout.count
        line = self.layout.read()
        self.pages += self.layout.count - before
        if time.monotonic() - self.sampled > 1:
            self.sampled = time.monotonic()
            try:
                self.worst_mb = max(self.worst_mb, pss_mb(self.world.programs[self.name].pid))
            except (OSError, AttributeError):
                pass  # it ended just now
        return line

    def tap(self, name, ms=60):
        self.alive()
        try:
            point = self.layout.centre(name)
        except StandError:
            return False
        self.glass.tap(point, ms)
        self.presses += 1
        time.sleep(PAUSE_S)
        return True


class Monkey:
    """The storm, and what is asked of the faces now and then."""

    def __init__(self, world, faces, seed):
        self.world, self.faces, self.random = world, faces, random.Random(seed)
        self.hall = faces[0]
        self.rescues = self.helps = 0
        self.seen = set()

    def point(self, face, line):
        if line["targets"] and self.random.random() < 0.85:
            target = self.random.choice(line["targets"])
            return (target["x"] + self.random.random() * target["w"], target["y"] + self.random.random() * target["h"])
        return self.random.random() * face.glass.width, self.random.random() * face.glass.height

    def gesture(self, face, line):
        kind = self.random.random()
        glass, one, two = face.glass, self.point(face, line), self.point(face, line)
        if kind < 0.55:
            glass.tap(one, self.random.choice((5, 20, 60, 120)))
        elif kind < 0.63:
            glass.drag(one, two)
        elif kind < 0.70:
            glass.put(1, one)
            glass.put(2, two)
            for number in self.random.sample((1, 2), 2):
                glass.lift(number)
        elif kind < 0.78:
            for _ in range(4):
                glass.tap(one, 15)
        else:
            glass.key(self.random.choices(("up", "down", "left", "right", "ok", "help", "read"), (3, 4, 2, 2, 6, 1, 1))[0], 8)
        face.presses += 1
        time.sleep(self.random.choice((0.01, 0.05, 0.1, 0.33)))

    def weather(self):
        """What happens around the faces."""
        kind = self.random.random()
        if kind < 0.05:
            self.world.reader(f"place {self.random.randint(1, RESIDENTS)}")
        elif kind < 0.08:
            self.world.reader("remove")
        elif kind < 0.087:
            self.world.station_call(do="clock", advance_s=self.random.choice((20, 65, 301, 400)))
        elif kind < 0.09:
            self.world.station_call(do="link", up=self.random.random() < 0.6)

    def know_how(self, line):
        """Now and then somebody knows what to do, or the storm would never get far into a matter."""
        names = [target["name"] for target in line["targets"]]
        if line["template"] == "card":
            self.world.reader(f"place {self.random.randint(1, RESIDENTS)}")
        elif line["page"] == "witness-staff":
            self.hall.tap("苏敏")
        elif line["page"] == "witness-pin":
            for digit in "2202":
                self.hall.tap(digit)
            self.hall.tap("frame-next")
        elif "yes" in names:
            self.hall.tap("yes")
        else:
            return False
        return True

    def check_page(self, line):
        self.seen.add((line["template"], line["page"]))
        names = [target["name"] for target in line["targets"]]
        if line["page"] and not line["page"].startswith("face.") and "frame-help" not in names:
            raise Finding(f"no 叫人帮忙 on {line['page']}: {names}")

    def check_help(self):
        """叫人帮忙 is answered, wherever one is."""
        line = self.hall.alive()
        before = json.dumps(line)
        label = next((t["label"] for t in line["targets"] if t["name"] == "frame-help"), None)
        if label != "叫人帮忙":
            return
        self.helps += 1
        time.sleep(PAUSE_S)
        self.hall.tap("frame-help")
        end = time.monotonic() + 5
        while json.dumps(self.hall.alive()) == before:
            if time.monotonic() > end:
                raise Finding(f"叫人帮忙 does nothing on {line['page']}")
            time.sleep(0.05)

    def rescue(self):
        """From where the storm has led, by what stands on the page alone, back to the first page."""
        self.rescues += 1
        self.hall.glass.lift_all()
        self.world.reader("remove")
        time.sleep(PAUSE_S + 0.1)
        path, end = [], time.monotonic() + RESCUE_SECONDS
        while len(path) < RESCUE_PRESSES and time.monotonic() < end:
            line = self.hall.alive()
            if line["template"] in FIRST_PAGES:
                return
            names = [target["name"] for target in line["targets"]]
            out = [name for name in OUT if name in names]
            # Whoever went back and is where he was before takes another way now and then.
            answers = [name for name in names if not name.startswith(("frame-", "key-"))]
            if answers and (not out or path.count((line["page"], out[0])) > 1 and self.random.random() < 0.4):
                out = [self.random.choice(answers)]
            if out:
                path.append((line["page"], out[0]))
                self.hall.tap(out[0])
                time.sleep(RESCUE_PAUSE_S - PAUSE_S)
            else:
                time.sleep(0.3)
        raise Finding(f"no way to the first page from {path[0] if path else self.hall.alive()['page']}; tried {path[-12:]}")

    def storm(self, seconds):
        end, next_rescue = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            face = self.hall if self.random.random() < 0.7 else self.faces[-1]
            line = face.alive()
            if face is self.hall:
                self.check_page(line)
            if face is self.hall and self.random.random() < 0.04:
                self.check_help()
            if face is not self.hall or self.random.random() > 0.3 or not self.know_how(line):
                self.gesture(face, line)
            self.weather()
            next_rescue += 1
            if next_rescue % 80 == 0:
                self.rescue()
        self.rescue()
        time.sleep(PAUSE_S)


def sign_in(desk):
    """苏敏, 2202."""
    desk.layout.wait(lambda line: any(t["label"].startswith("苏敏") for t in line["targets"]), "the helpers' names")
    time.sleep(PAUSE_S)
    desk.tap(next(t["label"] for t in desk.layout.line["targets"] if t["label"].startswith("苏敏")))
    desk.layout.wait(lambda line: any(t["label"] == "2" for t in line["targets"]), "the PIN")
    time.sleep(PAUSE_S)
    for digit in "2202":
        desk.tap(digit)
    desk.tap("frame-next") or desk.tap("好了")


def page_changes(build, folder, glass, seconds, seed):
    """Every fixture page, over and over: (changes, PSS, growth for 10,000 changes)."""
    folder.mkdir()
    chance = random.Random(seed)
    kiosk = Kiosk(build, folder, glass.display, glass.width, glass.height, 0.248)
    names = [name for name in fixture_names() if not name.startswith("desk-")]
    # Always in one order, under two names: what a page leaves until the next one comes is then the same each time.
    models = [fixture(name) for name in chance.sample(names, ROUND)]

    samples, heap, count, end = [], [], 0, time.monotonic() + seconds
    while len(samples) < LEAST_ROUNDS or time.monotonic() < end:
        for model in models:
            page = f"{model['id']}-{len(heap) % 2}"
            kiosk.stand.show(model | {"id": page})
            kiosk.layout.wait(lambda line: line["page"] == page, page)
            count += 1
        kiosk.stand.intents.clear()
        kiosk.stand.show(models[0])
        kiosk.layout.wait(lambda line: line["page"] == models[0]["id"], "the first one")
        time.sleep(0.3)
        heap.append(kiosk.layout.read()["heap_kb"] / 1024)
        samples.append(pss_mb(kiosk.program.pid))
    code, said = kiosk.close(), kiosk.said()
    if code or said:
        raise Finding(f"pages alone: the kiosk ended with {code} and said: {said}")
    if max(samples) > KIOSK_MB:
        raise Finding(f"the kiosk takes {max(samples):.1f} MB after {count} pages")
    # The first rounds fill caches of glyphs and pictures; after them halves are compared.
    rounds = heap[2:]
    growth = min(rounds[len(rounds) // 2:]) - min(rounds[:len(rounds) // 2])
    share = len(rounds) / len(heap) / 2
    if growth > GROWTH_NOISE_MB + GROWTH_MB * count * share / 10000:
        raise Finding(f"memory grows by {growth:.1f} MB in {count * share:.0f} pages: {[round(mb, 2) for mb in heap]}")
    return {"page_changes": count, "mb": round(samples[-1], 1), "growth_kb": round(growth * 1024)}


def complaints(world):
    for name, path in world.logs.items():
        if name == "bianmin-platform" or name.startswith("sim-"):
            continue
        for text in pathlib.Path(path).read_text(errors="replace").splitlines():
            if COMPLAINT.search(text) and HARMLESS not in text:
                raise Finding(f"{name} says: {text}")


def play(build, seed, seconds, folder):
    line = {"what": "R14", "seed": seed, "seconds": seconds}
    (folder / "hall").mkdir()
    (folder / "deskglass").mkdir()
    began = time.monotonic()
    with Glass(folder / "hall") as glass, Glass(folder / "deskglass", 1280, 800) as desk_glass, \
            World(build, folder / "world", printer="pdf", keep=True) as world:
        world.layout = True
        world.begin()
        faces = [Face(world, glass, "bianmin-kiosk", False), Face(world, desk_glass, "bianmin-desk", True)]
        sign_in(faces[1])
        monkey = Monkey(world, faces, seed)
        spent = time.monotonic() - began
        try:
            monkey.storm(max(5, seconds * (1 - SHARE_OF_PAGES) - spent))
            complaints(world)
            for face, limit in zip(faces, (KIOSK_MB, DESK_MB)):
                if face.worst_mb > limit:
                    raise Finding(f"{face.name} took {face.worst_mb:.1f} MB")
        finally:
            line.update(presses=sum(face.presses for face in faces), pages=sum(face.pages for face in faces),
                        different=len(monkey.seen), rescues=monkey.rescues, helps=monkey.helps,
                        kiosk_mb=round(faces[0].worst_mb, 1), desk_mb=round(faces[1].worst_mb, 1))
        for face in faces:
            world.stop(face.name)
        line.update(page_changes(build, folder / "pages", glass, seconds * SHARE_OF_PAGES, seed))
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bianmin-monkey-"))
    try:
        line = play(options.build, options.seed, options.count, folder)
    except (Finding, StandError, WorldError) as found:
        print(f"R14: {type(found).__name__}: {found}\n    everything of it lies in {folder}", file=sys.stderr)
        print(json.dumps({"what": "R14", "seed": options.seed, "seconds": options.count, "found": 1}))
        return 1
    import shutil
    shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
