#!/usr/bin/python3
"""Has Nova's own code (Debian's python3-nova) build the config drives of instances in a Nova database.

  nova-drives.py FOLDER NOVA.CONF... < ORDERS

ORDERS is a JSON list of {"name", "uuid", "admin_pass", "files"}; the last two may be absent, "files" is a list of
[path, content in base64], as nova-compute hands them over when it spawns an instance. For each order and format
FOLDER/NAME.FORMAT is made by nova.virt.configdrive. Prints {NAME: null, or the exception that Nova raised}.

One thing is put in the place of Nova's: vfat is not mounted, which needs a loop device, but copied with mcopy.
"""

import base64
import json
import os
import subprocess
import sys

from nova import config, context, exception, objects
import nova.conf
import nova.privsep.fs
from nova.api.metadata import base
from nova.virt import configdrive

# What nova-api-metadata loads of an instance; nova-compute has all of it and more.
ATTRIBUTES = [
    "ec2_ids",
    "flavor",
    "info_cache",
    "metadata",
    "system_metadata",
    "security_groups",
    "keypairs",
    "device_metadata",
    "numa_topology",
]
CONF = nova.conf.CONF
mounted = {}


def mount(_kind, device, folder, _options):
    mounted[folder] = device
    return "", ""


def umount(folder):
    entries = [os.path.join(folder, name) for name in os.listdir(folder)]
    subprocess.run(["mcopy", "-s", "-Q", "-i", mounted.pop(folder)] + entries + ["::/"], check=True)


def find(uuid):
    """The instance in its cell, found as Nova finds it."""
    admin = context.get_admin_context()
    try:
        mapping = objects.InstanceMapping.get_by_instance_uuid(admin, uuid)
    except exception.InstanceMappingNotFound:
        return objects.Instance.get_by_uuid(admin, uuid, expected_attrs=ATTRIBUTES)
    with context.target_cell(admin, mapping.cell_mapping) as cell:
        return objects.Instance.get_by_uuid(cell, uuid, expected_attrs=ATTRIBUTES)


def build(order, folder):
    files = [(path, base64.b64decode(content)) for path, content in order.get("files", [])]
    extra = {"admin_pass": order["admin_pass"]} if "admin_pass" in order else {}
    metadata = base.InstanceMetadata(find(order["uuid"]), content=files, extra_md=extra)
    with configdrive.ConfigDriveBuilder(instance_md=metadata) as builder:
        for kind in ("iso9660", "vfat"):
            CONF.set_override("config_drive_format", kind)
            builder.make_drive(os.path.join(folder, "%s.%s" % (order["name"], kind)))


def main():
    folder, *files = sys.argv[1:]
    arguments = [argument for file in files for argument in ("--config-file", file)]
    config.parse_args(["nova-drives"] + arguments, default_config_files=files)
    CONF.set_override("state_path", folder)
    CONF.set_override("tempdir", folder)
    objects.register_all()
    nova.privsep.fs.mount = mount
    nova.privsep.fs.umount = umount
    results = {}
    for order in json.load(sys.stdin):
        try:
            build(order, folder)
            results[order["name"]] = None
        except Exception as error:  # noqa: BLE001: whatever Nova raises is the answer
            results[order["name"]] = "%s: %s" % (type(error).__name__, error)
    print(json.dumps(results))


main()
