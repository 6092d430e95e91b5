# SPDX-License-Identifier: GPL-3.0-or-later
"""The trainer's bench beside the terminal: its buttons are pressed by their accessible names."""
import time

from steps import step
from windows import WindowFace
from world import WorldError, wait_until


class BenchWindow(WindowFace):
    """The bench has a screen of its own, as a second monitor would be."""

    def start(self, fault=None):
        self.screen = {"display": self.world.start_display("xvfb-bench", "1280x800")}
        self.world.start_bench_devices()
        self.world.start("bianmin-device-bench", ["--run", self.world.run], DISPLAY=self.screen["display"],
                         DBUS_SESSION_BUS_ADDRESS=self.world.bus, GTK_A11Y="atspi")
        wait_until(self.labels, 25, "the bench to open")

    def again(self):
        if not self.world.is_running(self.name):
            raise WorldError(f"the bench ended: {self.world.tail(self.name)}")
        return False


@step(r"the trainer opens the bench")
def open_bench(player):
    player.bench = BenchWindow(player.world, "bianmin-device-bench")


@step(r"bench press (.+)")
def bench_press(player, label):
    deadline = time.monotonic() + 60
    while not player.bench.try_press(label):
        player.turn(0.05)
        if time.monotonic() > deadline:
            raise WorldError(f"no button 「{label}」 on the bench; there are: {' | '.join(player.bench.labels())}")


@step(r"bench wait for (.+)")
def bench_wait(player, text):
    wait_until(lambda: (player.turn(0.05), text in player.bench.text())[1], 15, f"the bench to say {text}")


@step(r"wait until the (reader|slot|printer|camera|microphone|scanner|line) says (\S+)")
def wait_for_state(player, device, word):
    """Asked over its control socket, past the bench."""
    wait_until(lambda: (player.turn(0.05), word in getattr(player.world, device)("state").split())[1], 15, f"the {device} to say {word}")


@step(r"the simulator of the (reader|printer|camera|microphone|scanner|line) (dies|is back)")
def simulator(player, device, what):
    program = {"reader": "sim-samv"}.get(device, f"sim-{device}")
    if what == "dies":
        player.world.stop(program, how=9)
    else:
        getattr(player.world, device)("state")
