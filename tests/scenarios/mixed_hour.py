# SPDX-License-Identifier: GPL-3.0-or-later
"""An hour of mixed work while face, station and platform are killed at random moments.

The work is done over the bus; beside it a real window shows the same seat, and is what "face" means when it is
killed. The seed stands in the scenario and in what is printed, so that a bad hour can be lived through again.
"""
import json
import random
import signal
import time

from busy_day import PEOPLE
from faces import StationFace, spin
from steps import Expectation
from world import WorldError, wait_until

VICTIMS = ("face", "station", "platform")
WEIGHTS = (40, 30, 30)
HOUR_S = 3600
WITHOUT_PENSION = (11, 20, 21, 27, 28)
# What a person does who meets something on the way: the first of these that is offered.
ON_THE_WAY = ("现在办", "还要再报", "不用打", "下次再说", "知道了", "拿到了")
TOLD = ("还没办完", "通过了", "核对", "现在停着", "送到了", "还没送出去", "还没查到", "上面还没查到", "查到了", "您的事已经记下")


class PowerWent(Exception):
    """The station was killed; whoever was at the screen begins again or goes home."""


class Hour:
    def __init__(self, player, visits, kills, seed):
        self.player, self.world = player, player.world
        self.random = random.Random(seed)
        self.visits, self.kills_left = visits, kills
        self.kills = dict.fromkeys(VICTIMS, 0)
        self.told = self.recorded = 0
        self.known = {}  # seq -> state, as the ledger last said
        self.was_told = False
        self.window = None
        self.desk = None

    # the ledger's word

    def look(self):
        """Nothing that was recorded may be missing, and nothing that the centre has may be waiting again."""
        rows = {(row["epoch"], row["seq"]): row for row in self.player.outbox() if row["type"] == "matter"}
        for key, state in self.known.items():
            if key not in rows:
                raise Expectation(f"entry {key} was recorded and is gone")
            if state == "acked" and rows[key]["state"] != "acked":
                raise Expectation(f"entry {key} was at the centre and is {rows[key]['state']} again")
        self.known = {key: row["state"] for key, row in rows.items()}
        return len(rows)

    # death

    def maybe_kill(self, moments_left):
        """A kill now, with the chance that leaves all of them spread over the moments that remain."""
        if self.random.random() >= self.kills_left / max(moments_left, 1) or not self.kills_left:
            return
        self.kills_left -= 1
        victim = self.random.choices(VICTIMS, WEIGHTS)[0]
        self.kills[victim] += 1
        spin(self.random.random() * 0.15)
        getattr(self, "kill_" + victim)()

    def kill_face(self):
        self.window.again()
        self.world.stop("bianmin-kiosk", signal.SIGKILL)
        self.world.start_kiosk("bianmin-kiosk", **self.window.screen)

        def is_back():
            spin(0.05)
            self.window.again()
            question = self.player.hall.page["question"].replace("\n", "")
            return question in self.window.text()
        try:
            wait_until(is_back, 20, "the face")
        except WorldError:
            raise Expectation(f"the face is not back where it was: 「{self.player.hall.page['question']}」; it shows:\n"
                              f"{self.window.text()}") from None

    def kill_platform(self):
        self.world.stop("bianmin-platform", signal.SIGKILL)
        self.world.start_platform(init=False)

    def kill_station(self):
        before = self.player.hall.page["id"]
        self.was_told |= before in ("done", "result")  # the page was there, whether or not it was read yet
        self.world.stop("bianmin-stationd", signal.SIGKILL)
        self.world.start_station()
        self.player.hall.attach()
        if self.desk is not None:
            self.desk.attach()
        wait_until(lambda: (spin(0.05), self.player.hall.page)[1], 10, "a page after the restart")
        spin(0.3)
        self.check_restart(before)
        raise PowerWent

    def check_restart(self, before):
        """Recorded and not told is told now (invariant 14); what was not recorded is not called so."""
        is_new = self.look() > self.recorded
        text = self.player.hall.text()
        if is_new and not self.was_told and "已经记下" not in text and before not in ("goodbye", "closing", "idle"):
            raise Expectation(f"it was recorded and not told (at {before}); after the restart the page says:\n{text}")
        if not is_new and "已经记下" in text:
            raise Expectation(f"nothing was recorded, but the page says:\n{text}")

    # hands

    def moment(self):
        self.moments -= 1
        self.maybe_kill(self.moments)

    def press(self, label, follow=True):
        """Presses when it comes; deals with what comes in between, as people do."""
        face = self.player.hall
        end = time.monotonic() + 12
        while time.monotonic() < end:
            spin(0.03)
            for choice in (label, *(ON_THE_WAY if follow else ())):
                before = json.dumps(face.page)
                if not self.player.try_press(face, choice):
                    continue
                wait_change = time.monotonic() + 1.5
                while json.dumps(face.page) == before and time.monotonic() < wait_change:
                    spin(0.02)
                if choice == label and json.dumps(face.page) != before:
                    return
                break
            else:
                go_on = [c["label"] for c in face.page["choices"] if c["label"].startswith("接着办")]
                if go_on and follow:
                    self.player.try_press(face, go_on[0].replace("\n", ""))
        raise Expectation(f"there is no 「{label}」 on:\n{face.text()}")

    def wait_told(self):
        wait_until(lambda: (spin(0.02), any(word in self.player.hall.text() for word in TOLD))[1], 15,
                   f"to be told; the page says:\n{self.player.hall.text()}")
        self.was_told = True
        if self.look() <= self.recorded:
            raise Expectation(f"told, but nothing new is recorded:\n{self.player.hall.text()}")

    # work

    def begin(self, label):
        self.press("开始", follow=False)
        self.moment()
        self.press(label, follow=False)
        self.moment()

    def identify(self, resident):
        self.world.reader(f"place {resident}")
        self.moment()
        self.press("是我", follow=False)
        self.moment()

    def certification(self):
        self.begin("养老金认证")
        self.identify(self.random.choice(PEOPLE))
        for label in ("知道了，继续", "工作人员在这里", "苏敏"):
            self.press(label)
            self.moment()
        wait_until(lambda: (spin(0.02), self.player.hall.page.get("input"))[1], 8, "the keypad")
        self.player.hall.intent(do="digits", value="2202")
        self.moment()
        self.press("看见本人了，不是我家里人")
        self.moment()
        self.wait_told()
        self.moment()

    def query(self):
        self.begin("看钱到没到")
        self.identify(self.random.choice(PEOPLE))
        self.press("给我看")
        self.moment()
        self.press("打出来", follow=False)
        self.moment()

    def registered_query(self):
        self.begin("看钱到没到")
        self.identify(self.random.choice(WITHOUT_PENSION))
        self.press("登记查一查")
        self.moment()
        self.press("知道了，继续")
        self.moment()
        self.wait_told()
        self.moment()

    def appeal(self):
        self.begin("反映问题")
        self.press("没有危险", follow=False)
        self.moment()
        for label in ("求帮忙", self.random.choice(("路", "垃圾", "看病", "邻里")), "我们组", "今天", "修好"):
            self.press(label, follow=False)
            if label != "我们组":  # up to three answers act at once
                self.press("下一步", follow=False)
            self.moment()
        self.identify(self.random.choice(PEOPLE))
        self.press("知道了，继续")
        self.moment()
        self.press("对，交上去")
        self.moment()
        self.wait_told()
        self.moment()

    def any_slip(self):
        slips = [sheet["qr"] for sheet in self.world.station_call(do="sheets")["sheets"] if sheet["qr"]]
        return self.random.choice(slips) if slips else None

    def tracking(self):
        slip = self.any_slip()
        if slip is None:
            return
        self.player.hall.scan(slip)
        self.moment()
        wait_until(lambda: (spin(0.02), self.player.hall.page["id"] == "tracked")[1], 15, "the slip to be found")
        if "没查到" in self.player.hall.text():
            raise Expectation(f"a slip of this station was not found: {slip}")
        self.moment()
        self.press("知道了", follow=False)
        self.moment()

    def at_desk(self):
        slip = self.any_slip()
        if slip is None:
            return
        self.desk.alive()
        spin(0.1)
        if self.player.try_press(self.desk, "苏敏"):
            spin(0.1)
            self.desk.intent(do="digits", value="2202")
            self.moment()
        self.wait_desk("找一件")
        self.player.try_press(self.desk, "找一件")
        self.moment()
        spin(0.2)
        self.desk.intent(do="digits", value=slip.split("/")[-1].split(".")[0])
        self.moment()
        self.wait_desk("再打一张")
        self.player.try_press(self.desk, "再打一张")
        self.moment()
        spin(0.3)
        self.player.try_press(self.desk, "知道了")

    def wait_desk(self, label):
        def there():
            spin(0.03)
            return label in self.desk.text()
        wait_until(there, 10, f"「{label}」 on the desk, which says:\n{self.desk.text()}")

    WORK = ((certification, 35), (query, 15), (registered_query, 10), (appeal, 20), (tracking, 10), (at_desk, 10))
    MOMENTS = 9  # in an average visit; only spreads the kills

    # the hour

    def go_home(self):
        self.world.reader("remove")
        face = self.player.hall
        for turn in range(30):
            spin(0.15)
            page = face.page
            if page["id"] == "idle":
                return
            if page["id"] == "restarted" and page["choices"]:
                self.player.try_press(face, page["choices"][0]["label"].replace("\n", ""))
            elif page["frame"].get("end"):
                face.intent(do="end")
            elif page["frame"].get("next"):
                face.intent(do="next")
            if turn > 3:
                self.world.station_call(do="clock", advance_s=61)
        raise Expectation(f"no way back to the first page from:\n{face.text()}")

    def visit(self):
        self.was_told = False
        self.window.again()
        work = self.random.choices([kind for kind, _ in self.WORK], [weight for _, weight in self.WORK])[0]
        try:
            work(self)
        except PowerWent:
            pass
        self.told += self.was_told
        try:
            self.go_home()
        finally:
            self.recorded = self.look()

    def live(self):
        from windows import WindowFace
        self.world.start_display()
        self.world.start_bus()
        self.window = WindowFace(self.world)
        self.desk = StationFace(self.world.run / "desk")
        for done in range(self.visits):
            self.moments = (self.visits - done) * self.MOMENTS
            self.visit()
            self.world.station_call(do="clock", advance_s=HOUR_S // self.visits)
        while self.kills_left:  # what chance left over: while nobody is there
            try:
                self.maybe_kill(1)
            except PowerWent:
                self.go_home()
        self.settle()

    def settle(self):
        matters = self.look()
        if not self.told <= matters <= self.visits:
            raise Expectation(f"{self.told} were told, {matters} are recorded, {self.visits} came")

        def arrived():
            self.world.station_call(do="clock", advance_s=1000)
            spin(0.5)
            return self.player.count("acked") == matters
        try:
            wait_until(arrived, 90, "everything to be sent")
        except WorldError:
            raise Expectation(f"{self.player.count('acked')} of {matters} reached the centre") from None
        numbers = sorted(int(row["number"][16:24]) for row in self.player.outbox() if row.get("number"))
        if numbers != list(range(1, matters + 1)):
            raise Expectation(f"numbers repeat or have gaps: {numbers}")
        there = [row["number"] for row in self.world.platform_entries() if row["type"] == "matter"]
        if len(there) != matters or len(set(there)) != matters:
            raise Expectation(f"the centre has {len(there)} matters, {len(set(there))} numbers; the ledger {matters}")


def live(player, visits, kills, seed):
    hour = Hour(player, visits, kills, seed)
    try:
        hour.live()
    except Exception as error:
        raise Expectation(f"seed {seed}, after {sum(hour.kills.values())} kills: {error}") from error
    if sum(hour.kills.values()) != kills:
        raise Expectation(f"{hour.kills} are not {kills} kills")
    print(f"seed {seed}: {visits} visits, kills {hour.kills}, {hour.told} told, {len(hour.known)} recorded and at the centre")
