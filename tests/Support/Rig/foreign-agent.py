"""An agent that answers everybody in another's name. Argument: the unix socket."""

import http.server
import socketserver
import sys

BODY = b'{"uuid": "00000000-0000-4000-8000-000000000002"}'


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


with Server(sys.argv[1], Handler) as server:
    print("ready", flush=True)
    server.serve_forever()
