"""``govsync redact``: a copy of a file without the numbers of persons."""

from __future__ import annotations

from pathlib import Path

from govsync.attachments import UnreadableError
from govsync.attachments.reading import file_bytes
from govsync.attachments.redacting import Redacted, file_name, redact
from govsync.cli.output import say, say_json
from govsync.errors import InputError, UsageError
from govsync.rules.numbers import masked


def redact_file(path: Path, out: Path | None, *, names: bool, json: bool) -> None:
    """Write the redacted copy and list what is different in it.

    Raises:
        UsageError: The copy would overwrite a file.
        InputError: The file cannot be read, or not be redacted.
    """
    to = out or path.with_name(_beside(path))
    try:
        redacted = redact(path.name, file_bytes(path), names=names)
    except UnreadableError as error:
        raise InputError(str(error), where=masked(str(path))) from error
    try:
        with to.open("xb") as stream:
            stream.write(redacted.content)
    except FileExistsError as error:
        raise UsageError(
            f"{masked(str(to))} is there already", mend="name another file with -o"
        ) from error
    _tell(redacted, to, json=json)


def _beside(path: Path) -> str:
    name = Path(file_name(path.name))
    return f"{name.stem}.redacted{name.suffix}"


def _tell(redacted: Redacted, to: Path, *, json: bool) -> None:
    if json:
        changes = [change._asdict() for change in redacted.changes]
        say_json({"file": str(to), "changes": changes})
        return
    for change in redacted.changes:
        say(f"{change.place}: {change.rule}: {change.mask or 'removed'}")
    say(f"{len(redacted.changes)} redacted in {masked(str(to))}; look it through")
