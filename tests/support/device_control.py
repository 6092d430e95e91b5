# SPDX-License-Identifier: GPL-3.0-or-later
"""The one control language of all simulated devices, as CONTROL.md has it: one verb a connection, one line of answer."""
import os
import shutil
import signal
import socket
import urllib.parse

PATIENCE_S = 2  # whoever connects and says nothing must not hold the device up
MAX_LINE = 65536
COMMON = ("state", "verbs", "quit")


class Refused(Exception):
    """What cannot be done, and one word that says why: verb, value, unplugged, off, failed."""

    def __init__(self, why, detail=""):
        super().__init__(f"{why} {detail}".strip())


def describe(device, **values):
    """What `state` answers: name=value, parted by blanks; what has a blank or a percent sign in it is escaped."""
    values = {"device": device, **values}
    return " ".join(f"{name}={urllib.parse.quote(str(value), safe='/:.,-_+·')}" for name, value in values.items())


def list_choices(pairs):
    """What `choices` answers: what the verb takes, and what a person calls it."""
    return " ".join(f"{value}:{urllib.parse.quote(str(name), safe='·-._')}" for value, name in pairs)


def plug_word(is_plugged):
    return "in" if is_plugged else "out"


def answer(obey, verbs, line):
    """The one line that is said to @line."""
    try:
        if line == "quit":
            text = ""
        elif line == "verbs":
            text = " ".join((*verbs, *COMMON))
        elif line.partition(" ")[0] not in (*verbs, *COMMON):
            raise Refused("verb", line)
        else:
            text = obey(line)
        reply = f"ok {text}".rstrip()
    except Refused as why:
        reply = f"error {why}"
    except (ValueError, KeyError, IndexError) as error:
        reply = f"error value {error}"
    except Exception as error:
        reply = f"error failed {type(error).__name__}: {error}"
    return reply.replace("\n", " ")


def talk(channel, obey, verbs):
    """One verb; False when told to quit."""
    line = ""
    channel.settimeout(PATIENCE_S)
    with channel:
        try:
            with channel.makefile("rw", encoding="utf-8", errors="replace") as stream:
                line = stream.readline(MAX_LINE).strip()
                if line:
                    stream.write(answer(obey, verbs, line) + "\n")
        except OSError:
            pass  # nobody waits for the answer
    return line != "quit"


def listen(path):
    """The control socket: who sees it is answered."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    part = f"{path}.new"
    if os.path.lexists(part):
        os.unlink(part)
    server.bind(part)
    server.listen(8)
    os.rename(part, path)
    return server


def serve(control, folder, obey, verbs):
    """For a device that does nothing of its own accord; @folder goes with it."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    with listen(control) as server:
        while talk(server.accept()[0], obey, verbs):
            pass
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    return 0
