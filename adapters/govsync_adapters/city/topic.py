"""The pilot topic as a value: what it says of itself, and what it holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from govsync.formats import Tombstone
from govsync.model import PilotArea, Record, RelationKind, Value
from govsync_adapters.city.slugs import GENERAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Entry = Record | Tombstone
"""What is held of a record: its public view, or what is left after a withdrawal."""

_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
_PILOTS = {area.label: place for place, area in enumerate(PilotArea)}


class About(Value):
    """What the topic says of itself."""

    title: str
    base_url: str
    """The public address of its home page, with a slash at the end."""
    site_name: str = ""
    """网站规范名称 of the site that it belongs to."""
    site_id: str = ""
    """网站标识码; empty where the city has not configured it."""
    feed_size: int = 100

    @property
    def domain(self) -> str:
        """英文域名."""
        return urlsplit(self.base_url).hostname or ""

    def url(self, path: str) -> str:
        """The public address of a path below the topic."""
        return f"{self.base_url}{'' if path == 'index.html' else path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One record as the page of another names it."""

    label: str
    """What it is to the page's record: 解读, 回应, 关联, or 原文 of one of these."""
    record: Record


@dataclass(frozen=True)
class Topic:
    """What the topic holds, by the records' ids."""

    entries: Mapping[str, Entry]

    def changed(self, entries: Mapping[str, Entry]) -> Topic:
        """Return the topic with these entries in place of older ones."""
        return Topic({**self.entries, **entries})

    def standing(self, record: str) -> Record | None:
        """Return a record that is held and was not withdrawn."""
        held = self.entries.get(record)
        return held if isinstance(held, Record) else None

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The records that stand, newest publication first."""
        held = (e for e in self.entries.values() if isinstance(e, Record))
        return tuple(sorted(held, key=_publication, reverse=True))

    @cached_property
    def latest(self) -> tuple[Record, ...]:
        """The records that stand, latest change first."""
        return tuple(sorted(self.records, key=_change, reverse=True))

    @cached_property
    def tombstones(self) -> tuple[Tombstone, ...]:
        """What was withdrawn, latest first."""
        held = (e for e in self.entries.values() if isinstance(e, Tombstone))
        return tuple(sorted(held, key=lambda e: (e.when, e.id), reverse=True))

    @cached_property
    def areas(self) -> Mapping[str, tuple[Record, ...]]:
        """The records that stand by area: pilot areas first, the general ones last."""
        found: dict[str, list[Record]] = {}
        for record in self.records:
            found.setdefault(area_of(record), []).append(record)
        return {area: tuple(found[area]) for area in sorted(found, key=_area_order)}

    def links(self, record: Record) -> tuple[Link, ...]:
        """Return what a record's page links to: what it belongs to, and back.

        原文 and 解读 must lead to each other (国办发〔2017〕47号); a link leads only to
        what stands on this topic.
        """
        links = []
        relation = record.relation
        if relation and (target := self.standing(relation.target)):
            links.append(Link(label=_ORIGINALS[relation.kind], record=target))
        links += (
            Link(label=other.relation.kind.label, record=other)
            for other in self._referring.get(record.id, ())
            if other.relation and other.id != record.id
        )
        return tuple(links)

    def neighbours(self, record: str) -> Iterator[str]:
        """Give the ids of the standing records whose pages may name this one."""
        held = self.standing(record)
        if held and held.relation and self.standing(held.relation.target):
            yield held.relation.target
        for other in self._referring.get(record, ()):
            yield other.id

    @cached_property
    def _referring(self) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self.records:
            if record.relation:
                found.setdefault(record.relation.target, []).append(record)
        return found


def touched(before: Topic, after: Topic, ids: Iterable[str]) -> set[str]:
    """Return the records whose pages differ where the entries of ``ids`` do."""
    found = set(ids)
    for record in tuple(found):
        found.update(before.neighbours(record))
        found.update(after.neighbours(record))
    return found


def area_of(record: Record) -> str:
    """Return the area of a record."""
    return (record.item.area if record.item else "") or GENERAL


_ORIGINALS = {
    RelationKind.INTERPRETS: "解读的原文",
    RelationKind.ANSWERS: "回应的原文",
    RelationKind.FOLLOWS: "关联信息",
}


def _publication(record: Record) -> tuple[datetime, str]:
    return record.published or record.changed_at or _LONG_AGO, record.id


def _change(record: Record) -> tuple[datetime, datetime, str]:
    return (record.changed_at or _LONG_AGO, *_publication(record))


def _area_order(area: str) -> tuple[int, str]:
    if area == GENERAL:
        return len(_PILOTS) + 1, ""
    return _PILOTS.get(area, len(_PILOTS)), area
