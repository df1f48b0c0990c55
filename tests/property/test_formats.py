"""What holds of every record in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from support.formats import (
    FEED,
    FORBIDDEN,
    IDS,
    LOSSLESS,
    MOMENTS,
    TEXT,
    WITH_TOMBSTONES,
    any_record,
    plain,
    read,
    written,
)

from govsync.errors import FormatError
from govsync.formats import FORMATS, tombstone_of
from govsync.formats.address import record_id, record_uri, to_uri
from govsync.formats.moments import rfc822
from govsync.formats.text import forbidden
from govsync.model import Record, State, Status

if TYPE_CHECKING:
    from datetime import datetime

RECORDS = st.lists(any_record(), max_size=3, unique_by=lambda record: record.id)
GONE = any_record(
    status=st.builds(
        Status, state=st.just(State.WITHDRAWN), reason=TEXT, at=st.none() | MOMENTS
    )
)


# Making a record costs far more than writing it: each is tried in every format.
@settings(max_examples=60)
@given(record=any_record())
def test_an_entry_comes_back_as_it_went(record: Record) -> None:
    """In every format, whatever order the columns we do not know came in."""
    turned = record.changed(extra=dict(reversed([*record.extra.items()])))
    for name in LOSSLESS:
        form = FORMATS[name]

        content = form.entry(record)
        again = form.read_entry(content)

        assert again == record, name
        assert isinstance(again, Record)
        assert (again.digest, again.revision) == (record.digest, record.revision), name
        assert form.entry(turned) == content, name


@settings(max_examples=25)
@given(records=RECORDS)
def test_a_document_comes_back_as_it_went(records: list[Record]) -> None:
    """In every format; what is XML is well-formed for a strict parser."""
    feed = FEED.changed(updated="2026-01-01T00:00:00+08:00")
    for name in LOSSLESS:
        content = written(name, records, feed=feed)

        assert read(name, content) == records, name
        if name in {"atom", "rss", "xml"}:
            etree.fromstring(content, etree.XMLParser(resolve_entities=False))


@settings(max_examples=25)
@given(record=GONE)
def test_a_tombstone_comes_back_as_it_went(record: Record) -> None:
    for name in WITH_TOMBSTONES:
        form = FORMATS[name]

        assert form.read_entry(form.entry(record)) == tombstone_of(record), name
        assert read(name, written(name, [record])) == [tombstone_of(record)], name


@given(before=TEXT, bad=FORBIDDEN, after=TEXT)
def test_a_forbidden_character_is_named_by_field_and_offset(
    before: str, bad: str, after: str
) -> None:
    record = plain(id="bad/1", extra={"备注": f"{before}{bad}{after}"})

    for name in LOSSLESS:
        with pytest.raises(FormatError) as caught:
            FORMATS[name].entry(record)

        error = caught.value
        assert (error.record, error.field) == ("bad/1", "extra.备注"), name
        assert error.offset == len(before), name


@given(text=TEXT)
def test_what_xml_holds_is_never_refused(text: str) -> None:
    assert forbidden({"a": [text, {text: text}]}) is None


@given(name=IDS)
def test_the_uri_of_a_record_is_that_of_the_model(name: str) -> None:
    record = plain(id=name)

    assert record_uri(record.id) == record.uri
    assert record_id(record.uri) == record.id


@given(address=TEXT | st.builds("http://{}/{}?{}".format, TEXT, TEXT, TEXT))
def test_a_uri_is_ascii_and_stays_as_it_is(address: str) -> None:
    uri = to_uri(address)

    assert uri is None or (uri.isascii() and to_uri(uri) == uri)


@given(moment=MOMENTS)
def test_a_date_of_rss_has_its_own_weekday(moment: datetime) -> None:
    record = plain(published=moment)
    assert record.published is not None

    said = rfc822(record.published)

    assert said.startswith(record.published.ctime()[:3])
    assert said.endswith(" +0800")


@settings(max_examples=60)
@given(record=any_record(link=st.builds("https://example.gov.cn/{}".format, TEXT)))
def test_what_a_page_says_comes_back(record: Record) -> None:
    """Title and minute of a record, whatever stands in them, and its page as its id."""
    link = to_uri(record.link)
    assert link is not None
    assume(len(link) <= 200)

    found = FORMATS["page_meta"].read_entry(FORMATS["page_meta"].entry(record))

    assert isinstance(found, Record)
    assert record.published is not None
    assert (found.id, found.title) == (link, record.title)
    assert found.published == record.published.replace(second=0, microsecond=0)
