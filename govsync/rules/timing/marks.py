"""Marks: what parts a phrase: semicolons, numbers, bullets, a subject's colon."""

from __future__ import annotations

import re

SEPARATOR = re.compile(r"[;。]")
MARK = re.compile(r"[①-⑳❶-❿●·○〇▪◆■⒈-⒛⑴-⒇]")
"""A number or a bullet that stands for nothing else."""
NUMBERING = re.compile(
    rf"{MARK.pattern}|\(\d{{1,2}}\)|\d{{1,2}}[.、)](?!\d)"
    r"|\([一二三四五六七八九十]{1,2}\)|[一二三四五六七八九十]、"
)
"""What may number the parts of a phrase."""
SUBJECT = re.compile(r"(?P<subject>[^:,]{1,40}):")
NOTHING = re.compile(r"[-—–─_/\\.。无]*")
"""An empty cell, or the stroke that fills it."""


def numbers(match: re.Match[str]) -> bool:
    """Whether what may number a part stands where a part can begin."""
    before = match.string[: match.start()]
    return not before or before[-1] in ";。,:" or MARK.match(match[0]) is not None
