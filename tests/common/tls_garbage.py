"""A listener with the certificate of client configuration that answers anything but that."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import ssl

_SOAP = "http://www.w3.org/2003/05/soap-envelope"


def _http(body: str, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/soap+xml\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def _envelope(body: str) -> bytes:
    return _http(f'<e:Envelope xmlns:e="{_SOAP}"><e:Body>{body}</e:Body></e:Envelope>')


# None of these is an answer; an empty one is a listener that stays silent.
GARBAGE = {
    "html": _http("<!doctype html><html><p>Log in</html>"),
    "not there": _http("", "404 Not Found"),
    "no http": b"220 mail.example.com ESMTP\r\n",
    "not whole": _http('<e:Envelope xmlns:e="'),
    "another answer": _envelope("<other/>"),
    "nothing in it": _envelope('<get-all-config-resp xmlns="urn:cisco:epas:soap"/>'),
    "fault": _envelope("<e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code></e:Fault>"),
    "silent": b"",
}


@asynccontextmanager
async def listening(tls_dir: Path, answer: bytes) -> AsyncGenerator[tuple[int, list[bytes]]]:
    """Answer every request with these bytes; yields the port and the requests."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls_dir / "tomcat.pem", tls_dir / "tomcat.key")
    asked: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        if answer:
            writer.write(answer)
            await writer.drain()
        else:
            await reader.read()  # as long as the other side has patience
        writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()
        await server.wait_closed()
