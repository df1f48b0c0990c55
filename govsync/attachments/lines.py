"""The lines of an XML part as readers see them: paragraphs, and texts outside of any.

Tabs, line breaks and notes part words: a number between two tabs is a number of its
own, not the middle of a longer one (ECMA-376 part 1, § 17.3.3; ODF 1.3, § 6.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARAGRAPHS = frozenset({"p", "h"})
_WORDS = frozenset({"t", "delText", "instrText", "text"})
"""Elements that hold words; ``delText`` is deleted, and travels all the same."""
_ODF = "{urn:oasis:"
"""There every text in a paragraph counts."""
_JOINTS = {
    **dict.fromkeys(("tab", "ptab", "br", "cr", "line-break", "s"), " "),
    **dict.fromkeys(("note", "note-citation", "annotation"), " "),
    "noBreakHyphen": "-",
}
_EVENTS = ("start", "end", "comment", "pi")


class Slot(NamedTuple):
    """Where some words stand."""

    element: Any
    name: str
    """``text`` or ``tail``."""
    joint: str = ""
    """What readers see between them and the next words of the line."""

    @property
    def words(self) -> str:
        """What stands there."""
        words: str = getattr(self.element, self.name)
        return words


Line = list[Slot]
_SAYING = (
    *("descr", "title", "alt", "tooltip", "display", "instr", "string"),
    *("prompt", "promptTitle", "error", "errorTitle", "v", "value", "string-value"),
)
_NAMED = " or ".join(f"local-name()='{one}'" for one in _SAYING)
_ATTRIBUTES = f"//@*[{_NAMED}]"


def lines(root: Any) -> Iterator[Line]:
    """Yield paragraphs as they end, and each text that stands outside of them.

    A paragraph in another, such as that of a text box, is a line of its own.

    Args:
        root: Of the part, parsed.
    """
    from lxml import etree

    within: list[tuple[Any, Line]] = []
    for event, element in etree.iterwalk(root, events=_EVENTS):
        name = local(element)
        if event == "start":
            if name in _PARAGRAPHS:
                within.append((element, []))
            _part(within, name)
            yield from _put(within, Slot(element, "text"), element)
            continue
        _part(within, name)
        if event == "end" and within and within[-1][0] is element:
            yield within.pop()[1]
        if element is not root:
            yield from _put(within, Slot(element, "tail"), element.getparent())


def words_of(line: Line) -> str:
    """Return a line as readers see it."""
    return "".join(slot.words + slot.joint for slot in line)


def unseen(root: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield attributes that hold words or values: an element, a name and what it says.

    Such as texts for pictures, tips, values that a cell does not show as they are, and
    the rows that a pivot table keeps.
    """
    for said in root.xpath(_ATTRIBUTES):
        yield said.getparent(), said.attrname, str(said)


def local(element: Any) -> str:
    """Return a tag without its namespace; empty for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _part(within: list[tuple[Any, Line]], name: str) -> None:
    """Note at the last words of the paragraph what stands after them."""
    if (joint := _JOINTS.get(name)) and within and (line := within[-1][1]):
        line[-1] = line[-1]._replace(joint=joint)


def _put(within: list[tuple[Any, Line]], slot: Slot, owner: Any) -> Iterator[Line]:
    """Add words to their paragraph; yield those that stand in none."""
    if owner is None or not (words := getattr(slot.element, slot.name)):
        return
    if not within:
        if words.strip():
            yield [slot]
        return
    paragraph, line = within[-1]
    if paragraph.tag.startswith(_ODF) or local(owner) in _WORDS:
        line.append(slot)
