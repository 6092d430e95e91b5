# SPDX-License-Identifier: GPL-3.0-or-later
"""What came out of the printer: pictures of paper, and the codes that a phone would read from them."""
import pathlib
import subprocess


def sheets(world):
    """Pictures of all sheets so far, oldest first. A picture lies there before its sheet: only the PDF is the sheet."""
    folder = world.folder / "paper"
    if world.has_simulated_printer():
        listed = world.printer("sheets").split()
        return [pathlib.Path(path) if path.startswith("/") else folder / path for path in listed]
    return sorted(picture for picture in folder.glob("*.png") if picture.with_suffix(".pdf").exists())


def read_codes(picture):
    run = subprocess.run(["zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)],
                         capture_output=True, text=True)
    return run.stdout.split()


def squeeze(text):
    """Without blanks and line ends: where a line ends on paper says nothing about its words."""
    return "".join(text.split())


def read_words(document):
    run = subprocess.run(["pdftotext", "-layout", str(document), "-"], capture_output=True, text=True, check=True)
    return squeeze(run.stdout)


def count_ink_above_line(picture):
    """Black pixels in the 22 mm above the first long thin line that begins right of the labels."""
    import gi
    gi.require_version("GdkPixbuf", "2.0")
    from gi.repository import GdkPixbuf
    image = GdkPixbuf.Pixbuf.new_from_file(str(picture))
    width, height, stride, each = image.get_width(), image.get_height(), image.get_rowstride(), image.get_n_channels()
    pixels = image.get_pixels()

    def row(y):
        return bytes(1 if pixels[y * stride + x * each] < 128 else 0 for x in range(width))
    rows = [row(y) for y in range(height)]
    for y, line in enumerate(rows):
        at = line.find(b"\1" * (width // 2))
        if at > width // 8 and not any(line[:at]):
            return sum(sum(above[at:]) for above in rows[max(0, y - 176):y])
    return 0
