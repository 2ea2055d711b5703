#!/usr/bin/python3
"""What judge.py excuses and, more to the point, what it does not: no services are needed, OPENSTACK_TOOLS names their scripts."""

import unittest

import judge
from judge import stock

TEXT, HTML, JSON = "text/plain; charset=UTF-8", "text/html; charset=UTF-8", "application/json"
OWN = {"uuid": "11111111-aaaa-4aaa-8aaa-000000000001", "project_id": "project-1", "cell": "cell1", "ports": []}
WITNESS = {"uuid": "22222222-bbbb-4bbb-8bbb-000000000002", "project_id": "project-2", "cell": "cell1", "ports": []}
NOT_FOUND = b"<html>\n <title>404 Not Found</title>\n</html>"


def answer(status, body=b"", kind=TEXT, **more):
    return stock.Answer(status, [kind] if status else [], body, **more)


CRASHED = answer(0)
FAILED = answer(500, b"An unknown error has occurred.", HTML)


class Nova:
    """Tells each instance what is set for it, and keeps what it was asked."""

    def __init__(self, told):
        self.told, self.asked = told, []

    def ask(self, data, method="GET"):
        self.asked.append(data)
        return next(told for uuid, told in self.told.items() if uuid.encode() in data or uuid.upper().encode() in data)


class Cloud(judge.Cloud):
    """One instance, broken or not, and healthy ones that are told these WITNESSES, without services."""

    def __init__(self, broken=False, witness=CRASHED, by_get=None, numbers=(7, {9}), more=(), has_part=None):
        others = [dict(WITNESS, uuid="33333333-cccc-4ccc-8ccc-%012d" % n, project_id="project-%d" % (n + 3)) for n in range(len(more))]
        super().__init__([OWN, WITNESS], "http://127.0.0.1:1", "http://127.0.0.1:1", [], others)
        self.is_broken_one, self.by_get, self.numbers, self.has_it = broken, by_get, numbers, has_part
        told = {OWN["uuid"]: FAILED, WITNESS["uuid"]: witness, **{other["uuid"]: answer for other, answer in zip(others, more)}}
        self.reference = Nova(told)

    @property
    def asked(self):
        return self.reference.asked

    def fails(self, instance):
        return {500} if self.is_broken_one and instance is OWN else {200}

    def has_part(self, request):
        return self.has_it

    def ask_ours_by_get(self, request):
        return self.by_get

    def image_numbers(self, request, kind):
        return self.numbers


def request(path="/latest/meta-data/x", method="GET", headers=(), siblings=None):
    """SIBLINGS: Nova's answer by (trimmed, without underscores)."""
    everything = [(k, v) for k, v in judge.capture.auth_of(OWN).items() if k not in dict(headers)] + list(headers)
    lines = "".join("%s: %s\r\n" % header for header in everything).encode("utf-8")
    data = ("%s %s HTTP/1.1\r\nHost: x\r\n" % (method, path)).encode("utf-8") + lines + b"\r\n"

    def sibling(method=None, path=None, drop=None, trim=False):
        return None if method or path else (siblings or {}).get((trim, drop == "_"))

    made = stock.Request(data, method, path, everything, sibling=sibling)
    made.healthy = lambda: set()
    return made


class Judgements(unittest.TestCase):
    def verdict(self, theirs, ours, asked=None, cloud=None, before=()):
        own = judge.Judge(cloud or Cloud())
        for earlier in before:
            own.cloud.has_asked(earlier)
        return own.judge(theirs, ours, asked or request())[0]

    def excuses(self, rule, *arguments, **more):
        self.assertEqual(rule, self.verdict(*arguments, **more))

    def does_not_excuse(self, *arguments, **more):
        self.assertEqual("MISMATCH", self.verdict(*arguments, **more))


