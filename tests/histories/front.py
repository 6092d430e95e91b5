# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's own front: a reverse proxy that ends TLS with a certificate that stations believe, reads what passes,
counts it, and has an opinion of some of it. It speaks to the platform with the station's own certificate."""
import asyncio
import collections
import contextlib
import json
import ssl

from hostile_proxy import borrow_certificate, http_answer, read_request


class Front:
    def __init__(self, folder, host, target):
        """`folder` holds platform/ (its certificate is ours) and keys/ (the station's enrolment)."""
        self.host, self.target = host, target
        self.server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server_side.load_cert_chain(*borrow_certificate(folder))
        enrolment = json.loads((folder / "keys/enrolment.json").read_text(encoding="utf-8"))
        identity = folder / "identity.pem"
        identity.write_text(enrolment["client_certificate"] + "\n" + enrolment["client_key"] + "\n")
        self.client_side = ssl.create_default_context(cadata=enrolment["platform"]["ca"])
        self.client_side.load_cert_chain(identity)
        self.requests = collections.Counter()  # by path
        self.bytes_up = 0
        self.refused = 0
        self.empty = 0  # batches without a record: is it you or is it one of them?
        self.poison = b""  # a request whose body holds this is answered with `status`
        self.status = 500
        self.writers = set()

    async def start(self):
        self.server = await asyncio.start_server(self.accept, self.host, 0, ssl=self.server_side)
        self.port = self.server.sockets[0].getsockname()[1]
        return self.port

    async def accept(self, reader, writer):
        self.writers.add(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target, ssl=self.client_side,
                                                                   server_hostname=self.host)
            self.writers.add(far_writer)
            while True:
                head, body = await read_request(reader)
                self.requests[head.split(b" ", 2)[1].split(b"?")[0].decode()] += 1
                self.bytes_up += len(head) + len(body)
                self.empty += b'"count":0' in body[:400].replace(b" ", b"")
                if self.poison and self.poison in body:
                    self.refused += 1
                    writer.write(http_answer(self.status))
                    break
                far_writer.write(head + body)
                head, body = await read_request(far_reader)  # an answer has the same form
                writer.write(head + body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            for end in (writer, locals().get("far_writer")):
                if end is not None:
                    self.writers.discard(end)
                    with contextlib.suppress(Exception):
                        end.close()

    async def stop(self):
        self.server.close()
        for writer in list(self.writers):
            with contextlib.suppress(Exception):
                writer.transport.abort()
        await asyncio.sleep(0)
