"""The settings of a platform: TOML without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from govsync.errors import ConfigError
from govsync.platform.settings import PlatformSettings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'database = "province.db"\nbase_url = "https://open.province.example/"\n'
KEY = '[[keys]]\nid = "mishan-1"\ncity = "mishan"\n'


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "platform.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_secret_comes_from_a_file_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mishan.key").write_text("base64:" + "QUJD" * 8 + "\n")
    path = write(tmp_path, HEAD + KEY + 'secret_file = "mishan.key"')

    settings = load_settings(path, environ={})

    assert settings.base_url == "https://open.province.example"
    assert settings.database == str(tmp_path / "province.db")
    assert settings.keys[0].opened().secret == b"ABC" * 8


def test_a_secret_comes_from_the_environment(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + KEY + 'secret_env = "MISHAN_KEY"')

    settings = load_settings(path, environ={"MISHAN_KEY": "sixteen signs or more"})

    assert settings.keys[0].opened().secret == b"sixteen signs or more"


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + KEY + 'secret_env = "K"')

    settings = load_settings(path, environ={"K": "sixteen signs or more"})

    assert "sixteen" not in repr(settings)
    assert "sixteen" not in repr(settings.keys[0].opened())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("database = 1", "database"),
        (HEAD + "colour = 1", "colour"),
        (HEAD.replace("example/", "example/pilot"), "base_url"),
        (HEAD.replace("https", "ftp"), "base_url"),
        (HEAD + "keys = 3", "keys"),
        (HEAD + KEY + 'secret = "in the file"', "keys[0].secret"),
        (HEAD + KEY, "keys[0]"),
        (HEAD + KEY + 'secret_env = "ABSENT"', "keys[0]"),
        (HEAD + KEY + 'secret_file = "absent"', "keys[0].secret_file"),
        (HEAD + KEY + 'secret_env = "BAD"', "keys[0]"),
        ("not toml", "platform.toml"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, text), environ={"BAD": "base64:%"})

    assert place in caught.value.where


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load_settings(tmp_path / "absent.toml")


def test_an_address_with_a_path_is_refused() -> None:
    """Signatures cover the whole address; a gateway that cuts paths breaks them."""
    with pytest.raises(ValueError, match="without a path"):
        PlatformSettings(database="x", base_url="https://province.example/pilot")
