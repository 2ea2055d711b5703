#!/usr/bin/python3
"""Finds every TCP and UDP port that is open on addresses, from the namespace that it runs in.

  scan.py DEVICE ADDRESS...     link-local addresses are those on DEVICE
  scan.py DEVICE --tcp PORT,PORT... ADDRESS...

With --tcp only those TCP ports are tried: of an address behind a router the kernel says seldom that nobody is there. Prints "tcp ADDRESS PORT" or "udp ADDRESS PORT" for each, sorted. A TCP port is open when it takes a connection. A UDP port is closed when
a kernel on the way says so; one that stays silent is open, whether it answers or not.
"""

import errno
import select
import socket
import sys
import time

PORTS = range(1, 65536)
BATCH = 1000
SECONDS = 1.0  # for all answers to a batch; the other end is on this machine
ROUNDS = 20  # for UDP: a kernel that has much to say drops some of it


def place(device, address, port):
    if ":" not in address:
        return address, port
    return address, port, 0, socket.if_nametoindex(device) if address.startswith("fe80:") else 0


def batches(ports):
    for start in range(0, len(ports), BATCH):
        yield ports[start : start + BATCH]


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def settled(waiting, mask, look):
    """Looks at sockets as something happens to them, until there is none left or time is up."""
    poll = select.poll()
    by_number = {}
    for port, one in waiting.items():
        poll.register(one, mask)
        by_number[one.fileno()] = port, one
    deadline = time.monotonic() + SECONDS
    while by_number and time.monotonic() < deadline:
        for number, _ in poll.poll(100):
            port, one = by_number.pop(number)
            poll.unregister(number)
            look(port, one)


def open_tcp(device, address, ports=PORTS):
    found = []
    for ports in batches(ports):
        waiting = {}
        for port in ports:
            one = socket.socket(family(address), socket.SOCK_STREAM)
            one.setblocking(False)
            result = one.connect_ex(place(device, address, port))
            if result == errno.EINPROGRESS:
                waiting[port] = one
            else:
                one.close()
                if result == 0:
                    found.append(port)

        def look(port, one):
            if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.append(port)

        settled(waiting, select.POLLOUT, look)
        for one in waiting.values():
            one.close()
    return found


def open_udp(device, address):
    silent = PORTS
    for _ in range(ROUNDS):
        still = []
        for ports in batches(silent):
            waiting = {}
            for port in ports:
                one = socket.socket(family(address), socket.SOCK_DGRAM)
                one.setblocking(False)
                one.connect(place(device, address, port))
                one.send(b"\0")
                waiting[port] = one
            closed = set()

            def look(port, one):
                if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
                    closed.add(port)

            settled(waiting, 0, look)
            for one in waiting.values():
                one.close()
            still += [port for port in ports if port not in closed]
        if len(still) == len(silent) or not still:
            return still
        silent = still
    return silent


def main(device, *addresses):
    if addresses[0] == "--tcp":
        ports = [int(port) for port in addresses[1].split(",")]
        for address in addresses[2:]:
            for port in open_tcp(device, address, ports):
                print("tcp", address, port)
        return
    for address in addresses:
        for kind, find in (("tcp", open_tcp), ("udp", open_udp)):
            for port in sorted(find(device, address)):
                print(kind, address, port)


main(*sys.argv[1:])
