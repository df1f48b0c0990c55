"""Large documents: the same bytes wherever they go, and no memory to speak of."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from support.formats import FEED, WITH_TOMBSTONES, plain, withdrawn

from govsync import convert
from govsync.errors import FormatError
from govsync.files import replacing
from govsync.formats.spooling import Behind, Seen, Spool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from govsync.model import Record

_LONG = "<p>" + "长" * 100_000 + "</p>"


def _many(count: int = 8) -> Iterator[Record]:
    """Yield more than what is kept in memory."""
    for number in range(count):
        yield plain(id=f"长-{number}", body=_LONG)


def _in_memory(form: str, records: list[Record]) -> bytes:
    out = BytesIO()
    convert(records, form, out, feed=FEED)
    return out.getvalue()


def _in_a_file(form: str, records: list[Record], path: Path) -> bytes:
    convert(records, form, path, feed=FEED)
    return path.read_bytes()


@pytest.mark.parametrize("form", WITH_TOMBSTONES)
def test_a_file_and_a_stream_get_the_same(form: str, tmp_path: Path) -> None:
    records = [*_many()]

    assert _in_a_file(form, records, tmp_path / "feed") == _in_memory(form, records)


@pytest.mark.parametrize("form", WITH_TOMBSTONES)
def test_a_head_that_grows_late_moves_the_entries(form: str, tmp_path: Path) -> None:
    last = plain(id="last")
    assert last.published
    late = last.changed(published=last.published + timedelta(days=1, microseconds=1))
    records = [*_many(), withdrawn(), late]

    content = _in_a_file(form, records, tmp_path / "feed")

    assert content == _in_memory(form, records)
    assert len(content) > 8 * len(_LONG.encode())


def test_a_head_that_cannot_be_is_told_of_the_feed(tmp_path: Path) -> None:
    path = tmp_path / "feed"
    told: list[FormatError] = []

    with pytest.raises(FormatError) as caught:
        convert(
            _many(),
            "atom",
            path,
            feed=FEED.model_copy(update={"title": "x\x08"}),
            on_error=told.append,
        )

    assert caught.value.field == "feed.title"
    assert told == []
    assert not path.exists()


def test_pieces_stand_in_order_with_separators_between() -> None:
    file = BytesIO()
    spool = Spool(b",", lambda: file)
    large = b"x" * 1_200_000

    for piece in (b"a", large, large, b"z"):
        spool.add(piece)

    out = BytesIO()
    spool.copy(out)
    assert out.getvalue() == b",".join((b"a", large, large, b"z"))
    assert spool.size == len(out.getvalue())
    assert file.getvalue() == out.getvalue()


def test_a_gap_of_another_length_is_mended(tmp_path: Path) -> None:
    from contextlib import ExitStack
    from typing import BinaryIO, cast

    path = tmp_path / "file"
    for before in (3, 5, 9):
        with ExitStack() as files, replacing(path) as raw:
            out = cast("BinaryIO", raw)
            behind = Behind(out, lambda: 5, files)
            behind.open().write(b"entries")
            behind.make_room(before)
            out.write(b"h" * before)
        assert path.read_bytes() == b"h" * before + b"entries"


def test_the_ids_that_were_seen_are_known() -> None:
    seen = Seen()
    names = [f"name {number}" for number in range(1000)]

    assert [seen.add(name) for name in names[::2]] == [True] * 500
    assert [seen.add(name) for name in names] == [False, True] * 500
