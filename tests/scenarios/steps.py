# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences a scenario is written in (README.md explains them to people who read no C)."""
import json
import re
import signal
import time

import paper
import tamper
from faces import StationFace, spin
from world import WorldError, wait_until

STEPS = []
FRAME_BUTTONS = {"上一步": "back", "叫人帮忙": "help", "字大一点": "bigger", "读给我听": "read"}


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
        if self.mode == "face":
            from windows import WindowFace
            self.world.start_display()
            self.world.start_bus()
            self.hall = WindowFace(self.world)
        else:
            self.hall = StationFace(self.world.run / "face")

    def desk_face(self):
        if self.desk is None:
            if self.mode == "face":
                from windows import WindowFace
                self.desk = WindowFace(self.world, "bianmin-desk", desk=True)
            else:
                self.desk = StationFace(self.world.run / "desk")
        return self.desk

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


# cards, reader, printer, line, platform -------------------------------------------------------------------------

@step(r"place card (\d+|\w+=.+)")
def place_card(player, what):
    player.world.reader(f"place {what}")


@step(r"remove card")
def remove_card(player):
    player.world.reader("remove")


@step(r"reader mode ([a-z-]+)")
def reader_mode(player, mode):
    player.world.reader(f"mode {mode}")


@step(r"(unplug|replug) reader")
def plug_reader(player, verb):
    player.world.reader(verb)


@step(r"printer (.+)")
def printer(player, verb):
    player.world.printer(verb)


@step(r"line (cut|restored)")
def line(player, state):
    player.world.station_call(do="link", up=state == "restored")


@step(r"platform (fault .+|decide .+|revoke .+|clock .+|rotate-seal-key|rotate-ca|ca-finish)")
def platform_verb(player, verb):
    player.world.platform(verb)
    if verb.startswith("fault "):
        counts = [int(word) for word in verb.split() if word.isdigit() and word not in ("408", "413", "500", "503")]
        player.fault_count = 0 if not counts else counts[-1] if " delay" in verb else counts[0]


@step(r"expect the fault was met(?: (\d+) times)?")
def expect_fault_met(player, times):
    """A fault switch proves something only when the station ran into it: set with a count, it has fewer left now."""
    def met():
        player.turn()
        words = player.world.platform_state()["fault"]
        left = 0 if words == "none" else int(words.rsplit(", ", 1)[1].split()[0])
        return player.fault_count - left >= int(times or 1)
    if not player.fault_count:
        raise Expectation("set the fault with a count first")
    try:
        wait_until(met, 25, "the fault")
    except WorldError:
        raise Expectation(f"the station never met it: {player.world.platform_state()['fault']}") from None


@step(r"the platform publishes packs(?: as of (\d{4}-\d\d-\d\d))?")
def publish_packs(player, as_of):
    """Seals what the centre knows, and waits until the station has it."""
    before = packs_state(player)
    player.world.platform("packs" + (f" {as_of}" if as_of else ""))
    player.world.station_call(do="sync")
    try:
        wait_until(lambda: (player.turn(0.1), packs_state(player) != before)[1], 25, "the pack")
    except WorldError:
        raise Expectation(f"the station has {packs_state(player)}") from None


def publish(player, kind, name, body):
    file = player.world.folder / "to-publish.json"
    file.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    player.world.platform(f"publish {kind} {name} {file}")
    player.world.station_call(do="sync")


@step(r"the platform publishes the service (\S+) called (.+)")
def publish_service(player, name, label):
    """The installed file with another name on its tile."""
    body = json.loads((player.world.catalogue / f"{name}.json").read_text(encoding="utf-8"))
    body["label"]["zh_CN"] = label
    publish(player, "catalogue", name, body)


@step(r"the platform publishes a broken service (\S+)")
def publish_broken(player, name):
    body = json.loads((player.world.catalogue / f"{name}.json").read_text(encoding="utf-8"))
    del body["flow"]
    publish(player, "catalogue", name, body)


@step(r"the platform publishes the notice (.+)")
def publish_notice(player, text):
    publish(player, "notice", "board", {"text": text})


@step(r"the scanner holds (\d+) photos? of (\d+) KB(, and is refused)?")
def scanner_holds(player, count, size, is_refused):
    """They go with the next matter in the hall."""
    reply = player.world.station_call(do="attach", bytes=int(size) * 1024, count=int(count))
    if reply["ok"] == bool(is_refused):
        raise Expectation(f"the station says {reply}")


