# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about cards, reader, printer, line and platform."""
import json
import re
import signal
import time

from faces import StationFace
from steps import Expectation, step
from world import SOURCE, WorldError, wait_until


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


@step(r"(plug|pull) (?:in|out) the strange device (\S+)( that types)?")
def plug_stranger(player, verb, usb_id, types):
    """A USB device that nobody opens; app/devices/usb/README.md."""
    sign = player.world.run / f"stranger-{usb_id.replace(':', '-')}.usb"
    if verb == "plug":
        sign.write_text(f"{usb_id}{' keyboard' if types else ''}\n", encoding="ascii")
    else:
        sign.unlink()


@step(r"the (reader|scanner) hangs on USB as (\S+)")
def name_device(player, device, usb_id):
    """What a simulator would be if it were a USB device."""
    (player.world.run / f"tty-{device}.usb").write_text(f"{usb_id}\n", encoding="ascii")


@step(r"push in card (\d+|\w+=.+)")
def push_in_card(player, what):
    player.world.slot(f"place {what}")


@step(r"draw card out of the slot")
def draw_card(player):
    player.world.slot("remove")


@step(r"slot mode ([a-z-]+)")
def slot_mode(player, mode):
    player.world.slot(f"mode {mode}")


@step(r"pcscd (kill|start|freeze|thaw)")
def pcscd(player, verb):
    player.world.slot(f"pcscd {verb}")


@step(r"printer (.+)")
def printer(player, verb):
    player.world.printer(verb)


@step(r"the paper ends amid the next slip")
def paper_ends(player):
    """Of a receipt printer: once it carried out so many bytes more."""
    player.world.printer(f"after {int(player.world.printer('bytes')) + 15000} paper out")


@step(r"wait until the station says of its printer (.+)")
def wait_for_printer_words(player, words):
    """In the status, as the desk has it."""
    wait_until(lambda: (player.turn(0.1), words in json.dumps(player.world.ctl("status"), ensure_ascii=False))[1], 40,
               f"the station to say of its printer: {words}")


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


@step(r"wait until the station waits for its next try")
def wait_for_next_try(player):
    """What was under way has failed and is accounted for: a clock that is moved now is the next try's, not the last one's."""
    def waits():
        player.turn()
        link = player.world.station_call(do="status")["link"]
        return not link["is_busy"] and link["next_try_ms"] > 0
    try:
        wait_until(waits, 25, "the next try")
    except WorldError:
        raise Expectation("something of the station is under way all the time") from None


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


@step(r"the platform publishes a roster of (nobody|everybody)")
def publish_roster(player, who):
    """Everybody: as the enrolment brought it, with another version. Waits until the station has it."""
    enrolment = json.loads((player.world.keys / "enrolment.json").read_text(encoding="utf-8"))
    roster = enrolment["roster"]
    roster["version"] += 1 if who == "nobody" else 2
    if who == "nobody":
        roster["staff"] = []
    publish(player, "roster", enrolment["village"], roster)
    wait_until(lambda: (player.turn(0.1), bool(player.world.ctl("status")["catalogue"]["unwitnessed"]))[1]
               == (who == "nobody"), 25, "the roster")


@step(r"the platform publishes the notice (.+)")
def publish_notice(player, text):
    publish(player, "notice", "board", {"text": text})


@step(r"the platform hangs up the notice (.+?): (.+), until (\d{4}-\d\d-\d\d)")
def hang_notice(player, title, text, until):
    """For the board in the hall, posted on 20 November by the village; its name is made of its title."""
    name = "n" + title.encode("utf-8").hex()[:16]
    publish(player, "notice", name, {"title": title, "text": text, "by": "禾田村村委会", "day": "2026-11-20", "until": until})
    player.hung = {*getattr(player, "hung", ()), *([name] if until >= "2026-11-20" else [])}
    wait_until(lambda: (player.turn(0.1), player.world.ctl("status")["catalogue"]["posts"] >= len(player.hung))[1], 20, "the notice")


