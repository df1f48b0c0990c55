"""The platform against callers that do not keep the contract, over the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from support.platform import (
    KEY_ID,
    OTHER_KEY_ID,
    OTHER_SECRET,
    SECRET,
    RunningPlatform,
    StoppedClock,
    running_platform,
)

from govsync.channels.http import Answer, HttpClient
from govsync.channels.signatures import Key, sign_request, verify_response
from govsync.formats import atom, json_records
from govsync.model import Record
from govsync.platform.api import manifest_digest
from govsync.platform.schema import receipts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OURS = Key(KEY_ID, "hmac-sha256", SECRET.encode())
OTHERS = Key(OTHER_KEY_ID, "hmac-sha256", OTHER_SECRET.encode())
ITEM = "/api/v1/items/a%2F2026-00001"
ENTRY = {"Content-Type": "application/atom+xml;type=entry"}
FEED = {"Content-Type": "application/json"}


def record(number: int = 1, revision: int = 1, title: str = "通知") -> Record:
    return Record(
        id=f"a/2026-{number:05d}",
        title=title,
        issuer="甲局",
        published="2026-03-01T08:00:00+08:00",
        revision=revision,
    )


@dataclass
class Caller:
    """A caller that signs properly, and then does what a test wants."""

    client: HttpClient
    clock: StoppedClock
    numbers: Iterator[int]

    def signed(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        key: Key = OURS,
        nonce: str = "",
    ) -> dict[str, str]:
        given = dict(headers or {})
        return given | sign_request(
            method=method,
            url=self.client.url(path),
            headers=given,
            content=content,
            key=key,
            created=self.clock(),
            nonce=nonce or f"n{next(self.numbers)}",
        )

    def send(
        self, method: str, path: str, content: bytes, headers: Mapping[str, str]
    ) -> Answer:
        return self.client.request(
            method, path, headers=headers, content=content, idempotent=False
        )

    def call(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        key: Key = OURS,
    ) -> Answer:
        signed = self.signed(method, path, content, headers, key=key)
        return self.send(method, path, content, signed)

    def put(self, one: Record, headers: Mapping[str, str] | None = None) -> Answer:
        return self.call("PUT", ITEM, atom.entry(one), ENTRY | dict(headers or {}))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def platform(tmp_path: Path, clock: StoppedClock) -> Iterator[RunningPlatform]:
    with running_platform(tmp_path, clock=clock, max_body=100_000) as running:
        yield running


@pytest.fixture
def caller(platform: RunningPlatform, clock: StoppedClock) -> Iterator[Caller]:
    with HttpClient(private=True, base_url=platform.url) as client:
        yield Caller(client, clock, count())


def said(answer: Answer) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(answer.content)
    return document


def logged(platform: RunningPlatform) -> list[str]:
    with platform.database.read() as tx:
        return list(
            tx.execute(select(receipts.c.event).order_by(receipts.c.seq)).scalars()
        )


def refused(answer: Answer, code: str) -> bool:
    is_problem = answer.headers["content-type"] == "application/problem+json"
    return is_problem and (said(answer)["code"], answer.status) == (
        code,
        int(code[1:4]),
    )


def test_a_replayed_request_is_refused_for_ten_minutes(
    platform: RunningPlatform, caller: Caller, clock: StoppedClock
) -> None:
    content = atom.entry(record())
    signed = caller.signed("PUT", ITEM, content, ENTRY)
    assert caller.send("PUT", ITEM, content, signed).status == 201

    again = caller.send("PUT", ITEM, content, signed)
    clock.advance(timedelta(seconds=299))
    later = caller.send("PUT", ITEM, content, signed)
    clock.advance(timedelta(seconds=2))
    too_late = caller.send("PUT", ITEM, content, signed)

    assert refused(again, "P40102")
    assert refused(later, "P40102")
    assert refused(too_late, "P40101")
    assert said(too_late)["reason"] == "expired"
    assert logged(platform) == ["received", "published"]


def test_an_altered_body_is_refused(platform: RunningPlatform, caller: Caller) -> None:
    signed = caller.signed("PUT", ITEM, atom.entry(record()), ENTRY)

    answer = caller.send("PUT", ITEM, atom.entry(record(title="伪造")), signed)

    assert refused(answer, "P40101")
    assert said(answer)["reason"] == "digest"
    assert logged(platform) == []


def test_a_signature_is_for_one_address_and_method(
    platform: RunningPlatform, caller: Caller
) -> None:
    signed = caller.signed("GET", "/api/v1/receipts")

    assert refused(caller.send("GET", "/api/v1/manifest", b"", signed), "P40101")
    assert refused(
        caller.send("GET", "/api/v1/receipts?after=1", b"", signed), "P40101"
    )


def test_another_host_is_not_ours(platform: RunningPlatform, caller: Caller) -> None:
    """A request that was signed for another platform is not taken by this one."""
    signed = caller.signed("GET", "/api/v1/receipts")

    host = {"Host": "other.province.example"}
    answer = caller.send("GET", "/api/v1/receipts", b"", signed | host)

    assert refused(answer, "P40103")


@pytest.mark.parametrize("ahead", [-301, 301])
def test_a_clock_off_by_more_than_the_window_is_refused(
    caller: Caller, clock: StoppedClock, ahead: int
) -> None:
    clock.advance(timedelta(seconds=ahead))
    signed = caller.signed("GET", "/api/v1/receipts")
    clock.advance(-timedelta(seconds=ahead))

    answer = caller.send("GET", "/api/v1/receipts", b"", signed)

    assert refused(answer, "P40101")
    assert said(answer)["reason"] == "expired"


def test_an_unsigned_call_is_refused_and_a_ping_is_not(caller: Caller) -> None:
    unsigned = caller.send("GET", "/api/v1/receipts", b"", {})
    ping = caller.send("GET", "/api/v1/ping", b"", {})

    assert refused(unsigned, "P40101")
    assert said(unsigned)["reason"] == "missing"
    assert said(ping) == {"maintenance": False, "now": "2026-03-02T09:00:00+00:00"}


def test_a_city_sees_and_changes_only_its_own(
    platform: RunningPlatform, caller: Caller
) -> None:
    caller.put(record())

    theirs = caller.call("GET", ITEM, key=OTHERS)
    manifest = said(caller.call("GET", "/api/v1/manifest", key=OTHERS))
    receipts_seen = said(caller.call("GET", "/api/v1/receipts", key=OTHERS))
    taken = caller.call(
        "PUT", ITEM, atom.entry(record(title="别城", revision=9)), ENTRY, key=OTHERS
    )

    assert refused(theirs, "P40402")
    assert (manifest["count"], receipts_seen["receipts"]) == (0, [])
    assert taken.status == 201
    assert said(caller.call("GET", ITEM))["rev"] == 1
    page = caller.send("GET", "/items/mishan/a/2026-00001", b"", {})
    assert "通知" in page.content.decode()


def test_answers_are_signed_whatever_they_say(
    caller: Caller, clock: StoppedClock
) -> None:
    known = {"If-None-Match": caller.call("GET", "/api/v1/topics").headers["ETag"]}
    for path, headers, status in ((ITEM, {}, 404), ("/api/v1/topics", known, 304)):
        signed = caller.signed("GET", path, headers=headers, nonce=f"asked {status}")
        answer = caller.send("GET", path, b"", signed)

        verified = verify_response(
            status=answer.status,
            headers=answer.headers,
            content=answer.content,
            keys={OURS.id: OURS},
            nonce=f"asked {status}",
            now=clock(),
        )

        assert answer.status == status
        assert verified.key_id == OURS.id


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(
    platform: RunningPlatform, caller: Caller
) -> None:
    answer = caller.call("PUT", ITEM, b"x" * 100_001, ENTRY)

    assert refused(answer, "P41301")
    assert logged(platform) == []


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"{}", "text/plain", "P41501"),
        (b"{}", "", "P41501"),
        (b"<entry", "application/atom+xml", "P40001"),
        (b"", "application/json", "P40001"),
        (b"<!DOCTYPE x><entry/>", "application/atom+xml", "P40001"),
        (json_records.entry(record(2)), "application/json", "P42201"),
        (b'{"record": {"id": "a/2026-00001"}}', "application/json", "P42201"),
    ],
)
def test_what_cannot_be_read_is_refused(
    platform: RunningPlatform,
    caller: Caller,
    content: bytes,
    media_type: str,
    code: str,
) -> None:
    answer = caller.call("PUT", ITEM, content, {"Content-Type": media_type})

    assert refused(answer, code)
    assert logged(platform) == []


def test_a_record_changed_on_the_way_is_refused_with_a_pointer(caller: Caller) -> None:
    """The document's own digest is checked beside that of the call."""
    content = atom.entry(record()).replace("通知".encode(), "告示".encode())

    answer = caller.call("PUT", ITEM, content, ENTRY)

    assert refused(answer, "P42201")
    assert said(answer)["errors"][0]["pointer"] == "/digest"


