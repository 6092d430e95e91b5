# SPDX-License-Identifier: GPL-3.0-or-later
"""A busy day with bad luck: people one after the other, power cuts at random moments, a line that flaps."""
import random
import signal

from faces import spin
from steps import Expectation
from world import WorldError, wait_until

# Residents who may be certified; the same one again is somebody who comes a second time.
PEOPLE = (1, 3, 4, 5, 6, 8, 9, 10, 13, 15, 17, 18, 23, 24, 30, 31, 32)
STEPS = ("开始", "养老金认证", None, "是我", "知道了，继续", "工作人员在这里", "苏敏", 2202, "看见本人了，不是我家里人")
TOLD = ("还没办完", "通过了", "核对", "已经记下")


class Luck:
    """When what goes wrong; the seed makes a day repeatable."""

    def __init__(self, people, cuts, flaps):
        self.random = random.Random(20261121)
        moments = people * (len(STEPS) + 1)
        self.cuts = set(self.random.sample(range(moments), cuts))
        self.flaps = [self.random.randrange(moments) for _ in range(flaps)]
        self.moment = 0
        self.is_up = True


def tick(player, luck):
    """One moment of the day passes. Returns True when the power went."""
    moment, luck.moment = luck.moment, luck.moment + 1
    for _ in range(luck.flaps.count(moment)):
        luck.is_up = not luck.is_up
        player.world.station_call(do="link", up=luck.is_up)
    if moment not in luck.cuts:
        return False
    spin(luck.random.random() * 0.15)
    player.world.stop("bianmin-stationd", signal.SIGKILL)
    player.world.start_station()
    player.hall.attach()
    return True


def shown_number(player):
    number = (player.hall.page or {}).get("number") or {}
    return number.get("figure")


def go_home(player):
    """The next person finds the first page, whatever the last one left."""
    player.world.reader("remove")
    for _ in range(12):
        spin(0.05)
        page = player.hall.page
        if page["id"] == "idle":
            return
        if page["id"] == "restarted":
            player.try_press(player.hall, page["choices"][0]["label"].replace("\n", "")) if page["choices"] else None
        elif page["frame"].get("end"):
            player.hall.intent(do="end")
        elif page["frame"].get("next"):
            player.hall.intent(do="next")
        spin(0.1)
        player.world.station_call(do="clock", advance_s=400)
    raise Expectation(f"no way back to the first page from {player.hall.page['id']}")


def press_soon(player, label):
    """Presses when the label comes, and again when the page changed under the finger, as people do; a person who
    is told something else first listens and goes on."""
    for _ in range(100):
        spin(0.03)
        before = player.hall.page["id"]
        go_on = [choice["label"].replace("\n", "") for choice in player.hall.page["choices"]
                 if choice["label"].startswith("接着办")]
        for choice in (label, "还要再报", "不用打", *go_on):
            if not player.try_press(player.hall, choice):
                continue
            for _ in range(40):
                spin(0.02)
                if player.hall.page["id"] != before:
                    break
            if choice == label and player.hall.page["id"] != before:
                return True
            break
    return False


def serve_one(player, luck, resident):
    """True when the person got as far as being told that it is recorded."""
    for step in STEPS:
        if tick(player, luck):
            return False
        if step is None:
            player.world.reader(f"place {resident}")
        elif isinstance(step, int):
            wait_until(lambda: (spin(0.02), (player.hall.page or {}).get("input"))[1], 5, "the keypad")
            player.hall.intent(do="digits", value=str(step))
        elif not press_soon(player, step):
            raise Expectation(f"resident {resident} found no 「{step}」 on:\n{player.hall.text()}")
    wait_until(lambda: (spin(0.02), any(word in player.hall.text() for word in TOLD))[1], 15, "to be told")
    return True


def serve(player, people, cuts, flaps):
    luck = Luck(people, cuts, flaps)
    told = 0
    for turn in range(people):
        told += serve_one(player, luck, PEOPLE[turn % len(PEOPLE)])
        tick(player, luck)
        go_home(player)
    player.world.station_call(do="link", up=True)
    check(player, told, people)


def check(player, told, people):
    """Everybody who was told is recorded; nobody twice; numbers grow without gap; the centre has them all, once."""
    matters = player.count("recorded")
    if not told <= matters <= people:
        raise Expectation(f"{told} people were told, {matters} matters are recorded, {people} came")
    numbers = sorted(int(row["number"][16:24]) for row in player.outbox() if row.get("number"))
    if numbers != list(range(1, matters + 1)):
        raise Expectation(f"numbers repeat or have gaps: {numbers}")

    def arrived():
        player.world.station_call(do="clock", advance_s=1000)
        spin(0.5)
        return player.count("acked") == matters
    try:
        wait_until(arrived, 60, "everything to be sent")
    except WorldError:
        raise Expectation(f"{player.count('acked')} of {matters} reached the centre") from None
    there = [row["number"] for row in player.world.platform_entries() if row["type"] == "matter"]
    if len(there) != matters or len(set(there)) != matters:
        raise Expectation(f"the centre has {len(there)} matters, {len(set(there))} numbers; the ledger has {matters}")
    print(f"{people} people, {told} told, {matters} recorded, {len(there)} at the centre")