@step(r"the platform warns of (.+?): (.+), until (\S+)")
def warn(player, title, text, until):
    name = "w" + title.encode("utf-8").hex()[:16]
    publish(player, "warning", name, {"title": title, "text": text, "by": "青溪镇应急办", "until": until})


@step(r"the platform publishes the places of (\d{4}), with (\d+) called (.+)")
def publish_places(player, year, code, name):
    """The installed table with another name for one of them."""
    body = json.loads((SOURCE / "assets/tables/divisions-demo.json").read_text(encoding="utf-8"))
    for place in body["divisions"]:
        if place["code"] == code:
            place["name"] = name
    publish(player, "divisions", year, body)


@step(r"the platform publishes broken places of (\d{4})")
def publish_broken_places(player, year):
    publish(player, "divisions", year, {"version": 1, "kind": "divisions", "source": "?", "divisions": [{"code": "9"}]})


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


@step(r"scan (the slip(?: (\d+))?|[0-9A-Z:/.?=-]+)")
def scan(player, what, ordinal):
    """A scanner gives what the slip's code says: the last sheet's, the N-th matter's, or any text."""
    text = what
    if what.startswith("the slip"):
        sheets = [sheet["qr"] for sheet in player.world.station_call(do="sheets")["sheets"] if sheet["qr"]]
        text = sheets[int(ordinal) - 1 if ordinal else -1]
    player.turn()
    if player.world.scanner_kind == "line":
        player.world.scanner(f"scan {text}")
    else:
        player.hall.scan(text)
    player.turn(0.1)


@step(r"(unplug|replug) scanner")
def plug_scanner(player, verb):
    """Of one with a line of its own (header scanner: line)."""
    player.world.scanner(verb)


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


@step(r"the platform takes the service (\S+)")
def take_service(player, name):
    """Of a service that only a test has; it is asked like any query."""
    rules = player.world.platform_data / "backend/rules.json"
    body = json.loads(rules.read_text(encoding="utf-8"))
    body["services"][name] = dict(body["services"]["query.pension"])
    rules.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    player.world.stop("bianmin-platform")
    player.world.start_platform(init=False)


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


@step(r"expect doctor (finds nothing to mend|says (.+))")
def expect_doctor(player, what, text):
    """As an operator calls it: what has to be mended comes first, and the exit code says whether there is any."""
    def finds():
        player.turn(0.1)
        run = player.world.call("bianmin-ctl", "--config", player.world.config, "doctor", check=False)
        if text is None:
            return run.returncode == 0 and "要修" not in run.stdout
        return run.returncode == 1 and any(line.startswith("要修") and text in line for line in run.stdout.splitlines())
    wait_until(finds, 15, f"doctor: {what}")


@step(r"expect the centre counts (\d+) ratings? of (\S+)(?:, (\d+) % satisfied, score (\d+))?(?:, (\d+) for (\w+))?")
def expect_ratings(player, count, service, satisfied, score, reasons, reason):
    def counted():
        player.turn(0.1)
        told = json.loads(player.world.platform("ratings") or "{}").get(service, {"ratings": 0})
        return (told["ratings"] == int(count) and (satisfied is None or (told["satisfied_percent"], told["score"]) == (int(satisfied), int(score)))
                and (reason is None or told["reasons"].get(reason) == int(reasons)))
    wait_until(counted, 25, f"{count} ratings at the centre; it has {player.world.platform('ratings')}")


@step(r"expect the centre knows (nothing|[a-z0-9:=, -]+) to be mended")
def expect_centre_knows(player, faults):
    """What the station noted in its journal of its last checkup, and sent with the log."""
    def knows():
        player.turn(0.1)
        told = json.loads(player.world.platform("checkups") or "[]")
        return [row["faults"] for row in told] == ["" if faults == "nothing" else faults]
    wait_until(knows, 25, f"{faults} at the centre; it knows {player.world.platform('checkups')}")
