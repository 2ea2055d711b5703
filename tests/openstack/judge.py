"""Judges answers of ours by those of the real Nova: the rules of the services' own scripts, made narrower, and a few more.

The scripts' judge (replay.py in $OPENSTACK_TOOLS) knows a request, Nova's answer and ours. Some differences that docs/differences.md
promises cannot be told from mistakes by these alone. This judge may also ask: what Nova tells other instances to the same request,
what the databases hold, and who has asked before. No rule knows an instance, a seed or a single request by name.

A rule takes (theirs, ours, request, cloud) and says whether that difference is the one of its name. The first that holds is counted.
docs/differences.md has each in words, and test_judge.py shows of each what it does not excuse.
"""

import copy
import itertools
import os
import re
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.environ["OPENSTACK_TOOLS"])
import capture  # noqa: E402
import replay as stock  # noqa: E402

CRASH = stock.CRASH
REFUSALS = (400, 403, 404, 405, 409)
# What a healthy instance is asked for, and a broken one fails in.
PROBES = ("/openstack/latest/meta_data.json", "/latest/meta-data/", "/openstack/latest/network_data.json", "/openstack/latest/user_data")
EC2_ID = re.compile(rb"(ami|aki|ari)-([0-9a-f]{8})")
# Documents that an instance may be without, and what its row has where it has them.
OPTIONAL = {
    "kernel-id": "ifnull(kernel_id, '') <> ''",
    "ramdisk-id": "ifnull(ramdisk_id, '') <> ''",
    "public-keys": "ifnull(key_name, '') <> ''",
    "user-data": "user_data is not null",
    "user_data": "user_data is not null",
}


# --- Requests


def values(request, name):
    return [value for key, value in request.headers if key.lower() == name and isinstance(value, str)]


def text_on_the_wire(header_values):
    """What Nova's server makes of a header: octets are Latin-1 characters, blanks behind a value are part of it, and several values one."""
    return ", ".join(value.lstrip(" \t") for value in header_values).encode("utf-8").decode("latin-1").encode("utf-8")


def identity(instance):
    """What names an instance in a request, in either case of its uuid."""
    spellings = (instance["uuid"], instance["uuid"].upper())
    return [text.encode() for text in (*spellings, *map(capture.sign, spellings), instance["project_id"])]


def changed(data, trim, without_underscores):
    """The same request without blanks around the values of headers, or without headers that have an underscore."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    kept = [first]
    for line in lines:
        name, _, value = line.partition(b":")
        if not (without_underscores and b"_" in name):
            kept.append(name + b": " + value.strip(b" \t") if trim else line)
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


def may_write(request):
    """A password may come of it, in whatever spelling: nobody but the one who is tested may be asked that."""
    return request.m.upper() == "POST" and re.search("(?i)pass|%", request.path) is not None


def is_short_refusal(answer, request, statuses):
    return answer.s in statuses and stock.short(answer, request)


# --- Rules


def broken_part_not_needed(theirs, ours, request, cloud):
    """A row is missing or broken, Nova crashes, and the document needs nothing of it: it looks as a healthy instance's does. With
    another method it is the document that GET tells."""
    if not (theirs.s in CRASH and request.state_crash):
        return False
    if ours.s != 200:
        # Where the configuration is at fault no healthy instance can be asked; recordings of another one tell what they were told.
        return request.is_recorded and (ours.s, tuple(ours.ct)) in request.healthy() and stock.short(ours, request)
    if request.m not in ("GET", "HEAD") and not may_write(request) and not stock.same(cloud.ask_ours_by_get(request), ours):
        return False
    kind = (ours.s, tuple(ours.ct))
    is_known = kind in request.healthy() or any(kind == (answer.s, tuple(answer.ct)) for answer in cloud.all_healthy_answers(request))
    return is_known and cloud.has_part(request) is not False


def broken_instance_refused_as_others(theirs, ours, request, cloud):
    """Nova crashes of a broken instance before it comes to what is wrong with the request: ours is, byte for byte, what it tells healthy
    instances that send the same, be it a refusal or the empty answer to OPTIONS. That a document is not there, which others have, is
    for the instance's row to say."""
    if not (theirs.s in CRASH and request.state_crash and (ours.s in REFUSALS or request.m == "OPTIONS" and ours.s == 200)):
        return False
    if not any(stock.same(ours, answer) for answer in cloud.all_healthy_answers(request)):
        return False
    is_there = ours.s == 404 and any(answer.s == 200 for answer in cloud.healthy_answers(request))
    return not (is_there and cloud.has_part(request))


