"""Reading what cities send: whole documents, and those with bad entries."""

from __future__ import annotations

from functools import partial
from io import BytesIO

import pytest

from govsync.formats import FORMATS, Feed, rss
from govsync.model import Record, State, Status
from govsync.platform.decision import Incoming
from govsync.platform.problems import ProblemError
from govsync.platform.reading import MEDIA_TYPES, Unread, read_batch, read_one

FEED = Feed(title="密山市", site="https://www.city.example/")
WRITERS = {
    "application/atom+xml": FORMATS["atom"].write,
    "application/xml": FORMATS["xml"].write,
    "application/rss+xml": partial(rss.write, withdrawn=True),
    "application/json": FORMATS["json"].write,
}


def record(number: int, title: str = "通知") -> Record:
    return Record(
        id=f"a/2026-{number:05d}",
        title=title,
        issuer="甲局",
        published="2026-03-01T08:00:00+08:00",
    )


def feed_of(media_type: str, *records: Record) -> bytes:
    out = BytesIO()
    WRITERS[media_type](FEED, records, out)
    return out.getvalue()


def gone(one: Record) -> Record:
    status = Status(state=State.WITHDRAWN, at="2026-03-02T08:00:00+08:00")
    return one.changed(status=status, revision=2)


@pytest.mark.parametrize("media_type", WRITERS)
def test_a_batch_is_read_with_its_tombstones(media_type: str) -> None:
    content = feed_of(media_type, record(1), gone(record(2)), record(3))

    read = read_batch(content, f"{media_type}; charset=utf-8")

    withdrawn = {e.id: e.record is None for e in read if isinstance(e, Incoming)}
    assert withdrawn == {record(1).id: False, record(2).id: True, record(3).id: False}


@pytest.mark.parametrize("media_type", WRITERS)
def test_a_bad_entry_stands_alone(media_type: str) -> None:
    """The others of a well-formed document are read as they were meant."""
    wanted = [gone(record(4)), record(1), record(3)]
    content = feed_of(media_type, record(1), record(2, "改动"), record(3), wanted[0])
    broken = content.replace("改动".encode(), "伪造".encode())

    read = read_batch(broken, media_type)

    good = [entry for entry in read if isinstance(entry, Incoming)]
    bad = [entry for entry in read if isinstance(entry, Unread)]
    assert {one.id: one.digest for one in good} == {
        one.id: one.digest for one in wanted
    }
    assert [(one.id, one.problem.code) for one in bad] == [(record(2).id, "P42201")]
    assert bad[0].problem.errors[0].pointer == "/digest"


@pytest.mark.parametrize("media_type", WRITERS)
@pytest.mark.parametrize("content", [b"", b"<x", b"[", b"<x/>", b"{}", b"\xff\xfe"])
def test_a_document_that_is_none_is_refused_as_a_whole(
    media_type: str, content: bytes
) -> None:
    for read in (read_one, read_batch):
        with pytest.raises(ProblemError) as caught:
            read(content, media_type)

        assert caught.value.code == "P40001"


@pytest.mark.parametrize("media_type", [*MEDIA_TYPES, "APPLICATION/JSON ; x=1"])
def test_every_media_type_of_the_contract_is_known(media_type: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read_one(b"", media_type)

    assert caught.value.code == "P40001"


@pytest.mark.parametrize("media_type", ["", "text/xml", "application/atom"])
def test_other_media_types_are_not_taken(media_type: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read_one(b"", media_type)

    assert caught.value.code == "P41501"


def test_entities_are_never_resolved() -> None:
    content = (
        b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/hostname">]><feed>&x;</feed>'
    )

    with pytest.raises(ProblemError) as caught:
        read_batch(content, "application/atom+xml")

    assert caught.value.code == "P40001"
