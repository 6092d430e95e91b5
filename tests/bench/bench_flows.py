# SPDX-License-Identifier: GPL-3.0-or-later
"""./bianmin bench flows: what a matter asks of a person: taps, pages, words to type, and how long an elder takes.

Each service is done once by oneself against a real station without a line, and counted from the pages that the station sent.
The way of each is written below; a service of assets/catalogue without one is a row that falls short. Domain §1.1 row 29
allows seven pages, and §6 gives an appeal seven of its own besides card, person, notice and end: the bar is for a matter's
own pages, all of them together are told. An elder hears each page up to the answer that is wanted before a finger moves: the
seconds are those that the station's own voice takes, plus what hands take, until the page that says what came of it."""
import json
import pathlib
import subprocess
import time

from figures import figure
from steps import Player
from world import SOURCE, World, wait_until

PAGES = 7        # domain §1.1 row 29: no service needs more, from the first question on
TAPS = 3         # from the first page to the matter's own first page
TO_FIND = 3      # behind the last tile, through its group
APPEAL_S = 180   # domain §1.1 row 9
TAP_S, CARD_S = 2.5, 8.0  # a hand that shakes finds the button; the card is found and laid down
RATE = 22050 * 2  # bytes a second of what the face plays: ui/speech/player.h
COMMON = ("card", "confirm", "notice", "result")  # every matter has these: who it is, what for, what came of it
KEYED = ("digits", "amount", "date", "desk-text")  # what has keys; letters are typed at the desk alone

WITNESS = ("desk press 看见本人了", "desk type 2202")
# From the first page to the matter, then the matter up to the page that says what came of it.
WAYS = {
    "cert.pension": (("press 开始", "press 养老金认证"),
                     ("place card 1", "press 是我", "press 现在办", "press 知道了，继续", "wait for 工作人员过来看看您本人", *WITNESS,
                      "wait for 还没办完")),
    "cert.elder80": (("press 开始", "find 高龄津贴年审"),
                     ("place card 3", "press 是我", "press 知道了，继续", "press 是", "tap 没有变化", "wait for 工作人员过来看看您本人",
                      *WITNESS, "wait for 还没办完")),
    "cert.disabled": (("press 开始", "find 残疾补贴复核"),
                      ("place card 21", "press 是我", "press 知道了，继续", "press 是", "tap 没有变化", "wait for 工作人员过来看看您本人",
                       *WITNESS, "wait for 还没办完")),
    "query.pension": (("press 开始", "press 看钱到没到"), ("place card 4", "press 是我", "wait for 到11月18日为止")),
    "query.civil": (("press 开始", "find 民政补贴查询"), ("place card 24", "press 是我", "wait for 到11月18日为止")),
    "query.agri": (("press 开始", "find 惠农补贴查询"), ("place card 4", "press 是我", "wait for 到11月18日为止")),
    "query.medical": (("press 开始", "find 医保查询"), ("place card 1", "press 是我", "wait for 还没有缴")),
    "query.case": (("press 开始", "press 我的事办到哪了"), ("place card 4", "press 是我", "wait for 本站还没有您办的事")),
    "query.uses": (("press 开始", "find 谁用过我的数据"),
                   ("place card 4", "press 是我", "wait for 这里没有别人")),
    "req.elder80": (("press 开始", "find 高龄津贴申请"),
                    ("place card 9", "press 是我", "press 知道了，继续", "press 是", "press 不拍了，请工作人员", "press 没有别的",
                     "press 发到社保卡", "press 同意", "press 对，交上去", "wait for 还没办完")),
    "req.homevisit": (("press 开始", "find 上门服务预约"),
                      ("place card 3", "press 是我", "press 知道了，继续", "tap 养老金认证", "tap 卧床", "tap 11月24日 周二上午",
                       "press 村里有我的电话", "press 对，交上去", "wait for 给您记下了")),
    "req.appeal": (("press 开始", "press 反映问题"),
                   ("press 没有危险", "tap 求帮忙", "tap 路", "press 我们组", "tap 这几天", "tap 修好", "place card 28", "press 是我",
                    "press 知道了，继续", "press 对，交上去", "wait for 给您记下了")),
}


def asked(page):
    """What makes a page another one for who stands before it."""
    return page["template"], page.get("title"), page.get("question"), page.get("said")


class Shown:
    """One page as the person had it: as it came first, as it stood last, and what was pressed on it."""

    def __init__(self, page):
        self.first = self.last = page
        self.pressed = []

    def is_passing(self):
        """「请等一下」 while the machine works: nothing to read, nothing to do."""
        return self.first["template"] == "wait" and not self.last.get("choices")

    def heard(self):
        """What an elder hears of it: up to the answer that is wanted, then what says how to go on."""
        heard = []
        for sentence in self.first["speech"]:
            heard.append(sentence)
            if any(label in sentence for label in self.pressed):
                break
        return heard + [sentence for sentence in self.last["speech"] if self.pressed and self.last is not self.first
                        and sentence.startswith(("您选的是", "接着办"))]