def test_a_stale_revision_hears_what_is_current(
    platform: RunningPlatform, caller: Caller
) -> None:
    newest = record(revision=7)
    assert caller.put(newest).status == 201

    stale = caller.put(record(revision=6, title="旧"))
    other = caller.put(record(revision=7, title="另"))
    repeat = caller.put(newest)

    assert refused(stale, "P40901")
    assert said(stale)["currentRev"] == 7
    assert said(stale)["currentSha256"] == newest.digest
    assert refused(other, "P40902")
    assert (repeat.status, said(repeat)["repeated"]) == (200, True)
    assert logged(platform) == ["received", "published"]


def test_an_idempotency_key_gives_the_stored_answer(
    platform: RunningPlatform, caller: Caller
) -> None:
    key = {"Idempotency-Key": "k1"}
    first = caller.put(record(), key)

    again = caller.put(record(), key)
    other = caller.put(record(title="另"), key)

    assert again.content == first.content
    assert again.status == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert refused(other, "P42202")
    assert logged(platform) == ["received", "published"]


def test_a_refusal_is_judged_again_under_the_same_key(caller: Caller) -> None:
    key = {"Idempotency-Key": "k1"}
    nameless = json_records.entry(record().changed(issuer=""))

    first = caller.call("PUT", ITEM, nameless, FEED | key)
    other = caller.put(record(), key)

    assert refused(first, "P42201")
    assert other.status == 201