class WhatIsNoMatterOfRules(Judgements):
    def test_the_same_is_identical(self):
        self.excuses("identical", answer(200, b"x"), answer(200, b"x"))

    def test_a_byte_a_type_or_a_status_more_or_less_is_a_mismatch(self):
        for ours in (answer(200, b"x\n"), answer(200, b"x", HTML), answer(404, b"x"), answer(500, b"x"), answer(503, b"x"), CRASHED):
            self.does_not_excuse(answer(200, b"x"), ours)

    def test_a_healthy_instance_that_gets_an_error_page_is_a_mismatch(self):
        self.does_not_excuse(answer(404, NOT_FOUND, HTML), answer(500, b"An error."))
        self.does_not_excuse(answer(403, b"Forbidden."), answer(404, b"Not found."))

    def test_an_answer_that_is_cut_short_or_too_long_has_no_rule(self):
        asked = request("x")
        self.excuses("target-without-slash", answer(200, b"x"), answer(400, b"A reason."), asked)
        self.does_not_excuse(answer(200, b"x"), answer(400, b"A reason.", why="body ends early"), asked)
        self.does_not_excuse(answer(200, b"x"), answer(400, b"A reason.", junk=b"!"), asked)

    def test_a_seed_that_repeats_has_no_rule(self):
        own = judge.Judge(Cloud())
        self.assertEqual("MISMATCH", own.judge(answer(200, b"x"), answer(200, b"x"), request(), "random_seed repeats")[0])

    def test_the_scripts_own_verdict_is_counted_too(self):
        own = judge.Judge(Cloud())
        own.judge(answer(200, b"x"), answer(400, b"A reason."), request("x"))
        self.assertEqual(1, own.in_theirs)


class WhoIsAtFault(Judgements):
    def test_a_crash_of_what_the_guest_sent_becomes_4xx(self):
        self.excuses("crash-becomes-4xx", CRASHED, answer(404, b"A reason."))
        self.excuses("crash-becomes-4xx", CRASHED, answer(400, b"A reason."), cloud=Cloud(broken=True, witness=CRASHED))

    def test_it_becomes_neither_success_nor_5xx(self):
        for broken in (False, True):
            for status in (200, 204, 500, 503):
                self.does_not_excuse(CRASHED, answer(status, b"x"), cloud=Cloud(broken=broken, witness=CRASHED))

    def test_a_crash_of_what_is_stored_becomes_5xx_only_for_a_broken_instance(self):
        self.excuses("state-crash-becomes-5xx", FAILED, answer(500, b"A reason."), cloud=Cloud(broken=True, witness=answer(200, b"x")))
        self.does_not_excuse(FAILED, answer(500, b"A reason."), cloud=Cloud(broken=False, witness=answer(200, b"x")))

    def test_a_recording_may_tell_that_the_databases_or_the_configuration_are_at_fault(self):
        asked = request("/openstack/latest/vendor_data2.json")
        asked.state_crash = True
        for is_recorded, expected in ((True, "state-crash-becomes-5xx"), (False, "MISMATCH")):
            own = judge.Judge(Cloud(), is_recorded)
            self.assertEqual(expected, own.judge(CRASHED, answer(503, b"A reason."), asked)[0])
            self.assertEqual("MISMATCH", own.judge(answer(200, b"x"), answer(503, b"A reason."), asked)[0])

    def test_a_recorded_refusal_has_the_status_and_type_of_other_recordings(self):
        asked = request()
        asked.state_crash, asked.healthy = True, lambda: {(404, (HTML,))}
        own = judge.Judge(Cloud(), True)
        self.assertEqual("unneeded-part-missing", own.judge(FAILED, answer(404, NOT_FOUND, HTML), asked)[0])
        for ours in (answer(404, NOT_FOUND, TEXT), answer(403, NOT_FOUND, HTML), answer(200, b"x", HTML)):
            self.assertEqual("MISMATCH", own.judge(FAILED, ours, asked)[0])

    def test_a_recorded_password_is_stored_where_others_could_store_theirs(self):
        asked = request("/openstack/latest/password", "POST")
        asked.state_crash, asked.healthy = True, lambda: {(200, (HTML,))}
        self.assertEqual("unneeded-part-missing", judge.Judge(Cloud(), True).judge(CRASHED, answer(200, b"", HTML), asked)[0])
        self.assertEqual("MISMATCH", judge.Judge(Cloud(), True).judge(CRASHED, answer(200, b"", TEXT), asked)[0])
        self.assertEqual("MISMATCH", judge.Judge(Cloud(), False).judge(CRASHED, answer(200, b"", HTML), asked)[0])