def blobs(player):
    return json.loads(player.world.platform("blobs") or "[]")


@step(r"expect platform has (\d+) whole photos?")
def expect_photos(player, count):
    def whole():
        player.turn(0.1)
        return sum(1 for blob in blobs(player) if blob["complete"])
    try:
        wait_until(lambda: whole() == int(count), 60, "the photos")
    except WorldError:
        raise Expectation(f"the platform has {blobs(player)}") from None


@step(r"wait until a photo is half there")
def photo_half(player):
    wait_until(lambda: (player.turn(0.02), any(0 < blob["held"] < blob["chunks"] for blob in blobs(player)))[1], 60,
               "half a photo")
    player.held = max(blob["held"] for blob in blobs(player))


@step(r"expect no chunk was sent in vain")
def no_chunk_in_vain(player):
    """Up since the photos began: their bytes once, and little more."""
    size = sum(blob["bytes"] for blob in blobs(player))
    up = player.world.station_call(do="status")["ledger"]["traffic"]["today"]["up"]
    if up > 1.5 * size + 200000:
        raise Expectation(f"{up} bytes went up for {size}")


@step(r"sending is (paused|resumed)")
def pause(player, how):
    player.world.call("bianmin-ctl", "--config", player.world.config, "pause" if how == "paused" else "resume")


@step(r"the machine boots and its clock says (\S+)")
def boots_at(player, when):
    """The battery of its clock is empty: another boot, another time of day, and all timers are forgotten."""
    import configparser
    import datetime
    import secrets
    player.world.stop("bianmin-stationd", signal.SIGKILL)
    file = player.world.run / "demo-state"
    state = configparser.ConfigParser()
    state.optionxform = str
    state.read(file)
    wall = datetime.datetime.fromisoformat(when).timestamp()
    state["demo"]["wall_offset_ms"] = str(int((wall - time.time()) * 1000))
    state["demo"]["boot_id"] = secrets.token_hex(16)
    with open(file, "w", encoding="utf-8") as stream:
        state.write(stream, space_around_delimiters=False)
    start_station(player, None)


@step(r"expect the certificate ends after (\d{4})")
def expect_certificate(player, year):
    def ends():
        player.turn(0.1)
        return time.gmtime(player.world.station_call(do="status")["certificate"]["until_ms"] / 1000).tm_year
    try:
        wait_until(lambda: ends() > int(year), 25, "the renewal")
    except WorldError:
        raise Expectation(f"it ends in {ends()}") from None


def packs_state(player):
    return json.dumps(player.world.station_call(do="status").get("packs"), sort_keys=True)


@step(r"revoke the station")
def revoke(player):
    player.world.platform("revoke demo")


@step(r"expect no amounts in the page")
def expect_no_amounts(player):
    """A covered page is one that was never told: the model itself holds no amount."""
    player.turn(0.1)
    page = player.world.station_call(do="page")["page"]
    values = [row["value"] for row in page.get("rows", [])]
    if any(values) or re.search(r"\d+\.\d\d", json.dumps(page, ensure_ascii=False)):
        raise Expectation(json.dumps(page, ensure_ascii=False))


@step(r"scan (the slip(?: (\d+))?|[0-9A-Z:/.-]+)")
def scan(player, what, ordinal):
    """A keyboard scanner types what the slip's code says: the last sheet's, the N-th matter's, or any text."""
    text = what
    if what.startswith("the slip"):
        sheets = [sheet["qr"] for sheet in player.world.station_call(do="sheets")["sheets"] if sheet["qr"]]
        text = sheets[int(ordinal) - 1 if ordinal else -1]
    player.turn()
    player.hall.scan(text)
    player.turn(0.1)


@step(r"expect the platform knows of at least (\d+) unsent")
def expect_known_unsent(player, count):
    """What the station said of itself in its hello."""
    def known():
        player.turn(0.1)
        return max([hello["pending"] for hello in player.world.platform_state()["hellos"]], default=None)
    try:
        wait_until(lambda: (known() or 0) >= int(count), 25, "the hello")
    except WorldError:
        raise Expectation(f"the platform knows: {player.world.platform_state()}") from None


@step(r"stop platform")
def stop_platform(player):
    player.world.stop("bianmin-platform")


@step(r"start platform(?: dying at ([a-z-]+(?::\d+)?))?")
def start_platform(player, point):
    player.world.start_platform(fault=point, init=False)


