"""A server in the place of JupyterLab, inside a sandbox: it answers what a test asks of it, honest or hostile.

`api/events` with a body runs Python in the sandbox and answers what it printed.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys

from aiohttp import WSMsgType, web


async def echo(request: web.Request) -> web.Response:
    """Answer what arrived."""
    body = await request.read()
    said = {"method": request.method, "path": request.raw_path, "headers": dict(request.headers), "length": len(body)}
    as_page = request.headers.get("Sec-Fetch-Dest") == "iframe" and "asked=data" not in request.query_string
    return web.json_response(said, content_type="text/html" if as_page else "application/json")


async def run(request: web.Request) -> web.Response:
    """Run Python and answer its output."""
    code = (await request.read()).decode()
    done = await asyncio.to_thread(
        subprocess.run, ["/usr/bin/python3", "-I", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    return web.json_response({"out": done.stdout, "error": done.stderr, "status": done.returncode})


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer with the status, headers and size that the question names, of a text, in pieces of some length."""
    headers = [tuple(one) for one in json.loads(request.query.get("headers", "[]"))]
    size = int(request.query.get("size", "2"))
    response = web.StreamResponse(status=int(request.query.get("status", "200")))
    for name, value in headers:
        response.headers.add(name, value)
    empty = response.status in (204, 304) or request.method == "HEAD"
    if "stream" not in request.query and not empty:
        response.content_length = size
    await response.prepare(request)
    if empty:
        return response
    text = request.query.get("text", "x").encode()
    piece = int(request.query.get("piece", 1 << 16))
    whole = (text * (size // len(text) + 1))[:size]
    for start in range(0, size, piece):
        await response.write(whole[start : start + piece])
        if piece < 100:
            await asyncio.sleep(0.001)  # so that each is read by itself
    return response


async def page(request: web.Request) -> web.Response:
    """Answer with a hostile page, or with a hostile worker, of those that were mounted."""
    with open("/opt/pages.json") as stream:  # noqa: ASYNC230, PTH123 - a test's
        texts = json.load(stream)
    name = request.match_info.get("name")
    if name:
        return web.Response(text=texts["pages"].get(name, ""), content_type="text/html")
    return web.Response(text=texts["workers"].get(request.query_string, ""), content_type="text/javascript")


async def open_hostile(request: web.Request) -> None:
    """Open a channel by a handshake in the words of the test."""
    assert request.transport is not None
    said = f"HTTP/1.1 101 {request.query['opened']}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    request.transport.write(f"{said}Sec-WebSocket-Accept: {request.query['opened']}\r\n".encode())
    if chosen := request.query.get("protocol"):
        request.transport.write(f"Sec-WebSocket-Protocol: {chosen}\r\n".encode())
    request.transport.write(b"ETag: hostile\r\n\r\n")
    await asyncio.sleep(2)
    request.transport.close()


async def channel(request: web.Request) -> web.StreamResponse:
    """Echo; a text `size:N` is answered by a message of that many bytes, `parts:N` by one in two parts of N bytes."""
    if "opened" in request.query:
        await open_hostile(request)
    sockets = web.WebSocketResponse(max_msg_size=0, compress="compress" in request.query)
    await sockets.prepare(request)
    async for message in sockets:
        if message.type is WSMsgType.TEXT and message.data.startswith("size:"):
            await sockets.send_bytes(b"x" * int(message.data.split(":")[1]))
        elif message.type is WSMsgType.TEXT and message.data == "headers":
            await sockets.send_str(json.dumps(dict(request.headers)))
        elif message.type is WSMsgType.TEXT and message.data.startswith("raw:"):
            assert request.transport is not None
            request.transport.write(bytes.fromhex(message.data[4:]))
        elif message.type is WSMsgType.TEXT and message.data.startswith("parts:"):
            size = int(message.data.split(":")[1])
            assert request.transport is not None
            for head in (0x01, 0x80):
                request.transport.write(bytes((head, 127)) + size.to_bytes(8, "big") + b"x" * size)
        elif message.type is WSMsgType.TEXT:
            await sockets.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await sockets.send_bytes(message.data)
    return sockets


def main() -> None:
    """Serve on the inherited socket."""
    os.chdir(os.environ["HOME"])
    listener = socket.socket(fileno=int(os.environ["DATALAB_LISTEN_FD"]))
    listener.setblocking(False)  # noqa: FBT003
    application = web.Application(client_max_size=1 << 30)
    application.router.add_route("POST", "/{tail:.*}/api/events", run)
    application.router.add_get("/{tail:.*}/api/status", answer)  # and HEAD
    if os.path.exists("/opt/pages.json"):  # noqa: PTH110
        application.router.add_route("GET", "/{tail:.*}/lab/tree/{name}", page)
        application.router.add_route("GET", "/{tail:.*}/static/lab/worker.js", page)
    application.router.add_route("GET", "/{tail:.*}/api/kernels/{id}/channels", channel)
    application.router.add_route("*", "/{tail:.*}", echo)
    web.run_app(application, sock=listener, print=None, access_log=None)


if __name__ == "__main__":
    sys.exit(main())