class UnneededPartMissing(Judgements):
    name = "unneeded-part-missing"

    def test_the_document_is_there_as_healthy_instances_have_it(self):
        self.excuses(self.name, FAILED, answer(200, b"a"), cloud=Cloud(broken=True, witness=answer(200, b"b")))

    def test_not_with_another_type_than_theirs(self):
        self.does_not_excuse(FAILED, answer(200, b"a", JSON), cloud=Cloud(broken=True, witness=answer(200, b"b")))

    def test_not_where_healthy_instances_are_refused(self):
        self.does_not_excuse(FAILED, answer(200, b"a"), cloud=Cloud(broken=True, witness=answer(404, NOT_FOUND, HTML)))

    def test_not_for_a_healthy_instance(self):
        self.does_not_excuse(FAILED, answer(200, b"a"), cloud=Cloud(broken=False, witness=answer(200, b"b")))

    def test_another_method_tells_what_GET_tells(self):
        asked = request("/openstack/latest/meta_data.json", "POST")
        self.excuses(self.name, FAILED, answer(200, b"a"), asked, cloud=Cloud(True, answer(200, b"b"), by_get=answer(200, b"a")))
        self.does_not_excuse(FAILED, answer(200, b"a"), asked, cloud=Cloud(True, answer(200, b"b"), by_get=answer(200, b"c")))

    def test_not_where_the_row_has_no_such_document(self):
        self.does_not_excuse(FAILED, answer(200, b"a"), cloud=Cloud(broken=True, witness=answer(200, b"b"), has_part=False))

    def test_a_refusal_is_not_judged_by_its_status_alone(self):
        cloud = Cloud(broken=True, witness=answer(404, NOT_FOUND, HTML))
        self.does_not_excuse(FAILED, answer(404, NOT_FOUND + b"\n", HTML), cloud=cloud)


