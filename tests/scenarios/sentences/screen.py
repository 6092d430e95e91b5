# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about people at the screen."""
import base64
import json
import pathlib
import time

from faces import StationFace
from steps import Expectation, step
from world import WorldError, wait_until


@step(r"(desk )?press (?!stale )(.+)")
def press(player, desk, label):
    player.press(player.desk_face() if desk else player.hall, label)


@step(r"tap (.+)")
def tap(player, label):
    """Chooses one of four and more, and goes on; with up to three the choice itself goes on."""
    player.press(player.hall, label)
    player.press(player.hall, "下一步")


GROUPS = {"allowance": "补贴、津贴", "farm": "种地", "medical": "看病、医保", "family": "家里的事", "village": "村里的事", "other": "别的事"}


@step(r"find (\S+)")
def find_matter(player, label):
    """From the first page."""
    player.press(player.hall, "申请补贴、办别的")
    choose_matter(player, label)


@step(r"choose the matter (\S+)")
def choose_matter(player, label):
    open_group(player, label)
    player.press(player.hall, label)


@step(r"look where (\S+) stands")
def look_where(player, label):
    player.press(player.hall, "申请补贴、办别的")
    open_group(player, label)


def open_group(player, label):
    """Behind the last tile, the page that the matter stands on: groups are asked first when many files are shipped."""
    player.wait_text(player.hall, "您想办哪一样", 15)
    player.turn(0.3)
    if label not in player.hall.text():
        player.press(player.hall, GROUPS[group_of(player.world, label)])


def group_of(world, label):
    for path in sorted(pathlib.Path(world.catalogue).glob("*.json")):
        service = json.loads(path.read_text(encoding="utf-8"))
        if service["label"]["zh_CN"] == label:
            return service["home"]["group"]
    raise WorldError(f"no file of the catalogue is called {label}")


@step(r"(desk )?type (\d+(?:\.\d+)?)")
def type_digits(player, desk, digits):
    player.type_digits(player.desk_face() if desk else player.hall, digits)


@step(r"desk write ([a-z ]+) as (.+)")
def desk_write(player, letters, words):
    """Words for the person in the hall: pinyin by real keys, the first candidate each; on the bus, the words."""
    desk = player.desk_face()
    player.turn()
    if isinstance(desk, StationFace):
        desk.intent(do="text", text=words)
        return
    desk.write(letters)
    player.wait_text(desk, words, 5)
    desk.press("写好了")


NAME = [[(0.2 + 0.012 * step + 0.2 * stroke, 0.3 + 0.03 * (step % 7)) for step in range(18)] for stroke in range(3)]


@step(r"sign( with a palm on the glass)?")
def sign(player, palm):
    """Three strokes with a finger, then 写好了; on the bus, the strokes."""
    from strokes import write_strokes
    player.turn()
    player.hall.alive()
    if not isinstance(player.hall, StationFace):
        player.hall.sign(NAME, bool(palm))
        player.press(player.hall, "写好了")
        return
    strokes = [[(int(x * 23000), int(y * 12000), 8 * (step + 30 * stroke)) for step, (x, y) in enumerate(way)]
               for stroke, way in enumerate(NAME)]
    player.hall.intent(do="sign", strokes=base64.b64encode(write_strokes(strokes)).decode())


@step(r"press stale (.+)")
def press_stale(player, label):
    choice = next(choice["id"] for choice in player.hall.page["choices"] if choice["label"].replace("\n", "") == label)
    player.hall.intent(rev=max(player.hall.rev - 1, 0), do="choose", choice=choice)


@step(r"(desk )?wait for (?!\d+ sheets?\b)(.+?)(?: within (\d+) seconds)?")
def wait_for(player, desk, text, seconds):
    player.wait_text(player.desk_face() if desk else player.hall, text, float(seconds or 15))


@step(r"wait until nothing says (.+)")
def wait_until_gone(player, text):
    wait_until(lambda: (player.turn(), player.hall.alive(), text not in player.hall.text())[2], 15, f"no 「{text}」")


@step(r"(desk )?expect text (.+)")
def expect_text(player, desk, text):
    player.wait_text(player.desk_face() if desk else player.hall, text, 3)


@step(r"(desk )?expect no text (.+)")
def expect_no_text(player, desk, text):
    player.turn(0.1)
    face = player.desk_face() if desk else player.hall
    if text in face.text():
        raise Expectation(f"「{text}」 stands on the page:\n{face.text()}")


