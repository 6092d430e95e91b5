# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripted tour: a day at the station, a picture of every page, every sheet as PNG and PDF, and tour.json."""
import json
import pathlib
import shutil
import subprocess

import paper
from faces import page_text
from steps import Player
from windows import WindowFace
from world import SOURCE, World

STORY = SOURCE / "tests/scenarios/tour.txt"
SHAPES = (("portrait", "1080x1920", "0.248"), ("landscape", "1280x800", "0.259"))


class Guide(Player):
    """A player that photographs what it sees."""

    def __init__(self, world, folder):
        super().__init__(world, "face")
        self.folder = folder
        self.stops = []
        self.models = {}

    def open_faces(self):
        self.world.start_display()
        self.world.start_bus()
        self.hall = WindowFace(self.world)

    def stop(self, title, seat="hall"):
        """One numbered picture of the real window, and the page model behind it."""
        self.turn(0.25)
        model = self.world.station_call(do="page", seat=seat)["page"]
        number = len(self.stops) + 1
        name = f"{number:02d}-{model['id'].replace('.', '-')}"
        face = self.hall if seat == "hall" else self.desk_face()
        face.shot(self.folder / f"{name}.png")
        self.models[name] = model
        self.stops.append({"number": number, "title": title, "page": model["id"], "template": model["template"],
                           "picture": f"{name}.png", "text": page_text(model).splitlines(),
                           "speech": model["speech"]})

    def play(self, line):
        if line.startswith("picture "):
            self.stop(line[8:])
        elif line.startswith("desk picture "):
            self.stop(line[13:], "desk")
        else:
            super().play(line)


def render_models(world, guide, folder):
    """Every page met on the tour, in both shapes, at 100 % and 200 %."""
    models = folder / "models"
    models.mkdir()
    pictures = []
    for scale in (100, 200):
        files = []
        for name, model in guide.models.items():
            file = models / f"{name}-{scale}.json"
            file.write_text(json.dumps({**model, "settings": {**model["settings"], "scale": scale}},
                                       ensure_ascii=False, indent=1), encoding="utf-8")
            files.append(str(file))
        for shape, size, pitch in SHAPES:
            out = folder / f"{shape}-{scale}"
            out.mkdir()
            subprocess.run([str(world.binary("bianmin-kiosk")), "--mute", "--size", size, "--pitch", pitch,
                            "--shot", str(out), *[arg for file in files for arg in ("--model", file)]],
                           check=True, stdin=subprocess.DEVNULL, capture_output=True,
                           env=world.environment(DISPLAY=world.display, GTK_A11Y="none"), timeout=200)
            pictures += sorted(path.relative_to(folder).as_posix() for path in out.glob("*.png"))
    shutil.rmtree(models)
    return pictures


def render_sheets(world, folder):
    sheets = []
    out = folder / "sheets"
    out.mkdir()
    for number, picture in enumerate(paper.sheets(world), 1):
        shutil.copy(picture, out / f"{number:02d}-paper.png")
        sheets.append({"paper": f"sheets/{number:02d}-paper.png", "codes": paper.read_codes(picture)})
    for number, sheet in enumerate(world.station_call(do="sheets")["sheets"], 1):
        model = out / f"{number:02d}.json"
        model.write_text(json.dumps(sheet["sheet"], ensure_ascii=False), encoding="utf-8")
        for suffix, kind in (("png", "roll80"), ("pdf", "roll80"), ("58.png", "roll58")):
            subprocess.run([str(world.binary("bianmin-render-sheet")), "--paper", kind, "--copy",
                            str(sheet.get("copy", 1)), str(model), str(out / f"{number:02d}.{suffix}")],
                           check=True, env=world.environment(), timeout=60)
        model.unlink()
        sheets.append({"png": f"sheets/{number:02d}.png", "pdf": f"sheets/{number:02d}.pdf",
                       "png58": f"sheets/{number:02d}.58.png", "text": sheet["text"].splitlines()})
    return sheets


def picture_of_bench(world, folder):
    """The trainer's bench, as it stands beside the terminal where there is a display."""
    world.start_bench_devices()
    for ask, line in ((world.reader, "place 1"), (world.camera, "lay paper.jpg"), (world.line, "restore"), (world.printer, "cover open")):
        ask(line)
    subprocess.run([str(world.binary("bianmin-device-bench")), "--run", str(world.run), "--shot", str(folder / "bench.png")],
                   check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                   env=world.environment(DISPLAY=world.start_display("xvfb-bench", "1280x800"), GTK_A11Y="none"))
    return "bench.png"


def play_tour(build, folder):
    folder = pathlib.Path(folder)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    with World(build) as world:
        world.begin()
        guide = Guide(world, folder)
        guide.open_faces()
        for line in STORY.read_text(encoding="utf-8").splitlines():
            line = line.strip()
            if line and not line.startswith("#"):
                guide.play(line)
        pictures = render_models(world, guide, folder)
        sheets = render_sheets(world, folder)
        bench = picture_of_bench(world, folder)
    (folder / "tour.json").write_text(json.dumps(
        {"version": 1, "stops": guide.stops, "pictures": pictures, "sheets": sheets, "bench": bench}, ensure_ascii=False, indent=1),
        encoding="utf-8")
    print(f"{len(guide.stops)} pages, {len(pictures)} further pictures, {len(sheets)} sheets, the device bench: {folder}")