class BrokenInstanceRefusedAsOthers(Judgements):
    name = "broken-instance-refused-as-others"

    def test_the_page_is_byte_for_byte_what_others_get(self):
        for page in (answer(404, NOT_FOUND, HTML), answer(404, b"404 Not Found", TEXT), answer(400, b"{}", JSON), answer(403, b"x")):
            self.excuses(self.name, FAILED, answer(page.s, page.body, page.ct[0]), cloud=Cloud(broken=True, witness=page))

    def test_not_with_another_byte_type_or_status(self):
        cloud = Cloud(broken=True, witness=answer(404, NOT_FOUND, HTML))
        for ours in (answer(404, NOT_FOUND[:-1], HTML), answer(404, NOT_FOUND, TEXT), answer(400, NOT_FOUND, HTML)):
            self.does_not_excuse(FAILED, ours, cloud=cloud)

    def test_not_for_a_healthy_instance_that_gets_it_in_place_of_its_document(self):
        self.does_not_excuse(answer(200, b"x"), answer(404, NOT_FOUND, HTML), cloud=Cloud(witness=answer(404, NOT_FOUND, HTML)))

    def test_an_empty_200_is_for_OPTIONS_alone(self):
        empty = stock.Answer(200)
        self.excuses(self.name, FAILED, stock.Answer(200), request(method="OPTIONS"), cloud=Cloud(broken=True, witness=empty))
        self.does_not_excuse(FAILED, stock.Answer(200), request(method="PUT"), cloud=Cloud(True, answer(404, NOT_FOUND, HTML), by_get=stock.Answer(200)))

    def test_others_send_the_same_in_their_own_name(self):
        cloud = Cloud(broken=True, witness=answer(404, NOT_FOUND, HTML))
        self.verdict(FAILED, answer(404, NOT_FOUND, HTML), cloud=cloud)
        theirs = judge.capture.auth_of(WITNESS)
        for sent in cloud.asked:
            for name in ("X-Instance-ID", "X-Tenant-ID", "X-Instance-ID-Signature"):
                self.assertIn(("%s: %s\r\n" % (name, theirs[name])).encode(), sent)
            self.assertNotIn(OWN["uuid"].encode(), sent)

    def test_nobody_else_is_asked_what_may_write_a_password(self):
        for path in ("/openstack/latest/password", "/openstack/latest/%70assword", "/openstack/latest/PASSWORD"):
            cloud = Cloud(broken=True, witness=answer(200, b""))
            self.does_not_excuse(FAILED, answer(200, b""), request(path, "POST"), cloud=cloud)
            self.assertEqual([], cloud.asked)


    def test_others_spell_their_uuid_as_it_is_spelled(self):
        spelled = OWN["uuid"].upper()
        asked = request(headers=[("X-Instance-ID", spelled), ("X-Instance-ID-Signature", judge.capture.sign(spelled))])
        page = answer(404, NOT_FOUND, HTML)
        cloud = Cloud(broken=True, witness=page)
        self.excuses(self.name, FAILED, page, asked, cloud=cloud)
        self.assertIn(("X-Instance-ID: %s\r\n" % WITNESS["uuid"].upper()).encode(), cloud.asked[0])
        self.assertIn(judge.capture.sign(WITNESS["uuid"].upper()).encode(), cloud.asked[0])
        self.excuses("unneeded-part-missing", FAILED, answer(200, b"a"), asked, cloud=Cloud(broken=True, witness=answer(200, b"b")))
        self.does_not_excuse(FAILED, answer(200, b"a"), asked, cloud=Cloud(broken=True, witness=page))

    def test_who_is_right_where_the_instance_is_wrong_is_no_witness(self):
        theirs = judge.capture.auth_of(WITNESS)
        for name in ("X-Tenant-ID", "X-Instance-ID-Signature"):
            cloud = Cloud(broken=True, witness=answer(404, NOT_FOUND, HTML))
            self.does_not_excuse(FAILED, answer(500, b"A reason."), request(headers=[(name, theirs[name])]), cloud=cloud)
            self.assertEqual([], cloud.asked)

    def test_more_are_asked_where_none_of_the_first_was_told_the_same(self):
        document, page = answer(200, b"x"), answer(404, NOT_FOUND, HTML)
        self.excuses(self.name, CRASHED, page, cloud=Cloud(True, document, more=[document] * 8 + [page], has_part=False))
        self.does_not_excuse(CRASHED, page, cloud=Cloud(True, document, more=[document] * 9, has_part=False))
        cloud = Cloud(True, page, more=[page] * 9)
        self.excuses(self.name, CRASHED, page, cloud=cloud)
        self.assertEqual(cloud.WITNESSES, len(cloud.asked))

    def test_not_where_the_row_has_the_document_that_others_have(self):
        document, page = answer(200, b"x"), answer(404, NOT_FOUND, HTML)
        self.does_not_excuse(CRASHED, page, cloud=Cloud(True, document, more=[page], has_part=True))
        self.excuses(self.name, CRASHED, page, cloud=Cloud(True, document, more=[page], has_part=False))
        self.excuses(self.name, CRASHED, page, cloud=Cloud(True, document, more=[page], has_part=None))
        self.excuses(self.name, CRASHED, page, cloud=Cloud(True, page, more=[page], has_part=True))


