"""The triggers that keep ``tally``: the database counts, so that no statement forgets.

They are made with the tables, and by the migration that brought them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection


class _Counted(NamedTuple):
    """A table whose rows are counted, and the columns that they are told apart by."""

    table: str
    channel: str = ""
    state: str = ""

    def places(self, row: str = "") -> str:
        """Return the values of a row's place in ``tally``, as SQL."""
        named = (f"{row}{name}" if name else "''" for name in self[1:])
        return f"'{self.table}', {', '.join(named)}"


COUNTED = (
    _Counted("record"),
    _Counted("finding", state="severity"),
    _Counted("obligation", channel="channel", state="state"),
)
_MORE = (
    "INSERT INTO tally (subject, channel, state, number) VALUES ({}, 1)"
    " ON CONFLICT (subject, channel, state) DO UPDATE SET number = tally.number + 1;"
)
_LESS = "UPDATE tally SET number = number - 1 WHERE (subject, channel, state) = ({});"


def count(connection: Connection) -> None:
    """Begin to count, from the rows that there are."""
    for counted in COUNTED:
        connection.exec_driver_sql(
            "INSERT INTO tally (subject, channel, state, number)"  # noqa: S608  # ours
            f" SELECT {counted.places()}, count(*) FROM {counted.table}"
            " GROUP BY 1, 2, 3"
        )
        for kind, (when, steps) in _triggers(counted).items():
            connection.exec_driver_sql(
                f"CREATE TRIGGER tally_{counted.table}_{kind} {when} BEGIN {steps} END"
            )


def _triggers(counted: _Counted) -> dict[str, tuple[str, str]]:
    """Return, by kind, when a trigger acts and what it does."""
    table, state = counted.table, counted.state
    more = _MORE.format(counted.places("new."))
    less = _LESS.format(counted.places("old."))
    found = {
        "insert": (f"AFTER INSERT ON {table}", more),
        "delete": (f"AFTER DELETE ON {table}", less),
    }
    if state:
        changed = f"AFTER UPDATE OF {state} ON {table} WHEN old.{state} <> new.{state}"
        found["update"] = (changed, f"{less} {more}")
    return found
