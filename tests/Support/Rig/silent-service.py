"""A service that takes connections and says nothing. Argument: the port of 127.0.0.1."""

import socket
import sys

server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
kept = []
while True:
    kept.append(server.accept())
