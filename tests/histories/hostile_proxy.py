# SPDX-License-Identifier: GPL-3.0-or-later
"""What can stand between a station and its platform: a line that breaks at any byte, and somebody else who answers.

The line (HostileProxy) carries bytes it cannot read, since TLS goes from end to end. One Fault is in force at a time,
for connections that stand and for new ones; whoever was harmed by it is thrown out when it ends, as a line does.
The somebody else (Impostor) ends TLS itself, with a certificate that the station must not believe, or, as the
platform's own broken front, with one that it believes.
"""
import asyncio
import contextlib
import dataclasses
import pathlib
import socket
import ssl
import struct
import subprocess

PIECE = 16384
REMEMBERED_BYTES = 65536  # of what a client sent, for saying it again
UP, DOWN = "up", "down"


@dataclasses.dataclass
class Fault:
    """kind, and what it needs:

    refuse          connections are closed at once (`reset`: with RST)
    cut             after `at` more bytes going `way`, the connection ends
    cut-record      `at` bytes into the `record`-th further TLS record going `way`
    lose-answers    questions arrive, answers are lost; handshakes still get through
    lose-questions  nothing more arrives at the platform, and nobody is told
    half-open       nothing passes `way`, and nobody is told
    delay           everything going `way` comes `seconds` later
    slow            `rate` bytes a second, in drops, `way`
    stall           both ways stand still
    reset           every connection that stands ends with RST; new ones are well
    again           what a connection said is said once more by a second one
    plain-portal    somebody answers in plain HTTP where TLS is expected, with `status`
    impostor        connections go to `target` instead (a portal, a DNS lie)
    """
    kind: str
    way: str = UP
    at: int = 0
    record: int = 1
    seconds: float = 0.2
    rate: int = 200
    status: int = 302
    reset: bool = False
    target: tuple = None

    def __str__(self):
        told = {"cut": f"{self.way} {self.at}", "cut-record": f"{self.way} record {self.record}+{self.at}",
                "half-open": self.way, "delay": f"{self.way} {self.seconds:.2f} s", "slow": f"{self.way} {self.rate}/s",
                "plain-portal": str(self.status)}.get(self.kind, "")
        return f"{self.kind} {told}".strip() + (" rst" if self.reset else "")


class Records:
    """Where TLS records begin in a byte stream, by their headers."""

    HEADER = 5

    def __init__(self, left=0, header=b""):
        self.left, self.header = left, header

    def copy(self):
        return Records(self.left, self.header)

    def walk(self, data):
        """Gives, for every record whose header ends in `data`, the offset at which its body begins."""
        at = 0
        while at < len(data):
            if self.left:
                step = min(self.left, len(data) - at)
                self.left, at = self.left - step, at + step
                continue
            part = data[at:at + self.HEADER - len(self.header)]
            self.header, at = self.header + part, at + len(part)
            if len(self.header) == self.HEADER:
                self.left = struct.unpack(">H", self.header[3:5])[0]
                self.header = b""
                yield at

    def feed(self, data):
        """Returns how many records began."""
        return sum(1 for _ in self.walk(data))

    def offset_of(self, data, record, inside):
        """Where `inside` bytes into the `record`-th record from here on lie in `data`; None when not in it."""
        for number, body in enumerate(self.copy().walk(data), 1):
            if number == record:
                return min(body - self.HEADER + inside, len(data))
        return None