class CrashBehindOptions(Judgements):
    name = "crash-behind-options+unneeded-part-missing"
    empty, document = stock.Answer(200), answer(200, b"a")

    def test_an_empty_200_to_OPTIONS_may_be_a_crash_in_disguise(self):
        asked = request(method="OPTIONS")
        self.excuses(self.name, self.empty, self.document, asked, Cloud(True, answer(200, b"b"), by_get=self.document))

    def test_not_where_GET_does_not_crash(self):
        cloud = Cloud(True, answer(200, b"b"), by_get=self.document)
        cloud.reference.told[OWN["uuid"]] = answer(404, NOT_FOUND, HTML)
        self.does_not_excuse(self.empty, self.document, request(method="OPTIONS"), cloud)
        asked = request("/latest/meta-data/local-ipv4", "OPTIONS", [("X-Forwarded-For", "10.0.0.2")])
        cloud.reference.told[OWN["uuid"]] = answer(200, b"10.99.99.99")
        self.does_not_excuse(self.empty, answer(200, b"10.0.0.2"), asked, cloud)

    def test_not_for_a_healthy_instance_nor_for_more_than_the_crash_itself(self):
        asked = request(method="OPTIONS")
        self.does_not_excuse(self.empty, self.document, asked, Cloud(False, answer(200, b"b"), by_get=self.document))
        self.does_not_excuse(self.empty, self.document, asked, Cloud(True, answer(200, b"b"), by_get=answer(200, b"c")))
        self.does_not_excuse(self.empty, answer(200, b"a", JSON), asked, Cloud(True, answer(200, b"b"), by_get=answer(200, b"a", JSON)))

    def test_not_for_another_method_or_answer(self):
        cloud = Cloud(True, answer(200, b"b"), by_get=self.document)
        self.does_not_excuse(self.empty, self.document, request(method="PUT"), cloud)
        self.does_not_excuse(answer(200, b""), self.document, request(method="OPTIONS"), cloud)


class AddressOfWhoAsks(Judgements):
    name = "address-of-who-asks"
    path = "/latest/meta-data/local-ipv4"

    def test_theirs_is_an_earlier_caller_and_ours_the_one_who_asks(self):
        before = [request(headers=[("X-Forwarded-For", "10.0.0.1")])]
        asked = request(self.path, headers=[("X-Forwarded-For", "10.0.0.2")])
        self.excuses(self.name, answer(200, b"10.0.0.1"), answer(200, b"10.0.0.2"), asked, before=before)

    def test_texts_that_are_no_addresses_are_told_as_Novas_server_reads_them(self):
        asked = request(self.path, headers=[("X-Forwarded-For", "\u00fc"), ("X-Forwarded-For", "x")])
        self.excuses(self.name, answer(200, b"10.99.99.99"), answer(200, b"\xc3\x83\xc2\xbc, x"), asked)
        self.does_not_excuse(answer(200, b"10.99.99.99"), answer(200, b"\xc3\xbc, x"), asked)
        self.does_not_excuse(answer(200, b"10.99.99.99"), answer(200, b"\xc3\x83\xc2\xbc,x"), asked)

    def test_blanks_behind_an_earlier_callers_address_are_told_too_and_none_before_it(self):
        before = [request(headers=[("X-Forwarded-For", "\t10.0.0.1\t ")])]
        asked = request(self.path, headers=[("X-Forwarded-For", "10.0.0.2")])
        self.excuses(self.name, answer(200, b"10.0.0.1\t "), answer(200, b"10.0.0.2"), asked, before=before)
        for body in (b"10.0.0.1", b"\t10.0.0.1\t "):
            self.does_not_excuse(answer(200, body), answer(200, b"10.0.0.2"), asked, before=before)

    def test_not_if_theirs_is_an_address_that_nobody_asked_by(self):
        asked = request(self.path, headers=[("X-Forwarded-For", "10.0.0.2")])
        self.does_not_excuse(answer(200, b"10.0.0.1"), answer(200, b"10.0.0.2"), asked)

    def test_not_if_ours_is_anything_else(self):
        before = [request(headers=[("X-Forwarded-For", "10.0.0.1")])]
        asked = request(self.path, headers=[("X-Forwarded-For", "10.0.0.2")])
        for body in (b"10.0.0.3", b"None", b"", b"10.0.0.2\n"):
            self.does_not_excuse(answer(200, b"10.0.0.1"), answer(200, body), asked, before=before)

    def test_not_for_another_document(self):
        before = [request(headers=[("X-Forwarded-For", "10.0.0.1")])]
        asked = request("/latest/meta-data/public-ipv4", headers=[("X-Forwarded-For", "10.0.0.2")])
        self.does_not_excuse(answer(200, b"10.0.0.1"), answer(200, b"10.0.0.2"), asked, before=before)