def test_one_unreadable_entry_does_not_sink_a_batch(
    platform: RunningPlatform, caller: Caller
) -> None:
    documents = [json.loads(json_records.entry(record(n)))["record"] for n in (1, 2, 3)]
    documents[1]["title"] = ""
    content = json.dumps({"records": documents}).encode()

    answer = said(caller.call("POST", "/api/v1/batches", content, FEED))

    assert (answer["count"], answer["refused"]) == (3, 1)
    assert [one["code"] for one in answer["results"]] == ["", "P42201", ""]
    assert [one["status"] for one in answer["results"]] == [201, 422, 201]
    assert answer["results"][1]["id"] == "a/2026-00002"
    assert answer["results"][1]["errors"][0]["pointer"] == "/title"
    assert logged(platform).count("published") == 2


@pytest.mark.parametrize("entries", [0, 101])
def test_a_batch_has_one_to_a_hundred_entries(caller: Caller, entries: int) -> None:
    documents = [
        json.loads(json_records.entry(record(n)))["record"] for n in range(entries)
    ]
    content = json.dumps({"records": documents}).encode()

    assert refused(caller.call("POST", "/api/v1/batches", content, FEED), "P42203")


def test_receipts_come_in_order_and_in_pages(caller: Caller) -> None:
    caller.put(record())
    caller.put(record(revision=2))

    first = said(caller.call("GET", "/api/v1/receipts?limit=3"))
    path = f"/api/v1/receipts?after={first['next']}"
    rest = said(caller.call("GET", path))
    end = said(caller.call("GET", f"/api/v1/receipts?after={rest['next']}"))

    told = [(one["event"], one["rev"]) for one in first["receipts"] + rest["receipts"]]
    assert told == [
        ("received", 1),
        ("published", 1),
        ("received", 2),
        ("published", 2),
    ]
    assert (end["receipts"], end["next"]) == ([], rest["next"])
    assert refused(caller.call("GET", "/api/v1/receipts?after=x"), "P40002")
    assert refused(caller.call("GET", "/api/v1/receipts?limit=1001"), "P40002")


def test_a_manifest_sums_up_what_is_held(caller: Caller) -> None:
    one = record()
    caller.put(one)

    summary = said(caller.call("GET", "/api/v1/manifest?digestOnly=1"))
    full = said(caller.call("GET", "/api/v1/manifest"))

    ours = manifest_digest([(one.id, 1, one.digest, "published")])
    assert summary == {"count": 1, "sha256": ours, "logs": []}
    assert full["items"] == [
        {"id": one.id, "rev": 1, "sha256": one.digest, "state": "published"}
    ]


