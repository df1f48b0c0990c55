"""Records: one digest for one content, an address for ever, nothing internal public."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from govsync.model import (
    SHANGHAI,
    Record,
    RelationKind,
    Review,
    Status,
    Step,
    Verdict,
    canonical_json,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=SHANGHAI)


def record(**fields: object) -> Record:
    return Record.model_validate({"id": "a/1", "title": "标题", **fields})


@pytest.mark.parametrize(
    ("id_", "uri"),
    [
        ("023038201/2017-00001", "urn:govsync:record:023038201/2017-00001"),
        ("中", "urn:govsync:record:%E4%B8%AD"),
        ("%E4%B8%AD", "urn:govsync:record:%25E4%25B8%25AD"),
        ("a?b#c&d", "urn:govsync:record:a%3Fb%23c%26d"),
    ],
)
def test_the_uri_is_the_id_in_ascii(id_: str, uri: str) -> None:
    assert record(id=id_).uri == uri


@pytest.mark.parametrize("id_", ["", "a b", "a\nb", "a\x7f", "a\u3000b", "x" * 201])
def test_an_id_has_no_blanks_and_an_end(id_: str) -> None:
    with pytest.raises(ValidationError):
        record(id=id_)


def test_a_title_is_never_empty() -> None:
    with pytest.raises(ValidationError):
        record(title="  ")


def test_the_digest_is_of_what_the_record_says() -> None:
    one = record(extra={"a": "1", "b": "2"}, published=NOON)

    assert record(extra={"b": "2", "a": "1"}, published=NOON).digest == one.digest
    assert one.changed(revision=7, updated=NOON).digest == one.digest
    assert one.changed(published=NOON.astimezone(UTC)).digest == one.digest
    assert one.changed(title="另一").digest != one.digest
    assert one.changed(extra={}).digest != one.digest
    assert one.changed(status=Status(reason="x")).digest != one.digest


def test_the_digest_does_not_change_between_versions() -> None:
    """The ledger, receipts and audit log hold digests: they are for ever."""
    one = record(formed=date(2026, 3, 1), review=Review(verdict=Verdict.APPROVED))

    assert (
        one.canonical()
        == (
            '{"formed":"2026-03-01","id":"a/1","review":{"verdict":"approved"},'
            '"title":"标题"}'
        ).encode()
    )
    assert record().digest == (
        "2c77f40e81e79b4c81c2b9ac324ba2d88d60de063bbcc587d84a47fba18b85fb"
    )


def test_what_is_public_names_no_reviewer() -> None:
    review = Review(verdict=Verdict.APPROVED, final="赵主任", signed=NOON)
    public = record(review=review, extra={"内部": "x"}, issuer="某局").public()

    assert public == record(issuer="某局")


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({}, None),
        ({"formed": "2026-03-01"}, datetime(2026, 3, 1, tzinfo=SHANGHAI)),
        (
            {"formed": "2026-03-01", "issued": "2026-03-02"},
            datetime(2026, 3, 2, tzinfo=SHANGHAI),
        ),
        ({"formed": "2026-03-01", "published": NOON}, NOON),
        (
            {"published": NOON, "status": {"at": NOON + timedelta(1)}},
            NOON + timedelta(1),
        ),
        (
            {"status": {"at": NOON}, "updated": NOON + timedelta(2)},
            NOON + timedelta(2),
        ),
    ],
)
def test_it_changed_when_the_latest_known_thing_happened(
    fields: dict[str, object], moment: datetime | None
) -> None:
    assert record(**fields).changed_at == moment


def test_moments_are_of_shanghai() -> None:
    assert record(published="2026-03-03T04:00:00Z").published == NOON
    naive = record(published="2026-03-03T12:00:00").published

    assert naive == NOON
    assert naive.utcoffset() == timedelta(hours=8)


def test_a_body_is_always_clean() -> None:
    dirty = "<p>a</p><script>x</script>"

    assert record(body=dirty).body == "<p>a</p>"
    assert record().changed(body=dirty).body == "<p>a</p>"


def test_a_change_is_validated_like_a_new_record() -> None:
    with pytest.raises(ValidationError):
        record().changed(revision=0)
    with pytest.raises(ValidationError):
        record().changed(colour="red")


def test_a_change_forgets_the_digest_it_had() -> None:
    one = record()
    before = one.digest

    assert one.changed(title="另一").digest != before
    assert one.digest == before


@pytest.mark.parametrize(
    ("review", "complete"),
    [
        ({"verdict": "approved", "final": "赵", "signed": NOON}, True),
        ({"verdict": "approved", "final": "赵"}, False),
        ({"verdict": "approved", "signed": NOON}, False),
        ({"verdict": "pending", "final": "赵", "signed": NOON}, False),
        ({"verdict": "rejected", "final": "赵", "signed": NOON}, False),
    ],
)
def test_a_review_is_complete_with_name_and_time(
    review: dict[str, object], complete: bool
) -> None:
    assert Review.model_validate(review).complete is complete


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (Step.INTERPRETATION, RelationKind.INTERPRETS),
        (Step.RESPONSE, RelationKind.ANSWERS),
        (Step.RELEASE, RelationKind.FOLLOWS),
    ],
)
def test_a_step_says_how_a_record_belongs(step: Step, kind: RelationKind) -> None:
    assert RelationKind.of(step) is kind


def test_withdrawn_is_a_state() -> None:
    assert record(status={"state": "withdrawn"}).withdrawn
    assert not record().withdrawn


def test_canonical_json_is_sorted_and_bare() -> None:
    plain = {"b": [1, None, True], "a": '中"\n'}

    assert canonical_json(plain) == '{"a":"中\\"\\n","b":[1,null,true]}'.encode()


def test_what_was_kept_is_cleaned_where_somebody_touched_it() -> None:
    record = Record(id="r", title="t", body="<p>正文 <b>一</b></p>")
    touched = record.plain() | {"body": "<p>正文</p><script>act()</script>"}

    assert Record.kept(record.plain(), record.digest) == record
    assert Record.kept(touched, record.digest).body == "<p>正文</p>"
