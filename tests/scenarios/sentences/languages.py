# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about a language that is no part of the program: one that nobody speaks stands for it."""
import json

from pseudo_language import GEORGIAN, HEBREW, disguise, fill
from sentences.devices import publish
from steps import step


def pack(player, from_right=False, without=()):
    """As people do it: the list of what has to be written, a native speaker who fills it in, the document's body."""
    world = player.world
    listed, filled, packed = (world.folder / name for name in ("missing.po", "filled.po", "packed.json"))
    world.call("bianmin-ctl", "--out", listed, "language", "missing", "qid")
    text = listed.read_text(encoding="utf-8")
    filled.write_text(fill(text, HEBREW, "קיד", "rtl", without) if from_right else fill(text, without=without), encoding="utf-8")
    world.call("bianmin-ctl", "--out", packed, "language", "import", filled)
    return json.loads(packed.read_text(encoding="utf-8"))


@step(r"the platform publishes the pseudo-language( from right to left)?(?: without (.+))?")
def publish_language(player, from_right, without):
    player.letters = HEBREW if from_right else GEORGIAN
    publish(player, "language", "qid", pack(player, bool(from_right), {without} if without else ()))


@step(r"the platform publishes the pseudo-language with a lost place")
def publish_broken_language(player):
    body = pack(player)
    body["messages"]["speech"]["Press number %u: %s."] = "%u"
    publish(player, "language", "qid", body)


@step(r"in the pseudo-language press (.+)")
def press_disguised(player, label):
    player.press(player.hall, disguise(label, player.letters))


@step(r"in the pseudo-language wait for (.+)")
def wait_disguised(player, text):
    player.wait_text(player.hall, disguise(text, player.letters), 15)
