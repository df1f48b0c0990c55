"""What was rendered before is not rendered again, and says the same."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from support.formats import FEED, WITH_TOMBSTONES, awkward, plain, written

from govsync.errors import FormatError
from govsync.formats import FORMATS
from govsync.formats.document import Rendered, render
from govsync.formats.rendering import Renderings

if TYPE_CHECKING:
    from govsync.model import Record


def _page(form: str, given: object) -> bytes:
    out = BytesIO()
    FORMATS[form].write(FEED, given, out)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("form", WITH_TOMBSTONES)
def test_a_page_of_kept_entries_is_the_page(form: str) -> None:
    kept = Renderings()
    records = awkward()

    pages = {_page(form, kept.through(form, records)) for _ in range(3)}

    assert pages == {_page(form, records)}


def test_only_what_changed_is_rendered() -> None:
    kept = Renderings()
    records = [plain(id=f"r{number}") for number in range(5)]
    first = [*kept.through("atom", records)]
    records[2] = records[2].changed(title="更正")

    second = [*kept.through("atom", records)]

    assert [a is b for a, b in zip(first, second, strict=True)] == [
        True, True, False, True, True,
    ]  # fmt: skip
    assert "更正".encode() in second[2].content  # type: ignore[union-attr]


@pytest.mark.parametrize("field", ["title", "revision", "updated"])
def test_whatever_shows_makes_another_entry(field: str) -> None:
    kept = Renderings()
    record = plain()
    changes = {"title": "二", "revision": 7, "updated": "2026-05-01T00:00:00+08:00"}
    other = record.changed(**{field: changes[field]})

    pages = [_page("atom", kept.through("atom", [one])) for one in (record, other)]

    assert pages == [written("atom", [record]), written("atom", [other])]


def test_formats_do_not_mix() -> None:
    kept = Renderings()
    record = plain()
    assert _page("atom", kept.through("atom", [record])) == written("atom", [record])
    assert _page("rss", kept.through("rss", [record])) == written("rss", [record])

    with pytest.raises(ValueError, match="rendered as atom, not rss"):
        _page("rss", [render(FORMATS["atom"].LAYOUT, record)])


def test_a_record_that_cannot_be_carried_is_told_by_the_writer() -> None:
    kept = Renderings()
    bad = plain(id="bad", title="x\x08")
    told: list[FormatError] = []
    out = BytesIO()

    given: list[Record | Rendered] = [*kept.through("atom", [plain(), bad])]
    count = FORMATS["atom"].write(FEED, given, out, on_error=told.append)

    assert (count, [error.record for error in told]) == (1, ["bad"])
    assert out.getvalue() == written("atom", [plain()])


def test_there_is_room_for_so_many_bytes() -> None:
    records = [plain(id=f"r{number}") for number in range(10)]
    size = len(render(FORMATS["atom"].LAYOUT, records[0]).content)
    kept = Renderings(room=3 * size)

    first = [*kept.through("atom", records)]
    assert len(kept) == 3
    again = [*kept.through("atom", records[7:])]

    assert [a is b for a, b in zip(first[7:], again, strict=True)] == [True] * 3
