"""The words that should not stand in a record: the shipped ones and the city's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govsync.errors import ConfigError
from govsync.rules.wording import Wordings, read, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from govsync.agent.config import Config
    from govsync.rules.wording import Entry


def wordings_of(config: Config) -> Wordings:
    """Return the configured lists, one after the other; a later entry prevails.

    Raises:
        ConfigError: A list is not there, or is none.
    """
    own = [config.path(path) for path in config.wording.files]
    if config.wording.shipped and not own:
        return shipped()
    return Wordings(entries=tuple(_entries(own, shipped_too=config.wording.shipped)))


def _entries(own: list[Path], *, shipped_too: bool) -> Iterator[Entry]:
    if shipped_too:
        yield from shipped().entries
    for path in own:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"the list of words cannot be read: {error}",
                where=str(path),
                mend="docs/review.md shows such a file",
            ) from error
        yield from read(text, where=str(path)).entries
