"""``govsync catalog``: export, lint, diff and effect."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from govsync.catalogs import comparison, writing
from govsync.catalogs.comparison_forms import FORMS
from govsync.catalogs.lint import lint as linted
from govsync.cli.output import complain, say, say_json
from govsync.errors import UsageError
from govsync.files import replacing
from govsync.model import Catalogs
from govsync.sources import read_catalogs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from govsync.agent.effect import Effect

BAD_INPUT = 65
FOR_A_PERSON = 1


def export(files: Sequence[Path], out: Path) -> int:
    """Write catalogs in the official layout; return the exit code.

    What was written is read back: 1 where it does not say the same, 65 where something
    of the sources was not used.
    """
    readings = [read_catalogs(file) for file in files]
    problems = [problem for reading in readings for problem in reading.problems]
    for problem in problems:
        complain(str(problem))
    catalogs = Catalogs(
        catalogs=tuple(c for reading in readings for c in reading.catalogs.catalogs)
    )
    writing.write(catalogs, out)
    differences = list(unequal(catalogs, read_catalogs(out).catalogs))
    for line in differences:
        complain(f"{out}: {line}")
    areas = len(catalogs.catalogs)
    say(f"{len(catalogs.items)} catalog rows in {areas} areas written to {out}")
    if any(problem.error for problem in problems):
        return BAD_INPUT
    return FOR_A_PERSON if differences else 0


def unequal(written: Catalogs, back: Catalogs) -> list[str]:
    """Return what does not read back as it was written, a line each."""
    found = []
    if len(written.catalogs) != len(back.catalogs):
        found.append(f"{len(back.catalogs)} of {len(written.catalogs)} areas read back")
    for one, other in zip(written.catalogs, back.catalogs, strict=False):
        rows = {item.ref.key: item for item in other.items}
        found += [
            f"{item.ref} does not read back as it was"
            for item in one.items
            if rows.get(item.ref.key) != item
        ]
        if one.changed(items=()) != other.changed(items=()):
            found.append(f"title, version or notes of {one.area} do not read back")
    return found


def lint(files: Sequence[Path], *, bodies: Path | None, json: bool) -> int:
    """Print what is wrong in catalogs; 1 where something is, 0 where only notes are."""
    names = bodies.read_text("utf-8-sig").splitlines() if bodies else []
    known = [name.strip() for name in names if name.strip()]
    problems = linted([read_catalogs(file) for file in files], known)
    errors = sum(problem.error for problem in problems)
    if json:
        say_json([problem.model_dump(mode="json") for problem in problems])
    else:
        for problem in problems:
            say(f"{problem} [{problem.rule}]")
        say(f"{errors} errors, {len(problems) - errors} notes")
    return FOR_A_PERSON if errors else 0


def diff(old: Path, new: Path, *, form: str, out: Path | None, json: bool) -> None:
    """Print or write what changed between two versions.

    Raises:
        UsageError: There is no such form, or a workbook is to be printed.
    """
    if form not in FORMS:
        raise UsageError(f"no form {form!r}", mend=f"there are: {', '.join(FORMS)}")
    if form == "xlsx" and out is None:
        raise UsageError("a workbook is not printed", mend="name a file: -o FILE.xlsx")
    changes = comparison.compare(_newest(old), _newest(new))
    if json:
        say_json([change.model_dump(mode="json") for change in changes])
        return
    content = FORMS[form](changes)
    if out is None:
        say(content.decode().removesuffix("\n"))
        return
    with replacing(out) as file:
        file.write(content)
    say(f"{len(changes)} rows differ, written to {out}")


def _newest(path: Path) -> Catalogs:
    """Read a file and return its newest versions."""
    reading = read_catalogs(path)
    for problem in reading.problems:
        complain(str(problem))
    return Catalogs(catalogs=reading.catalogs.in_force())


def effect(config: Path, new: Path, *, begins: str, json: bool) -> None:
    """Print which records would owe or exceed a channel under a new version.

    Raises:
        UsageError: The day of its beginning is none.
    """
    from govsync.agent import effect as effects
    from govsync.agent import ingest
    from govsync.agent.workspace import Workspace

    with Workspace.at(config) as workspace:
        reading = ingest.Reading()
        ingest.read_all_catalogs(workspace.config, reading)
        read = read_catalogs(new, valid_from=_day(begins))
        for problem in read.problems:
            complain(str(problem))
        merged = effects.merged(reading.catalogs, read.catalogs)
        destinations = [channel.destination for channel in workspace.channels]
        with workspace.database.read() as connection:
            found = list(
                effects.effect(connection, reading.catalogs, merged, destinations)
            )
    if json:
        say_json([one.model_dump(mode="json") for one in found])
    else:
        _tell(found)


def _day(begins: str) -> date | None:
    try:
        return date.fromisoformat(begins) if begins else None
    except ValueError as error:
        raise UsageError(f"no such day: {begins}", mend="write 2026-01-01") from error


def _tell(found: Sequence[Effect]) -> None:
    count: dict[str, Any] = dict.fromkeys(("owes", "exceeds"), 0)
    for one in found:
        count[one.direction.value] += 1
        held = ", held there now" if one.holds else ""
        why = f" ({one.reason})" if one.reason else ""
        say(f"{one.direction.value} {one.channel}: {one.record} {one.title}{held}{why}")
    say(", ".join(f"{number} {name}" for name, number in count.items()))
