"""Judging a document: which format it is, what is wrong with it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from govsync.errors import UsageError
from govsync.formats import FORMATS
from govsync.validation.fault import fault
from govsync.validation.recognition import recognised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from govsync.validation.fault import Fault

    Check = Callable[[bytes, str, str], "Result"]
    Result = tuple[int, list[Fault]]

_MARKUP = "govsync.validation.markup"
_PLAIN = "govsync.validation.plain"
_CHECKS = {
    "atom": _MARKUP,
    "rss": _MARKUP,
    "xml": _MARKUP,
    "oai_dc": _MARKUP,
    "dcat": _MARKUP,
    "sitemap": _MARKUP,
    "json": _PLAIN,
    "jsonl": _PLAIN,
    "json_feed": _PLAIN,
    "page_meta": _PLAIN,
}
"""The module that judges each format."""
_GENERAL = {_MARKUP: {"application/xml", "text/xml"}, _PLAIN: {"application/json"}}
"""Media types that say less than a format's own, and nothing wrong."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a document."""

    form: str
    """The format's name in :data:`govsync.formats.FORMATS`; empty for none of them."""
    records: int
    """How many records and tombstones it holds."""
    faults: tuple[Fault, ...]
    """In the order of their lines."""

    @property
    def holds(self) -> bool:
        """Whether a receiver can take it: warnings may stand."""
        return all(found.warning for found in self.faults)


def validate(
    content: bytes, form: str = "", *, address: str = "", media_type: str = ""
) -> Report:
    """Hold a document against its format's schema and rules.

    Args:
        content: The whole document.
        form: The format's name; recognized by the content where absent.
        address: Where it was fetched; its own address is held against this.
        media_type: What the server said that it is (``Content-Type``).

    Raises:
        UsageError: There is no such format.
    """
    if form and form not in _CHECKS:
        known = ", ".join(_CHECKS)
        raise UsageError(f"no format {form!r}", mend=f"there are: {known}")
    form = form or recognised(content)
    if not form:
        unknown = fault("format", "the document is of no format that is known")
        return Report("", 0, (unknown,))
    check: Check = import_module(_CHECKS[form]).check
    count, found = check(content, form, address)
    found += _media_type_faults(media_type, form)
    return Report(form, count, tuple(sorted(found, key=lambda each: each.place[:2])))


def _media_type_faults(media_type: str, form: str) -> Iterator[Fault]:
    essence, _, parameters = media_type.lower().partition(";")
    if not essence.strip():
        return
    own = FORMATS[form].MEDIA_TYPE
    if essence.strip() not in _GENERAL[_CHECKS[form]] | {own}:
        message = f"the server calls it {essence.strip()}, not {own}"
        yield fault("media-type", message)
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in {"", "utf-8", "utf8"} and form != "page_meta":
        yield fault("media-type", f"the server calls it {charset}, and it is UTF-8")
