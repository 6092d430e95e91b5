# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person waits for at printer and reader: against the limits that are promised, on simulators paced like the devices.

Times begin where the station hears of something (a press on its bus, a card on the simulator's plate) and end where the
device or the face has it; what glass and paper add is in neither."""
import pathlib
import subprocess
import time

from basics import shown
from faces import spin
from figures import figure, percentile, program
from world import World, wait_until

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CERTIFIED = (1, 3, 4, 5, 6, 8, 9, 10, 13, 14, 15, 17, 18, 23, 24, 30, 31, 32)  # residents whose certification prints a slip
AWAY = "读卡的地方现在用不了"
PLUGS = 20


def receipt(build):
    return program("bench-receipt", environment={
        "BIANMIN_ASSETS": SOURCE / "assets", "BIANMIN_SHEETS": SOURCE / "tests/fixtures/sheets",
        "BIANMIN_LOCALE": pathlib.Path(build).resolve() / "po", "LANGUAGE": "zh_CN", "LANG": "C.UTF-8"})(build)


def player_of(world):
    from steps import Player

    world.begin()
    player = Player(world, "station")
    player.open_faces()
    return player


def printed_after(world, pressed):
    """When the first byte of the sheet was with the printer: the simulator noted it, by the same clock."""
    def first():
        said = world.printer("first")
        return float(said) if said != "none" and float(said) >= pressed else None
    return wait_until(first, 15, "the first byte of a sheet")


def slip(build):
    """From the last press of a certification, by COMMIT, layout and the printer's state, to its first byte; no line to the
    centre, as nothing is to be waited for there. And on the way from each card placed to the name."""
    slips, names = [], []
    with World(build, desk=False, printer="escpos epson80") as world:
        player = player_of(world)
        player.play("line cut")
        for resident in CERTIFIED:
            for label in ("开始", "养老金认证"):
                player.press(player.hall, label)
            shown(player.hall, "card")
            placed = time.monotonic()
            world.reader(f"place {resident}")
            names.append((shown(player.hall, "confirm") - placed) * 1000)
            for line in ("press 是我", "press 知道了，继续", "press 工作人员在这里", "press 苏敏", "type 2202"):
                player.play(line)
            wait_until(lambda: (spin(0.02), "看见本人了" in player.hall.text())[1], 15, "the witness")
            pressed = time.monotonic()
            player.try_press(player.hall, "看见本人了，不是我家里人")
            slips.append((printed_after(world, pressed) - pressed) * 1000)
            player.play("the person leaves")
    return [figure(f"button to first byte p90 ({len(slips)})", percentile(slips, 0.9), "ms", 300, 1.0),
            figure("first slip of a run", slips[0], "ms", 300, 1.0),
            figure(f"ID card to the page p90 ({len(names)})", percentile(names, 0.9), "ms", 1000, 1.0)]


def plugs(build):
    """A reader drawn and put back while the page asks for a card."""
    gone, back = [], []
    with World(build, desk=False, printer="folder") as world:
        player = player_of(world)
        for label in ("开始", "养老金认证"):
            player.press(player.hall, label)
        shown(player.hall, "card")
        for _ in range(PLUGS):
            for verb, is_away, values in (("unplug", True, gone), ("replug", False, back)):
                began = time.monotonic()
                world.reader(verb)
                wait_until(lambda: (spin(0.002), (AWAY in player.hall.text()) == is_away)[1], 30, f"{verb} on the page")
                values.append((time.monotonic() - began) * 1000)
    return [figure(f"reader put in p90 ({PLUGS})", percentile(back, 0.9), "ms", 1000, 1.0),
            figure(f"reader drawn p90 ({PLUGS})", percentile(gone, 0.9), "ms", 1000, 1.0)]


def suite(build):
    """All tests of the devices on their simulators, as CI plays them."""
    began = time.monotonic()
    run = subprocess.run(["meson", "test", "-C", str(build), "--no-rebuild", "--suite", "devices"], capture_output=True, text=True)
    row = figure("the tests of the devices", time.monotonic() - began, "s", 120, 1.0)
    return [row if run.returncode == 0 else {**row, "name": "the tests of the devices: one failed", "holds": False}]


ALL = (receipt, slip, plugs, suite)
