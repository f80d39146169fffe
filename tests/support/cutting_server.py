"""A server in front of another one, which notes what is asked and breaks answers off in the middle."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from local_server import listening


@dataclass
class Cutting:
    """`cut`: the ending of a path → after how many bytes of content one answer after the other breaks off."""

    url: str = ""  # where it listens
    cut: dict[str, list[int]] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)  # method, path, Range

    def gets(self, ending: str) -> list[str | None]:
        """The Range of every GET of such a path."""
        return [span for method, path, span in self.asked if method == "GET" and path.endswith(ending)]


@contextmanager
def cutting(behind: str) -> Iterator[Cutting]:
    """In front of `behind` (http://host:port)."""
    told = Cutting()
    with listening(_handler(told, urlsplit(behind))) as server:
        told.url = server.url
        yield told


def _handler(told: Cutting, behind) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = urlsplit(self.path).path
            told.asked.append((self.command, path, self.headers.get("Range")))
            there = http.client.HTTPConnection(behind.hostname, behind.port)
            there.request(self.command, self.path, headers=dict(self.headers))
            answer = there.getresponse()
            body = answer.read()
            there.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in (
                    "transfer-encoding",
                    "connection",
                    "content-length",
                    "date",
                    "server",
                ):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            cuts = next((cuts for ending, cuts in told.cut.items() if path.endswith(ending)), [])
            if cuts:
                body = body[: cuts.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, *_):
            """Tests read `asked`."""

    return Handler
