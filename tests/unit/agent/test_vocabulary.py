"""The words that are looked for: the shipped ones, and a city's own over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from govsync.agent import config as configuration
from govsync.agent.vocabulary import wordings_of
from govsync.errors import ConfigError
from govsync.rules.wording import shipped

CITY = '[city]\nname = "密山市"\ncode = "230382"\nsite = "https://c.example"\n'
CHANNEL = '[channels.city]\nadapter = "city.directory"\n'
OWN = '[[words]]\nwrong = "密山县"\nright = "密山市"\nsource = "民政部批复"\n'


def config(folder: Path, wording: str = "") -> configuration.Config:
    file = folder / "govsync.toml"
    file.write_text(f"{CITY}{wording}\n{CHANNEL}", encoding="utf-8")
    return configuration.read(file)


def test_without_a_word_said_the_shipped_list_counts(tmp_path: Path) -> None:
    assert wordings_of(config(tmp_path)) is shipped()


def test_a_citys_own_list_comes_on_top(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    known = wordings_of(config(tmp_path, '[wording]\nfiles = ["own.toml"]'))

    assert [e.wrong for _, e in known.hits("密山县登陆系统")] == ["密山县", "登陆系统"]


def test_the_shipped_list_may_be_left_out(tmp_path: Path) -> None:
    known = wordings_of(config(tmp_path, "[wording]\nshipped = false"))

    assert known.entries == ()


@pytest.mark.parametrize("content", [None, b"\xff", b"words = 1"])
def test_a_list_that_cannot_be_used_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "own.toml").write_bytes(content)

    with pytest.raises(ConfigError) as error:
        wordings_of(config(tmp_path, '[wording]\nfiles = ["own.toml"]'))
    assert "own.toml" in error.value.where
