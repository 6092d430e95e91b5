# SPDX-License-Identifier: GPL-3.0-or-later
"""bench_sync_proxy.py HOST PORT INNER: hands bytes on to another port of HOST and closes a connection on which nothing
moved for a fifth of a second: two minutes of a day that passes in one."""
import asyncio
import sys

IDLE_SECONDS = 0.2


async def hand_on(reader, writer):
    try:
        while True:
            data = await asyncio.wait_for(reader.read(65536), IDLE_SECONDS)
            if not data:
                break
            writer.write(data)
            await writer.drain()
    except (asyncio.TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve(host, port, inner):
    async def take(reader, writer):
        far_reader, far_writer = await asyncio.open_connection(host, inner)
        await asyncio.gather(hand_on(reader, far_writer), hand_on(far_reader, writer))

    async with await asyncio.start_server(take, host, port) as server:
        await server.serve_forever()


asyncio.run(serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
