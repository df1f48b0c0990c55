"""What is to be said of one sheet while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from govsync.sources.problem import Problem, shown


@dataclass
class Remarks:
    """The problems of one sheet, each with its place."""

    file: str
    sheet: str
    problems: list[Problem] = field(default_factory=list)

    def fault(self, rule: str, message: str, **place: Any) -> None:
        """Say what was not used, or is missing."""
        self._say(rule, message, error=True, **place)

    def note(self, rule: str, message: str, **place: Any) -> None:
        """Say what was used, but not as it stands."""
        self._say(rule, message, error=False, **place)

    def _say(
        self,
        rule: str,
        message: str,
        *,
        error: bool,
        row: int | None = None,
        column: str = "",
        value: str = "",
        mend: str = "",
    ) -> None:
        self.problems.append(
            Problem(
                rule=rule,
                error=error,
                message=message,
                file=self.file,
                sheet=self.sheet,
                row=None if row is None else row + 1,
                column=column,
                value=shown(value),
                mend=mend,
            )
        )
