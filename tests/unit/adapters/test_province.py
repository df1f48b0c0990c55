"""What the adapter of the province makes of each answer, and what it sends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from govsync.channels import (
    Answer,
    ChannelError,
    Context,
    Done,
    Editor,
    Feedback,
    Op,
    Pending,
    Receipt,
    Reject,
    Release,
    Retry,
    Stop,
    Unsure,
    Wait,
)
from govsync.channels.signatures import Key, sign_response, verify_request
from govsync.errors import ConfigError
from govsync.formats import atom
from govsync.model import Record, State, Status
from govsync.platform.problems import ProblemError
from govsync_adapters.province import Province
from govsync_adapters.province.meaning import field_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://province.example"
SECRET = "a shared secret of forty printable signs"
KEY = Key("mishan-1", "hmac-sha256", SECRET.encode())
RECORD = Record(
    id="a/2026-00001", title="通知", issuer="甲局", published=NOW, revision=2
)
RELEASE = Release(channel="province", op=Op.PUBLISH, record=RECORD)
GRAVE = RECORD.changed(status=Status(state=State.WITHDRAWN, at=NOW), revision=3)
WITHDRAWAL = Release(channel="province", op=Op.WITHDRAW, record=GRAVE)
ITEM = f"{URL}/api/v1/items/a%2F2026-00001"
BATCHES = f"{URL}/api/v1/batches"

Reply = Callable[[PreparedRequest], tuple[int, dict[str, str], bytes]]


class Notes(dict[str, str]):
    """A trail in memory."""

    held = None

    def note(self, name: str, value: str) -> None:
        self[name] = value


def province(**settings: str) -> Province:
    given = {"url": URL, "key_id": KEY.id, "key": SECRET, **settings}
    city = {
        "name": "密山市",
        "site": "https://www.city.example/",
        "site_name": "密山网",
    }
    return Province(
        Context(channel="province", settings=given, clock=lambda: NOW, city=city)
    )


@pytest.fixture
def adapter() -> Iterator[Province]:
    adapter = province()
    yield adapter
    adapter.close()


@pytest.fixture
def service() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as service:
        yield service


def held(**members: Any) -> dict[str, Any]:
    return {
        "id": RECORD.id,
        "rev": RECORD.revision,
        "sha256": RECORD.digest,
        "state": "published",
        "publicUrl": f"{URL}/items/mishan/a/2026-00001",
        "seq": 7,
        "at": NOW.isoformat(),
        "errors": [],
        **members,
    }


def signed(
    status: int,
    document: Mapping[str, Any] | bytes,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """An answer that the platform signed, to whatever request comes."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()

    def reply(request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        match = re.search(r'nonce="([^"]+)"', request.headers["Signature-Input"])
        proof = sign_response(
            status=status,
            headers={},
            content=content,
            key=KEY,
            created=NOW,
            nonce=match[1] if match else "",
        )
        return status, {**(headers or {}), **proof}, content

    return reply


def unsigned(status: int, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer of something in between."""
    return lambda _: (status, dict(headers or {}), b"<html>no</html>")


def problem(code: str, **members: Any) -> Reply:
    error = ProblemError(code, members=members)
    return signed(error.kind.status, error.document())


def current(digest: str, state: str) -> dict[str, Any]:
    return {"currentRev": 9, "currentSha256": digest, "currentState": state}


def publish(
    adapter: Province, service: responses.RequestsMock, reply: Reply
) -> Receipt | Pending | ChannelError:
    service.add_callback("PUT", ITEM, reply)
    try:
        return adapter.publish(RELEASE, Notes())
    except ChannelError as error:
        return error


RETRY_LATER = {"Retry-After": "120"}
MAINTENANCE = ProblemError("P50301").document()

ANSWERS: list[tuple[str, Reply, type]] = [
    ("new", signed(201, held()), Receipt),
    ("queued", signed(202, held(state="accepted")), Pending),
    ("returned by a review", signed(200, held(state="rejected")), Reject),
    ("an unknown state", signed(200, held(state="lost")), Unsure),
    ("the wrong state", signed(200, held(state="withdrawn")), Unsure),
    ("another revision", signed(200, held(rev=1)), Unsure),
    ("another digest", signed(200, held(sha256="0" * 64)), Unsure),
    ("another record", signed(200, held(id="b")), Unsure),
    ("a member missing", signed(201, {**held(), "at": None}), Unsure),
    ("no JSON", signed(201, b"ok"), Unsure),
    ("no object", signed(201, b"[]"), Unsure),
    ("nobody's yes", unsigned(201), Unsure),
    ("unreadable", problem("P40001"), Reject),
    ("signature", problem("P40101", reason="wrong"), Stop),
    ("nonce", problem("P40102"), Unsure),
    ("host", problem("P40103"), Stop),
    ("forbidden", unsigned(403), Stop),
    ("no such address", unsigned(404), Stop),
    ("method", problem("P40501"), Stop),
    ("stale", problem("P40901", **current("0" * 64, "published")), Editor),
    ("ours", problem("P40901", **current(RECORD.digest, "published")), Done),
    ("ours, returned", problem("P40901", **current(RECORD.digest, "rejected")), Editor),
    ("other content", problem("P40902", currentRev=2), Editor),
    ("too large", unsigned(413), Reject),
    ("media type", problem("P41501"), Stop),
    ("invalid", problem("P42201"), Reject),
    ("nobody's refusal", unsigned(422), Unsure),
    ("nobody's conflict", unsigned(409), Unsure),
    ("quota", problem("P42901"), Wait),
    ("failed", unsigned(500), Unsure),
    ("gateway", unsigned(502), Unsure),
    ("a gateway that is away", unsigned(503, RETRY_LATER), Unsure),
    ("timeout of a gateway", unsigned(504), Unsure),
    ("maintenance", signed(503, MAINTENANCE, RETRY_LATER), Wait),
    ("maintenance without end", signed(503, MAINTENANCE), Wait),
    ("busy", problem("P50302"), Retry),
    ("teapot", unsigned(418), Unsure),
]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [pytest.param(reply, outcome, id=name) for name, reply, outcome in ANSWERS],
)
def test_every_answer_has_its_meaning(
    adapter: Province, service: responses.RequestsMock, reply: Reply, outcome: type
) -> None:
    assert type(publish(adapter, service, reply)) is outcome


def test_a_receipt_says_what_the_platform_said(
    adapter: Province, service: responses.RequestsMock
) -> None:
    receipt = publish(adapter, service, signed(201, held()))

    assert isinstance(receipt, Receipt)
    assert (receipt.revision, receipt.digest, receipt.at) == (2, RECORD.digest, NOW)
    assert receipt.address == held()["publicUrl"]
    assert receipt.proof["seq"] == "7"
    assert 'keyid="mishan-1"' in receipt.proof["signature"]


def test_a_wish_is_a_floor(adapter: Province, service: responses.RequestsMock) -> None:
    waiting = publish(adapter, service, signed(503, MAINTENANCE, RETRY_LATER))

    assert isinstance(waiting, Wait)
    assert waiting.until == NOW + timedelta(seconds=120)


def test_a_retry_carries_the_wish_too(
    adapter: Province, service: responses.RequestsMock
) -> None:
    service.add_callback("GET", ITEM, unsigned(502, RETRY_LATER))

    with pytest.raises(Retry) as retry:
        adapter.find(RELEASE, Notes())

    assert retry.value.after == timedelta(seconds=120)


def test_a_wrong_clock_is_told_from_a_wrong_key(
    adapter: Province, service: responses.RequestsMock
) -> None:
    stop = publish(adapter, service, problem("P40101", reason="expired"))

    assert isinstance(stop, Stop)
    assert "clock" in stop.step


def test_pointers_become_fields(
    adapter: Province, service: responses.RequestsMock
) -> None:
    faults = [{"pointer": "/attachments/0/name", "detail": "empty"}]
    document = ProblemError("P42201").document() | {"errors": faults}
    reject = publish(adapter, service, signed(422, document))

    assert isinstance(reject, Reject)
    (finding,) = reject.findings
    assert (finding.field, finding.message) == ("attachments[0].name", "empty")
    assert (finding.rule, finding.record) == ("province.P42201", RECORD.id)


@pytest.mark.parametrize(
    ("pointer", "field"),
    [("", ""), ("/title", "title"), ("/extra/a~1b~0c", "extra.a/b~c")],
)
def test_fields_of_pointers(pointer: str, field: str) -> None:
    assert field_of(pointer) == field


def test_a_call_is_signed_and_named(
    adapter: Province, service: responses.RequestsMock
) -> None:
    """The signature covers the key and the body; a repeat has the same key."""
    service.add_callback("PUT", ITEM, signed(201, held()))
    adapter.publish(RELEASE, Notes())
    adapter.publish(RELEASE, Notes())

    first, second = (call.request for call in service.calls)
    verified = verify_request(
        method="PUT",
        url=ITEM,
        headers=first.headers,
        content=first.body,
        keys={KEY.id: KEY},
        now=NOW,
    )
    assert verified.key_id == KEY.id
    assert '"idempotency-key"' in first.headers["Signature-Input"]
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.headers["Signature"] != second.headers["Signature"]
    assert first.body == adapter.fit(RELEASE)[0].content == atom.entry(RECORD)


def test_a_withdrawal_is_a_tombstone(
    adapter: Province, service: responses.RequestsMock
) -> None:
    document = held(rev=3, sha256=GRAVE.digest, state="withdrawn", publicUrl="")
    service.add_callback("PUT", ITEM, signed(200, document))

    receipt = adapter.withdraw(WITHDRAWAL, Notes())

    assert isinstance(receipt, Receipt)
    assert (receipt.op, receipt.address) == (Op.WITHDRAW, "")
    assert service.calls[0].request.headers["Content-Type"] == (
        "application/atomdeleted+xml"
    )


@pytest.mark.parametrize(
    ("release", "field"),
    [
        (RELEASE.changed(op=Op.WITHDRAW), "status.state"),
        (WITHDRAWAL.changed(op=Op.PUBLISH), "status.state"),
        (RELEASE.changed(record=RECORD.changed(id="a/../b")), "id"),
        (RELEASE.changed(record=RECORD.changed(title="\x01")), "title"),
        (RELEASE.changed(record=RECORD.changed(body="字" * 6_000_000)), "body"),
    ],
)
def test_what_cannot_go_is_refused_before_it_goes(
    adapter: Province, release: Release, field: str
) -> None:
    with pytest.raises(Reject) as caught:
        adapter.fit(release)

    assert caught.value.findings[0].field == field


def many(count: int) -> list[Release]:
    return [
        RELEASE.changed(record=RECORD.changed(id=f"a/2026-{n:05d}"))
        for n in range(1, count + 1)
    ]


def test_a_batch_answers_by_id_and_misses_none(
    adapter: Province, service: responses.RequestsMock
) -> None:
    one, two, three = many(3)
    results = [
        held(id=three.record.id, sha256=three.record.digest, code=""),
        ProblemError("P42201").document() | {"id": two.record.id},
    ]
    service.add_callback("POST", BATCHES, signed(207, {"results": results}))

    outcomes = adapter.publish_many([(r, Notes()) for r in (one, two, three)])

    assert [type(outcome) for outcome in outcomes] == [Unsure, Reject, Receipt]


def test_a_batch_is_a_feed_of_the_city(adapter: Province) -> None:
    (form,) = adapter.preview(many(2))

    assert form.name == f"POST {BATCHES}"
    assert '<title type="text">密山网</title>'.encode() in form.content
    assert len(list(atom.read(form.content))) == 2


def test_a_batch_refused_as_a_whole_is_sent_one_by_one(
    adapter: Province, service: responses.RequestsMock
) -> None:
    """One record cannot make the platform refuse the others."""
    service.add_callback("POST", BATCHES, unsigned(413))
    for release in many(2):
        document = held(id=release.record.id, sha256=release.record.digest)
        address = f"{URL}/api/v1/items/{release.record.id.replace('/', '%2F')}"
        service.add_callback("PUT", address, signed(201, document))

    outcomes = adapter.publish_many([(r, Notes()) for r in many(2)])

    assert [type(outcome) for outcome in outcomes] == [Receipt, Receipt]


def test_one_that_does_not_fit_stays_behind(
    adapter: Province, service: responses.RequestsMock
) -> None:
    service.add_callback("PUT", ITEM, signed(201, held()))
    bad = RELEASE.changed(record=RECORD.changed(id="b", title="\x01"))

    outcomes = adapter.publish_many([(bad, Notes()), (RELEASE, Notes())])

    assert [type(outcome) for outcome in outcomes] == [Reject, Receipt]


def test_a_batch_is_cut_where_the_platform_would_not_take_it() -> None:
    """By count as it is set, and by bytes as the contract says."""
    small = province(batch="2")
    assert len(small.preview(many(5))) == 3
    small.close()

    adapter = province()
    large = [r.changed(record=r.record.changed(body="字" * 2_500_000)) for r in many(4)]
    forms = adapter.preview(large)
    adapter.close()

    assert [form.content.count(b"<entry>") for form in forms] == [2, 2]


def test_two_revisions_of_a_record_go_one_after_the_other(adapter: Province) -> None:
    newer = RELEASE.changed(record=RECORD.changed(revision=3, title="更正"))

    forms = adapter.preview([RELEASE, newer])

    assert [form.name for form in forms] == [f"PUT {ITEM}"] * 2


FOUND: list[tuple[str, Reply, type | None]] = [
    ("nothing", problem("P40402"), None),
    ("older", signed(200, held(rev=1, sha256="0" * 64)), None),
    ("ours", signed(200, held()), Receipt),
    ("ours in the queue", signed(200, held(state="accepted")), Pending),
    ("ours, returned", signed(200, held(state="rejected")), Reject),
    ("newer", signed(200, held(rev=3)), Editor),
    ("another of this number", signed(200, held(sha256="0" * 64)), Editor),
    ("no answer", signed(200, b"ok"), Unsure),
    ("nobody's word", unsigned(200), Retry),
    ("no platform", unsigned(404), Stop),
]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [pytest.param(reply, outcome, id=name) for name, reply, outcome in FOUND],
)
def test_looking(
    adapter: Province,
    service: responses.RequestsMock,
    reply: Reply,
    outcome: type | None,
) -> None:
    service.add_callback("GET", ITEM, reply)
    try:
        found: object = adapter.find(RELEASE, Notes())
    except ChannelError as error:
        found = error

    assert (found if outcome is None else type(found)) is outcome


def test_what_was_accepted_and_is_gone_is_unsure(
    adapter: Province, service: responses.RequestsMock
) -> None:
    service.add_callback("GET", ITEM, problem("P40402"))

    with pytest.raises(Unsure):
        adapter.settle(RELEASE, Pending(at=NOW), Notes())


def test_feedback_that_cannot_be_read_is_asked_for_again(
    adapter: Province, service: responses.RequestsMock
) -> None:
    address = f"{URL}/api/v1/feedback"
    service.add_callback("GET", address, signed(200, {"feedback": [{"seq": 1}]}))

    with pytest.raises(Retry):
        list(adapter.collect(""))


FEEDBACK = Feedback(id="7", kind="return", at=NOW)
ANSWER = Answer(code="1" * 12, text="已补充", at=NOW)


ANSWERED: Mapping[str, tuple[Reply, type]] = {
    "no moment": (signed(201, {"seq": 7, "sha256": ANSWER.digest, "at": "x"}), Unsure),
    "another": (signed(201, {"seq": 8, "sha256": ANSWER.digest}), Unsure),
    "other text": (signed(200, {"seq": 7, "sha256": "0" * 64}), Unsure),
    "not signed": (unsigned(201), Unsure),
    "between": (unsigned(502), Unsure),
    "P40403": (problem("P40403"), Editor),
    "P40903": (problem("P40903"), Editor),
    "P42205": (problem("P42205"), Reject),
    "P50301": (problem("P50301"), Wait),
    "P50302": (problem("P50302"), Retry),
}
HELD = {"seq": 7, "answer": {"sha256": ANSWER.digest}}
FOUND: Mapping[str, tuple[Reply, type]] = {
    "none": (signed(200, {"feedback": []}), type(None)),
    "other": (signed(200, {"feedback": [{"seq": 8, "answer": {}}]}), type(None)),
    "not yet": (signed(200, {"feedback": [{"seq": 7, "answer": None}]}), type(None)),
    "other text": (
        signed(200, {"feedback": [{"seq": 7, "answer": {"sha256": "0"}}]}),
        Editor,
    ),
    "no moment": (signed(200, {"feedback": [HELD]}), Unsure),
    "not signed": (unsigned(200), Retry),
}


@pytest.mark.parametrize(("reply", "outcome"), ANSWERED.values(), ids=ANSWERED)
def test_an_answer_is_held_only_by_the_platforms_own_word(
    adapter: Province, service: responses.RequestsMock, reply: Reply, outcome: type
) -> None:
    service.add_callback("POST", f"{URL}/api/v1/feedback/7/answer", reply)

    with pytest.raises(outcome):
        adapter.answer(FEEDBACK, ANSWER, Notes())


@pytest.mark.parametrize(("reply", "outcome"), FOUND.values(), ids=FOUND)
def test_an_answer_is_looked_for_before_it_is_repeated(
    adapter: Province, service: responses.RequestsMock, reply: Reply, outcome: type
) -> None:
    service.add_callback("GET", f"{URL}/api/v1/feedback", reply)
    try:
        found: object = adapter.answered(FEEDBACK, ANSWER, Notes())
    except ChannelError as error:
        found = error

    assert isinstance(found, outcome)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"key": "base64:%"}, "channels.province.key"),
        ({"algorithm": "ed25519"}, "channels.province.platform_key"),
    ],
)
def test_keys_that_cannot_serve_are_refused(
    settings: dict[str, str], place: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        province(**settings)

    assert caught.value.where == place


def test_what_is_no_platform_is_told(
    adapter: Province, service: responses.RequestsMock
) -> None:
    service.add_callback("GET", f"{URL}/api/v1/ping", unsigned(200))

    health = adapter.check()

    assert not health.ok
    assert "url" in health.mend