@step(r"kill (station|platform|kiosk)")
def kill(player, which):
    player.world.stop({"station": "bianmin-stationd", "platform": "bianmin-platform",
                       "kiosk": "bianmin-kiosk"}[which], signal.SIGKILL)


@step(r"(?:re)?start station(?: dying at ([a-z-]+(?::\d+)?))?")
def start_station(player, point):
    player.world.stop("bianmin-stationd")
    player.world.start_station(fault=point)
    for face in (player.hall, player.desk):
        if isinstance(face, StationFace):
            face.attach()


@step(r"start kiosk(?: dying at ([a-z-]+(?::\d+)?))?")
def start_kiosk(player, point):
    player.world.stop("bianmin-kiosk", signal.SIGKILL)
    player.hall.start(fault=point)


@step(r"wait until (station|platform|kiosk) has died")
def has_died(player, which):
    name = {"station": "bianmin-stationd", "platform": "bianmin-platform", "kiosk": "bianmin-kiosk"}[which]
    wait_until(lambda: (player.turn(), not player.world.is_running(name))[1], 30, f"{name} to die")
    player.world.stop(name, signal.SIGKILL)


@step(r"clock forward (\d+) (seconds|minutes|hours|days)")
def clock_forward(player, amount, unit):
    seconds = int(amount) * {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}[unit]
    player.world.station_call(do="clock", advance_s=seconds)
    player.world.advanced_s += seconds
    player.world.platform(f"clock advance {seconds}") if player.world.is_running("bianmin-platform") else None
    player.turn(0.1)


@step(r"clock says (\S+)")
def clock_says(player, when):
    player.world.station_call(do="clock", set=when)


@step(r"wait (\d+(?:\.\d+)?) seconds")
def wait_seconds(player, seconds):
    player.turn(float(seconds))


# people at the screen ---------------------------------------------------------------------------------------------

@step(r"(desk )?press (?!stale )(.+)")
def press(player, desk, label):
    player.press(player.desk_face() if desk else player.hall, label)


@step(r"tap (.+)")
def tap(player, label):
    """Chooses one of four and more, and goes on; with up to three the choice itself goes on."""
    player.press(player.hall, label)
    player.press(player.hall, "下一步")


@step(r"(desk )?type (\d+)")
def type_digits(player, desk, digits):
    player.type_digits(player.desk_face() if desk else player.hall, digits)


@step(r"press stale (.+)")
def press_stale(player, label):
    choice = next(choice["id"] for choice in player.hall.page["choices"] if choice["label"].replace("\n", "") == label)
    player.hall.intent(rev=max(player.hall.rev - 1, 0), do="choose", choice=choice)


@step(r"(desk )?wait for (?!\d+ sheets?\b)(.+?)(?: within (\d+) seconds)?")
def wait_for(player, desk, text, seconds):
    player.wait_text(player.desk_face() if desk else player.hall, text, float(seconds or 15))


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
    for _ in range(6):
        text = desk.text()
        if isinstance(desk, StationFace) and desk.page["frame"].get("back"):
            text += "上一步"
        label = next((label for label in ("谁在帮办", "锁屏", "知道了", "再找一件", "上一步") if label in text), None)
        if label in (None, "谁在帮办"):
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


@step(r"the person leaves")
def person_leaves(player):
    """Takes the card and walks away, saying so when the page offers it; the next one finds the first page."""
    player.world.reader("remove")
    player.turn(0.3)
    for label in ("我走了", "不办了"):
        if label in player.hall.text():
            player.press(player.hall, label)
            break
    for _ in range(12):
        player.turn(0.15)
        if "您好，请点一下屏幕" in player.hall.text():
            return
        player.play("clock forward 301 seconds")
    raise Expectation(f"the screen was not put away:\n{player.hall.text()}")


# paper -------------------------------------------------------------------------------------------------------------

@step(r"wait for (\d+) sheets?(?: within (\d+) seconds)?")
def wait_for_sheets(player, count, seconds):
    wait_until(lambda: (player.turn(0.1), len(paper.sheets(player.world)) >= int(count))[1], float(seconds or 25),
               f"{count} sheet(s); there are {len(paper.sheets(player.world))}")


@step(r"expect the face died (\d+) times?")
def expect_face_died(player, count):
    if player.hall.deaths != int(count):
        raise Expectation(f"the face died {player.hall.deaths} times")


