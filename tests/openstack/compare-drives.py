#!/usr/bin/python3
"""Compares the config drives that Nova's own code builds with those of 'stackmeta config-drive build --config-file', file by file.

  compare-drives.py STACKMETA SEED.JSON NOVA.CONF...

SEED.JSON names the instances of the database. Each gets four drives of either maker: in both formats, as it is and as at its
spawning, with an admin password and two files. Other makers' readers unpack them (bsdtar, mcopy). What differs must do so by a
rule that has a name; the last line counts. Exit status: 0 when nothing else differs.
"""

import base64
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nova-drives.py")
FORMATS = ("iso9660", "vfat")
PASSWORD = 'p"ä\\s/s <&> ☃'
FILES = [("/etc/motd", "Grüße\n".encode()), ("/root/bin/ä", bytes([0, 255, 13, 10]))]
SEED = re.compile(rb'"random_seed": "([A-Za-z0-9+/=]{684})"')

program, seed_file, *conf = sys.argv[1:]
counts = collections.Counter()


def mismatch(text):
    counts["MISMATCHES"] += 1
    print("MISMATCH " + text[:600])


def orders():
    with open(seed_file) as file:
        instances = json.load(file)["instances"]
    for instance in instances:
        plain = {"name": instance["key"], "uuid": instance["uuid"]}
        yield plain
        files = [[path, base64.b64encode(content).decode()] for path, content in FILES]
        yield dict(plain, name=instance["key"] + "-spawn", admin_pass=PASSWORD, files=files)


def build_ours(order, kind, image, inputs):
    """None, or what the command said instead."""
    command = [program, "config-drive", "build", order["uuid"], "--out", image, "--format", kind]
    command += ["--set", "compatibility=zed", "--set", "log.level=error"]
    command += [argument for file in conf for argument in ("--config-file", file)]
    command += inputs if "files" in order else []
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0 and not done.stdout and not done.stderr:
        return None
    if done.returncode == 0 or os.path.exists(image):
        mismatch("%s %s: it said something and made a drive: %s" % (order["name"], kind, done.stdout + done.stderr))
    return done.stderr.strip() or "exit status %d" % done.returncode


def unpack(image, kind):
    """{path: bytes}"""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(image)) as folder:
        command = ["bsdtar", "-xf", image, "-C", folder] if kind == "iso9660" else ["mcopy", "-s", "-n", "-i", image, "::/", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found = {}
        for parent, folders, names in os.walk(folder):
            for name in folders + names:
                path = os.path.join(parent, name)
                found[os.path.relpath(path, folder)] = None if name in folders else open(path, "rb").read()
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)
        return found


def label(image):
    return subprocess.run(["blkid", "-p", "-s", "LABEL", "-o", "value", image], capture_output=True, check=True).stdout


def compare(name, kind, theirs, ours):
    if label(theirs) != label(ours):
        mismatch("%s %s: the labels" % (name, kind))
    nova, stackmeta = unpack(theirs, kind), unpack(ours, kind)
    seeds = set()
    for path in sorted(nova.keys() | stackmeta.keys()):
        where = "%s %s %s" % (name, kind, path)
        if path not in nova or path not in stackmeta:
            mismatch(where + " is only on " + ("ours" if path in stackmeta else "Nova's"))
        elif nova[path] == stackmeta[path]:
            counts["folders" if nova[path] is None else "files identical"] += 1
        elif SEED.sub(b"", nova[path] or b"") == SEED.sub(b"", stackmeta[path] or b""):
            # Random by nature, and another one in each version's folder.
            seed = SEED.search(stackmeta[path]).group(1)
            if seed in seeds or len(base64.b64decode(seed)) != 512:
                mismatch(where + ": a seed that is not 512 fresh bytes")
            seeds.add(seed)
            counts["random-seed"] += 1
        else:
            mismatch("%s:\n  Nova  %r\n  ours  %r" % (where, nova[path], stackmeta[path]))


def main():
    with tempfile.TemporaryDirectory(prefix="compare-drives-") as folder:
        theirs_folder = os.path.join(folder, "nova")
        os.mkdir(theirs_folder)
        inputs = ["--admin-pass-file", os.path.join(folder, "password")]
        with open(inputs[1], "w") as file:
            file.write(PASSWORD + "\n")
        for number, (path, content) in enumerate(FILES):
            with open(os.path.join(folder, str(number)), "wb") as file:
                file.write(content)
            inputs += ["--file", "%s=%s" % (path, file.name)]
        wanted = list(orders())
        nova = subprocess.run(
            ["/usr/bin/python3", SCRIPT, theirs_folder] + conf, input=json.dumps(wanted), capture_output=True, text=True
        )
        if nova.returncode != 0:
            sys.exit(nova.stderr)
        raised = json.loads(nova.stdout)
        for order in wanted:
            for kind in FORMATS:
                name = order["name"]
                image = os.path.join(folder, "ours")
                said = build_ours(order, kind, image, inputs)
                if raised[name] and said:
                    counts["refused by both"] += 1
                    print("%s %s: Nova raised %s; ours: %s" % (name, kind, raised[name], said))
                elif raised[name] and raised[name].startswith("InvalidMetadataPath") and "vendor_data.json" in raised[name]:
                    # docs/differences.md: without a static provider Nova builds no drive at all.
                    absent = [path for path in unpack(image, kind) if path.endswith("/vendor_data.json")]
                    counts["no-static-vendor-data"] += 1
                    if absent:
                        mismatch("%s %s has vendor_data.json without a static provider" % (name, kind))
                elif raised[name] or said:
                    mismatch("%s %s: Nova %s; ours: %s" % (name, kind, raised[name] or "built it", said or "built it"))
                else:
                    compare(name, kind, os.path.join(theirs_folder, "%s.%s" % (name, kind)), image)
                    counts["drives"] += 1
                if os.path.exists(image):
                    os.remove(image)
    counts["MISMATCHES"] += 0
    print(", ".join("%d %s" % (count, what) for what, count in sorted(counts.items(), key=lambda item: (item[0].isupper(), item[0]))))
    if not counts["drives"] and not counts["no-static-vendor-data"]:
        print("No drive was compared.")
        sys.exit(1)
    sys.exit(1 if counts["MISMATCHES"] else 0)


main()
