# SPDX-License-Identifier: GPL-3.0-or-later
"""Contact sheets: for each service what a resident meets, in order, for an official of the village to read.

contact/SERVICE.txt is played against the real station, as scenarios are, with three sentences of its own:

    part TEXT       a new row with this heading
    picture TEXT    the page as it stands, at 100 % and 200 %; TEXT says what happens there
    slip TEXT       the sheet that came out of the printer last

Each becomes one HTML file that needs no other, and one PNG, named as the tile of the service. Nothing in them may be
English: what is to be read is checked, letter by letter.
"""
import base64
import html
import json
import os
import pathlib
import re
import subprocess
import tempfile

import paper
from steps import Player
from world import SOURCE, World

STORIES = SOURCE / "tests/scenarios/contact"
SIZE, PITCH = "1080x1920", "0.248"
SCALES = {100: "平常的字", 200: "最大的字"}
INTRO = ("这是在站里的机器上真走一遍留下的画面，照居民碰到的先后排。",
         "左边是平常的字，右边是最大的字。大字一页放不下，就分成几页。", "画面里的人和钱都是演示用的，不是真的。")
INK, PAPER, GROUND, RULE = "#16211B", "#FFFCF4", "#F6F0E1", "#675F4A"
THUMB, GAP, ROW = 250, 14, 1680  # pixels of the PNG
CLOSING = "，。、；：！？）》」"


class ContactError(Exception):
    """A sheet that an official could not read, or a story that did not come true."""


class Guide(Player):
    """Plays a story and keeps the models of its pages."""

    def __init__(self, world):
        super().__init__(world, "station")
        self.parts = []

    def play(self, line):
        verb, _, text = line.partition(" ")
        if verb == "part":
            self.parts.append((text, []))
        elif verb == "picture":
            self.turn(0.3)
            self.add(text, model=self.world.station_call(do="page")["page"])
        elif verb == "slip":
            self.add(text, slip=paper.sheets(self.world)[-1].read_bytes())
        else:
            super().play(line)

    def add(self, text, **what):
        if not self.parts:
            raise ContactError(f"before the first part: {text}")
        self.parts[-1][1].append({"text": text, **what})


def services():
    """(name, tile) of each service that the station offers."""
    files = sorted((SOURCE / "assets/catalogue").glob("*.json"))
    return [(file.stem, json.loads(file.read_text(encoding="utf-8"))["label"]["zh_CN"]) for file in files]