class NumberOfTheOwnCell(Judgements):
    name = "number-of-the-own-cell"

    def test_ours_is_in_the_instances_cell_and_theirs_in_another(self):
        self.excuses(self.name, answer(200, b"ami-00000009"), answer(200, b"ami-00000007"), request("/latest/meta-data/./ami-id?x"))

    def test_not_if_either_number_stands_nowhere(self):
        self.does_not_excuse(answer(200, b"ami-00000009"), answer(200, b"ami-00000008"))
        self.does_not_excuse(answer(200, b"ami-00000008"), answer(200, b"ami-00000007"))

    def test_not_if_the_cell_has_no_number_or_no_other_cell_has_one(self):
        self.does_not_excuse(answer(200, b"ami-00000009"), answer(200, b"ami-00000007"), cloud=Cloud(numbers=(None, {9})))
        self.does_not_excuse(answer(200, b"ami-00000009"), answer(200, b"ami-00000007"), cloud=Cloud(numbers=(7, set())))

    def test_not_for_another_kind_or_for_instances(self):
        self.does_not_excuse(answer(200, b"ami-00000009"), answer(200, b"aki-00000007"))
        self.does_not_excuse(answer(200, b"i-00000009"), answer(200, b"i-00000007"))


class Parts(unittest.TestCase):
    def test_the_row_is_asked_for_what_an_instance_may_be_without(self):
        cloud = judge.Cloud([OWN], "http://127.0.0.1:1", "http://127.0.0.1:1", ["/bin/echo", "1"])
        asked = []
        cloud.rows = lambda query: asked.append(query) or ["0"]
        for path, column in (
            ("/2008-02-01/meta-data/%2e/kernel-id/", "kernel_id"),
            ("/latest/meta-data/ramdisk%2did", "ramdisk_id"),
            ("/latest/meta-data/public-keys/0/openssh-key?x", "key_name"),
            ("/openstack/latest/user_data", "user_data"),
        ):
            self.assertIs(False, cloud.has_part(request(path)))
            self.assertIn(column, asked[-1])
            self.assertIn("nova_cell1.instances where uuid = '%s'" % OWN["uuid"], asked[-1])
        self.assertIs(None, cloud.has_part(request("/latest/meta-data/instance-id?kernel-id")))
        self.assertEqual(4, len(asked))


