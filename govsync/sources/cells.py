"""Read the cells of a record's row, as Chinese offices write them. Pure.

Each reader takes a cell's text and returns the model's plain data; what it cannot read
is a :class:`CellError`. What would open a record to more people than it should fails
safe: an unknown review is pending, one of an unreadable content is of none, an unknown
audience special, an unknown mode on request.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any

from govsync.model import SHANGHAI
from govsync.sources.columns import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2})[::时](\d{1,2})(?:[::分](\d{1,2})秒?)?分?")
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_DASHES = str.maketrans(dict.fromkeys("—–−‐‑‒", "-"))
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OF_NOTHING = "0" * 64
_LIST = re.compile(r"[;；,，、\s]+")
_LINES = re.compile(r"[;；\n\r]+")


class CellError(ValueError):
    """A cell that cannot be read.

    Args:
        message: What is wrong.
        mend: What would put it right.
        instead: What is used in its place.
    """

    def __init__(self, message: str, *, mend: str, instead: Any = None) -> None:
        super().__init__(message)
        self.mend = mend
        self.instead = instead


def date(text: str) -> str:
    """Return ``2017-09-25`` of a date in any usual form; a time behind it is cut."""
    return moment(text)[:10]


def moment(text: str) -> str:
    """Return ``2017-09-25T15:09:00+08:00`` of a date with or without a time.

    An ISO 8601 form with its own offset is taken as it is.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    if _ISO.fullmatch(plain):
        return plain
    day = _DATE.match(plain)
    rest = plain[day.end() :].strip(" T") if day else ""
    clock = _TIME.fullmatch(rest) if rest else None
    if day is None or (rest and clock is None):
        raise CellError("not a date", mend="write 2017-09-25 or 2017-09-25 15:09")
    year, month, of_month = map(int, day.groups())
    hour, minute, second = (int(n or 0) for n in clock.groups()) if clock else (0, 0, 0)
    try:
        read = datetime(year, month, of_month, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError as error:
        message = "no such day or time"
        raise CellError(message, mend="look it up at the source") from error
    return read.isoformat()


def listed(text: str) -> list[str]:
    """Return the words of a list, however they are parted."""
    return [word for word in _LIST.split(text) if word]


def bodies(text: str) -> list[str]:
    """Return names of bodies, parted by anything but a blank."""
    return [name.strip() for name in re.split(r"[;；,，、\n]+", text) if name.strip()]


def attachments(text: str) -> list[dict[str, Any]]:
    """Return attachments written ``name|address|size``, one a line or parted by ;."""
    return [_attachment(line.strip()) for line in _LINES.split(text) if line.strip()]


def _attachment(line: str) -> dict[str, Any]:
    name, *rest = (part.strip() for part in line.split("|"))
    href, size = (*rest, "", "")[:2]
    if len(rest) > 2 or not href or (size and not size.isdecimal()):
        raise CellError("not an attachment", mend="write name|address|size in bytes")
    found: dict[str, Any] = {"name": name, "href": href}
    if size:
        found["size"] = int(size)
    media_type = _MEDIA_TYPES.get(name.rpartition(".")[2].lower())
    return found | {"media_type": media_type} if media_type else found


_OFFICE = "application/vnd.openxmlformats-officedocument."
_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "wps": "application/vnd.ms-works",
    "ofd": "application/ofd",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "txt": "text/plain",
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}


def audience(text: str) -> dict[str, str]:
    """Return who may read it; ``特定群体:新城村村集体成员`` names the group."""
    word, _, note = unicodedata.normalize("NFKC", text).partition(":")
    scope = WORDS["scope"].get(word.strip())
    if scope is None:
        raise CellError(
            "an unknown audience",
            mend="write 全社会, or 特定群体: and who they are",
            instead={"scope": "special", "note": text},
        )
    return {"scope": scope, "note": note.strip()}


def word(field: str, instead: str | None) -> Callable[[str], str]:
    """Return a reader of one of the words of a code list."""
    known = WORDS[field]

    def read(text: str) -> str:
        code = known.get("".join(text.split()))
        if code is None:
            usual = "、".join(list(known)[:5])
            raise CellError("an unknown word", mend=f"write {usual}", instead=instead)
        return code

    return read


def digest(text: str) -> str:
    """Return a SHA-256; what is none stands for no content at all."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if _DIGEST.fullmatch(plain):
        return plain
    raise CellError(
        "not a digest", mend="copy it from `govsync show`", instead=_OF_NOTHING
    )


READERS: dict[str, Callable[[str], Any]] = {
    "co_issuers": bodies,
    "formed": date,
    "issued": date,
    "published": moment,
    "step": word("step", None),
    "stage": word("stage", None),
    "keywords": listed,
    "attachments": attachments,
    "mode": word("mode", "on_request"),
    "audience": audience,
    "verdict": word("verdict", "pending"),
    "signed": moment,
    "signed_content": digest,
    "state": word("state", None),
    "withdrawn_at": moment,
}
"""Field → its reader; a field that is not here is text."""
FATAL = frozenset({"step", "state"})
"""A row whose cell of these cannot be read is not read: it might say the opposite."""
