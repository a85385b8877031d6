"""A stand-in for the gateway that answers oddly when told to, and keeps what it took."""
import gzip
import http.server
import json
import socket
import threading
import time
import urllib.parse


class StandIn:
    """`answers`: functions (handler, path, lines) that answer a POST instead, one each, until they are used up."""

    def __init__(self, port=0):
        self.lock = threading.Condition()
        self.answers = []
        self.steps = []
        self.declared = []
        self.acks = []
        self.commands = []
        self.tokens = []
        self.requests = 0
        self._sockets = set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                with outer.lock:
                    outer._sockets.add(self.connection)

            def finish(self):
                with outer.lock:
                    outer._sockets.discard(self.connection)
                super().finish()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer._post(self, body)

            def do_GET(self):
                outer._get(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            # A socket that the client has left is not worth a stack trace.
            handle_error = staticmethod(lambda *_: None)

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.url = "http://127.0.0.1:%d" % self.port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        """As a killed process: every connection is gone."""
        self.server.shutdown()
        self.server.server_close()
        with self.lock:
            sockets = list(self._sockets)
        for connection in sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def await_that(self, condition, seconds=20):
        """Waits for a condition on what was taken."""
        with self.lock:
            if not self.lock.wait_for(condition, seconds):
                raise AssertionError("has not come true: %d steps, %d requests" % (len(self.steps), self.requests))

    def command(self, wire):
        with self.lock:
            self.commands.append(wire)
            self.lock.notify_all()

    def _post(self, handler, body):
        lines = [json.loads(line, parse_constant=_no_constant) for line in gzip.decompress(body).splitlines()]
        with self.lock:
            self.requests += 1
            self.tokens.append(handler.headers.get("Authorization"))
            answer = self.answers.pop(0) if self.answers else None
            self.lock.notify_all()
        (answer or self.accept)(handler, handler.path, lines)

    def accept(self, handler, path, lines):
        self.keep(path, lines)
        reply(handler, 200, {"accepted": len(lines), "rejected": 0, "rejections": []})

    def keep(self, path, lines):
        with self.lock:
            kept = self.steps if path.endswith("/telemetry") else self.acks if path.endswith("/acks") else self.declared
            kept.extend(lines)
            self.lock.notify_all()

    def _get(self, handler):
        parts = urllib.parse.urlsplit(handler.path)
        query = {k: int(v[0]) for k, v in urllib.parse.parse_qs(parts.query).items()}
        end = time.monotonic() + min(query.get("wait", 0), 2)

        def due():
            return [c for c in self.commands if ("lease" in c and int(c["lease"]["validUntilMicros"]) > query["lease"])
                    or ("lease" not in c and int(c["sequence"]) > query["after"])]

        with self.lock:
            self.lock.wait_for(due, max(0, end - time.monotonic()))
            found = due()
        reply(handler, 200, {"commands": found})


def _no_constant(name):
    raise AssertionError("%s is not JSON" % name)


def reply(handler, status, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)