@step(r"expect at most (\d+) sheets?")
def expect_at_most(player, count):
    found = len(paper.sheets(player.world))
    if found > int(count):
        raise Expectation(f"{found} sheets were printed")


@step(r"expect (\d+) sheets?")
def expect_sheets(player, count):
    found = len(paper.sheets(player.world))
    if found != int(count):
        raise Expectation(f"{found} sheets were printed")


def sheet_texts(player):
    return [row["text"].replace("\n", "") for row in player.world.station_call(do="sheets")["sheets"]]


@step(r"expect sheet text (.+)")
def expect_sheet_text(player, text):
    texts = sheet_texts(player)
    if not texts or text not in texts[-1]:
        raise Expectation(f"the last sheet says:\n{texts[-1] if texts else '(there is none)'}")


@step(r"expect no sheet text (.+)")
def expect_no_sheet_text(player, text):
    if any(text in sheet for sheet in sheet_texts(player)):
        raise Expectation(f"a sheet says 「{text}」")


@step(r"expect QR on paper")
def expect_qr(player):
    """The code read from the picture of the paper is the one the ledger holds for this number."""
    codes = paper.read_codes(paper.sheets(player.world)[-1])
    wanted = player.world.station_call(do="sheets")["sheets"][-1]["qr"]
    if codes != [wanted]:
        raise Expectation(f"the paper's code reads {codes}, the ledger says {wanted}")


# ledger and platform -------------------------------------------------------------------------------------------------

@step(r"expect (\d+) (recorded|pending|acked|held|rejected|deferred|quarantined)")
def expect_count(player, number, state):
    def right():
        player.turn()
        return player.count(state) == int(number)
    try:
        wait_until(right, 25, state)
    except WorldError:
        raise Expectation(f"{player.count(state)} matters are {state}: {player.outbox()}") from None


@step(r"expect platform has (\d+) (?:matter|matters)")
def expect_platform(player, number):
    def matters():
        player.turn()
        return [row for row in player.world.platform_entries() if row["type"] == "matter"]
    try:
        wait_until(lambda: len(matters()) == int(number), 25, "the platform")
    except WorldError:
        raise Expectation(f"the platform has {matters()}") from None
    numbers = [row["number"] for row in matters()]
    if len(set(numbers)) != len(numbers):
        raise Expectation(f"a number was accepted twice: {numbers}")


@step(r"expect platform saw a duplicate")
def expect_duplicate(player):
    """Of a matter: the rows of a run come along with every batch and are always duplicates."""
    if not any(row.get("duplicates", 0) for row in player.world.platform_entries() if row["type"] == "matter"):
        raise Expectation("the platform never saw an entry twice")


def number_of(player, ordinal):
    """The tracking number of the N-th matter of this station, oldest first."""
    rows = [row for row in sorted(player.outbox(), key=lambda row: row["seq"]) if row["type"] == "matter"]
    numbers = [row.get("number") for row in rows]
    if not all(numbers):  # what the desk must not see has no number there; the disk has it
        import join_disk
        numbers = join_disk.numbers(player.world)
    if len(numbers) < int(ordinal):
        raise Expectation(f"there are only {len(numbers)} matters")
    return numbers[int(ordinal) - 1]


@step(r"expect never on the desk (.+)")
def expect_never_desk(player, text):
    """Over all its pages so far; a window can only say what stands on it now."""
    if not isinstance(player.desk_face(), StationFace):
        expect_no_text(player, "desk ", text)
        return
    if any(text in json.dumps(page, ensure_ascii=False).replace("\\n", "") for page in player.desk_face().pages):
        raise Expectation(f"「{text}」 stood on the desk")


@step(r"the centre answers (\d+) with (\S+)(?:: (.+))?")
def centre_answers(player, ordinal, code, text):
    number = number_of(player, ordinal)
    player.world.platform(f"decide {number} {code}" + (f" {text}" if text else ""))
    player.world.station_call(do="sync")
    player.turn(0.3)


@step(r"type the spoken number (\d+)")
def type_spoken(player, ordinal):
    """The short number that stands large on the slip of the N-th matter."""
    player.type_digits(player.hall, str(int(number_of(player, ordinal)[16:24])))


@step(r"desk type the spoken number (\d+)")
def desk_type_spoken(player, ordinal):
    player.type_digits(player.desk_face(), str(int(number_of(player, ordinal)[16:24])))


