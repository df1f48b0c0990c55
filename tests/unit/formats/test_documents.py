"""What all formats do alike: refuse by name, and let only whole documents out."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.formats import (
    FEED,
    LOSSLESS,
    PUBLIC_ONLY,
    WITH_TOMBSTONES,
    awkward,
    full,
    plain,
    read,
    withdrawn,
    written,
)

from govsync import convert
from govsync.errors import FormatError
from govsync.formats import FORMATS, Feed, tombstone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from govsync.model import Record

BAD = {
    "title": "标题\x08",
    "body": "<p>一\ufffe</p>",
    "summary": "x\uffff",
    "extra": {"备注": "\x1f"},
    "keywords": ("一", "二\x00"),
    "review": {"verdict": "approved", "final": "某\x0b人"},
    "link": "https://a.example/\x01",
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_awkward_records_come_back(name: str) -> None:
    records = awkward()
    standing = [record for record in records if not record.withdrawn]

    found = read(name, written(name, records))

    if name == "jsonl":
        assert found == records
    else:
        assert found == [tombstone_of(withdrawn()), *standing]


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize("field", BAD)
def test_what_xml_cannot_hold_is_refused_by_record_and_field(
    name: str, field: str
) -> None:
    with pytest.raises(FormatError) as caught:
        FORMATS[name].entry(plain(id="bad", **{field: BAD[field]}))

    assert caught.value.record == "bad"
    assert caught.value.field.startswith(field)
    assert caught.value.offset is not None
    assert caught.value.mend


@pytest.mark.parametrize("name", LOSSLESS)
def test_a_lone_surrogate_is_refused_by_name(name: str) -> None:
    for record in (plain(body="<p>一\ud800</p>"), plain(extra={"a": "\udfff"})):
        with pytest.raises(FormatError, match=r"U\+D[8F]"):
            FORMATS[name].entry(record)


@pytest.mark.parametrize("name", LOSSLESS)
def test_one_bad_record_is_left_out_and_named(name: str) -> None:
    errors: list[FormatError] = []
    records = [plain(id="a"), plain(id="b", title="\x08"), plain(id="c")]

    content = written(name, records, on_error=errors.append)

    assert [error.record for error in errors] == ["b"]
    assert read(name, content) == [records[0], records[2]]


@pytest.mark.parametrize("name", WITH_TOMBSTONES)
def test_nothing_is_written_of_a_document_that_does_not_hold(name: str) -> None:
    out = BytesIO()

    with pytest.raises(FormatError):
        FORMATS[name].write(FEED, [plain(), plain(id="b", title="\x08")], out)

    assert out.getvalue() == b""


@pytest.mark.parametrize("name", WITH_TOMBSTONES)
def test_a_second_record_of_one_id_is_refused(name: str) -> None:
    errors: list[FormatError] = []

    content = written(name, [plain(), full(id="a")], on_error=errors.append)

    assert [error.field for error in errors] == ["id"]
    assert read(name, content) == [plain()]


@pytest.mark.parametrize("name", LOSSLESS)
def test_the_count_is_of_what_was_written(name: str) -> None:
    assert FORMATS[name].write(FEED, [plain(), full()], BytesIO()) == 2


@pytest.mark.parametrize("name", LOSSLESS)
def test_records_are_streamed(name: str) -> None:
    """More than is kept in memory goes through; records are asked for one by one."""

    def endless() -> Iterator[Record]:
        for number in range(30):
            yield plain(id=f"n{number}", body=f"<p>{'公' * 300_000}</p>")

    out = BytesIO()

    assert FORMATS[name].write(FEED, endless(), out) == 30
    assert sum(1 for _ in FORMATS[name].read(out.getvalue())) == 30


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "),
        ("site", "www.example.gov.cn"),
        ("site", ""),
        ("self_url", "/feed.xml"),
        ("id", "feed 1"),
        ("id", "urn:x:1"),
        ("language", "zh_CN"),
    ],
)
@pytest.mark.parametrize("name", WITH_TOMBSTONES)
def test_a_feed_that_no_validator_takes_is_refused(
    name: str, field: str, value: str
) -> None:
    feed = FEED.changed(**{field: value})

    with pytest.raises(FormatError) as caught:
        written(name, [plain()], feed=feed)

    assert caught.value.field == f"feed.{field}"
    assert caught.value.mend


@pytest.mark.parametrize("name", WITH_TOMBSTONES)
def test_a_feeds_own_words_are_guarded(name: str) -> None:
    feed = FEED.changed(description="一\x08")

    with pytest.raises(FormatError) as caught:
        written(name, [plain()], feed=feed)

    assert (caught.value.field, caught.value.offset) == ("feed.description", 1)


def test_addresses_of_a_feed_become_uris() -> None:
    feed = Feed(title="t", site="https://示例.中国/首页")

    assert feed.uri == "https://xn--fsq092h.xn--fiqs8s/%E9%A6%96%E9%A1%B5"


def test_a_record_that_stands_has_no_tombstone() -> None:
    with pytest.raises(FormatError, match="not withdrawn"):
        tombstone_of(full())


def test_a_withdrawal_without_any_date_is_refused() -> None:
    undated = plain(published=None, status={"state": "withdrawn"})

    with pytest.raises(FormatError, match="no date at all"):
        tombstone_of(undated)


def test_formats_are_found_by_name() -> None:
    assert list(FORMATS) == [*LOSSLESS, *PUBLIC_ONLY]
    assert [form.NAME for form in FORMATS.values()] == list(FORMATS)
    assert all("/" in form.MEDIA_TYPE for form in FORMATS.values())
    with pytest.raises(KeyError):
        FORMATS["csv"]


def run(code: str, **environment: str) -> bytes:
    """What Python prints in an environment of its own."""
    here = Path(__file__).parents[2]
    path = os.pathsep.join([str(here), str(here.parent)])
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"], **environment},
        check=True,
        capture_output=True,
    ).stdout


def test_writing_needs_no_lxml() -> None:
    """Every format is written by nothing but the model."""
    code = """if True:
        import sys
        from support.formats import *
        before = "lxml" in sys.modules
        for name in FORMATS: written(name, awkward(), on_error=lambda _: None)
        print(["lxml" in sys.modules, before])
    """

    assert ast.literal_eval(run(code).decode()) == [False, False]


ENVIRONMENTS = [
    {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "0"},
    {"TZ": "America/New_York", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "UTC", "LC_ALL": "C.utf8", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"},
]


def test_the_same_bytes_everywhere() -> None:
    """Bytes depend on the data alone: no clock, locale, time zone or hash seed."""
    code = """if True:
        import hashlib, locale
        try: locale.setlocale(locale.LC_ALL, "")
        except locale.Error: pass
        from support.formats import *
        for name in FORMATS:
            content = written(name, awkward(), on_error=lambda _: None)
            print(name, hashlib.sha256(content).hexdigest())
    """

    printed = {run(code, **environment) for environment in ENVIRONMENTS}

    assert len(printed) == 1
    assert printed.pop().count(b"\n") == len(FORMATS)


@pytest.mark.parametrize("name", LOSSLESS)
def test_more_entries_than_are_joined_at_once(name: str) -> None:
    records = [plain(id=f"n{number}") for number in range(300)]

    assert read(name, written(name, records)) == records


def test_a_lone_surrogate_of_a_withdrawn_record_is_named() -> None:
    spoilt = withdrawn(extra={"备注": "一\ud800"})

    with pytest.raises(FormatError) as caught:
        written("atom", [spoilt])

    assert (caught.value.field, caught.value.offset) == ("extra.备注", 1)


@pytest.mark.parametrize("name", LOSSLESS)
def test_an_entry_has_a_media_type(name: str) -> None:
    form = FORMATS[name]

    assert form.entry_media_type(full()).startswith(form.MEDIA_TYPE)


def test_a_bad_line_is_raised_where_nobody_is_told() -> None:
    with pytest.raises(FormatError, match="U\\+0008"):
        written("jsonl", [plain(title="a\x08")])


@pytest.mark.parametrize("name", PUBLIC_ONLY)
def test_what_only_publishes_leaves_out_what_it_cannot_carry_by_name(name: str) -> None:
    errors: list[FormatError] = []
    good = plain(id="good", link="https://www.example.gov.cn/1")
    bad = good.changed(id="bad", title="题\x08", link="1.html")

    content = written(name, [bad, good], on_error=errors.append)

    assert content == written(name, [good])
    assert [error.record for error in errors] == ["bad"]
    assert all(error.mend for error in errors)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_reached_by_convert(name: str, tmp_path: Path) -> None:
    record = plain(link="https://www.example.gov.cn/1")
    more = {"withdrawn": False} if name == "rss" else {}

    assert convert([record], name, tmp_path / "out", feed=FEED) == 1
    assert (tmp_path / "out").read_bytes() == written(name, [record], **more)
