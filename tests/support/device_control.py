# SPDX-License-Identifier: GPL-3.0-or-later
"""The control socket of a simulated device that is a folder: one verb a connection, one line of answer."""
import os
import shutil
import signal
import socket


def talk(channel, obey):
    """One verb; False when told to quit."""
    with channel, channel.makefile("rw") as stream:
        line = stream.readline().strip()
        try:
            text = "" if line == "quit" else obey(line)
            stream.write(f"ok {text}".rstrip() + "\n")
        except Exception as error:
            stream.write(f"error {error}\n")
    return line != "quit"


def serve(control, folder, obey):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(control + ".new")
        server.listen(8)
        os.rename(control + ".new", control)  # who sees it is answered
        while talk(server.accept()[0], obey):
            pass
    shutil.rmtree(folder, ignore_errors=True)
    return 0
