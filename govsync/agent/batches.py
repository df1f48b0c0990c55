"""Cut a stream into pieces (Python 3.12 has :func:`itertools.batched`)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


def batches(stream: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of ``size`` items, the last one shorter, as the stream gives them."""
    items = iter(stream)
    while piece := list(islice(items, size)):
        yield piece