def test_topics_are_the_eight_areas_and_are_sent_once(caller: Caller) -> None:
    first = caller.call("GET", "/api/v1/topics")
    known = {"If-None-Match": first.headers["ETag"]}

    again = caller.call("GET", "/api/v1/topics", headers=known)

    assert len(said(first)["topics"]) == 8
    assert (again.status, again.content) == (304, b"")


def test_feedback_that_is_not_ours_cannot_be_acknowledged(
    platform: RunningPlatform, caller: Caller
) -> None:
    number = platform.office.give_feedback("hulin", "comment", "好")

    assert refused(caller.call("POST", f"/api/v1/feedback/{number}/ack"), "P40403")
    assert refused(caller.call("POST", "/api/v1/feedback/x/ack"), "P40403")


def answered(caller: Caller, number: int, text: object, **options: Any) -> Answer:
    content = json.dumps({"text": text}).encode()
    return caller.call(
        "POST", f"/api/v1/feedback/{number}/answer", content, FEED, **options
    )


def test_an_answer_is_taken_once(platform: RunningPlatform, caller: Caller) -> None:
    number = platform.office.give_feedback("mishan", "return", "补充摘要")

    first, again = (answered(caller, number, "已补充。") for _ in range(2))

    assert (first.status, again.status) == (201, 200)
    assert said(again) == said(first) | {"repeated": True}
    assert refused(answered(caller, number, "另一个"), "P40903")
    (told,) = platform.office.feedback_of("mishan")
    assert (told.answer, told.answered_at) == ("已补充。", caller.clock())
    listed = said(caller.call("GET", "/api/v1/feedback"))["feedback"]
    assert listed[0]["answer"]["sha256"] == said(first)["sha256"]


def test_nobody_answers_what_another_city_was_told(
    platform: RunningPlatform, caller: Caller
) -> None:
    number = platform.office.give_feedback("mishan", "return", "补充摘要")

    assert refused(answered(caller, number, "好", key=OTHERS), "P40403")
    assert refused(answered(caller, number + 1, "好"), "P40403")
    assert platform.office.feedback_of("mishan")[0].answer == ""


@pytest.mark.parametrize("text", [None, 1, "", " \n", "x" * 20_001])
def test_an_answer_says_something(
    platform: RunningPlatform, caller: Caller, text: object
) -> None:
    number = platform.office.give_feedback("mishan", "return", "补充摘要")

    assert refused(answered(caller, number, text), "P42205")


def test_an_answer_is_text(platform: RunningPlatform, caller: Caller) -> None:
    number = platform.office.give_feedback("mishan", "return", "补充摘要")
    path = f"/api/v1/feedback/{number}/answer"

    assert refused(caller.call("POST", path, b"{", FEED), "P40001")
    assert refused(caller.call("POST", path, b"[]", FEED), "P42205")
    half = b'{"text": "\\ud800"}'
    assert refused(caller.call("POST", path, half, FEED), "P40001")


def test_what_the_contract_does_not_name_is_a_problem_too(caller: Caller) -> None:
    assert refused(caller.call("GET", "/api/v2/items"), "P40401")
    assert refused(caller.call("DELETE", ITEM), "P40501")


def test_the_public_sees_records_and_never_what_was_withdrawn(
    platform: RunningPlatform, caller: Caller
) -> None:
    title = '<script>alert("1")</script>'
    shown = said(caller.put(record(title=title)))["publicUrl"]
    path = shown.removeprefix(platform.url)

    page = caller.send("GET", path, b"", {})
    feed = caller.send("GET", "/feed.atom", b"", {})
    home = caller.send("GET", "/", b"", {})
    withdrawn = record(revision=2).changed(
        status={"state": "withdrawn", "at": "2026-03-02T00:00:00+08:00"}
    )
    caller.put(withdrawn)
    gone = caller.send("GET", path, b"", {})

    assert page.status == 200
    assert b"<script" not in page.content + home.content
    assert b"default-src 'none'" in page.headers["Content-Security-Policy"].encode()
    assert [entry.id for entry in atom.read(feed.content)] == [record().id]
    assert gone.status == 410
    assert list(atom.read(caller.send("GET", "/feed.atom", b"", {}).content)) == []
    assert caller.send("GET", "/items/mishan/absent", b"", {}).status == 404
