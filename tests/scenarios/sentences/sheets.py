# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about paper that came out."""
import paper
from steps import Expectation, step
from world import wait_until


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


def pdf_text(player):
    """What stands on the last PDF, as another program reads it; line ends inside a sentence do not count."""
    found = sorted((player.world.folder / "paper").glob("*.pdf"), key=lambda path: path.stat().st_mtime_ns)
    if not found:
        raise Expectation("there is no PDF")
    return paper.read_words(found[-1])


@step(r"expect PDF text (.+)")
def expect_pdf_text(player, text):
    words = pdf_text(player)
    if paper.squeeze(text) not in words:
        raise Expectation(f"the last PDF says:\n{words}")


@step(r"expect no PDF text (.+)")
def expect_no_pdf_text(player, text):
    if paper.squeeze(text) in pdf_text(player):
        raise Expectation(f"the last PDF says 「{text}」")


@step(r"expect QR on paper")
def expect_qr(player):
    """The code read from the picture of the paper is the one the ledger holds for this number."""
    codes = paper.read_codes(paper.sheets(player.world)[-1])
    wanted = player.world.station_call(do="sheets")["sheets"][-1]["qr"]
    if codes != [wanted]:
        raise Expectation(f"the paper's code reads {codes}, the ledger says {wanted}")


@step(r"expect a signature on paper")
def expect_signature_on_paper(player):
    """In the picture of the paper: a line to write on, and ink above it."""
    picture = paper.sheets(player.world)[-1]
    if paper.count_ink_above_line(picture) < 400:
        raise Expectation(f"no signature stands on {picture}")