def address_of_who_asks(theirs, ours, request, cloud):
    """local-ipv4 of an instance without a fixed address: Nova shows the address of another request of that instance, for which it has
    loaded the record; ours that of this one."""
    if not (theirs.s == ours.s == 200 and theirs.ct == ours.ct and "local-ipv4" in urllib.parse.unquote(request.path)):
        return False
    own = values(request, "x-forwarded-for")
    return ours.body == (text_on_the_wire(own) if own else b"None") and theirs.body in cloud.earlier_clients(request) - {ours.body}


def number_of_the_own_cell(theirs, ours, request, cloud):
    """An EC2 id of an image that several cells have: Nova's is another cell's number, ours that in the database of the instance's cell."""
    a, b = EC2_ID.fullmatch(theirs.body), EC2_ID.fullmatch(ours.body)
    if not (theirs.s == ours.s == 200 and theirs.ct == ours.ct and a and b and a[1] == b[1]):
        return False
    own, others = cloud.image_numbers(request, a[1].decode())
    return own == int(b[2], 16) and int(a[2], 16) in others


def target_without_slash(theirs, ours, request, cloud):
    """A target that is neither a path nor a URI (RFC 9112 section 3.2) is refused, whatever Nova makes of it."""
    target = request.data.split(b"\r\n", 1)[0].split(b" ")[1:2] or [b""]
    return not target[0].startswith((b"/", b"http://", b"*")) and is_short_refusal(ours, request, (400,))


def target_beyond_ascii(theirs, ours, request, cloud):
    """Octets beyond ASCII stand in no URI (RFC 3986 section 2); Nova takes them for Latin-1 in a path and passes over them in a query."""
    return re.search(rb"[\x80-\xff]", request.data.split(b"\r\n", 1)[0]) is not None and is_short_refusal(ours, request, (400,))


def target_with_control_characters(theirs, ours, request, cloud):
    """A control character stands in no target (RFC 9112 section 3.2), and might divide the line for another reader."""
    return re.search(rb"[\x00-\x1f\x7f]", request.data.split(b"\r\n", 1)[0]) is not None and is_short_refusal(ours, request, (400,))


OWN_RULES = [
    ("broken-instance-refused-as-others", broken_instance_refused_as_others),
    ("unneeded-part-missing", broken_part_not_needed),
    ("address-of-who-asks", address_of_who_asks),
    ("number-of-the-own-cell", number_of_the_own_cell),
    ("target-without-slash", target_without_slash),
    ("target-beyond-ascii", target_beyond_ascii),
    ("target-with-control-characters", target_with_control_characters),
]
# Two are replaced by narrower ones; the third is for servers that may not write; the last two are found by asking again without the
# blanks or those headers, so that they may come together with another rule.
NOT_OURS = ("unneeded-part-missing", "target-not-a-uri", "ec2-id-derived", "header-blanks-trimmed", "underscore-header-ignored")
RULES = [
    *((name, lambda theirs, ours, request, cloud, holds=holds: holds(theirs, ours, request)) for name, holds in stock.RULES if name not in NOT_OURS),
    *OWN_RULES,
]
READ_AS = [
    (["header-blanks-trimmed"], True, False),
    (["underscore-header-ignored"], False, True),
    (["header-blanks-trimmed", "underscore-header-ignored"], True, True),
]


# --- The judgement


class Lazily:
    """A list of what an iterator yields, which is asked for no more than was wanted so far."""

    def __init__(self, items):
        self.items, self.seen = iter(items), []

    def __iter__(self):
        for n in itertools.count():
            if n == len(self.seen):
                more = next(self.items, None)
                if more is None:
                    return
                self.seen.append(more)
            yield self.seen[n]