@step(r"type the long number (\d+)")
def type_long(player, ordinal):
    player.type_digits(player.hall, number_of(player, ordinal))


@step(r"scan the slip(?: (\d+))? until (.+)")
def scan_until(player, ordinal, text):
    """The centre decides in its own time: as people do, the slip is looked at again until it says so."""
    def says():
        scan(player, "the slip" + (f" {ordinal}" if ordinal else ""), ordinal)
        try:
            player.wait_text(player.hall, text, 2)
            return True
        except Expectation:
            return False
    if not any(says() for _ in range(8)):
        raise Expectation(f"{text} is not there; the page says {player.world.station_call(do='page')['page']}")


@step(r"scan the slip with a wrong code")
def scan_wrong(player):
    """The number is right, the code is another: somebody guesses numbers."""
    text = [sheet["qr"] for sheet in player.world.station_call(do="sheets")["sheets"] if sheet["qr"]][-1]
    player.hall.scan(text[:-1] + ("A" if text[-1] != "A" else "B"))
    player.turn(0.2)


@step(r"expect payload (\d+) says (.+)")
def expect_payload(player, ordinal, text):
    """What the centre reads after it opened the seal of the N-th matter."""
    payload = json.loads(player.world.platform(f"payload {number_of(player, ordinal)}"))
    if text not in json.dumps(payload, ensure_ascii=False):
        raise Expectation(json.dumps(payload, ensure_ascii=False))


@step(r"expect payload (\d+) does not say (.+)")
def expect_no_payload(player, ordinal, text):
    payload = json.loads(player.world.platform(f"payload {number_of(player, ordinal)}"))
    if text in json.dumps(payload, ensure_ascii=False):
        raise Expectation(json.dumps(payload, ensure_ascii=False))


@step(r"expect the centre decided (\d+) as (\S+)")
def expect_decided(player, ordinal, code):
    number = number_of(player, ordinal)

    def decision():
        player.turn(0.1)
        return next((row["decision"] for row in player.world.platform_entries() if row["number"] == number), None)
    try:
        wait_until(lambda: decision() == code, 15, code)
    except WorldError:
        raise Expectation(f"the centre decided {decision()}") from None


@step(r"expect the text at (\d+) %")
def expect_size(player, percent):
    size = player.world.station_call(do="page")["page"]["settings"]["scale"]
    if size != int(percent):
        raise Expectation(f"the text stands at {size} %")


@step(r"expect numbers contiguous")
def expect_contiguous(player):
    counters = sorted(int(row["number"][16:24]) for row in player.outbox() if row.get("number"))
    if counters != list(range(counters[0], counters[0] + len(counters))) if counters else False:
        raise Expectation(f"numbers repeat or have gaps: {counters}")


@step(r"audit verify (passes|fails)")
def audit_verify(player, wanted):
    run = player.world.call("bianmin-ctl", "--config", player.world.config, "--json", "audit", "verify", check=False)
    report = json.loads(run.stdout)
    if report.get("chain_ok", report.get("ok")) != (wanted == "passes"):
        raise Expectation(f"audit verify says {report}")


@step(r"tamper with the ledger: (changed|removed|reordered|truncated|rewritten)")
def tamper_ledger(player, how):
    player.world.stop("bianmin-stationd")
    tamper.tamper(player.world.data / "ledger.db", how)


@step(r"expect no file contains (.+)")
def expect_no_file(player, text):
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        needle = text.encode(encoding)
        for file in player.world.data.rglob("*"):
            if file.is_file() and needle in file.read_bytes():
                raise Expectation(f"{file.name} holds 「{text}」 in {encoding}")


@step(r"add catalogue file (\S+)")
def add_catalogue(player, path):
    import shutil
    from world import SOURCE
    shutil.copy(SOURCE / path, player.world.catalogue)


@step(r"break catalogue file (\S+)")
def break_catalogue(player, name):
    file = player.world.catalogue / name
    file.write_text(file.read_text(encoding="utf-8")[:200], encoding="utf-8")


@step(r"(fill|make room on) the disk")
def fill_disk(player, verb):
    if verb == "fill":
        player.world.fill_disk()
    else:
        player.world.filler.unlink()


@step(r"catalogue file (\S+) says (\S+) = (.+)")
def edit_catalogue(player, name, key, value):
    """Somebody wrote a line into a service's file by hand."""
    file = player.world.catalogue / name
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"format": 1,', f'"format": 1,\n  "{key}": {value},', 1), encoding="utf-8")


