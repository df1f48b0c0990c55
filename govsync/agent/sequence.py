"""Which record another follows: an interpretation its document, a reply its call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.model import Finding, RelationKind, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from govsync.model import Record

_FOLLOWING = frozenset({RelationKind.INTERPRETS, RelationKind.ANSWERS})


def followed(record: Record | None) -> str:
    """Return the id of what has to be live before a record; empty: nothing.

    >>> followed(None)
    ''
    """
    if record is None or record.relation is None or record.withdrawn:
        return ""
    kind, target = record.relation.kind, record.relation.target
    return target if kind in _FOLLOWING else ""


def circle(record: Record, known: Callable[[str], Record | None]) -> tuple[str, ...]:
    """Return the records by way of which one follows itself; none where it does not.

    Args:
        record: Whose.
        known: Gives the newest revision of a record by its id.
    """
    passed = [record.id]
    following = followed(record)
    while following and following not in passed:
        passed.append(following)
        following = followed(known(following))
    return tuple(passed) if following == record.id else ()


def finding(passed: tuple[str, ...]) -> Finding:
    """Return what to say of a record in a circle: it waits for none of the others."""
    chain = " → ".join((*passed, passed[0]))
    return Finding(
        rule="relation.circle",
        severity=Severity.WARN,
        message=f"the records belong to each other: {chain}",
        record=passed[0],
        field="relation",
        mend="name the document in 关联索引号, and none in the document itself",
    )
