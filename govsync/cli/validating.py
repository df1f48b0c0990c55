"""``govsync validate``: fetch documents, judge them, print a line a fault."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from govsync.cli.output import complain, say, say_json
from govsync.errors import GovsyncError, InputError, SourceError
from govsync.formats.address import to_uri
from govsync.validation import validate as judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from govsync.validation import Report

BAD_INPUT = 65
TIMEOUT_S = 60
LARGEST = 256 * 1024 * 1024
"""Bytes of a document that is fetched; a larger one is refused."""


class _Document(NamedTuple):
    content: bytes
    address: str = ""
    media_type: str = ""


def validate(
    documents: Sequence[str],
    *,
    form: str = "",
    strict: bool = False,
    json: bool = False,
) -> int:
    """Judge documents and print what is wrong with them; return the exit code.

    Args:
        documents: Paths, web addresses, or ``-`` for standard input.
        form: The format of all of them; recognized by the content where absent.
        strict: Whether warnings count as errors.
        json: Whether to print one JSON array instead of lines.

    Raises:
        UsageError: There is no such format.
    """
    plain: list[dict[str, Any]] = []
    worst = 0
    for name in documents:
        try:
            document = _fetched(name)
        except (GovsyncError, OSError) as error:
            worst = max(worst, _unread(name, error, plain))
            continue
        report = judged(
            document.content,
            form,
            address=document.address,
            media_type=document.media_type,
        )
        holds = report.holds and not (strict and report.faults)
        worst = max(worst, 0 if holds else BAD_INPUT)
        plain.append(_plain(name, report, holds=holds))
        if not json:
            _print(name, report, holds=holds)
    if json:
        say_json(plain)
    return worst


def _fetched(name: str) -> _Document:
    if name == "-":
        return _Document(sys.stdin.buffer.read())
    if name.startswith(("http://", "https://")):
        return _downloaded(name)
    path = Path(name)
    if not path.is_file():
        raise SourceError("there is no such file", where=name)
    return _Document(path.read_bytes())


def _downloaded(name: str) -> _Document:
    from govsync.channels.http import HttpClient

    address = to_uri(name)
    if address is None:
        raise InputError("is no web address", where=name)
    parts = urlsplit(address)
    base = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    below = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    # The address was named by the person who waits for the answer.
    client = HttpClient(
        base_url=base,
        timeout_s=TIMEOUT_S,
        max_response_bytes=LARGEST,
        private=True,
    )
    with client:
        answer = client.request("GET", below, idempotent=True)
    if answer.status != 200:
        raise InputError(f"the server answers {answer.status}", where=name)
    media_type = answer.headers.get("Content-Type", "")
    return _Document(answer.content, address, media_type)


def _unread(name: str, error: Exception, plain: list[dict[str, Any]]) -> int:
    """Say why a document could not be read; the others are judged all the same."""
    message = str(error) if isinstance(error, GovsyncError) else f"{name}: {error}"
    complain(f"govsync: {message}")
    plain.append({"document": name, "format": "", "holds": False, "error": message})
    return error.exit_code if isinstance(error, GovsyncError) else BAD_INPUT


def _print(name: str, report: Report, *, holds: bool) -> None:
    for each in report.faults:
        say(f"{name}: {each}")
    errors = sum(not each.warning for each in report.faults)
    warnings = len(report.faults) - errors
    verdict = "holds" if holds else "does not hold"
    say(
        f"{name}: {report.form or 'unknown format'}, {report.records} records,"
        f" {errors} errors, {warnings} warnings: {verdict}"
    )


def _plain(name: str, report: Report, *, holds: bool) -> dict[str, Any]:
    return {
        "document": name,
        "format": report.form,
        "records": report.records,
        "holds": holds,
        "faults": [
            {
                "rule": each.rule,
                "warning": each.warning,
                "message": each.message,
                "mend": each.mend,
                **each.place._asdict(),
            }
            for each in report.faults
        ],
    }
