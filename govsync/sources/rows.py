"""Read the cells of a catalog's row into the model's plain data. Pure."""

from __future__ import annotations

import re

from govsync.sources import boxes, header

_MODES = {"主动": "proactive", "依申请": "on_request"}
_MODE = re.compile(
    rf"([{boxes.FILLED}{boxes.EMPTY}]?)\s*(?<![不非未])(主动|依申请)(?:公开)?"
)
_UNTICKED = frozenset(boxes.EMPTY)
_BETWEEN_MODES = re.compile(r"[\s、,;/和及与]+")
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


def modes(given: dict[str, str]) -> tuple[list[str], str]:
    """Return how a row is published, from its ticks or its words, and other words."""
    found = [
        m for m in ("proactive", "on_request") if boxes.ticked(given.get(m, ""))[0]
    ]
    text = given.get("mode", "")
    if found or not text:
        return found, ""
    plain = boxes.plain(text)
    named = [_MODES[word] for box, word in _MODE.findall(plain) if box not in _UNTICKED]
    others = _BETWEEN_MODES.sub("", _MODE.sub("", plain))
    return list(dict.fromkeys(named)), others


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
    """Part a list at 、 and ; but not inside brackets, as in 县(市、区)主管部门.

    A bracket without its fellow is a character like any other.
    """
    inside = _enclosed(text)
    parts = [""]
    for place, character in enumerate(text):
        if character in "、;；\n" and not inside[place]:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def unpaired_bracket(text: str) -> str:
    """Return the first bracket that has no fellow; empty where each has one."""
    lone = {place for place, _ in _brackets(text)[1]}
    return text[min(lone)] if lone else ""


def _enclosed(text: str) -> list[bool]:
    """Return of each character whether it stands between two brackets of a pair."""
    inside = [False] * len(text)
    for first, last in _brackets(text)[0]:
        inside[first:last] = [True] * (last - first)
    return inside


def _brackets(text: str) -> tuple[list[tuple[int, int]], list[tuple[int, str]]]:
    """Return the pairs of brackets by their places, and those without a fellow."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[int, str]] = []
    lone: list[tuple[int, str]] = []
    for place, character in enumerate(text):
        if character in "(（":
            waiting.append((place, character))
        elif character in ")）" and waiting:
            pairs.append((waiting.pop()[0], place))
        elif character in ")）":
            lone.append((place, character))
    return pairs, lone + waiting
