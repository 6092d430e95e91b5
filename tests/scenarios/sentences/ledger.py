# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about the ledger and about what the platform has."""
import json
import pathlib

import tamper
from faces import StationFace
from sentences.devices import scan
from sentences.screen import expect_no_text
from steps import Expectation, step
from world import WorldError, wait_until


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


@step(r"expect the platform was asked (\d+) (?:time|times) for a matter back")
def expect_asked_back(player, number):
    """Rows that ask, whatever came of them; the same row again is a duplicate and no second one."""
    rows = [row for row in player.world.platform_entries() if row["type"] == "withdrawal"]
    if len(rows) != int(number) or any(row["status"] != "accepted" for row in rows):
        raise Expectation(f"the platform was asked by {rows}")


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


@step(r"the scanner stops half-way through the slip")
def scan_half(player):
    """The slip was drawn away: fast keys without an end. What comes next comes when that is over."""
    text = [sheet["qr"] for sheet in player.world.station_call(do="sheets")["sheets"] if sheet["qr"]][-1]
    player.hall.scan_half(text)


@step(r"the fingers type the spoken number (\d+)")
def fingers_type(player, ordinal):
    """On a keyboard, as fast as fingers are."""
    player.hall.type_slowly(str(int(number_of(player, ordinal)[16:24])))


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


@step(r"expect the signature of matter (\d+) has (\d+) strokes of (\d+) points")
def expect_signature(player, ordinal, strokes, points):
    """What the centre finds in the sealed attachment that the entry names: each point, with its time."""
    from strokes import read_strokes
    payload = json.loads(player.world.platform(f"payload {number_of(player, ordinal)}"))
    blob = next(item["blob"] for item in payload["attachments"] if item["mime"] == "application/x-bianmin-strokes")
    file = player.world.folder / "opened-strokes"

    def listed():
        return [item for item in json.loads(player.world.platform("blobs") or "[]")
                if item["blob"] == blob and item["complete"]]
    wait_until(lambda: (player.turn(0.1), listed())[1], 60, "the signature to arrive")
    player.world.platform(f"blob {listed()[0]['station']} {blob} {file}")
    found = read_strokes(file.read_bytes())
    times = [point[2] for stroke in found for point in stroke]
    # The lift may tell its place once more.
    if len(found) != int(strokes) or any(len(stroke) not in (int(points), int(points) + 1) for stroke in found):
        raise Expectation(f"{[len(stroke) for stroke in found]} points")
    if times != sorted(times) or times[-1] == 0:
        raise Expectation(f"the times are {times}")


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


@step(r"expect everything (in the lower part|at its usual place)")
def expect_low(player, where):
    is_low = player.world.station_call(do="page")["page"]["settings"].get("is_low", False)
    if is_low != (where == "in the lower part"):
        raise Expectation(f"everything stands {'low' if is_low else 'as usual'}")


@step(r"expect the text at (\d+) %")
def expect_size(player, percent):
    size = player.world.station_call(do="page")["page"]["settings"]["scale"]
    if size != int(percent):
        raise Expectation(f"the text stands at {size} %")


@step(r"expect the colours ([a-z-]+)")
def expect_colours(player, theme):
    found = player.world.station_call(do="page")["page"]["settings"]["theme"]
    if found != theme:
        raise Expectation(f"the colours are {found}")


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


@step(r"add catalogue file (\S+) in the group (\S+)")
def add_to_group(player, path, group):
    """The same without its tile on the first page: it is found behind the last one."""
    from world import SOURCE
    service = json.loads((SOURCE / path).read_text(encoding="utf-8"))
    service["home"] = {"group": group}
    file = player.world.catalogue / pathlib.Path(path).name
    file.write_text(json.dumps(service, ensure_ascii=False, indent=2), encoding="utf-8")


DEPARTMENTS = ("民政", "社保", "医保", "农业", "林业", "水利", "住建", "卫健", "教育", "残联", "公安", "司法")
FIGURES = "一二三四五六七八九十"


@step(r"add catalogue files until there are (\d+) matters of (\d+) departments")
def add_many(player, matters, departments):
    """What the demo has, and invented ones: each a file of its own with the department that decides, in turn."""
    from sentences.screen import GROUPS
    from world import SOURCE
    text = (SOURCE / "tests/fixtures/catalogue-extra/demo.extra.json").read_text(encoding="utf-8")
    folder = player.world.catalogue
    names = DEPARTMENTS[:int(departments)]
    for at in range(int(matters) - len(list(folder.glob("*.json")))):
        service = json.loads(text)
        department = names[at % len(names)]
        service["id"] = f"demo.m{at:02d}"
        service["label"] = {"zh_CN": f"{department}事{FIGURES[at // len(names)]}", "en": f"Matter {at}"}
        service["who_decides"] = {"zh_CN": f"演示县{department}局", "en": f"Office {at % len(names)}"}
        service["home"] = {"group": list(GROUPS)[at % len(GROUPS)]}
        (folder / f"{service['id']}.json").write_text(json.dumps(service, ensure_ascii=False, indent=2), encoding="utf-8")


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


@step(r"the cohort is certified")
def cohort(player):
    import cohort as people
    people.play(player)


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


@step(r"expect matters (\d+) and (\d+) are of (one visit|two visits)")
def expect_visits(player, first, second, how_many):
    """The centre reads it in both payloads: the session's id, random and new for each visit."""
    visits = {json.loads(player.world.platform(f"payload {number_of(player, ordinal)}"))["session"] for ordinal in (first, second)}
    if len(visits) != (1 if how_many == "one visit" else 2):
        raise Expectation(f"{len(visits)} visits")
