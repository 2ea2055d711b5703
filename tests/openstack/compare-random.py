#!/usr/bin/python3
"""Asks the real nova-api-metadata and ours the same of random instances, and judges what differs by judge.py's rules.

  compare-random.py COUNT SEED... --base URL --sql COMMAND [--reference URL] [--json FILE] [--again]
  compare-random.py COUNT --answers N [--jobs N] --base URL --sql COMMAND [...]

COUNT instances a seed are put into the databases through Nova's own objects, unless they are there --again. With --answers the seeds are
of chance and so many that at least N answers are compared, --jobs of them at once. COMMAND runs SQL, such as
'mariadb --socket=/run/mysqld/mysqld.sock -uroot -N'. Each seed has its line. The last line counts; what differs without a rule is printed with its request, and all that differs goes into the
file. Exit status: 0 when every difference has a rule, 1 otherwise.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import random
import shlex
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import judge  # noqa: E402
import differential  # noqa: E402  (of the services' scripts, whose folder judge has added)

TOOLS = os.environ["OPENSTACK_TOOLS"]
STATE = os.path.join(os.environ["OSRIG_STATE"], os.environ.get("OSRIG_SET", "open"))
REQUESTS = 200
STOCK_JUDGE = judge.stock.judge


def seeds_of_chance(is_enough):
    while not is_enough():
        yield str(int.from_bytes(os.urandom(4), "big"))


def recorded_instances():
    """They are always there; a seed alone may have no healthy instance beside a broken one."""
    with open(os.path.join(STATE, "seed.json"), encoding="utf-8") as file:
        return json.load(file)["instances"]


def seed_file(seed, count, again):
    path = os.path.join(STATE, "seed-random-%s.json" % seed)
    if not (again and os.path.exists(path)):
        command = ["/usr/bin/python3", os.path.join(TOOLS, "seed.py"), os.path.join(TOOLS, "specs_random.py"), str(seed), str(count)]
        done = subprocess.run(command, env={**os.environ, "OSRIG_QUIET": "1", "OSRIG_SEED_OUT": path}, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit("The instances of seed %s cannot be made: %s" % (seed, done.stderr.strip().splitlines()[-1:]))
    return path


def compare(seed, path, options):
    """How often each verdict came, how often the scripts' own judge sees a mismatch, and what differs."""
    with open(path, encoding="utf-8") as file:
        instances = json.load(file)["instances"]
    own = judge.Judge(judge.Cloud(instances, options.reference, options.base, shlex.split(options.sql), recorded_instances()))
    own.stock_judge, judge.stock.judge = STOCK_JUDGE, own.judge
    run = differential.Differential(judge.stock.address(options.reference), judge.stock.address(options.base), 20, [])
    for instance in instances:
        others = [other for other in instances if other is not instance]
        run.instance(instance, others, random.Random("%s/%s" % (seed, instance["key"])), True, REQUESTS)
    print("SEED=%s: %s" % (seed, judge.line(run.total.by, own.in_theirs)), flush=True)
    return run.total.by, own.in_theirs, [dict(one, seed=seed) for one in run.out]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("count", type=int)
    arguments.add_argument("seeds", nargs="*")
    arguments.add_argument("--answers", type=int)
    arguments.add_argument("--jobs", type=int, default=1)
    arguments.add_argument("--base", required=True)
    arguments.add_argument("--sql", required=True)
    arguments.add_argument("--reference", default="http://127.0.0.1:8775")
    arguments.add_argument("--json")
    arguments.add_argument("--again", action="store_true")
    options = arguments.parse_args()
    if bool(options.seeds) == bool(options.answers):
        arguments.error("either seeds or --answers")
    sys.stdout.reconfigure(errors="backslashreplace")

    counts, in_theirs, different, started = collections.Counter(), 0, [], time.monotonic()

    def taken(done):
        nonlocal in_theirs
        for one in done:
            by, theirs, more = one.result()
            counts.update(by)
            in_theirs += theirs
            different.extend(more)

    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        running = set()
        for seed in options.seeds or seeds_of_chance(lambda: sum(counts.values()) >= options.answers):
            # One after the other: two at once might give an image two numbers.
            path = seed_file(seed, options.count, options.again)
            running.add(pool.submit(compare, seed, path, options))
            while len(running) >= options.jobs:
                done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                taken(done)
        taken(running)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(different, file, indent=1, ensure_ascii=False, default=str)
    print("%.0f answers a second" % (sum(counts.values()) / (time.monotonic() - started)))
    print(judge.line(counts, in_theirs))
    # Nothing to compare is no success either.
    sys.exit(0 if counts["identical"] and not counts["MISMATCH"] else 1)


main()
