"""A row while it is read: what goes into its record, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from govsync.model import Record
from govsync.sources.problem import Problem, Row, shown


@dataclass
class Seen:
    """The ids of a file's rows, so that none comes twice."""

    rows: dict[str, int] = field(default_factory=dict)


@dataclass
class Draft:
    """One row on its way to a record."""

    file: str
    line: int
    seen: Seen
    mark: bytes = b""
    """Of the row as the file has it."""
    data: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False

    def note(self, rule: str, message: str, **place: Any) -> None:
        """Say something of the row that changes nothing."""
        self._say(rule, message, error=False, **place)

    def fault(self, rule: str, message: str, **place: Any) -> None:
        """Say that a cell was not used as it stands; the row goes on without it."""
        self._say(rule, message, error=True, **place)

    def refuse(self, rule: str, message: str, **place: Any) -> None:
        """Say why the row cannot be read."""
        self.refused = True
        self._say(rule, message, error=True, **place)

    def _say(
        self,
        rule: str,
        message: str,
        *,
        error: bool,
        column: str = "",
        value: object = "",
        mend: str = "",
    ) -> None:
        self.problems.append(
            Problem(
                rule=rule,
                error=error,
                message=message,
                file=self.file,
                row=self.line,
                column=column,
                value=shown(value) if value else "",
                mend=mend,
            )
        )

    def row(self) -> Row:
        """Return what became of it."""
        record = None if self.refused else self._record()
        name = record.id if record else str(self.data.get("id", ""))
        problems = tuple(p.changed(record=shown(name)) for p in self.problems)
        return Row(line=self.line, record=record, problems=problems, mark=self.mark)

    def _record(self) -> Record | None:
        try:
            record = Record.model_validate(self.data)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                self._say(
                    "row.field",
                    fault["msg"],
                    error=True,
                    column=".".join(str(part) for part in fault["loc"]),
                    value=fault.get("input") if fault["type"] != "missing" else "",
                    mend="fill in or correct it at the source",
                )
            return None
        first = self.seen.rows.setdefault(record.id, self.line)
        if first != self.line:
            self._say(
                "row.twice",
                f"row {first} has the same id",
                error=True,
                value=record.id,
                mend="give one of them another index number, or delete one",
            )
            return None
        return record
