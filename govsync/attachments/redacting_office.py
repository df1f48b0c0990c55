"""Star numbers in the parts of office documents: paragraphs, cells, strings, links."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from govsync.attachments import office
from govsync.attachments.lines import Slot, lines, local, unseen
from govsync.attachments.stars import starred
from govsync.rules.numbers import scan
from govsync.rules.persons import in_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from govsync.attachments.lines import Line

ORDER = "xl/calcChain.xml"
"""The part of a workbook that is left out of a redacted copy."""
_THUMBNAIL = re.compile(r"/?(?:docProps/thumbnail\.|Thumbnails/)", re.IGNORECASE)
Parts = dict[str, bytes]
"""The parts of a document by their names."""


def is_thumbnail(name: str) -> bool:
    """Whether a part is a picture of the first page as it was: no copy keeps it."""
    return _THUMBNAIL.match(name) is not None


def redact_document(parts: Parts, *, names: bool = False) -> Parts:
    """Return the parts of a text or a presentation that have to change.

    Args:
        parts: Of the document.
        names: Without effect: only the cells of workbooks are known as lists.
    """
    del names
    changed: Parts = {}
    for name, content in parts.items():
        if name.endswith(".rels"):
            changed |= _changed(name, content, _star_links)
        elif office.is_text(name):
            changed |= _changed(name, content, _star_paragraphs)
    return changed


def redact_workbook(parts: Parts, *, names: bool = False) -> Parts:
    """Return the parts of a workbook that have to change.

    A cell with a number gets a text of its own, its formula goes; strings that no cell
    shows any more are emptied.

    Args:
        parts: Of the workbook.
        names: Whether names in lists of persons are masked.
    """
    from lxml import etree

    strings = parts.get(office.STRINGS, b"<sst/>")
    table = _parsed(strings)
    shown = [office.text_of(one) for one in table.iter("{*}si")]
    sheets = [n for n in parts if office.is_sheet(n)]
    used: set[int] = set()
    changed: Parts = {}
    for name in sheets:
        star = partial(_star_cells, shown=shown, used=used, names=names)
        changed |= _changed(name, parts[name], star)
    for number, one in enumerate(table.iter("{*}si")):
        texts = list(one.iter("{*}t"))
        if number not in used:
            _put(texts, [""] * len(texts))
    _star_lines(_runs(table))
    if office.STRINGS in parts:
        changed[office.STRINGS] = _bytes(table, etree)
    rest = {n: c for n, c in parts.items() if n not in sheets and n != office.STRINGS}
    return redact_document(rest) | changed | _without_order(parts)


def _without_order(parts: Parts) -> Parts:
    """Drop the order of calculation: it names formulas that may be gone.

    It is optional (ECMA-376 part 1, § 12.3.1): programs make it anew.
    """
    if ORDER not in parts:
        return {}
    listed = {
        "[Content_Types].xml": "PartName",
        "xl/_rels/workbook.xml.rels": "Target",
    }
    changed: Parts = {ORDER: b""}
    for name, attribute in listed.items():
        drop = partial(_drop, attribute=attribute)
        changed |= _changed(name, parts[name], drop) if name in parts else {}
    return changed


def _drop(root: Any, attribute: str) -> bool:
    gone = [e for e in root if e.get(attribute, "").endswith("calcChain.xml")]
    for one in gone:
        root.remove(one)
    return bool(gone)


def _changed(name: str, content: bytes, change: Callable[[Any], bool]) -> Parts:
    from lxml import etree

    root = _parsed(content, recover=name.lower().endswith(".vml"))
    return {name: _bytes(root, etree)} if change(root) else {}


def _parsed(content: bytes, *, recover: bool = False) -> Any:
    from lxml import etree

    return etree.fromstring(
        content,
        etree.XMLParser(resolve_entities=False, no_network=True, recover=recover),
    )


def _bytes(root: Any, etree: Any) -> bytes:
    tree = root.getroottree()
    alone = tree.docinfo.standalone
    written: bytes = etree.tostring(
        tree, xml_declaration=True, encoding="UTF-8", standalone=alone
    )
    return written


def _drop_thumbnails(root: Any) -> bool:
    """Drop what names them: a relationship, or an entry of a manifest."""
    named = [
        one
        for one in root
        if any(is_thumbnail(str(value)) for value in one.attrib.values())
    ]
    for one in named:
        root.remove(one)
    return bool(named)


def _star_links(root: Any) -> bool:
    dropped = _drop_thumbnails(root)
    links = [one for one in root.iter() if office.is_spoken(one.get("Target", ""))]
    before = [one.get("Target") for one in links]
    after = starred(before, ["\n"] * len(before))
    for one, target in zip(links, after, strict=True):
        one.set("Target", target)
    return dropped or before != after


def _star_paragraphs(root: Any) -> bool:
    dropped = local(root) == "manifest" and _drop_thumbnails(root)
    starred_lines = _star_lines(lines(root))
    return _star_unseen(root) or starred_lines or dropped


def _star_unseen(root: Any) -> bool:
    """Star attributes; not those of pivot tables, whose caches have to fit each other.

    What is left there has the copy refused.
    """
    if "pivotCache" in local(root):
        return False
    places = list(unseen(root))
    before = [text for _, _, text in places]
    after = starred(before, ["\n"] * len(before))
    for (element, name, was), now in zip(places, after, strict=True):
        if was != now:
            element.set(name, now)
            _as_text(element, name)
    return before != after


def _as_text(element: Any, name: str) -> None:
    """Make a cell of OpenDocument a text: its value is no number any more."""
    space, _, bare = name.rpartition("}")
    if bare == "value" and space.startswith("{urn:oasis:"):
        del element.attrib[name]
        for kind in [n for n in element.attrib if n.endswith("}value-type")]:
            element.set(kind, "string")


def _drop_formulas(root: Any) -> bool:
    """Drop the formulas of cells that hold a number; their values stay."""
    formulas = [f for f in root.iter("{*}f") if local(f.getparent()) == "c"]
    bad = [f for f in formulas if f.text and any(scan(f.text))]
    shared = {f.get("si") for f in bad if f.get("t") == "shared"}
    for one in formulas:
        if one in bad or (one.get("t") == "shared" and one.get("si") in shared):
            one.getparent().remove(one)
    return bool(bad)


def _star_lines(parted: Iterable[Line]) -> bool:
    """Star the words of lines."""
    slots = [
        slot._replace(joint="\n") if slot is line[-1] else slot
        for line in parted
        for slot in line
    ]
    before = [slot.words for slot in slots]
    after = starred(before, [slot.joint for slot in slots])
    for slot, text in zip(slots, after, strict=True):
        if slot.words != text:
            setattr(slot.element, slot.name, text)
    return before != after


def _runs(strings: Any) -> Iterator[Line]:
    """Yield the texts of shared strings, each string a line."""
    for one in strings.iter("{*}si"):
        yield [Slot(text, "text") for text in one.iter("{*}t") if text.text]


def _margins(root: Any) -> Iterator[Line]:
    for margins in root.iter("{*}headerFooter"):
        yield from ([Slot(one, "text")] for one in margins.iter() if one.text)


def _star_cells(root: Any, shown: list[str], used: set[int], *, names: bool) -> bool:
    rows = office.Rows(shown, set(), [office.MOST_CELLS])
    places: list[tuple[int, int]] = []
    cells: list[Any] = []
    joints: list[str] = []
    for row in root.iter("{*}row"):
        filled = rows.take(row)
        places += [(len(rows.lines), column) for column, _ in filled]
        cells += [cell for _, cell in filled]
        joints += ["\t"] * len(filled)
        if filled:
            joints[-1] = "\n"
    grid = [line.split("\t") for line in rows.lines]
    masks = {(one.row, one.column): one.mask for one in in_rows(grid, names=names)}
    texts = [grid[row - 1][column - 1] for row, column in places]
    margins = _star_lines(_margins(root))
    formulas = _drop_formulas(root)
    starry = starred(texts, joints)
    after = [masks.get(p, text) for p, text in zip(places, starry, strict=True)]
    for cell, was, now in zip(cells, texts, after, strict=True):
        if was != now:
            _rewrite(cell, now)
        elif (number := office.string_number(cell)) is not None:
            used.add(number)
    return margins or formulas or texts != after


def _rewrite(cell: Any, text: str) -> None:
    from lxml import etree

    space = cell.tag.rpartition("}")[0]
    prefix = f"{space}}}" if space else ""
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    inline = etree.SubElement(cell, f"{prefix}is")
    etree.SubElement(inline, f"{prefix}t").text = text


def _put(elements: list[Any], texts: list[str]) -> None:
    for element, text in zip(elements, texts, strict=True):
        element.text = text