class Judge:
    """judge() in the place of replay.py's, which is asked too: in_theirs counts its MISMATCHES.

    With is_recorded a request may also tell by itself that its crash is the databases' or the configuration's fault: other recordings
    of it hold an answer."""

    def __init__(self, cloud, is_recorded=False):
        self.cloud, self.is_recorded, self.stock_judge, self.in_theirs = cloud, is_recorded, stock.judge, 0

    def judge(self, theirs, ours, request, complaint=None):
        self.cloud.has_asked(request)
        verdict, words = self.stock_judge(theirs, ours, request, complaint)
        self.in_theirs += verdict == "MISMATCH"
        if verdict == "identical" or complaint:
            return verdict, words
        is_whole = not ours.junk and not (ours.s and ours.why)
        return (is_whole and self.own_verdict(theirs, ours, request)) or "MISMATCH", words

    def own_verdict(self, theirs, ours, request):
        """The rule's name, two of them with '+' between, or None."""
        as_sent = self.rule(theirs, ours, request)
        if as_sent:
            return as_sent
        for names, trim, without_underscores in READ_AS:
            data = changed(request.data, trim, without_underscores)
            answer = request.sibling(trim=trim, drop="_" if without_underscores else None) if data != request.data else None
            if answer is None:
                continue
            if stock.same(answer, ours):
                return "+".join(names)
            other = copy.copy(request)
            other.data = data
            other.headers = [
                (key, value.strip(" \t") if trim and isinstance(value, str) else value)
                for key, value in request.headers
                if not (without_underscores and "_" in key)
            ]
            other.sibling = lambda base=request.sibling, trim=trim, drop="_" if without_underscores else None, **k: base(**{**k, "trim": trim, "drop": drop})
            name = self.rule(answer, ours, other)
            if name:
                return "+".join([*names, name])
        return None

    def rule(self, theirs, ours, request):
        found = self.rule_for(theirs, ours, request)
        if found is None and request.m == "OPTIONS" and stock.same(theirs, stock.Answer(200)):
            # Nova's CORS middleware makes this of any error page, so that a crash is not to be seen.
            behind = self.cloud.ask_theirs_by_get(request)
            found = self.rule_for(behind, ours, request) if behind.s in CRASH else None
            return found and "crash-behind-options+" + found
        return found

    def rule_for(self, theirs, ours, request):
        request = copy.copy(request)
        request.is_recorded = self.is_recorded
        # Whose fault a crash is: the databases' if this instance fails in general, and others do not fail by the same request.
        request.state_crash = theirs.s in CRASH and (
            (self.is_recorded and request.state_crash)
            or (self.cloud.is_broken(request) and any(answer.s not in CRASH for answer in self.cloud.healthy_answers(request)))
        )
        return next((name for name, holds in RULES if holds(theirs, ours, request, self.cloud)), None)


def line(counts, in_theirs):
    rules = sorted((name, count) for name, count in counts.items() if name not in ("identical", "MISMATCH"))
    return "%d answers, %d identical, %d by rule (%s), %d MISMATCHES; the scripts' own judge counts %d" % (
        sum(counts.values()),
        counts["identical"],
        sum(count for _, count in rules),
        ", ".join("%s %d" % rule for rule in rules) or "none",
        counts["MISMATCH"],
        in_theirs,
    )