def play_story(build, name):
    story = STORIES / f"{name}.txt"
    with World(build) as world:
        world.begin()
        guide = Guide(world)
        guide.open_faces()
        for number, line in enumerate(story.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                try:
                    guide.play(line.strip())
                except Exception as error:
                    raise ContactError(f"{story.name}:{number}: {line}: {error}") from error
        guide.close()
        world.start_display()
        draw_pages(world, guide.parts)
    return guide.parts


def draw_pages(world, parts):
    """Fills in "pictures": for each scale the parts that the page is cut into, as PNG."""
    pages = [step for _, steps in parts for step in steps if "model" in step]
    with tempfile.TemporaryDirectory() as folder:
        for scale in SCALES:
            out, files = pathlib.Path(folder, str(scale)), []
            for number, step in enumerate(pages):
                file = pathlib.Path(folder, f"{scale}-{number:02d}.json")
                model = {**step["model"], "settings": {**step["model"]["settings"], "scale": scale}}
                file.write_text(json.dumps(model, ensure_ascii=False), encoding="utf-8")
                files += ["--model", str(file)]
            subprocess.run([str(world.binary("bianmin-kiosk")), "--mute", "--size", SIZE, "--pitch", PITCH,
                            "--shot", str(out), *files], check=True, stdin=subprocess.DEVNULL, capture_output=True,
                           env=world.environment(DISPLAY=world.display, GTK_A11Y="none"), timeout=300)
            for number, step in enumerate(pages):
                drawn = sorted(out.glob(f"{scale}-{number:02d}*.png"))
                if not drawn:
                    raise ContactError(f"no picture of: {step['text']}")
                step.setdefault("pictures", {})[scale] = [small(path.read_bytes()) for path in drawn]


def convert(*arguments, data=None):
    return subprocess.run(["convert", *map(str, arguments)], input=data, stdout=subprocess.PIPE, check=True,
                          timeout=200, env={**os.environ, "MAGICK_THREAD_LIMIT": "1"}).stdout


def small(png):
    return convert("png:-", "-resize", "540x", "+dither", "-colors", "64", "png8:-", data=png)


def trimmed(png):
    return convert("png:-", "-trim", "+repage", "-bordercolor", "white", "-border", "24", "-resize", "540x",
                   "+dither", "-colors", "16", "png8:-", data=png)


# what is read -----------------------------------------------------------------------------------------------------

def numbered(parts):
    """(heading, [(number, step)]) with numbers that go through all parts."""
    number, rows = 0, []
    for heading, steps in parts:
        row = []
        for step in steps:
            number += 1
            row.append((number, step))
        rows.append((heading, row))
    return rows


def labels_of(step):
    """(what stands over a picture, the picture) of a step."""
    if "slip" in step:
        return [("打出来的条子", trimmed(step["slip"]))]
    found = []
    for scale, name in SCALES.items():
        pictures = step["pictures"][scale]
        for index, picture in enumerate(pictures, 1):
            found.append((name if len(pictures) == 1 else f"{name}，第{index}页", picture))
    return found


def title_of(tile):
    return f"{tile}：居民在机器上看到什么"


def check_words(name, words):
    """An official reads Chinese: no word, file name or id in Latin letters."""
    for text in words:
        if re.search("[A-Za-z]", text):
            raise ContactError(f"{name}: not Chinese: {text}")
        if not re.search("[\u4e00-\u9fff]", text):
            raise ContactError(f"{name}: says nothing: {text!r}")


def words_of(tile, parts):
    steps = [step for _, row in parts for step in row]
    return [title_of(tile), *INTRO, *(heading for heading, _ in parts), *(step["text"] for step in steps),
            *(label for step in steps for label, _ in step["shown"])]


STYLE = f"""body{{background:{GROUND};color:{INK};font:20px/1.6 'Noto Sans CJK SC',sans-serif;margin:32px}}
h1{{font-size:40px;margin:0}}h2{{font-size:28px;border-top:2px solid {RULE};padding-top:16px;margin-top:40px}}
ol{{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:24px}}
li{{background:{PAPER};border:2px solid {INK};border-radius:12px;padding:16px}}
li>p{{margin:0 0 12px;font-weight:700;max-width:30em;min-width:514px}}li>div{{display:flex;gap:14px}}
figure{{margin:0}}figcaption{{font-size:16px}}img{{width:250px;border:1px solid {RULE};display:block}}
@media print{{li{{break-inside:avoid}}}}"""


def make_html(tile, parts):
    lines = [f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{html.escape(title_of(tile))}</title>',
             f"<style>{STYLE}</style><h1>{html.escape(title_of(tile))}</h1>",
             *(f"<p style='margin:0'>{html.escape(text)}</p>" for text in INTRO)]
    for heading, row in numbered(parts):
        lines.append(f"<h2>{html.escape(heading)}</h2><ol>")
        for number, step in row:
            lines.append(f"<li><p>{number}. {html.escape(step['text'])}</p><div>")
            for label, picture in step["shown"]:
                data = base64.b64encode(picture).decode()
                lines.append(f"<figure><figcaption>{html.escape(label)}</figcaption>"
                             f"<img alt='{html.escape(step['text'])}' src='data:image/png;base64,{data}'></figure>")
            lines.append("</div></li>")
        lines.append("</ol>")
    return "\n".join(lines)


# the PNG ----------------------------------------------------------------------------------------------------------

def wrapped(text, width, size):
    """Lines of no more than @width pixels; closing punctuation begins none."""
    lines, line, used = [], "", 0
    for character in text:
        step = size if ord(character) > 0x2e80 else size * 0.6
        if line and used + step > width and character not in CLOSING:
            lines.append(line)
            line, used = "", 0
        line, used = line + character, used + step
    return [*lines, line]


class Drawing:
    """An SVG that grows downwards; librsvg sets its type as the station's own slips are set."""

    def __init__(self):
        self.parts, self.y = [], GAP

    def write(self, text, size, x, width, weight=400):
        """Lines of text; gives the height they take."""
        lines = wrapped(text, width, size)
        for number, line in enumerate(lines):
            self.parts.append(f'<text x="{x}" y="{self.y + size * (1.1 + 1.4 * number):.0f}" font-size="{size}" '
                              f'font-weight="{weight}">{html.escape(line)}</text>')
        return round(1.4 * size * len(lines))

    def card(self, card, x):
        """One step in its box."""
        top = self.y
        self.parts.append(f'<rect x="{x}" y="{top}" width="{card.width}" height="{card.height}" rx="8" fill="{PAPER}" '
                          f'stroke="{INK}" stroke-width="2"/>')
        self.y += GAP
        self.y += self.write(card.text, 22, x + GAP, card.width - 2 * GAP, 700)
        for index, (label, picture, height) in enumerate(card.shown):
            left = x + GAP + index * (THUMB + GAP)
            self.write(label, 16, left, THUMB)
            data = base64.b64encode(picture).decode()
            self.parts.append(f'<image x="{left}" y="{self.y + 28}" width="{THUMB}" height="{height}" href="data:image/png;base64,{data}"/>'
                              f'<rect x="{left}" y="{self.y + 28}" width="{THUMB}" height="{height}" fill="none" stroke="{RULE}"/>')
        self.y = top

    def save(self, path):
        import gi
        gi.require_version("GdkPixbuf", "2.0")
        from gi.repository import GdkPixbuf
        height = round(self.y + GAP)
        body = "\n".join(self.parts)
        loader = GdkPixbuf.PixbufLoader.new_with_type("svg")
        loader.write(f'<svg xmlns="http://www.w3.org/2000/svg" xml:lang="zh-CN" width="{ROW + 2 * GAP}" height="{height}" '
                     f'font-family="Noto Sans CJK SC" fill="{INK}"><rect width="100%" height="100%" fill="{GROUND}"/>{body}</svg>'.encode())
        loader.close()
        loader.get_pixbuf().savev(str(path), "png", [], [])


class Card:
    def __init__(self, number, step):
        self.text = f"{number}. {step['text']}"
        self.shown = [(label, picture, height_of(picture)) for label, picture in step["shown"]]
        self.width = max(len(self.shown), 2) * (THUMB + GAP) + GAP  # a caption beside one slip has room, too
        lines = len(wrapped(self.text, self.width - 2 * GAP, 22))
        self.height = 2 * GAP + round(1.4 * 22 * lines) + 28 + max(height for *_, height in self.shown)


def height_of(png):
    """Of a picture as wide as THUMB; the sides stand in its header."""
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    return round(THUMB * height / width)


def rows_of(cards):
    """Cards beside one another as long as there is room."""
    rows, used = [[]], 0
    for card in cards:
        if rows[-1] and used + card.width > ROW:
            rows.append([])
            used = 0
        rows[-1].append(card)
        used += card.width + GAP
    return rows


def make_png(tile, parts, path):
    drawing = Drawing()
    drawing.y += drawing.write(title_of(tile), 44, GAP, ROW, 700)
    for text in INTRO:
        drawing.y += drawing.write(text, 22, GAP, ROW)
    for heading, row in numbered(parts):
        drawing.y += GAP
        drawing.y += drawing.write(heading, 32, GAP, ROW, 700) + GAP
        for cards in rows_of([Card(number, step) for number, step in row]):
            x = GAP
            for card in cards:
                drawing.card(card, x)
                x += card.width + GAP
            drawing.y += max(card.height for card in cards) + GAP
    drawing.save(path)


def check_stories():
    """What can be said before anything is played."""
    for name, _ in services():
        story = STORIES / f"{name}.txt"
        if not story.exists():
            raise ContactError(f"{name} has no story: {story.relative_to(SOURCE)}")
        lines = [line.partition(" ") for line in story.read_text(encoding="utf-8").splitlines()]
        check_words(story.name, [text for verb, _, text in lines if verb in ("part", "picture", "slip")])


def make_sheets(build, folder):
    """All of them, into a folder; the paths."""
    check_stories()
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, tile in services():
        parts = play_story(build, name)
        for _, steps in parts:
            for step in steps:
                step["shown"] = labels_of(step)
        check_words(name, words_of(tile, parts))
        page = folder / f"{tile}.html"
        page.write_text(make_html(tile, parts), encoding="utf-8")
        make_png(tile, parts, folder / f"{tile}.png")
        made.append((tile, page))
    return made
