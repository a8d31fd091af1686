"""A site on this machine's own address, made again when what it shows has changed, with pages that notice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from porter.errors import PorterError

ADDRESS = "127.0.0.1"
SECONDS = 0.5  # between two looks at what may have changed
_NOTHING = b"default-src 'none';"
_OWN = b"default-src 'none'; connect-src 'self';"
_SCRIPT = b'<script src="/live.js" defer></script>\n</head>'


class Server(ThreadingHTTPServer):
    """Serves one folder; ``version`` is told to pages, which load again when it is another."""

    daemon_threads = True

    def __init__(self, folder: Path, script: bytes, port: int) -> None:
        self.folder, self.script, self.version = folder, script, 1
        super().__init__((ADDRESS, port), _Handler)

    @property
    def url(self) -> str:
        """Where the site is."""
        return f"http://{ADDRESS}:{self.server_port}/"


def server_of(folder: Path, script: bytes, port: int | None) -> Server:
    """A server on ``port``; on None, the usual 8000 or else any that is free. Raises PorterError when it is taken."""
    try:
        return Server(folder, script, 8000 if port is None else port)
    except OSError as problem:
        if port is None:
            return Server(folder, script, 0)
        raise PorterError(f"port {port}: {problem.strerror or problem}", "give another --port; 0 takes a free one") from problem


def serve(server: Server, stamp: Callable[[], object], build: Callable[[], None]) -> None:
    """Serve until an exception, as the interrupt from a keyboard is one; ``build`` is called whenever ``stamp`` differs."""
    Thread(target=server.serve_forever, daemon=True).start()
    seen = stamp()
    try:
        while True:
            time.sleep(SECONDS)
            if (now := stamp()) != seen:
                seen = now
                build()
                server.version += 1
    finally:
        server.shutdown()
        server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    server: Server

    def __init__(self, *args: object) -> None:
        super().__init__(*args, directory=str(args[-1].folder))

    def do_GET(self) -> None:
        """Answers only calls for this very address, so that no other site can read pages through a name of its own."""
        if self.headers.get("Host") not in (f"{name}:{self.server.server_port}" for name in (ADDRESS, "localhost")):
            self.send_error(403)
        elif self.path == "/live":
            self._send("application/json", json.dumps({"version": self.server.version}).encode())
        elif self.path == "/live.js":
            self._send("text/javascript", self.server.script)
        elif (page := self._page()) is not None:
            self._send("text/html; charset=utf-8", page.replace(_NOTHING, _OWN, 1).replace(b"</head>", _SCRIPT, 1))
        else:
            super().do_GET()

    def log_message(self, *args: object) -> None:
        """Requests are nothing to speak of."""

    def _page(self) -> bytes | None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        try:
            return path.read_bytes() if path.suffix == ".html" else None
        except OSError:
            return None

    def _send(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)
