#!/usr/bin/python3
"""Asks the metadata service from a guest's namespace, from each of its addresses that are given.

  ask.py DEVICE PORT ADDRESS... [instance-id]

With the last word only the instance's id is asked for. From an IPv4 address 169.254.169.254:PORT is asked, from an IPv6 address
[fe80::a9fe:a9fe%DEVICE]:PORT. Prints a JSON object a line and an answer: from, mac, request, status, type, body (base64), told (what our
services tell each other and no guest); a status of 0 for a connection that ends without an answer. The random seed of an instance, which is another one in each answer, is replaced by a word once
it was seen to be 512 bytes.
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
    ("GET", "/openstack/latest/meta_data.json", {"X-Stackmeta-Client-MAC": "fa:16:3e:00:00:fb"}, None),
    ("GET", "/openstack/latest/meta_data.json", {"X-Stackmeta-Port": "x/" + ANOTHER}, None),
]
SEED = re.compile(rb'"random_seed": "([A-Za-z0-9+/=]+)"')


def connect(device, port, address):
    if ":" not in address:
        return socket.create_connection(("169.254.169.254", port), timeout=60, source_address=(address, 0))
    scope = socket.if_nametoindex(device)
    connection = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    connection.settimeout(60)
    connection.bind((address, 0, 0, scope if address.startswith("fe80:") else 0))
    connection.connect(("fe80::a9fe:a9fe", port, 0, scope))
    return connection


def without_seed(body):
    found = SEED.search(body)
    if found and len(base64.b64decode(found.group(1))) == 512:
        return body.replace(found.group(1), b"(512 bytes)")
    return body


def ask(device, port, address, method, target, headers, body):
    connection = http.client.HTTPConnection("169.254.169.254")
    try:
        connection.sock = connect(device, port, address)
        connection.request(method, target, body, {"Connection": "close", **headers})
        answer = connection.getresponse()
        content = answer.read()
        told = [name for name in answer.headers if name.lower().startswith("x-stackmeta-")]
        return answer.status, answer.getheader("Content-Type"), base64.b64encode(without_seed(content)).decode(), told
    except (ConnectionError, http.client.RemoteDisconnected):
        return 0, None, "", []
    finally:
        connection.close()


def mac_of(device):
    with open("/sys/class/net/%s/address" % device, encoding="ascii") as file:
        return file.read().strip()


def main(device, port, *addresses):
    requests = REQUESTS
    if addresses[-1] == "instance-id":
        addresses = addresses[:-1]
        requests = [("GET", "/latest/meta-data/instance-id", {}, None)]
    for address in addresses:
        for method, target, headers, body in requests:
            status, kind, content, told = ask(device, int(port), address, method, target, headers, body)
            request = " ".join([method, target, *("%s: %s" % header for header in headers.items())])
            answer = {"status": status, "type": kind, "body": content, "told": told}
            print(json.dumps({"from": address, "mac": mac_of(device), "request": request, **answer}))


main(*sys.argv[1:])