def _abort(writer, reset=False):
    """Ends a connection without saying what was left to say."""
    with contextlib.suppress(Exception):
        if reset:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy, reader, writer):
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.far_writer = None
        self.is_harmed = False
        self.flights = 0  # changes of who speaks: 2 when the client has ended its handshake
        self.speaker = DOWN
        self.passed = {UP: 0, DOWN: 0}
        self.records = {UP: Records(), DOWN: Records()}
        self.said = b""
        self.note_fault()

    def note_fault(self):
        """Offsets count from the moment in which the fault came into force."""
        self.since = dict(self.passed)
        self.records_left = self.proxy.fault.record if self.proxy.fault else 0

    def end(self, reset=False):
        for writer in (self.writer, self.far_writer):
            if writer is not None:
                _abort(writer, reset)

    async def run(self):
        fault = self.proxy.fault
        if fault and fault.kind == "refuse":
            return self.end(fault.reset)
        if fault and fault.kind == "plain-portal":
            return await self.answer_plainly(fault)
        target = fault.target if fault and fault.kind == "impostor" else self.proxy.target
        if fault and fault.kind == "impostor":
            self.is_harmed = True
        try:
            far_reader, self.far_writer = await asyncio.open_connection(*target)
        except OSError:
            return self.end()
        pumps = [asyncio.ensure_future(self.pump(UP, self.reader, self.far_writer)),
                 asyncio.ensure_future(self.pump(DOWN, far_reader, self.writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self.end()

    async def answer_plainly(self, fault):
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await asyncio.wait_for(self.reader.read(PIECE), 5)
            self.writer.write(http_answer(fault.status))
            await self.writer.drain()
        with contextlib.suppress(Exception):
            self.writer.close()

    async def pump(self, way, reader, writer):
        """Ends when the line is to end; otherwise the other side's end is passed on."""
        with contextlib.suppress(OSError):
            while True:
                data = await reader.read(PIECE)
                if not data:
                    return
                if self.speaker != way:
                    self.speaker, self.flights = way, self.flights + 1
                if way == UP and len(self.said) < REMEMBERED_BYTES:
                    self.said += data
                kept, ends = await self.disturb(way, data)
                self.records[way].feed(data)
                self.passed[way] += len(data)
                if kept:
                    writer.write(kept)
                    await writer.drain()
                if ends:
                    # What was let through arrives before the end does.
                    with contextlib.suppress(Exception):
                        await asyncio.wait_for(writer.drain(), 1)
                    await asyncio.sleep(0.01)
                    return self.end(self.proxy.fault.reset if self.proxy.fault else False)

    async def disturb(self, way, data):
        """(what passes, whether the connection ends then)"""
        fault = self.proxy.fault
        if fault is None:
            return data, False
        kind = fault.kind
        if kind == "stall" or (kind in ("half-open", "lose-questions", "lose-answers") and self.loses(fault, way)):
            self.proxy.met += 1
            self.is_harmed = True
            return b"", False
        if way != fault.way:
            return data, False
        if kind == "cut":
            left = fault.at - (self.passed[way] - self.since[way])
            return self.cut(data, left if left < len(data) else None)
        if kind == "cut-record":
            where = self.records[way].offset_of(data, self.records_left, fault.at)
            self.records_left -= self.records[way].copy().feed(data) if where is None else 0
            return self.cut(data, where)
        if kind == "delay":
            self.proxy.met += 1
            await asyncio.sleep(fault.seconds)
        elif kind == "slow":
            await self.drip(way, data, fault)
            return b"", False
        return data, False

    def cut(self, data, where):
        if where is None:
            return data, False
        self.proxy.met += 1
        return data[:max(0, where)], True

    def loses(self, fault, way):
        if fault.kind == "half-open":
            return way == fault.way
        if fault.kind == "lose-questions":
            return way == UP
        return way == DOWN and self.flights > 2  # the handshake is over: this is an answer

    async def drip(self, way, data, fault):
        """Drops of a twentieth of a second, as long as the fault lasts; the rest at once."""
        writer = self.far_writer if way == UP else self.writer
        self.proxy.met += 1
        size = max(1, fault.rate // 20)
        for at in range(0, len(data), size):
            if self.proxy.fault is not fault:
                writer.write(data[at:])
                break
            writer.write(data[at:at + size])
            await writer.drain()
            await asyncio.sleep(0.05)


class HostileProxy:
    def __init__(self, target):
        self.target = target
        self.fault = None
        self.met = 0  # how often a fault did something
        self.lines = set()
        self.server = None
        self.tasks = set()

    async def start(self, host="127.0.0.1", sock=None):
        if sock is not None:
            self.server = await asyncio.start_server(self.accept, sock=sock, limit=PIECE)
        else:
            self.server = await asyncio.start_server(self.accept, host, 0, limit=PIECE)
        self.port = self.server.sockets[0].getsockname()[1]
        return self.port

    async def accept(self, reader, writer):
        line = Line(self, reader, writer)
        self.lines.add(line)
        try:
            if self.fault and self.fault.kind in ("refuse", "plain-portal", "impostor"):
                self.met += 1
            await line.run()
        except (OSError, asyncio.IncompleteReadError):
            line.end()
        finally:
            self.lines.discard(line)

    def set(self, fault):
        """A fault in force from now on, or None: then whoever was harmed by the last one is thrown out."""
        last, self.fault = self.fault, fault
        for line in list(self.lines):
            if line.is_harmed:
                line.end()
            else:
                line.note_fault()
        if fault and fault.kind == "reset":
            self.met += len(self.lines)
            for line in list(self.lines):
                line.end(reset=True)
        elif fault and fault.kind in ("refuse", "impostor", "plain-portal"):
            for line in list(self.lines):
                line.end(fault.reset)
        if fault and fault.kind == "again":
            task = asyncio.ensure_future(self.say_again())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return last

    async def say_again(self):
        """A second connection repeats what the first ones said, byte by byte, and listens for a while."""
        for said in [line.said for line in self.lines if line.said]:
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                reader, writer = await asyncio.open_connection(*self.target)
                self.met += 1
                writer.write(said)
                await asyncio.wait_for(reader.read(PIECE), 1)
                writer.close()

    async def stop(self):
        self.fault = None
        if self.server is not None:
            self.server.close()
        for line in list(self.lines):
            line.end()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.sleep(0)


def http_answer(status):
    """What a portal says: a page, a way to one, or 511."""
    words = {200: "OK", 204: "No Content", 302: "Found", 511: "Network Authentication Required", 502: "Bad Gateway",
             503: "Service Unavailable", 500: "Internal Server Error", 413: "Payload Too Large"}
    page = b"<html><title>Welcome</title>Please sign in to use the network.</html>\n"
    head = f"HTTP/1.1 {status} {words.get(status, 'Strange')}\r\nContent-Type: text/html\r\n"
    if status == 302:
        head += "Location: http://192.0.2.1/login\r\n"
    if status == 204:
        page = b""
    return (head + f"Content-Length: {len(page)}\r\nConnection: close\r\n\r\n").encode() + page


def make_stranger(folder, host):
    """(certificate, key) for `host`, signed by nobody that a station believes."""
    stem = pathlib.Path(folder) / "stranger"
    key, certificate = stem.with_suffix(".key"), stem.with_suffix(".pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
                    "-keyout", str(key), "-out", str(certificate), "-subj", f"/CN={host}", "-addext",
                    f"subjectAltName=IP:{host}"], check=True, capture_output=True)
    return certificate, key


def borrow_certificate(folder):
    """(certificate, key) of the platform in `folder`, as its own front has them."""
    return pathlib.Path(folder) / "platform/server.pem", pathlib.Path(folder) / "platform/server.key"


class Impostor:
    """Ends TLS and answers every request with one status: whatever it says, nothing is acknowledged by it."""

    def __init__(self, certificate, key, status=200):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.status = status
        self.asked = 0

    async def start(self, host="127.0.0.1"):
        self.server = await asyncio.start_server(self.accept, host, 0, ssl=self.context)
        self.port = self.server.sockets[0].getsockname()[1]
        return host, self.port

    async def accept(self, reader, writer):
        with contextlib.suppress(Exception):
            await asyncio.wait_for(read_request(reader), 10)
            self.asked += 1
            writer.write(http_answer(self.status))
            await writer.drain()
        with contextlib.suppress(Exception):
            writer.close()

    async def stop(self):
        self.server.close()


async def read_request(reader):
    """(head, body) of one HTTP request, or None at the end."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return head, await reader.readexactly(length)
