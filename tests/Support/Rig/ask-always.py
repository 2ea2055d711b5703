"""Asks for its user data without a pause, from each address that is given, on a kept and on new connections.

Prints, as JSON, how often each answer came: a status and the body, or what went wrong.
Arguments: a file whose appearance ends it, once it has been answered more than ten times; then addresses.
"""

import collections
import json
import os
import socket
import sys
import threading
import time

# For the answers that are still to come, on whatever machine.
PATIENCE = 60
stop, sources = sys.argv[1], sys.argv[2:]
stopped = None
counts = collections.Counter()
lock = threading.Lock()


def connect(source):
    connection = socket.socket()
    connection.settimeout(1)
    connection.bind((source, 0))
    connection.connect(("169.254.169.254", 80))
    return connection


def ask(connection):
    connection.sendall(b"GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n")
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise OSError("closed")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    return head.split(b" ")[1].decode() + " " + body.decode(errors="replace").split("\n")[0]


def ends():
    global stopped
    if not os.path.exists(stop):
        return False
    with lock:
        stopped = stopped or time.monotonic()
        answered = sum(count for answer, count in counts.items() if answer.startswith("200 "))
    return answered > 10 or time.monotonic() > stopped + PATIENCE


def run(source, is_kept):
    connection = None
    while not ends():
        try:
            if connection is None:
                connection = connect(source)
            answer = ask(connection)
        except OSError as error:
            answer = "failed " + type(error).__name__
            if connection is not None:
                connection.close()
            connection = None
        if not is_kept and connection is not None:
            connection.close()
            connection = None
        with lock:
            counts[answer] += 1
        # Fewer new connections than packet rules let one guest begin.
        time.sleep(0.002 if is_kept else 0.03)


threads = [threading.Thread(target=run, args=(source, kept)) for source in sources for kept in (True, False)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(counts))
