"""A real time-stamp service for tests, over HTTP, made from the sandbox's; it can be made to fail in every way."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class TimeServer:
    """Answers with `answer(request)`: bytes, or (status, headers, bytes), or chunks to be sent one by one."""

    def __init__(self, answer):
        self.answer, self.asked = answer, 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    @contextmanager
    def running(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                service.asked += 1
                said = service.answer(self.rfile.read(int(self.headers["Content-Length"])))
                status, headers, body = said if isinstance(said, tuple) else (200, {}, said)
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for chunk in [body] if isinstance(body, bytes) else body:
                        self.wfile.write(chunk)
                        self.wfile.flush()
                except ConnectionError:
                    pass  # whoever asked has had enough

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def dripping(body, seconds):
    """The body byte after byte, over this long."""
    for byte in body:
        yield bytes([byte])
        time.sleep(seconds / len(body))
