"""A real time-stamp service for tests, over HTTP, made from the sandbox's; it can be made to fail in every way."""

import threading
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
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/timestamp-reply")
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
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class Dawdler:
    """A service that would answer in the end, by two ways of being slow; `has_answered` says whether someone waited for it."""

    PATIENCE_SECONDS = 30

    def __init__(self):
        self.was_asked, self.is_over, self.has_answered = threading.Event(), threading.Event(), False

    def silent(self, request):
        """Nothing for a long time, then an empty answer."""
        self.was_asked.set()
        self.has_answered = not self.is_over.wait(self.PATIENCE_SECONDS)
        return b""

    def dripping(self, request):
        """A byte now and then, so that something always comes."""
        self.was_asked.set()
        return 200, {}, self.drops()

    def drops(self):
        steps = 20 * self.PATIENCE_SECONDS
        for _ in range(steps):
            if self.is_over.wait(self.PATIENCE_SECONDS / steps):
                return
            yield b"x"
        self.has_answered = True
