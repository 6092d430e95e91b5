# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the engine is compared with on the same line: PouchDB's replication, and one POST each."""
import json
import pathlib
import shutil
import subprocess
import sys

from world import SOURCE, WorldError

PEER = SOURCE / "tests/bench/peer"
POSTS = SOURCE / "tests/bench/bench_sync_posts.py"
INSTALL_SECONDS = 300


def install(build):
    """npm into the build folder, once. Returns the folder, or None and what was in the way."""
    folder = pathlib.Path(build).resolve() / "tests/bench/peer"
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None, "there is no node and npm here"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (PEER / "package-lock.json").read_bytes()
    if (folder / "package-lock.json").exists() and (folder / "package-lock.json").read_bytes() == lock and \
            (folder / "installed").exists():
        return folder, None
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PEER / name, folder / name)
    try:
        # LevelDB comes compiled inside its package; nobody's install script is run.
        run = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if run.returncode:
            return None, "npm cannot install it: " + (run.stderr.strip().splitlines() or ["no word why"])[-1]
        subprocess.run(["node", "-e", "require('pouchdb'); require('express-pouchdb')"], cwd=folder, check=True,
                       capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return None, f"npm did not finish within {INSTALL_SECONDS} s"
    except subprocess.CalledProcessError as error:
        return None, "it does not load: " + error.stderr.decode().strip().splitlines()[-1]
    (folder / "installed").touch()
    return folder, None


def _serve(world, name, command, folder):
    out = world.folder / f"{name}.out"
    server = world.net.far.popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=open(out, "ab"), text=True, start_new_session=True)
    world.programs[name] = server
    ready = server.stdout.readline().split()
    if not ready or ready[0] != "ready":
        raise WorldError(f"{name} did not start: {out.read_text()[-400:]}")
    return ready[1]


def _send(world, command, folder, seconds):
    run = world.net.near.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=seconds)
    if run.returncode:
        raise WorldError(f"{command[0]}: {run.stderr[-400:]}")
    return json.loads(run.stdout.splitlines()[-1])


def pouchdb(world, folder, facts, count, batch, seconds=600):
    """Documents a second of a replication of `count` of them."""
    host = world.net.far.address
    port = _serve(world, "peer", ["node", PEER / "server.js", world.folder / "peer-far", host, 0], folder)
    told = _send(world, ["node", PEER / "client.js", world.folder / "peer-near", f"http://{host}:{port}/bench", facts,
                         count, batch], folder, seconds)
    world.stop("peer")
    return told["docs"] / told["seconds"], told["seconds"]


def posts(world, facts, count, seconds=600):
    host = world.net.far.address
    port = _serve(world, "posts", [sys.executable, POSTS, "serve", host], world.folder)
    told = _send(world, [sys.executable, POSTS, "send", host, port, facts, count], world.folder, seconds)
    world.stop("posts")
    return told["count"] / told["seconds"], told["seconds"]
