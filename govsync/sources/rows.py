"""Read the cells of a catalog's row into the model's plain data. Pure."""

from __future__ import annotations

import re

from govsync.sources import boxes, header

_DOCUMENTS = re.compile("\n+|(?<=[》)）])\\s*[、;；,，]\\s*(?=[《(（])")


def audience(given: dict[str, str]) -> list[dict[str, str]]:
    """Return who a row is for, from its ticks or from its words."""
    found = []
    for column, scope in (("all", "all"), ("special", "special")):
        yes, words = boxes.ticked(given.get(column, ""))
        if yes:
            found.append({"scope": scope, "note": words})
    if not found and (text := given.get("audience", "")):
        scope = "all" if "全社会" in text or "社会公众" in text else "special"
        found.append({"scope": scope, "note": "" if text == "全社会" else text})
    return found


def modes(given: dict[str, str]) -> list[str]:
    """Return how a row is published, from its ticks or from its words."""
    found = [
        m for m in ("proactive", "on_request") if boxes.ticked(given.get(m, ""))[0]
    ]
    if not found and (text := given.get("mode", "")):
        words = (("主动", "proactive"), ("依申请", "on_request"))
        found = [mode for word, mode in words if word in text] or ["proactive"]
    return found


def levels(text: str) -> tuple[list[str], list[str]]:
    """Return the levels that a cell of 公开层级 names in words, and other words."""
    found: list[str] = []
    others: list[str] = []
    for word in re.split(r"[、,，;；/\s]+", text):
        known = header.LEVELS.get(header.plain(word))
        found += known or ()
        others += [word] if word and not known else []
    return list(dict.fromkeys(found)), others


def documents(text: str) -> list[str]:
    """Return the documents of 公开依据, one a line or parted between 》 and 《."""
    return [part.strip() for part in _DOCUMENTS.split(text) if part.strip()]


def outside_brackets(text: str) -> list[str]:
    """Part a list at 、 and ; but not inside brackets, as in 县(市、区)主管部门."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "(（") - (character in ")）")
        if depth <= 0 and character in "、;；\n":
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
