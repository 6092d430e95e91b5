# SPDX-License-Identifier: GPL-3.0-or-later
"""One POST each over one kept connection: what most systems of the field do. Plain HTTP, no TLS, nothing stored.

bench_sync_posts.py serve HOST            says "ready PORT", answers every POST with {"ok":true}
bench_sync_posts.py send HOST PORT FACTS COUNT   prints {"seconds":…,"count":…}
"""
import http.client
import http.server
import json
import socket
import sys
import time


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # noqa: N802: the library's name
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"ok":true}'
        # One write, so that head and body share a packet.
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                         % (len(body), body))

    def log_message(self, *_):
        pass


def serve(host):
    server = http.server.ThreadingHTTPServer((host, 0), Server)
    server.daemon_threads = True
    print("ready", server.server_address[1], flush=True)
    server.serve_forever()


def send(host, port, path, count):
    with open(path, encoding="utf-8") as stream:
        lines = [line.rstrip("\n").encode() for line in stream][:int(count)]
    connection = http.client.HTTPConnection(host, int(port), timeout=120)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    began = time.monotonic()
    for line in lines:
        connection.request("POST", "/entry", line, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        if reply.status != 200 or not json.loads(reply.read())["ok"]:
            sys.exit("the server did not take it")
    print(json.dumps({"seconds": time.monotonic() - began, "count": len(lines)}))


if __name__ == "__main__":
    {"serve": serve, "send": send}[sys.argv[1]](*sys.argv[2:])