class Targets(Judgements):
    def test_a_target_that_is_neither_path_nor_URI_is_400(self):
        for path in ("latest/meta-data", "%2Flatest", "./healthcheck"):
            self.excuses("target-without-slash", answer(200, b"x"), answer(400, b"A reason."), request(path))
            self.does_not_excuse(answer(200, b"x"), answer(404, b"A reason."), request(path))
            self.does_not_excuse(answer(200, b"x"), answer(200, b"y"), request(path))

    def test_a_target_beyond_ASCII_is_400_whatever_else_is_wrong_with_it(self):
        for path in ("/latest/\u00e9", "/latest/meta-data/?%00?/x\u00e9"):
            self.excuses("target-beyond-ascii", answer(200, b"x"), answer(400, b"A reason."), request(path, headers=[("Accept", "x")]))
            self.does_not_excuse(answer(200, b"x"), answer(404, b"A reason."), request(path))

    def test_a_target_with_control_characters_is_400(self):
        for path in ("/latest/meta-data/public-keys/a\tb", "/latest/\x01", "/latest/\x7f"):
            self.excuses("target-with-control-characters", answer(404, NOT_FOUND, HTML), answer(400, b"A reason."), request(path))
            self.does_not_excuse(answer(404, NOT_FOUND, HTML), answer(403, b"A reason."), request(path))
            self.does_not_excuse(answer(200, b"x"), answer(404, b"A reason."), request(path))
        self.does_not_excuse(answer(404, NOT_FOUND, HTML), answer(400, b"A reason."), request("/latest/%09", headers=[("X-Y", "a\tb")]))

    def test_any_other_target_that_Nova_answers_is_answered(self):
        for path in ("/latest/meta-data/?%00", "/latest/meta-data/?a", "/latest/%C3%A9", "http://x/latest"):
            self.does_not_excuse(answer(200, b"x"), answer(400, b"A reason."), request(path))

    def test_a_page_without_a_reason_or_with_a_long_one_is_none(self):
        for body in (b"", b"x" * 1025):
            self.does_not_excuse(answer(200, b"x"), answer(400, body), request("x"))


class HeadersReadOtherwise(Judgements):
    blanks = [("X-Tenant-ID", "project-1 ")]
    underscore = [("X_Instance_ID", "x")]

    def test_blanks_are_no_part_of_a_value(self):
        asked = request(headers=self.blanks, siblings={(True, False): answer(200, b"x")})
        self.excuses("header-blanks-trimmed", answer(404, NOT_FOUND, HTML), answer(200, b"x"), asked)
        self.does_not_excuse(answer(404, NOT_FOUND, HTML), answer(200, b"y"), asked)

    def test_headers_with_underscores_are_others(self):
        asked = request(headers=self.underscore, siblings={(False, True): answer(200, b"x")})
        self.excuses("underscore-header-ignored", answer(403, b"x"), answer(200, b"x"), asked)
        self.does_not_excuse(answer(403, b"x"), answer(404, b"x"), asked)

    def test_the_request_as_it_is_meant_may_have_a_rule_of_its_own(self):
        asked = request(headers=self.underscore, siblings={(False, True): CRASHED})
        self.excuses("underscore-header-ignored+crash-becomes-4xx", answer(403, b"x"), answer(404, b"A reason."), asked)
        self.does_not_excuse(answer(403, b"x"), answer(200, b"x"), asked)
        self.does_not_excuse(answer(403, b"x"), answer(503, b"A reason."), asked)

    def test_both_at_once(self):
        asked = request(headers=self.blanks + self.underscore, siblings={(True, True): answer(200, b"x"), (True, False): answer(403, b"x")})
        self.excuses("header-blanks-trimmed+underscore-header-ignored", answer(403, b"y"), answer(200, b"x"), asked)

    def test_not_without_such_headers(self):
        asked = request(siblings={(True, False): answer(200, b"x"), (False, True): answer(200, b"x"), (True, True): answer(200, b"x")})
        self.does_not_excuse(answer(403, b"x"), answer(200, b"x"), asked)

    def test_what_is_changed_is_the_head_alone(self):
        data = b"POST /a_b HTTP/1.1\r\nHost: x\r\nX_A: 1\r\nB:  2 \t\r\n\r\nC_D:  3 \r\n\r\n"
        self.assertEqual(b"POST /a_b HTTP/1.1\r\nHost: x\r\nB: 2\r\n\r\nC_D:  3 \r\n\r\n", judge.changed(data, True, True))
        self.assertEqual(data, judge.changed(data, False, False))


if __name__ == "__main__":
    unittest.main()
