# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills a translator's file with a language that nobody speaks: English in other letters. Only for tests; nothing of it is in the product."""
import re

PLACE = re.compile(r"(%(?:\d+\$)?[-+ #0]*\d*(?:\.\d+)?[hlzjt]*[diouxXcsfgeE%]|\{[^{}]*\}|\\.)")
GEORGIAN, HEBREW = 0x10D0, 0x05D0


def disguise(text, first=GEORGIAN):
    """@text as it stands between the quotation marks of the file."""
    return "".join(part if PLACE.fullmatch(part) else
                   "".join(chr(first + ord(c.lower()) - ord("a")) if c.isascii() and c.isalpha() else c for c in part)
                   for part in PLACE.split(text))


def fill(po, first=GEORGIAN, name="ᲥᲘᲓ", direction="ltr", without=()):
    """The file with every msgstr filled, but those whose message is in @without."""
    lines, message = [], None
    po = po.replace('"X-Name: \\n"', f'"X-Name: {name}\\n"').replace('"X-Direction: \\n"', f'"X-Direction: {direction}\\n"')
    head, *items = po.split("\n\n")
    for item in items:
        before, rest = item.split("\nmsgid ")
        message, _ = rest.split("\nmsgstr ")
        whole = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', message))
        words = '""' if whole in without else "\n".join(
            f'"{disguise(line[1:-1], first)}"' for line in message.split("\n"))
        lines.append(f"{before}\nmsgid {message}\nmsgstr {words}")
    return "\n\n".join([head, *lines]) + "\n"
