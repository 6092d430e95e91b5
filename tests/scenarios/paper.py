# SPDX-License-Identifier: GPL-3.0-or-later
"""What came out of the printer: pictures of paper, and the codes that a phone would read from them."""
import pathlib
import subprocess


def sheets(world):
    """Pictures of all sheets so far, oldest first."""
    folder = world.folder / "paper"
    if world.printer_kind == "ipp":
        listed = world.printer("sheets").split()
        return [pathlib.Path(path) if path.startswith("/") else folder / path for path in listed]
    return sorted(folder.glob("*.png"))


def read_codes(picture):
    run = subprocess.run(["zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)],
                         capture_output=True, text=True)
    return run.stdout.split()