@step(r"configuration says \[([a-z.]+)\] (\S+)=(.*)")
def edit_configuration(player, section, key, value):
    player.world.extra_config.setdefault(section, {})[key] = value
    player.world.write_config()


@step(r"configuration forgets \[([a-z.]+)\] (\S+)")
def mend_configuration(player, section, key):
    del player.world.extra_config[section][key]
    player.world.write_config()


@step(r"the station does not start and says (.+)")
def does_not_start(player, text):
    """One plain sentence on standard error, no endless loop, exit code 1."""
    player.world.stop("bianmin-stationd")
    try:
        player.world.start_station()
    except WorldError as error:
        if text not in str(error):
            raise Expectation(f"it says: {error}") from None
        if player.world.programs.pop("bianmin-stationd").returncode != 1:
            raise Expectation("its exit code is not 1") from None
        return
    raise Expectation("the station started")


@step(r"spoil the ledger")
def spoil_ledger(player):
    """Sectors of the disk went bad while the machine was off."""
    player.world.stop("bianmin-stationd")
    tamper.spoil(player.world.data / "ledger.db")


@step(r"the face's folders are emptied")
def empty_face(player):
    """What a browser would have kept: everything under the face's configuration and data folders."""
    import shutil
    shutil.rmtree(player.world.folder / "xdg", ignore_errors=True)


@step(r"stop station")
def stop_station(player):
    player.world.stop("bianmin-stationd")


@step(r"expect status says (.+)")
def expect_status(player, text):
    def says():
        return text in json.dumps(player.world.station_call(do="status"), ensure_ascii=False)
    try:
        wait_until(says, 15, text)
    except WorldError:
        raise Expectation(json.dumps(player.world.station_call(do="status"), ensure_ascii=False)) from None


@step(r"retry held")
def retry_held(player):
    player.world.station_call(do="retry")


@step(r"send now")
def send_now(player):
    player.world.station_call(do="sync")


@step(r"wrong certificate")
def wrong_certificate(player):
    """The platform comes back with another authority's certificate, as a man in the middle would have."""
    player.world.stop("bianmin-platform")
    impostor = player.world.folder / "impostor"
    player.world.call("bianmin-platform", "init", "--data", impostor, "--host", "127.0.0.1", "--station", "demo",
                      "--demo-data", __import__("world").SOURCE / "assets/demo")
    player.world.platform_data, player.world.true_platform = impostor, player.world.platform_data
    player.world.start_platform(init=False)


@step(r"right certificate")
def right_certificate(player):
    player.world.stop("bianmin-platform")
    player.world.platform_data = player.world.true_platform
    player.world.start_platform(init=False)


@step(r"expect station memory holds no (.+)")
def expect_memory(player, text):
    """What a memory dump of the running station would give a thief after the person left."""
    pid = player.world.programs["bianmin-stationd"].pid
    needles = [text.encode(encoding) for encoding in ("utf-8", "utf-16-le", "gb18030")]
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *rest = line.split()
            if "rw" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(part, 16) for part in place.split("-"))
            memory.seek(start)
            try:
                data = memory.read(end - start)
            except OSError:
                continue
            for needle in needles:
                if needle in data:
                    raise Expectation(f"{data.count(needle)} copies of 「{text}」 in {rest[-1] if rest else place}")


@step(r"serve (\d+) people with (\d+) power cuts and (\d+) line changes")
def serve_people(player, people, cuts, flaps):
    import busy_day
    busy_day.serve(player, int(people), int(cuts), int(flaps))


@step(r"all residents behave")
def all_residents(player):
    import residents
    residents.play(player)


@step(r"expect payload (\d+) names matter (\d+) as replaced")
def expect_replaced(player, ordinal, old):
    payload = json.loads(player.world.platform(f"payload {number_of(player, ordinal)}"))
    if payload.get("replaces") != number_of(player, old):
        raise Expectation(json.dumps(payload, ensure_ascii=False))


@step(r"expect nothing links matter (\d+) to a person")
def expect_no_link(player, ordinal):
    import join_disk
    join_disk.check(player, number_of(player, ordinal))


@step(r"a mixed hour of (\d+) visits with (\d+) kills, seed (\d+)")
def mixed_hour(player, visits, kills, seed):
    import mixed_hour as mixed
    mixed.live(player, int(visits), int(kills), int(seed))
