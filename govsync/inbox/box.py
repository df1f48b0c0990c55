"""What the office does in the inbox: an act is one transaction, told in the audit log.

Who works in it holds the lock of the workspace, so that no two act at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govsync import audit
from govsync.channels.contract import Feedback
from govsync.errors import UsageError
from govsync.inbox import acts, statements
from govsync.inbox.codes import new_code, read_code, shown
from govsync.inbox.matter import Matter, State, opened
from govsync.inbox.telling import told
from govsync.ledger.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from govsync.store.database import Database

_GROUP = 500
"""So many matters are opened in one commit."""


class Inbox:
    """The inbox of one database.

    Args:
        database: Open, with the ledger's tables.
        actor: Who acts, for the audit log; ``by`` of a method is whom they name.
        clock: Gives the present moment, aware.
        draw: As of :func:`~govsync.inbox.codes.new_code`.
    """

    def __init__(
        self,
        database: Database,
        *,
        actor: str,
        clock: Callable[[], datetime],
        draw: Callable[[int], int],
    ) -> None:
        self.database = database
        self.clock = clock
        self._tells = Teller(actor, clock)
        self._draw = draw

    def open_new(self) -> int:
        """Make a matter of all feedback that is none yet; return how many."""
        number = 0
        while now_opened := self._open_group():
            number += now_opened
        return number

    def _open_group(self) -> int:
        with self.database.write() as connection:
            found = statements.unopened(connection, _GROUP)
            entries = []
            for channel, entry, received in found:
                said = Feedback.model_validate(entry)
                code = self._fresh(connection)
                values = {"code": code, "channel": channel, **opened(said, received)}
                statements.create(connection, {"id": said.id, **values})
                matter = Matter.model_validate({"said": said, **values})
                category = str(matter.category)
                entries.append(told(self._tells, "opened", matter, category=category))
            audit.append(connection, entries)
        return len(found)

    def _fresh(self, connection: Connection) -> str:
        while statements.known(connection, code := new_code(self._draw)):
            pass
        return code

    def get(self, code: str) -> Matter:
        """Return a matter.

        Args:
            code: As somebody typed it; so in every method.

        Raises:
            UsageError: There is none of this code.
        """
        with self.database.read() as connection:
            return _found(connection, read_code(code))

    def listed(self, states: Sequence[State] = tuple(State)) -> list[Matter]:
        """Return the matters in some states, oldest first."""
        with self.database.read() as connection:
            return statements.listed(connection, states)

    def told_of(self, channel: str, since: datetime) -> list[Matter]:
        """Return the matters of a channel that are open or ended since a moment."""
        with self.database.read() as connection:
            return statements.told_of(connection, channel, since)

    def reveal(self, code: str, *, by: str, reason: str) -> Matter:
        """Return a matter with its sender, and put on record who asked for that."""
        reason = acts.reasoned(reason)
        with self.database.write() as connection:
            matter = _found(connection, read_code(code))
            entry = told(
                self._tells, "revealed", matter, reason=reason, by=acts.named(by)
            )
            audit.append(connection, [entry])
        return matter

    def take(self, code: str, *, by: str, longer: bool = False) -> Matter:
        """Take a matter on, or say that it needs the longer term."""
        return self._act(
            "taken", code, by, lambda m: acts.take(m, by=by, longer=longer)
        )

    def answer(self, code: str, text: str, *, by: str) -> Matter:
        """Write the answer, or a new draft of it; another person reviews it.

        Raises:
            UsageError: As :func:`acts.answer`.
        """
        return self._act("drafted", code, by, lambda m: acts.answer(m, text, by=by))

    def approve(self, code: str, *, by: str, draft: int | None = None) -> Matter:
        """Approve the draft that was read: the next run delivers it.

        Raises:
            UsageError: As :func:`acts.approve`.
        """
        now = self.clock()
        return self._act(
            "approved", code, by, lambda m: acts.approve(m, by=by, draft=draft, now=now)
        )

    def send_back(self, code: str, *, by: str, reason: str) -> Matter:
        """Return an answer to who wrote it."""
        return self._act(
            "returned", code, by, lambda m: acts.send_back(m, by=by, reason=reason)
        )

    def close(self, code: str, *, by: str, reason: str) -> Matter:
        """End a matter without an answer."""
        now = self.clock()
        return self._act(
            "closed", code, by, lambda m: acts.close(m, reason=reason, now=now)
        )

    def delivered(self, code: str, *, by: str, address: str = "") -> Matter:
        """Take somebody's word that they gave an approved answer by hand."""
        now = self.clock()
        return self._act(
            "done",
            code,
            by,
            lambda m: acts.delivered(m, by=by, address=address, now=now),
        )

    def retry(self, code: str, *, by: str) -> Matter:
        """Let the next run try a delivery again, after a look where that is needed."""
        now = self.clock()
        return self._act("retry", code, by, lambda m: acts.retry(m, now=now))

    def _act(
        self, action: str, code: str, by: str, act: Callable[[Matter], dict[str, Any]]
    ) -> Matter:
        by, code = acts.named(by), read_code(code)
        with self.database.write() as connection:
            statements.change(connection, code, **act(_found(connection, code)))
            after = _found(connection, code)
            entry = told(self._tells, action, after, reason=after.reason, by=by)
            audit.append(connection, [entry])
        return after


def _found(connection: Connection, code: str) -> Matter:
    matter = statements.get(connection, code)
    if matter is None:
        raise UsageError(
            f"no matter {shown(code)}", mend="`govsync inbox` lists what there is"
        )
    return matter
