#!/usr/bin/python3
"""Sends raw requests to 169.254.169.254:80, a connection each, from the namespace that it runs in.

Reads a JSON list of base64 texts, writes a JSON list of the bytes that came back for each in base64 (null: the
connection was refused or timed out). What is sent is not looked at, so that a test can send what no client would.
"""

import base64
import json
import socket
import sys

ADDRESS = ("169.254.169.254", 80)
SECONDS = 20


def ask(request):
    try:
        with socket.create_connection(ADDRESS, timeout=SECONDS) as connection:
            try:
                connection.sendall(request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # The other side answered before it had read all; its answer may still be there.
            return read(connection, request.startswith(b"HEAD "))
    except OSError:
        return None


def read(connection, without_body):
    answer = b""
    while not complete(answer, without_body):
        try:
            part = connection.recv(65536)
        except (ConnectionResetError, TimeoutError):
            break
        if not part:
            break
        answer += part
    return answer


def complete(answer, without_body):
    """Whether the answer has come as far as its Content-Length says, so that a kept connection need not time out."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found or without_body:
        return bool(found)
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(body) >= int(value)
    return False


answers = [ask(base64.b64decode(request)) for request in json.load(sys.stdin)]
json.dump([None if answer is None else base64.b64encode(answer).decode() for answer in answers], sys.stdout)
