"""The adapter of the province against a real platform; effects counted there."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select
from support.platform import (
    CITY,
    KEY_ID,
    SECRET,
    RunningPlatform,
    StoppedClock,
    running_platform,
)

from govsync.channels import (
    Answer,
    Context,
    Done,
    Editor,
    Feedback,
    Op,
    Pending,
    Receipt,
    Reject,
    Release,
    Stop,
    Unsure,
    Wait,
)
from govsync.model import Attachment, Record, Review, State, Status, Verdict
from govsync.platform import store
from govsync.platform.problems import Fault
from govsync.platform.schema import receipts
from govsync.platform.settings import AnswerKey, CityKey
from govsync.sandbox.faults import Fault as Broken
from govsync.sandbox.faults import FaultProxy
from govsync_adapters.province import Province

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIRES = ("atom", "xml", "rss", "json")


class Notes(dict[str, str]):
    """A trail in memory."""

    held = None

    def note(self, name: str, value: str) -> None:
        self[name] = value


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def platform(tmp_path: Path, clock: StoppedClock) -> Iterator[RunningPlatform]:
    with running_platform(tmp_path, clock=clock) as running:
        yield running


def province(url: str, clock: StoppedClock, **settings: str) -> Province:
    given = {"url": url, "private": "true", "key_id": KEY_ID, "key": SECRET, **settings}
    city = {"name": "密山市", "site": "https://www.city.example/", "site_name": "密山"}
    return Province(Context(channel="province", settings=given, clock=clock, city=city))


@pytest.fixture
def adapter(platform: RunningPlatform, clock: StoppedClock) -> Iterator[Province]:
    adapter = province(platform.url, clock)
    yield adapter
    adapter.close()


def record(number: int = 1, revision: int = 1, title: str = "通知") -> Record:
    return Record(
        id=f"023038201/2026-{number:05d}",
        title=title,
        body="<p>正文 &amp; 表</p>",
        issuer="密山市人民政府办公室",
        published="2026-03-01T08:00:00+08:00",
        attachments=(Attachment(name="表.xlsx", href="https://www.city.example/1"),),
        review=Review(verdict=Verdict.APPROVED, final="签发人"),
        extra={"备注": "内部"},
        revision=revision,
    )


def release(record: Record) -> Release:
    op = Op.WITHDRAW if record.withdrawn else Op.PUBLISH
    return Release(channel="province", op=op, record=record)


def taken_back(record: Record) -> Record:
    status = Status(
        state=State.WITHDRAWN, reason="有误", at="2026-03-02T09:00:00+08:00"
    )
    return record.changed(status=status, revision=record.revision + 1)


def events(platform: RunningPlatform) -> list[tuple[str, int, str]]:
    query = select(receipts.c.item, receipts.c.rev, receipts.c.event)
    with platform.database.read() as tx:
        return [tuple(row) for row in tx.execute(query.order_by(receipts.c.seq))]


def published(platform: RunningPlatform) -> list[tuple[str, int]]:
    return [
        (item, rev) for item, rev, event in events(platform) if event == "published"
    ]


@pytest.mark.parametrize("wire", WIRES)
def test_a_record_goes_up_once_in_every_form(
    platform: RunningPlatform, clock: StoppedClock, wire: str
) -> None:
    adapter = province(platform.url, clock, wire=wire)
    sent = release(record())

    first = adapter.publish(sent, Notes())
    again = adapter.publish(sent, Notes())

    assert isinstance(first, Receipt)
    assert first.digest == sent.record.digest
    assert first == again.changed(proof=first.proof)
    assert published(platform) == [(sent.record.id, 1)]
    assert adapter.verify(first).same
    adapter.close()


@pytest.mark.parametrize("wire", WIRES)
def test_a_withdrawal_takes_the_page_down_and_keeps_nothing(
    platform: RunningPlatform, clock: StoppedClock, wire: str
) -> None:
    adapter = province(platform.url, clock, wire=wire)
    adapter.publish(release(record()), Notes())

    receipt = adapter.withdraw(release(taken_back(record())), Notes())

    assert isinstance(receipt, Receipt)
    assert adapter.verify(receipt).same
    assert events(platform)[-1] == (record().id, 2, "withdrawn")
    with platform.database.read() as tx:
        assert store.item(tx, CITY, record().id).record is None
        assert store.page(tx, CITY, record().id).record is None
    adapter.close()


@pytest.mark.parametrize("wire", WIRES)
def test_a_batch_gives_an_outcome_for_each_in_order(
    platform: RunningPlatform, clock: StoppedClock, wire: str
) -> None:
    adapter = province(platform.url, clock, wire=wire)
    adapter.publish(release(record(2)), Notes())
    batch = [release(r) for r in (record(1), taken_back(record(2)), record(3))]

    outcomes = adapter.publish_many([(one, Notes()) for one in batch])

    assert [(o.record, o.op) for o in outcomes if isinstance(o, Receipt)] == [
        (one.record.id, one.op) for one in batch
    ]
    assert len({o.proof["seq"] for o in outcomes if isinstance(o, Receipt)}) == 3
    adapter.close()


def test_a_batch_refused_in_part_publishes_the_rest(
    platform: RunningPlatform, adapter: Province
) -> None:
    newer = record(2, revision=5, title="更新")
    adapter.publish(release(newer), Notes())
    nameless = record(3).changed(issuer="")
    batch = [release(r) for r in (record(1), record(2), nameless, record(4))]

    first, stale, refused, last = adapter.publish_many([(r, Notes()) for r in batch])

    assert isinstance(first, Receipt)
    assert isinstance(last, Receipt)
    assert isinstance(stale, Editor)
    assert isinstance(refused, Reject)
    assert refused.findings[0].field == "issuer"
    assert published(platform) == [
        (newer.id, 5),
        (record(1).id, 1),
        (record(4).id, 1),
    ]


def test_the_preview_is_what_goes(platform: RunningPlatform, adapter: Province) -> None:
    one, two = release(record(1)), release(record(2))

    (alone,) = adapter.preview([one])
    (together,) = adapter.preview([one, two])

    assert alone.name == f"PUT {platform.url}/api/v1/items/023038201%2F2026-00001"
    assert (alone,) == adapter.fit(one)
    assert together.name == f"POST {platform.url}/api/v1/batches"
    assert together.content.count(b"<entry>") == 2


@pytest.mark.parametrize(
    "kind", ["drop_after", "reset_after", "half_status", "short_body", "broken_chunk"]
)
def test_a_lost_answer_is_unsure_and_then_found(
    platform: RunningPlatform, clock: StoppedClock, kind: str
) -> None:
    """Looking finds what happened; nothing is published twice."""
    port = int(platform.url.rpartition(":")[2])
    sent = release(record())
    with FaultProxy("127.0.0.1", port, Broken(kind, method="PUT", times=1)) as proxy:
        adapter = province(proxy.url, clock)

        with pytest.raises(Unsure):
            adapter.publish(sent, Notes())
        found = adapter.find(sent, Notes())
        again = adapter.publish(sent, Notes())
        adapter.close()

    assert isinstance(found, Receipt)
    assert isinstance(again, Receipt)
    assert (found.digest, found.address) == (again.digest, again.address)
    assert published(platform) == [(sent.record.id, 1)]


def test_a_lost_request_is_unsure_and_then_found_to_be_nothing(
    platform: RunningPlatform, clock: StoppedClock
) -> None:
    port = int(platform.url.rpartition(":")[2])
    fault = Broken("drop_before", method="PUT", times=1)
    with FaultProxy("127.0.0.1", port, fault) as proxy:
        adapter = province(proxy.url, clock)

        with pytest.raises(Unsure):
            adapter.publish(release(record()), Notes())

        assert adapter.find(release(record()), Notes()) is None
        adapter.close()
    assert events(platform) == []


def test_a_lost_answer_to_a_batch_is_unsure_for_all_of_it(
    platform: RunningPlatform, clock: StoppedClock
) -> None:
    port = int(platform.url.rpartition(":")[2])
    batch = [release(record(n)) for n in range(1, 4)]
    fault = Broken("drop_after", method="POST", times=1)
    with FaultProxy("127.0.0.1", port, fault) as proxy:
        adapter = province(proxy.url, clock)

        outcomes = adapter.publish_many([(one, Notes()) for one in batch])
        found = [adapter.find(one, Notes()) for one in batch]
        again = adapter.publish_many([(one, Notes()) for one in batch])
        adapter.close()

    assert all(isinstance(outcome, Unsure) for outcome in outcomes)
    assert all(isinstance(outcome, Receipt) for outcome in (*found, *again))
    assert published(platform) == [(one.record.id, 1) for one in batch]


def test_looking_tells_older_newer_and_other_apart(adapter: Province) -> None:
    adapter.publish(release(record(revision=3)), Notes())

    assert adapter.find(release(record(revision=4)), Notes()) is None
    with pytest.raises(Editor):
        adapter.find(release(record(revision=2)), Notes())
    with pytest.raises(Editor):
        adapter.find(release(record(revision=3, title="另一份")), Notes())


def test_the_same_content_under_a_newer_number_is_done(adapter: Province) -> None:
    adapter.publish(release(record(revision=3)), Notes())

    (outcome,) = adapter.publish_many([(release(record(revision=2)), Notes())])

    assert isinstance(outcome, Done)
    assert outcome.receipt.proof["revision"] == "3"


def test_verification_sees_what_was_changed_since(adapter: Province) -> None:
    first = adapter.publish(release(record()), Notes())
    adapter.publish(release(record(revision=2, title="更正")), Notes())
    assert isinstance(first, Receipt)

    verification = adapter.verify(first)

    assert not verification.same
    assert verification.found == record(title="更正").digest
    assert not adapter.verify(first.changed(record="absent")).same


def test_a_withdrawal_of_what_never_was_counts(adapter: Province) -> None:
    receipt = adapter.withdraw(release(taken_back(record())), Notes())

    assert isinstance(receipt, Receipt)
    assert adapter.verify(receipt).same


def test_a_queue_publishes_after_its_review(
    tmp_path: Path, clock: StoppedClock
) -> None:
    with running_platform(tmp_path, clock=clock, queue=True) as platform:
        adapter = province(platform.url, clock)
        sent = release(record())

        pending = adapter.publish(sent, Notes())
        assert isinstance(pending, Pending)
        assert adapter.settle(sent, pending, Notes()) == pending
        assert adapter.find(sent, Notes()) == pending
        assert published(platform) == []
        assert platform.office.publish_accepted() == 1
        receipt = adapter.settle(sent, pending, Notes())
        adapter.close()

    assert isinstance(receipt, Receipt)
    assert receipt.address.startswith(platform.url)


def test_a_review_returns_a_record_with_its_faults(
    tmp_path: Path, clock: StoppedClock
) -> None:
    with running_platform(tmp_path, clock=clock, queue=True) as platform:
        adapter = province(platform.url, clock)
        sent = release(record())
        pending = adapter.publish(sent, Notes())
        fault = Fault(pointer="/attachments/0/name", detail="附件名不全")
        platform.office.reject(CITY, sent.record.id, [fault])

        assert isinstance(pending, Pending)
        with pytest.raises(Reject) as caught:
            adapter.settle(sent, pending, Notes())
        (returned,) = adapter.collect("")
        adapter.close()

    assert caught.value.findings[0].field == "attachments[0].name"
    assert (returned.kind, returned.record) == ("return", sent.record.id)


def test_feedback_is_collected_once_and_acknowledged(
    platform: RunningPlatform, adapter: Province, clock: StoppedClock
) -> None:
    """A cursor that comes back says that what stands before it was stored."""
    due = clock.now + timedelta(days=3)
    platform.office.give_feedback(CITY, "reminder", "本月未更新", due=due)
    platform.office.give_feedback("hulin", "comment", "别的城市")
    platform.office.give_feedback(CITY, "comment", "好")

    first, second = adapter.collect("")
    with platform.database.read() as tx:
        assert store.acknowledged(tx, CITY) == 0
    rest = list(adapter.collect(second.cursor))

    assert (first.kind, first.text, first.due) == ("reminder", "本月未更新", due)
    assert rest == []
    with platform.database.read() as tx:
        assert store.acknowledged(tx, CITY) == int(second.cursor)


def test_an_answer_to_a_return_reaches_the_office_once(
    platform: RunningPlatform, adapter: Province, clock: StoppedClock
) -> None:
    platform.office.give_feedback(CITY, "return", "补充摘要", item="a/1")
    (returned,) = adapter.collect("")
    given = Answer(code="1" * 12, text="已补充摘要。", at=clock.now)
    assert adapter.answered(returned, given, Notes()) is None

    receipt = adapter.answer(returned, given, Notes())
    clock.advance(timedelta(hours=1))

    assert adapter.answer(returned, given, Notes()).at == receipt.at
    found = adapter.answered(returned, given, Notes())
    assert found is not None
    assert (found.digest, found.at) == (given.digest, receipt.at)
    assert receipt.proof["signature"]
    (told,) = platform.office.feedback_of(CITY)
    assert told.answer == "已补充摘要。"
    other = Answer(code="1" * 12, text="另一个", at=clock.now)
    for call in (adapter.answer, adapter.answered):
        with pytest.raises(Editor, match="another answer"):
            call(returned, other, Notes())


def test_an_answer_to_what_nobody_asked_is_for_a_person(
    platform: RunningPlatform, adapter: Province, clock: StoppedClock
) -> None:
    platform.office.give_feedback("hulin", "comment", "别的城市")
    alien = Feedback(id="1", kind="comment", at=clock.now)
    given = Answer(code="1" * 12, text="好", at=clock.now)

    assert adapter.answered(alien, given, Notes()) is None
    with pytest.raises(Editor, match="P40403"):
        adapter.answer(alien, given, Notes())


def test_a_check_tells_skew_and_a_wrong_key(
    platform: RunningPlatform, clock: StoppedClock
) -> None:
    late = StoppedClock(clock.now - timedelta(seconds=90))
    adapter = province(platform.url, late)
    wrong = province(platform.url, clock, key="a key that the platform never saw")

    assert adapter.check().skew == timedelta(seconds=90)
    assert adapter.check().ok
    assert "clock" in adapter.check().mend
    assert not wrong.check().ok
    assert "key" in wrong.check().mend
    with pytest.raises(Stop):
        wrong.publish(release(record()), Notes())
    adapter.close()
    wrong.close()


def test_an_inner_address_is_called_only_where_the_channel_says_so(
    platform: RunningPlatform, clock: StoppedClock
) -> None:
    adapter = province(platform.url, clock, private="false")

    health = adapter.check()
    with pytest.raises(Stop, match="loopback"):
        adapter.publish(release(record()), Notes())
    adapter.close()

    assert not health.ok
    assert "private = true" in health.mend
    assert "private = true" not in health.detail
    assert events(platform) == []


def test_maintenance_is_waited_for(
    platform: RunningPlatform, adapter: Province, clock: StoppedClock
) -> None:
    platform.office.maintenance = True

    with pytest.raises(Wait) as caught:
        adapter.publish(release(record()), Notes())

    assert caught.value.until == clock.now + timedelta(seconds=300)
    assert not adapter.check().ok
    platform.office.maintenance = False
    assert isinstance(adapter.publish(release(record()), Notes()), Receipt)


def test_a_rate_is_waited_for(tmp_path: Path, clock: StoppedClock) -> None:
    with running_platform(tmp_path, clock=clock, calls_per_minute=2) as platform:
        adapter = province(platform.url, clock)
        adapter.publish(release(record(1)), Notes())
        clock.advance(timedelta(seconds=20))
        adapter.publish(release(record(2)), Notes())

        with pytest.raises(Wait) as caught:
            adapter.publish(release(record(3)), Notes())
        clock.now = caught.value.until
        adapter.publish(release(record(3)), Notes())
        adapter.close()
        assert len(published(platform)) == 3


def test_ed25519_proves_both_sides(tmp_path: Path, clock: StoppedClock) -> None:
    """The city holds no secret of the platform, nor the platform one of the city."""
    city, own = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    keys = (CityKey(id="c", city=CITY, algorithm="ed25519", secret=pem(city)),)
    answer = AnswerKey(secret=own.private_bytes_raw())
    with running_platform(
        tmp_path, clock=clock, keys=keys, answer_key=answer
    ) as platform:
        private = base64.b64encode(city.private_bytes_raw()).decode()
        adapter = province(
            platform.url,
            clock,
            key_id="c",
            key=f"base64:{private}",
            algorithm="ed25519",
            platform_key=pem(own).decode(),
        )

        receipt = adapter.publish(release(record()), Notes())
        adapter.close()

    assert isinstance(receipt, Receipt)
    assert 'keyid="platform"' in receipt.proof["signature"]


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
