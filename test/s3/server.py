"""A server that speaks S3, in memory: moto's, with one request handled at a time, as Amazon's conditional writes are atomic.

Prints its port. Ends when its standard input does, so that it outlives no test.
"""

import io
import logging
import os
import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class OneAtATime:
    """Reads a request's body before it takes its turn: an upload that stalls must not hold up the others."""

    def __init__(self, app):
        self.app = app
        self.turn = threading.Lock()

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            body = environ["wsgi.input"].read(length)
            if len(body) < length:
                start_response("400 Bad Request", [])
                return [b""]
            environ["wsgi.input"] = io.BytesIO(body)
        with self.turn:
            return list(self.app(environ, start_response))


class KeepAlive(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"


def end_with_input():
    while sys.stdin.buffer.read(1024):
        pass
    os._exit(0)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = OneAtATime(DomainDispatcherApplication(create_backend_app))
server = make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True, request_handler=KeepAlive)
print(server.server_port, flush=True)
threading.Thread(target=end_with_input, daemon=True).start()
server.serve_forever()
