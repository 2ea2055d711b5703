#!/usr/bin/python3
"""Compares what guests were answered on two ways: the stock services' and another.

  compare.py STOCK OTHER [--edge] [--agent]

The files are ask.py's. With --agent or --edge the other way has our agent or our edge in it, whose differences are these rules and no others:

  forged       an X-Forwarded-For of the guest's own, which makes the stock agent fail, changes nothing (both)
  own-mac      a guest whose link-local address does not tell its MAC is nobody to the stock services, and known by its MAC to our edge: it is
               answered as from the address that tells it (edge)
  narrowed     a MAC of the guest's own telling, which only our agent heeds where haproxy lets it through: 404 (agent without edge); through a router it
               changes nothing but that the guest is told its own port's id
  own-page     the API's error page in the place of the stock agent's, with the same status (agent)
  any-status   the API's status where the stock agent knows none but a handful and says 500 (agent)

Prints each other difference, then a line of counts. Exit status: 0 without other differences, 1 with some.
"""

import base64
import collections
import ipaddress
import json
import sys


def read(path, passes=False):
    """(address, request) to an answer, and address to MAC; passes: a haproxy hands our agent's answer to the guest as it is"""
    with open(path, encoding="utf-8") as lines:
        answers = [json.loads(line) for line in lines]
    # Who writes the edge's header is told what the edge is told: the id of the guest's own port, which network_data.json tells too (vif_id).
    told = [a for a in answers if a["told"] and not (passes and "X-Stackmeta-Client-MAC:" in a["request"] and a["told"] == ["x-stackmeta-port"])]
    if told:
        sys.exit("A guest is told what is not for guests: %s" % told[0])
    return {(a["from"], a["request"]): (a["status"], a["type"], a["body"]) for a in answers}, {a["from"]: a["mac"] for a in answers}


def address_of(mac):
    """The link-local address that is made from a MAC (RFC 4291, appendix A)."""
    octets = bytes.fromhex(mac.replace(":", ""))
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]))


def rule(key, stock, other, ours, macs, has_agent, has_edge):
    """The name of the rule that a difference is under; None for none."""
    address, request = key
    target = request.split()[1]
    if "X-Forwarded-For:" in request:
        return "forged" if stock[0] == 500 and other == ours.get((address, "GET " + target)) else None
    if "X-Stackmeta-Client-MAC:" in request and has_agent and not has_edge:
        return "narrowed" if other[0] == 404 and len(base64.b64decode(other[2])) <= 1024 else None
    if has_edge and address.startswith("fe80:") and address != address_of(macs[address]) and stock[0] == 404:
        return "own-mac" if other == ours.get((address_of(macs[address]), request)) else None
    if not has_agent:
        return None
    if stock[0] >= 400 and stock[0] == other[0] and len(base64.b64decode(other[2])) <= 1024:
        return "own-page"
    if stock[0] == 500 and other[0] in (400, 405) and len(base64.b64decode(other[2])) <= 1024:
        return "any-status"
    return None


def main(stock_path, other_path, *options):
    (stock, _), (other, macs) = read(stock_path), read(other_path, "--agent" in options and "--edge" not in options)
    counts = collections.Counter()
    for key in stock.keys() | other.keys():
        a, b = stock.get(key), other.get(key)
        name = "identical" if a == b and a[0] else "DIFFERENT"
        if a and b and a != b and options:
            name = rule(key, a, b, other, macs, "--agent" in options, "--edge" in options) or name
        counts[name] += 1
        if name == "DIFFERENT":
            print("%s, %s:\n  stock %s\n  other %s" % (*key, a, b))
    print("%d answers: %s" % (sum(counts.values()), ", ".join("%d %s" % (counts[name], name) for name in sorted(counts))))
    # Nothing to compare is no success either.
    return 0 if counts["identical"] and not counts["DIFFERENT"] else 1


sys.exit(main(*sys.argv[1:]))