class Cloud:
    """What a rule may ask beside a request and its two answers. OTHERS are instances that may be witnesses, too."""

    # So many healthy instances are asked what they would be told; more only where none of these was told what ours is.
    WITNESSES = 4

    def __init__(self, instances, reference, base, sql, others=()):
        self.instances = {instance["uuid"]: instance for instance in instances}
        self.reference, self.base = stock.Wire(*stock.address(reference)), stock.Wire(*stock.address(base))
        self.sql, self.broken, self.clients = sql, {}, {}
        self.witnesses = Lazily(one for one in [*instances, *others] if 200 in self.fails(one) and self.fails(one) <= {200, 404})
        self.told = (None, None)

    def instance_of(self, request):
        """Whom the databases find by the header, which they compare without regard to case."""
        named = values(request, "x-instance-id")
        return self.instances.get(named[0].strip(" \t").lower()) if len(named) == 1 else None

    def has_asked(self, request):
        """Notes by which address an instance was asked for: Nova may show it to the next."""
        instance = self.instance_of(request)
        if instance:
            self.note(instance, request.headers)

    def note(self, instance, headers):
        own = [value for key, value in headers if key.lower() == "x-forwarded-for" and isinstance(value, str)]
        clients = self.clients.setdefault(instance["uuid"], {text_on_the_wire([capture.auth_of(instance)["X-Forwarded-For"]])})
        clients.add(text_on_the_wire(own) if own else b"None")

    def earlier_clients(self, request):
        instance = self.instance_of(request)
        return self.clients.get(instance["uuid"], set()) if instance else set()

    def fails(self, instance):
        uuid = instance["uuid"]
        if uuid not in self.broken:
            auth = capture.auth_of(instance)
            self.broken[uuid] = {self.reference.ask(stock.request_bytes("GET", path, auth, {}, None)).s for path in PROBES}
        return self.broken[uuid]

    def is_broken(self, request):
        instance = self.instance_of(request)
        return instance is not None and not self.fails(instance).isdisjoint(CRASH)

    def all_healthy_answers(self, request):
        """What Nova tells healthy instances that send this request as their own, one after the other. Each is asked once."""
        own = self.instance_of(request)
        if own is None or may_write(request):
            return ()
        if self.told[0] != request.data:
            self.told = (request.data, Lazily(self.ask_witnesses(own, request)))
        return self.told[1]

    def healthy_answers(self, request):
        """The same of so many as are enough to tell whose fault a crash is."""
        return itertools.islice(self.all_healthy_answers(request), self.WITNESSES)

    def ask_witnesses(self, own, request):
        for witness in self.witnesses:
            data = None if witness is own else self.in_the_name_of(own, witness, request.data)
            if data is not None:
                self.note(witness, request.headers)
                yield self.reference.ask(data, request.m)

    @staticmethod
    def in_the_name_of(own, other, data):
        """The request as OTHER would send it; None where what is wrong of OWN would be right of OTHER, such as the project of a third."""
        head, separator, body = data.partition(b"\r\n\r\n")
        named = head
        for mine, theirs in zip(identity(own), identity(other)):
            named = named.replace(mine, theirs)
        if any(head.count(mine) != named.count(theirs) for mine, theirs in zip(identity(own), identity(other))):
            return None
        return named + separator + body

    def has_part(self, request):
        """Whether the instance's row has the document that is asked for; None where no column tells."""
        instance = self.instance_of(request)
        part = next((name for name in urllib.parse.unquote(request.path.split("?")[0]).split("/") if name in OPTIONAL), None)
        if part is None or instance is None or not instance["cell"]:
            return None
        found = self.rows("select %s from nova_%s.instances where uuid = '%s'" % (OPTIONAL[part], instance["cell"], instance["uuid"]))
        return found == ["1"]

    def ask_ours_by_get(self, request):
        return self.ask_by_get(self.base, request)

    def ask_theirs_by_get(self, request):
        return self.ask_by_get(self.reference, request)

    @staticmethod
    def ask_by_get(wire, request):
        answer = wire.ask(re.sub(rb"^\S+ ", b"GET ", request.data, count=1), "GET")
        stock.Seeds().mask(answer, "")
        return answer

    def image_numbers(self, request, kind):
        """(The number that the instance's cell has for its image, those that the other cells have for it)"""
        instance = self.instance_of(request)
        if instance is None or not instance["cell"]:
            return None, set()
        column = {"ami": "image_ref", "aki": "kernel_id", "ari": "ramdisk_id"}[kind]
        found = {
            cell: self.rows(
                "select i.id from nova_%s.s3_images i join nova_%s.instances n on i.uuid = ifnull(n.%s, '') where n.uuid = '%s' and i.deleted = 0 order by i.id"
                % (cell, instance["cell"], column, instance["uuid"])
            )
            for cell in ("cell0", "cell1", "cell2")
        }
        own = found.pop(instance["cell"])
        return (int(own[0]) if own else None), {int(number) for numbers in found.values() for number in numbers}

    def rows(self, query):
        done = subprocess.run([*self.sql, "-e", query], capture_output=True, text=True, check=True)
        return done.stdout.split()
