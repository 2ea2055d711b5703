#!/usr/bin/python3
"""Runs cloud-init's own config drive or NoCloud datasource on a volume image and prints, as JSON, what it understood.

  read-drive.py FOLDER configdrive|nocloud IMAGE

FOLDER holds cloudinit/ (an unpacked package: installing it would change how this machine boots). The image stands in
for the guest's block devices: it is found by type and label as blkid reads them, and where the datasource would mount it,
bsdtar or mcopy unpacks it, since not every kernel that runs tests knows these file systems. Exit status: 0 understood, 1 not.
"""

import base64
import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER, KIND, IMAGE = sys.argv[1:4]
sys.path.insert(0, FOLDER)

from cloudinit import distros, helpers, sources, util  # noqa: E402
from cloudinit.sources import DataSourceConfigDrive, DataSourceNoCloud  # noqa: E402

warnings = []


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


def blkid():
    output = subprocess.run(["blkid", "-p", "-o", "export", IMAGE], capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)


def find_devs_with(criteria="", **_):
    """The image, if a guest's blkid would find it by these criteria."""
    name, _, value = criteria.partition("=")
    return [IMAGE] if not name or blkid().get(name) == value else []


def mount_cb(device, callback, data=None, mtype=None, **_):
    kinds = [mtype] if isinstance(mtype, str) else mtype or [blkid()["TYPE"]]
    if blkid()["TYPE"] not in kinds:
        raise util.MountFailedError("%s is none of %s" % (device, kinds))
    with tempfile.TemporaryDirectory(prefix="cloud-init-drive-") as folder:
        iso = blkid()["TYPE"] == "iso9660"
        command = ["bsdtar", "-x", "-f", device, "-C", folder] if iso else ["mcopy", "-s", "-n", "-i", device, "::/", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return callback(folder) if data is None else callback(folder, data)


def read(folder):
    for name in ("cloud/seed", "cloud/data", "cloud/instance", "run"):
        (folder / name).mkdir(parents=True)
    paths = helpers.Paths(
        {"cloud_dir": str(folder / "cloud"), "run_dir": str(folder / "run"), "templates_dir": str(folder)}
    )
    distro = distros.fetch("debian")("debian", {}, paths)
    util.find_devs_with = find_devs_with
    util.mount_cb = mount_cb
    if KIND == "configdrive":
        # The image is no block device of which udev could say that it has no partitions.
        util.is_partition = lambda *_: False
        DataSourceConfigDrive.OPTICAL_DEVICES = ()
        kind = DataSourceConfigDrive.DataSourceConfigDrive
        source = kind({"datasource": {"ConfigDrive": {"dsmode": "local"}}}, distro, paths)
    else:
        source = DataSourceNoCloud.DataSourceNoCloud({"datasource": {"NoCloud": {}}}, distro, paths)
    if not source.get_data():
        return {"ok": False}
    hostname = source.get_hostname()
    return {
        "ok": True,
        "subplatform": source.subplatform,
        "instance_id": source.get_instance_id(),
        "hostname": getattr(hostname, "hostname", hostname),
        "public_ssh_keys": source.get_public_ssh_keys(),
        "user_data": as_json(source.userdata_raw),
        "vendor_data": as_json(source.vendordata_raw if KIND == "nocloud" else source.vendordata_pure),
        "files": as_json(getattr(source, "files", None)),
        "metadata": as_json(source.metadata),
        "ec2_metadata": as_json(getattr(source, "ec2_metadata", None)),
        "network_config": as_json(source.network_config),
    }


logging.getLogger().addHandler(Warnings())
with tempfile.TemporaryDirectory(prefix="cloud-init-read-drive-") as scratch:
    result = read(Path(scratch))
result["warnings"] = warnings
print(json.dumps(result, indent=1))
sys.exit(0 if result["ok"] else 1)
