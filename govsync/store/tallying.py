"""The triggers that keep ``tally``: the database counts, so that no statement forgets.

They are made with the tables, and by the migration that brought them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PLUS = (
    "INSERT INTO tally (channel, state, number) VALUES (new.channel, new.state, 1)"
    " ON CONFLICT (channel, state) DO UPDATE SET number = tally.number + 1"
)
_MINUS = (
    "UPDATE tally SET number = number - 1"
    " WHERE channel = old.channel AND state = old.state"
)
_TRIGGERS = {
    "tally_insert": ("AFTER INSERT ON obligation", (_PLUS,)),
    "tally_update": (
        "AFTER UPDATE OF state ON obligation WHEN old.state <> new.state",
        (_MINUS, _PLUS),
    ),
    "tally_delete": ("AFTER DELETE ON obligation", (_MINUS,)),
}


def count(connection: Connection) -> None:
    """Begin to count, from the obligations that there are."""
    connection.exec_driver_sql(
        "INSERT INTO tally (channel, state, number)"
        " SELECT channel, state, count(*) FROM obligation GROUP BY channel, state"
    )
    for name, (when, statements) in _TRIGGERS.items():
        body = " ".join(f"{statement};" for statement in statements)
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} BEGIN {body} END")
