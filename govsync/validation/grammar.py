"""Holding a tree against a schema, so that every fault has its own element.

What libxml2 says of an XML Schema is to the point. Of RELAX NG it names the pattern
that it tried last, on the line of the parent; so there each element is tried alone,
from the root down, and the innermost ones that do not hold are told.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from govsync.formats.reading import line_of, said
from govsync.validation.fault import Fault, Place, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element, _Validator

_RNG = "{http://relaxng.org/ns/structure/1.0}"
_NAMESPACES = re.compile(r"\{[^{}]*\}")
_LONGEST = 120
"""Characters of markup that a message shows."""


def broken(rule: str, name: str, root: _Element) -> Iterator[Fault]:
    """Give where a tree breaks a schema.

    Args:
        rule: What its faults are called.
        name: The schema's file in :mod:`govsync.formats`, such as ``atom-1.rng``.
        root: The tree.
    """
    mend = f"write it as schemas/{name} has it"
    if name.endswith(".xsd"):
        yield from _by_log(rule, _xsd(name), root, mend)
        return
    grammar = _grammar(name)
    if not grammar.whole.validate(root):
        for element, message in _innermost(grammar, root):
            yield fault(rule, message, _place(element), mend)


@lru_cache
def _xsd(name: str) -> _Validator:
    from lxml import etree

    schema: _Validator = etree.XMLSchema(etree.fromstring(_source(name)))
    return schema


def _by_log(rule: str, judge: _Validator, root: _Element, mend: str) -> Iterator[Fault]:
    if judge.validate(root):
        return
    for error in judge.error_log:  # type: ignore[attr-defined]
        message = _NAMESPACES.sub("", error.message).rstrip(".")
        yield fault(rule, message, Place(line=error.line), mend)


class _Grammar(NamedTuple):
    """A RELAX NG schema, whole and by its elements."""

    whole: _Validator
    by_tag: dict[str, _Validator]
    """Takes an element of a tag in any of the shapes that it has anywhere."""
    open: frozenset[str]
    """Namespaces in which any element may stand."""


@lru_cache
def _grammar(name: str) -> _Grammar:
    from lxml import etree

    root = etree.fromstring(_source(name))
    shapes: dict[str, list[_Element]] = {}
    for pattern in root.iter(f"{_RNG}element"):
        for tag in _tags(pattern):
            shapes.setdefault(tag, []).append(pattern)
    return _Grammar(
        whole=etree.RelaxNG(root),
        by_tag={tag: _alone(root, patterns) for tag, patterns in shapes.items()},
        open=frozenset(each.get("ns", "") for each in root.iter(f"{_RNG}nsName")),
    )


def _tags(pattern: _Element) -> Iterator[str]:
    """Give the names of a pattern's elements; none where it takes a namespace."""
    names = [pattern.get("name", "")]
    names += [each.text or "" for each in pattern.iterfind(f"{_RNG}choice/{_RNG}name")]
    for name in filter(None, names):
        prefix, _, local = name.rpartition(":")
        bound = pattern.nsmap.get(prefix, "") if prefix else ""
        yield f"{{{bound}}}{local}" if bound else local


def _alone(root: _Element, patterns: list[_Element]) -> _Validator:
    """Return a schema of one element: the whole one with another start."""
    from copy import deepcopy

    from lxml import etree

    schema = deepcopy(root)
    choice = etree.Element(f"{_RNG}choice")
    choice.extend(deepcopy(pattern) for pattern in patterns)
    for start in schema.iterfind(f"{_RNG}start"):
        start[:] = [choice]
    alone: _Validator = etree.RelaxNG(schema)
    return alone


def _innermost(grammar: _Grammar, element: _Element) -> Iterator[tuple[_Element, str]]:
    """Give the elements below one that does not hold which are to blame."""
    inner = [child for child in element if not _holds(grammar, child)]
    for child in inner:
        if child.tag in grammar.by_tag:
            yield from _innermost(grammar, child)
        else:
            yield child, f"{_start_tag(child)} does not belong here"
    if inner:
        return
    if len(element):
        names = ", ".join(dict.fromkeys(map(_name, element)))
        told = f"{_start_tag(element)} does not hold what it must, once and in order"
        yield element, f"{told}; it holds {names}"
    else:
        text = (element.text or "").strip()
        told = f"with {text[:_LONGEST]!r} " if text else ""
        yield element, f"{_start_tag(element)} {told}is not as it must be"


def _holds(grammar: _Grammar, element: _Element) -> bool:
    tag = str(element.tag)
    judge = grammar.by_tag.get(tag)
    if judge is None:  # of a namespace that may hold anything, or no element at all
        return tag.removeprefix("{").partition("}")[0] in grammar.open or "<" in tag
    return bool(judge.validate(element))


def _place(element: _Element) -> Place:
    parent = element.getparent()
    names = [_name(each) for each in (parent, element) if each is not None]
    return Place(line_of(element), path="/".join(names))


def _start_tag(element: _Element) -> str:
    marks = said(element)
    told = "".join(f' {name}="{marks[name]}"' for name in marks)
    return f"<{_name(element)}{_NAMESPACES.sub('', told)}>"[:_LONGEST]


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _source(name: str) -> bytes:
    return files("govsync.formats").joinpath("schemas", name).read_bytes()
