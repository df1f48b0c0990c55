"""Prometheus' text format, version 0.0.4: families of samples, as a collector reads it.

Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Kind = Literal["gauge", "counter"]

_IN_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})
_IN_LABEL = _IN_HELP | str.maketrans({'"': r"\""})


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One figure, and the labels that tell it from others of its family."""

    value: float
    labels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """What is measured: its name with its unit, what it means, and its samples."""

    name: str
    kind: Kind
    help: str
    samples: tuple[Sample, ...]


def single(name: str, help_: str, value: float, /, **labels: str) -> Family:
    """Return a family of one gauge."""
    sample = Sample(value=value, labels=labels)
    return Family(name=name, kind="gauge", help=help_, samples=(sample,))


def text(families: Iterable[Family]) -> str:
    """Return families as a collector reads them; one without samples is left out."""
    return "".join(
        f"{line}\n" for family in families if family.samples for line in _lines(family)
    )


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help.translate(_IN_HELP)}"
    yield f"# TYPE {family.name} {family.kind}"
    for sample in family.samples:
        yield f"{family.name}{_labels(sample.labels)} {_number(sample.value)}"


def _labels(labels: Mapping[str, str]) -> str:
    told = (f'{name}="{text.translate(_IN_LABEL)}"' for name, text in labels.items())
    return f"{{{','.join(told)}}}" if labels else ""


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
