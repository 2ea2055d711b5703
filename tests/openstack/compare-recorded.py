#!/usr/bin/python3
"""Asks ours what the real nova-api-metadata was asked when its answers were recorded, and judges what differs by judge.py's rules.

  compare-recorded.py RECORDINGS --base URL --sql COMMAND [--variant NAME] [--reference URL]

The databases hold the recorded rows. COMMAND runs SQL, such as 'mariadb --socket=/run/mysqld/mysqld.sock -uroot -N': the rows of a
password are looked at after each step of a sequence, and put back. A variant was recorded with another configuration, which both servers
have to have. The last line counts. Exit status: 0 when every difference has a rule, 1 otherwise.
"""

import argparse
import glob
import json
import os
import shlex
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import judge  # noqa: E402

STATE = os.path.join(os.environ["OSRIG_STATE"], os.environ.get("OSRIG_SET", "open"))


def recordings(folder, variant):
    """What writes comes last; one of Nova's two servers is enough."""
    if variant:
        return [os.path.join(folder, "_variant-%s.json" % variant)]
    names = sorted(os.path.basename(path) for path in glob.glob(os.path.join(folder, "*.json")))
    names = [name for name in names if not name.startswith(("_variant-", "_eventlet"))]
    return [os.path.join(folder, name) for name in sorted(names, key=lambda name: name.startswith("_password"))]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("recordings")
    arguments.add_argument("--base", required=True)
    arguments.add_argument("--sql", required=True)
    arguments.add_argument("--variant")
    arguments.add_argument("--reference", default="http://127.0.0.1:8775")
    options = arguments.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")

    with open(os.path.join(STATE, "seed.json"), encoding="utf-8") as file:
        instances = json.load(file)["instances"]
    sql = shlex.split(options.sql)
    own = judge.Judge(judge.Cloud(instances, options.reference, options.base, sql), is_recorded=True)
    judge.stock.judge = own.judge
    wire = judge.stock.Wire(*judge.stock.address(options.base))
    run = judge.stock.Replay(options.recordings, wire, sql=judge.stock.Sql(options.sql, "nova_{cell}"), show=20)
    for path in recordings(options.recordings, options.variant):
        run.file(path)
    print(judge.line(run.total.by, own.in_theirs))
    # Nothing to compare is no success either.
    sys.exit(0 if run.total.by["identical"] and not run.total.by["MISMATCH"] else 1)


main()