@step(r"expect spoken (.+)")
def expect_spoken(player, text):
    def heard():
        player.turn()
        return any(text in sentence.replace("\n", "") for sentence in player.hall.spoken)
    try:
        wait_until(heard, 6, text)
    except WorldError:
        raise Expectation(f"「{text}」 was not spoken; spoken: {player.hall.spoken[-12:]}") from None


@step(r"expect not spoken (.+)")
def expect_not_spoken(player, text):
    player.turn(0.2)
    if any(text in sentence for sentence in player.hall.spoken):
        raise Expectation(f"「{text}」 was spoken")


@step(r"headphone (in|out)")
def headphone(player, where):
    """The jack tells its file; the station has it when the page says so."""
    (player.world.run / "headphone").write_text("1\n" if where == "in" else "0\n")
    wait_until(lambda: player.turn() or player.hall.page["settings"].get("has_headphone") == (where == "in"), 5,
               f"the headphone to be {where}")


@step(r"expect the page would not say (.+)")
def expect_page_silent(player, text):
    """Not even 读给我听 has it before the station was asked."""
    player.turn()
    if any(text in sentence for sentence in player.hall.page["speech"]):
        raise WorldError(f"the page says {text!r}")


@step(r"expect never shown (.+)")
def expect_never(player, text):
    """Over all pages so far; a window can only say what stands on it now."""
    if not isinstance(player.hall, StationFace):
        expect_no_text(player, None, text)
        return
    if any(text in json.dumps(page, ensure_ascii=False).replace("\\n", "") for page in player.hall.pages):
        raise Expectation(f"「{text}」 was shown")


@step(r"forget what was shown")
def forget(player):
    player.forget()


CERTIFY = ("press 开始", "press 养老金认证", "place card {0}", "press 是我", "press 知道了，继续", "press 工作人员在这里",
           "press {1}", "type {2}", "press 看见本人了，不是我家里人")


@step(r"resident (\d+) is certified(?: before (\S+) (\d+))?")
def certify(player, resident, staff, pin):
    """The nine presses of a certification, from the first page to what is said when it is recorded."""
    for line in CERTIFY:
        player.play(line.format(resident, staff or "苏敏", pin or "2202"))


APPEAL = ("press 开始", "press 反映问题", "press 没有危险", "tap {1}", "tap {2}", "press 我们组", "tap 这几天", "tap 修好",
          "place card {0}", "press 是我", "press 知道了，继续", "press 对，交上去")


@step(r"resident (\d+) asks for (help|an answer) with (\S+)")
def appeal(player, resident, kind, what):
    """The five taps and the card; ends with what is said when it is recorded."""
    for line in APPEAL:
        player.play(line.format(resident, "求帮忙" if kind == "help" else "问一问", what))


@step(r"the helper sits at the desk")
def helper_at_desk(player):
    """Signs in afresh, whether or not the desk has locked itself meanwhile."""
    desk = player.desk_face()
    player.turn(0.3)

    def way_out():
        player.turn(0.1)
        desk.alive()
        text = desk.text()
        if isinstance(desk, StationFace) and desk.page["frame"].get("back"):
            text += "上一步"
        return next((label for label in ("谁在帮办", "锁屏", "知道了", "再找一件", "上一步") if label in text), None)
    for _ in range(6):
        label = wait_until(way_out, 15, "a page of the desk that can be left")
        if label == "谁在帮办":
            break
        player.press(desk, label)
        player.turn(0.3)
    for line in ("desk press 苏敏", "desk type 2202", "desk wait for 找一件"):
        player.play(line)


@step(r"what was not told is read")
def read_untold(player):
    """After a restart a matter that nobody is known to have read of stands there first."""
    player.turn(0.5)
    if "机器刚才重启了" in player.hall.text():
        player.press(player.hall, "知道了")


def is_put_away(player, seconds):
    """Whether the first page comes within so long; between two faces there is no page at all."""
    until = time.monotonic() + seconds
    while "您好，请点一下屏幕" not in player.hall.text():
        if time.monotonic() > until:
            return False
        player.turn(0.1)
    return True


@step(r"the person leaves")
def person_leaves(player):
    """Takes the card and walks away, saying so when the page offers it; the next one finds the first page."""
    player.world.reader("remove")
    player.turn(0.3)
    left = False
    for label in ("我走了", "不办了"):
        if label in player.hall.text():
            player.press(player.hall, label)
            left = True
            break
    # Who has said so waits only for the next face; from whoever said nothing the page is taken when time has passed.
    if left and is_put_away(player, 15):
        return
    for _ in range(12):
        if is_put_away(player, 0.2 if player.hall.text() else 15):
            return
        player.play("clock forward 301 seconds")
    raise Expectation(f"the screen was not put away:\n{player.hall.text()}")
