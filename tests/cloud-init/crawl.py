#!/usr/bin/python3
"""Runs cloud-init's own OpenStack datasource and prints, as JSON, what it asked and what it understood.

  crawl.py FOLDER [--dhcp] [--url URL]

FOLDER holds cloudinit/ (an unpacked package: installing it would change how this machine boots). The metadata service
is the one that the surrounding network namespace reaches; with --dhcp cloud-init first gets its lease by itself, as in
the first stage of a boot; with --url it asks there and not at 169.254.169.254. Exit status: 0 understood, 1 not.
"""

import base64
import json
import logging
import sys
import tempfile
from pathlib import Path

FOLDER = sys.argv[1]
DHCP = "--dhcp" in sys.argv[2:]
SETTINGS = {"metadata_urls": [sys.argv[sys.argv.index("--url") + 1]]} if "--url" in sys.argv[2:] else {}
sys.path.insert(0, FOLDER)

import requests  # noqa: E402
from cloudinit import distros, helpers, sources  # noqa: E402
from cloudinit.net import network_state  # noqa: E402
from cloudinit.sources import DataSourceOpenStack as module  # noqa: E402
from cloudinit.sources.helpers import openstack  # noqa: E402

requests_made = []
warnings = []


def record_requests():
    """Notes each request where cloud-init hands it to the requests library."""
    send = requests.Session.request

    def noting(self, method, url, **arguments):
        entry = {"method": method, "url": url}
        requests_made.append(entry)
        answer = send(self, method, url, **arguments)
        entry["status"] = answer.status_code
        return answer

    requests.Session.request = noting


class Warnings(logging.Handler):
    def emit(self, record):
        if record.levelno >= logging.WARNING:
            warnings.append(record.getMessage())


def as_json(value):
    """Bytes become {"base64": ...} so that a test sees every one of them."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [as_json(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return None if value == sources.UNSET else str(value)


def network_config(data):
    """cloud-init's own translation of network_data.json, its links named eth0, eth1, ... by MAC."""
    macs = {}
    for link in data.get("links", []):
        macs.setdefault(link["ethernet_mac_address"].lower(), "eth%d" % len(macs))
    config = openstack.convert_net_json(data, known_macs=macs)
    network_state.parse_net_config_data(config)
    return config


def crawl(folder):
    for name in ("cloud/seed", "cloud/data", "cloud/instance", "run"):
        (folder / name).mkdir(parents=True)
    paths = helpers.Paths(
        {"cloud_dir": str(folder / "cloud"), "run_dir": str(folder / "run"), "templates_dir": str(folder)}
    )
    distro = distros.fetch("debian")("debian", {}, paths)
    module.detect_openstack = lambda *_, **__: True
    kind = module.DataSourceOpenStackLocal if DHCP else module.DataSourceOpenStack
    source = kind({"datasource_list": ["OpenStack"], "datasource": {"OpenStack": SETTINGS}}, distro, paths)
    kind.ds_detect = lambda *_: True
    if not source.get_data():
        return {"ok": False}
    hostname = source.get_hostname()
    return {
        "ok": True,
        "instance_id": source.get_instance_id(),
        "hostname": getattr(hostname, "hostname", hostname),
        "public_ssh_keys": source.get_public_ssh_keys(),
        "availability_zone": source.availability_zone,
        "user_data": as_json(source.userdata_raw),
        "metadata": as_json(source.metadata),
        "vendor_data": as_json(source.vendordata_pure),
        "vendor_data2": as_json(source.vendordata2_pure),
        "ec2_metadata": as_json(source.ec2_metadata),
        "network_data": as_json(source.network_json),
        "network_config": network_config(source.network_json) if source.network_json else None,
    }


record_requests()
logging.getLogger().addHandler(Warnings())
with tempfile.TemporaryDirectory(prefix="cloud-init-crawl-") as scratch:
    result = crawl(Path(scratch))
result["requests"] = requests_made
result["warnings"] = warnings
print(json.dumps(result, indent=1))
sys.exit(0 if result["ok"] else 1)
