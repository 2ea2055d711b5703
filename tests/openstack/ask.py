#!/usr/bin/python3
"""Asks the metadata service from a guest's namespace, as each of the guests whose addresses are given.

  ask.py DEVICE PORT ADDRESS... [instance-id]

With the last word only the instance's id is asked for. From an IPv4 address 169.254.169.254:PORT is asked, from an IPv6 address [fe80::a9fe:a9fe%DEVICE]:PORT, from a
link-local one through the interface that has it. Prints a JSON
object a line and an answer: from, request, status, type, body (base64). The random seed of an instance, which is another
one in each answer, is replaced by a word once it was seen to be 512 bytes.
"""

import base64
import http.client
import json
import re
import socket
import sys

ANOTHER = "349496ce-eff5-5677-a619-3b5f0a1fb609"
REQUESTS = [
    *(("GET", target, {}, None) for target in """
/ /latest /latest/ /1.0 /2009-04-04/ /latest/meta-data /latest/meta-data/ /latest/meta-data/instance-id
/latest/meta-data/hostname /latest/meta-data/local-ipv4 /latest/meta-data/public-ipv4 /latest/meta-data/public-keys/
/latest/meta-data/public-keys/0/openssh-key /latest/meta-data/security-groups /latest/meta-data/block-device-mapping/
/latest/user-data /2009-04-04/user-data /openstack /openstack/ /openstack/latest /openstack/latest/
/openstack/latest/meta_data.json /openstack/2012-08-10/meta_data.json /openstack/2018-08-27/meta_data.json
/openstack/latest/network_data.json /openstack/latest/user_data /openstack/latest/vendor_data.json
/openstack/latest/vendor_data2.json /openstack/latest/password /openstack/nope /openstack/latest/nope
/latest/meta-data/nope /latest/meta-data/instance-id?a=b /nope
""".split()),
    ("HEAD", "/openstack/latest/meta_data.json", {}, None),
    ("GET", "/openstack/latest/nope", {"Accept": "application/json"}, None),
    ("GET", "/openstack/latest/nope", {"Accept": "text/html"}, None),
    ("POST", "/openstack/latest/nope", {"Content-Type": "text/plain"}, b"x=1"),
    ("DELETE", "/openstack/latest/password", {}, None),
    ("GET", "/openstack/latest/meta_data.json", {"X-Instance-ID": ANOTHER, "X-Tenant-ID": "x"}, None),
    ("GET", "/openstack/latest/meta_data.json", {"X-Neutron-Network-ID": ANOTHER}, None),
    ("GET", "/openstack/latest/meta_data.json", {"X-Neutron-Router-ID": ANOTHER}, None),
    ("GET", "/openstack/latest/meta_data.json", {"X-Forwarded-For": "10.10.0.12"}, None),
]
SEED = re.compile(rb'"random_seed": "([A-Za-z0-9+/=]+)"')


def interface_of(address):
    with open("/proc/net/if_inet6", encoding="ascii") as addresses:
        for line in addresses:
            found, index = line.split()[:2]
            if bytes.fromhex(found) == socket.inet_pton(socket.AF_INET6, address):
                return int(index, 16)
    raise LookupError(address)


def connect(device, port, address):
    if ":" not in address:
        return socket.create_connection(("169.254.169.254", port), timeout=60, source_address=(address, 0))
    is_link_local = address.startswith("fe80:")
    scope = interface_of(address) if is_link_local else socket.if_nametoindex(device)
    connection = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    connection.settimeout(60)
    connection.bind((address, 0, 0, scope if is_link_local else 0))
    connection.connect(("fe80::a9fe:a9fe", port, 0, scope))
    return connection


def without_seed(body):
    found = SEED.search(body)
    if found and len(base64.b64decode(found.group(1))) == 512:
        return body.replace(found.group(1), b"(512 bytes)")
    return body


def ask(device, port, address, method, target, headers, body):
    connection = http.client.HTTPConnection("169.254.169.254")
    connection.sock = connect(device, port, address)
    try:
        connection.request(method, target, body, {"Connection": "close", **headers})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, answer.getheader("Content-Type"), base64.b64encode(without_seed(content)).decode()
    finally:
        connection.close()


def main(device, port, *addresses):
    requests = REQUESTS
    if addresses[-1] == "instance-id":
        addresses = addresses[:-1]
        requests = [("GET", "/latest/meta-data/instance-id", {}, None)]
    for address in addresses:
        for method, target, headers, body in requests:
            status, kind, content = ask(device, int(port), address, method, target, headers, body)
            request = " ".join([method, target, *("%s: %s" % header for header in headers.items())])
            print(json.dumps({"from": address, "request": request, "status": status, "type": kind, "body": content}))


main(*sys.argv[1:])