def told_apart(pages):
    shown = []
    for page in pages:
        if shown and asked(shown[-1].last) == asked(page):
            shown[-1].last = page
        else:
            shown.append(Shown(page))
    return shown


def voice_seconds(world, one, number):
    """How long the face reads what is heard of a page, by the sound it made; what plays it takes it at once."""
    model, sound = world.folder / f"read-{number}.json", world.folder / f"read-{number}.pcm"
    model.write_text(json.dumps({**one.first, "speech": one.heard()}), encoding="utf-8")
    name = f"reader-{number}"
    world.start(name, ["--model", model, "--size", "1080x1920", "--pitch", "0.248",
                       "--audio-command", f"/bin/sh -c 'exec cat >>{sound}' play"],
                program=world.binary("bianmin-kiosk"), DISPLAY=world.display, GTK_A11Y="none")
    sizes = [0]

    def is_over():
        time.sleep(0.3)
        sizes.append(sound.stat().st_size if sound.exists() else 0)
        return sizes[-1] > 0 and len(set(sizes[-4:])) == 1 or len(sizes) > 20 and sizes[-1] == 0
    wait_until(is_over, 60, "the voice to end")
    world.stop(name, seconds=5)
    return sizes[-1] / RATE


def play(player, way):
    """Pages of the matter as they were shown, and taps that led to it."""
    to_matter, matter = way
    for line in to_matter:
        player.play(line)
    player.turn(0.3)
    first = len(player.hall.pages) - 1
    pressed = []
    for line in matter:
        if line.startswith(("press", "tap")):
            pressed.append((len(player.hall.pages) - 1, line.split(" ", 1)[1]))
        player.play(line)
    player.turn(0.3)
    shown = told_apart(player.hall.pages[first:])
    for index, label in pressed:
        page = player.hall.pages[index]
        for one in shown:
            if asked(one.first) == asked(page):
                one.pressed.append(label)
    return shown, sum(TO_FIND if line.startswith("find") else line.startswith(("press", "tap")) for line in to_matter) - 1


def flow(build, service, is_timed=True):
    way = WAYS.get(service)
    if way is None:
        return [{**figure(f"{service}: no way is written", 1, "", 1, 0), "holds": False}]
    with World(build) as world:
        world.begin()
        player = Player(world, "station")
        player.open_faces()
        for line in ("the platform publishes packs", "line cut", "the helper sits at the desk"):
            player.play(line)
        player.hall.forget()
        shown, taps = play(player, way)
        shown = [one for one in shown if not one.is_passing()]
        own = [one for one in shown if one.first["template"] not in COMMON]
        keyed = sum(one.first["template"] in KEYED for one in shown)
        rows = [figure(f"{service}: its own pages", len(own), "", PAGES, 1.0),
                figure(f"{service}: all pages", len(shown), "", PAGES), figure(f"{service}: taps to it", taps, "", TAPS, 1.0),
                figure(f"{service}: pages with keys", keyed, "", 1, 0)]
        if not is_timed:
            return rows
        world.start_display()
        voice = sum(voice_seconds(world, one, number) for number, one in enumerate(shown[:-1]))  # the last one says it is done
        hands = sum(CARD_S if line.startswith("place") else TAP_S for line in way[1] if line.startswith(("press", "tap", "place")))
    return [*rows, figure(f"{service}: elder's time", voice + hands, "s", APPEAL_S, 1.0)]


def services(build, is_timed=True):
    for path in sorted((SOURCE / "assets/catalogue").glob("*.json")):
        yield from flow(build, json.loads(path.read_text(encoding="utf-8"))["id"], is_timed)


def counted(build):
    """The same without the voice: counts only."""
    yield from services(build, is_timed=False)


def routing(build):
    """The sixty labelled appeals (domain §2.10), through the program an operator has."""
    appeals = [one for one in json.loads((SOURCE / "tests/fixtures/appeals.json").read_text(encoding="utf-8"))["appeals"]
               if one["half"] in ("tuned", "held")]
    places = []
    for one in appeals:
        reply = subprocess.run([str(pathlib.Path(build, "app/ctl/bianmin-ctl")), "--json", "classify", one["text"]], check=True,
                               capture_output=True, text=True, env={"BIANMIN_ASSETS": str(SOURCE / "assets"), "LANG": "C.UTF-8"})
        ranked = [row["class"] for row in json.loads(reply.stdout)["ranked"]]
        places.append(ranked.index(one["class"]) if one["class"] in ranked else 99)
    for name, most, bar in (("top-1", 1, 0.80), ("top-3", 3, 0.95)):
        yield figure(f"routing {name} of {len(appeals)}", sum(place < most for place in places), "", len(appeals), bar, "at least")


ALL = (services, routing)
COUNTED = (counted, routing)
