# SPDX-License-Identifier: GPL-3.0-or-later
"""A month's counts, as an operator gets them: a table of numbers of which nobody can be made out."""
import csv

from steps import step
from world import wait_until


def ask(player, month, *arguments):
    return player.world.call("bianmin-ctl", "--config", player.world.config, "--month", month, *arguments, "indicators",
                             check=False)


@step(r"the indicators of (\d{4}-\d{2}) are written")
def write(player, month):
    """Waits: after a clock was moved the station may know the day only when it heard the centre again."""
    path = player.world.folder / f"{month}.csv"
    wait_until(lambda: (player.turn(0.2), ask(player, month, "--csv", path).returncode == 0)[1], 25, f"{path.name}")
    with open(path, encoding="utf-8", newline="") as file:
        player.indicators = {(row["service"], row["measure"]): row for row in csv.DictReader(file)}
    assert all(row["month"] == month for row in player.indicators.values())


@step(r"the indicators of (\d{4}-\d{2}) are (?:refused|told) with (.+)")
def refused(player, month, text):
    path = player.world.folder / f"{month}.csv"

    def told():
        player.turn(0.2)
        run = ask(player, month, "--csv", path)
        assert run.returncode == 0 or not path.exists()
        return text in run.stdout + run.stderr
    wait_until(told, 25, text)


@step(r"expect the indicators count (\d+) (\w+) of (\S+)(?: by (\S+))?")
def counts(player, number, measure, service, basis):
    row = player.indicators.get((service, measure))
    assert row is not None, f"no {measure} of {service}: {sorted(player.indicators)}"
    assert (row["value"], row["basis"]) == (number, basis or ""), row


@step(r"expect the indicators say nothing of (\S+)")
def silent(player, service):
    assert service not in {of for of, _ in player.indicators}, player.indicators
