"""A real HTTP service for tests, on a port of this machine, that answers as a test says: well, or in every wrong way."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StubService:
    """`answer(path, headers, body)` gives (status, headers, body); a body may be chunks, sent one by one.

    `asked` holds the paths of all requests, in order.
    """

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                service.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.say(*service.answer(self.path, self.headers, body))

            def do_GET(self):
                service.asked.append(self.path)
                self.say(*service.answer(self.path, self.headers, b""))

            def say(self, status, headers, body):
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    for chunk in [body] if isinstance(body, bytes) else body:
                        self.wfile.write(chunk)
                        self.wfile.flush()
                except ConnectionError:
                    pass  # whoever asked has had enough

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def in_json(status, **said):
    """An answer of a service that speaks JSON."""
    return status, {"Content-Type": "application/json"}, json.dumps(said).encode()


def dripping(body, seconds):
    """The body byte after byte, over this long."""
    for byte in body:
        yield bytes([byte])
        time.sleep(seconds / len(body))
