"""Two versions of catalogs compared, row by row and cell by cell. Pure.

Rows belong together that have the same names; of the others, those whose names and
contents are so alike that a person would say that the row was renamed. A new 序号 alone
is no change: every row below an inserted one gets one.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from govsync.catalogs import cells
from govsync.model import Item, Value
from govsync.model.catalog import comparable
from govsync.model.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from govsync.model import Catalogs

_ALIKE = 0.6
"""From here on, of 1, two rows are one that was renamed."""
_OF_OWN, _OF_PATH, _OF_CONTENT = 0.4, 0.2, 0.4
"""How much of the likeness comes from a row's own name, from all its names, and from
its content: rows of one 一级事项 share most of their names and are not alike for that.
"""


class Kind(Code):
    """What became of a row."""

    ADDED = "added", "新增"
    REMOVED = "removed", "删除"
    CHANGED = "changed", "调整"


class CellChange(Value):
    """A cell that says something else now."""

    column: str
    old: str
    new: str


class RowChange(Value):
    """A row that was added, removed or changed."""

    kind: Kind
    old: Item | None = None
    new: Item | None = None
    cells: tuple[CellChange, ...] = ()

    @property
    def name(self) -> str:
        """The row's name, the newer where it has two."""
        item = self.new or self.old
        return str(item.ref) if item else ""


def compare(old: Catalogs, new: Catalogs) -> tuple[RowChange, ...]:
    """Return what changed, in the order of the new catalogs, what was removed last."""
    before = {item.ref.key: item for item in old.items}
    after = {item.ref.key: item for item in new.items}
    gone = [item for key, item in before.items() if key not in after]
    fresh = [item for key, item in after.items() if key not in before]
    renamed = _renamed(gone, fresh)
    changes = []
    for key, item in after.items():
        earlier = before.get(key) or renamed.get(key)
        change = _change(earlier, item)
        if change is not None:
            changes.append(change)
    kept = {item.ref.key for item in renamed.values()}
    removed = (item for item in gone if item.ref.key not in kept)
    return (*changes, *(RowChange(kind=Kind.REMOVED, old=item) for item in removed))


def _change(old: Item | None, new: Item) -> RowChange | None:
    if old is None:
        return RowChange(kind=Kind.ADDED, new=new)
    found = tuple(_cells(old, new))
    return (
        RowChange(kind=Kind.CHANGED, old=old, new=new, cells=found) if found else None
    )


def _cells(old: Item, new: Item) -> Iterator[CellChange]:
    titles = dict.fromkeys([*old.extra, *new.extra])
    unknown = (cells.Cell("extra", title, "", cells.unknown(title)) for title in titles)
    for cell in (*cells.FIXED[1:], *unknown):
        one, other = cell.of(old), cell.of(new)
        if comparable(one) != comparable(other):
            title = "/".join(filter(None, (cell.top, cell.below)))
            yield CellChange(column=title, old=one, new=other)


def _renamed(
    gone: Iterable[Item], fresh: Iterable[Item]
) -> dict[tuple[str, ...], Item]:
    """Return what a new row was called before, the likest pairs first."""
    pairs = sorted(
        (
            (likeness, one.ref.key, other.ref.key, one)
            for one in gone
            for other in fresh
            if one.ref.key[0] == other.ref.key[0]
            and (likeness := _likeness(one, other)) >= _ALIKE
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    found: dict[tuple[str, ...], Item] = {}
    taken: set[tuple[str, ...]] = set()
    for _, before, after, item in pairs:
        if before not in taken and after not in found:
            taken.add(before)
            found[after] = item
    return found


def _likeness(one: Item, other: Item) -> float:
    names = [[part for part in item.ref.key[1:] if part] for item in (one, other)]
    own = _ratio(*(parts[-1] if parts else "" for parts in names))
    path = _ratio(*("/".join(parts) for parts in names))
    content = _ratio(comparable(one.content), comparable(other.content))
    return _OF_OWN * own + _OF_PATH * path + _OF_CONTENT * content


def _ratio(one: str, other: str) -> float:
    if one == other:
        # Two rows that say nothing are not alike for that.
        return 1.0 if one else 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The bound is quick to have, and keeps most pairs from the slow look.
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE / 2 else 0.0
