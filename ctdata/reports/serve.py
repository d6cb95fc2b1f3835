"""Serve the finished site on this machine alone, for reading."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Hands out files; what a browser might keep it asks for again, so that pages stay fresh."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".md": "text/plain; charset=utf-8",
        ".ipynb": "application/json",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(404, "File not found")

    def log_message(self, *arguments: object) -> None:
        pass


def make_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Make a server of a folder that only this machine can reach.

    Parameters
    ----------
    folder : Path
        The site.
    port : int
        Where to listen; 0 takes any port that is free.

    Returns
    -------
    http.server.ThreadingHTTPServer
        Listening, but not serving yet; its port is ``server_address[1]``.

    Raises
    ------
    OSError
        The port is taken or not allowed.
    """
    return ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder)))
