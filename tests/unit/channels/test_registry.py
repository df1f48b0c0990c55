"""Adapters are found by name; settings are checked where they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from govsync.channels import Adapter, Facts, Setting
from govsync.channels.registry import (
    available,
    load,
    load_all,
    masked,
    settings_of,
)
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

Install = Callable[..., None]

ADAPTER = """
from govsync.channels import Adapter, Facts

class Board(Adapter):
    facts = Facts(name="test.board", title="公告栏")
    check = fit = publish = withdraw = find = verify = None
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a stranger's package for the test."""
    monkeypatch.syspath_prepend(tmp_path)

    def add(package: str, module: str, **points: str) -> None:
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: {package}\nVersion: 1.0\n")
        lines = [
            f"{name.replace('_', '.')} = {value}" for name, value in points.items()
        ]
        (info / "entry_points.txt").write_text(
            "\n".join(["[govsync.adapters]", *lines])
        )
        (tmp_path / f"{package}.py").write_text(module)

    return add


class TestLoad:
    def test_an_adapter_is_found_by_its_name(self, install: Install) -> None:
        install("board_a", ADAPTER, test_board="board_a:Board")

        assert issubclass(load("test.board"), Adapter)

    def test_listing_imports_nothing(self, install: Install) -> None:
        install("board_b", "raise AssertionError", test_board="board_b:Board")

        assert available()["test.board"].value == "board_b:Board"

    def test_a_name_that_nobody_has_is_named_with_its_like(
        self, install: Install
    ) -> None:
        install("board_c", ADAPTER, test_board="board_c:Board")

        with pytest.raises(ConfigError, match=r"did you mean 'test\.board'"):
            load("test.bord")

    @pytest.mark.parametrize(
        ("module", "cause"),
        [
            ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
            ("import no_such_module", "No module named"),
            ("x = (", "SyntaxError"),
            ("Other = 1", "AttributeError"),
            ("Board = 1", "it is no Adapter"),
            ("class Board: pass", "it is no Adapter"),
            ("from govsync.channels import Adapter as Board", "it states no facts"),
            (ADAPTER.replace("test.board", "other"), "its facts name it 'other'"),
        ],
    )
    def test_a_broken_one_is_named_with_its_cause(
        self, install: Install, module: str, cause: str, request: pytest.FixtureRequest
    ) -> None:
        package = f"broken_{request.node.callspec.indices['module']}"
        install(package, module, test_board=f"{package}:Board")

        with pytest.raises(ConfigError, match=cause) as caught:
            load("test.board")

        assert "test.board" in caught.value.message
        assert package in caught.value.where

    def test_a_broken_one_does_not_stop_the_others(self, install: Install) -> None:
        install("board_d", ADAPTER, test_board="board_d:Board")
        install("board_e", "raise OSError", test_broken="board_e:Board")

        found = load_all()

        assert isinstance(found["test.board"], type)
        assert isinstance(found["test.broken"], ConfigError)

    def test_a_name_that_two_packages_claim_is_nobodys(self, install: Install) -> None:
        install("board_f", ADAPTER, test_board="board_f:Board")
        install("board_g", ADAPTER, test_board="board_g:Board")

        with pytest.raises(ConfigError, match=r"board_f:Board and board_g:Board"):
            load("test.board")


FACTS = Facts(
    name="province",
    title="省级平台",
    settings=(
        Setting(name="url", help="the platform's address", pattern=r"https://\S+"),
        Setting(name="timeout", help="seconds", default="30", pattern=r"\d+"),
        Setting(name="note", help="anything", required=False),
        Setting(name="key", help="from the platform", secret=True, pattern=r"\w{8,}"),
    ),
)
SECRET = "s3cret-value"


def settings(given: dict[str, object], key: str | None = "abcdefgh") -> dict[str, str]:
    return settings_of(
        FACTS, given, secrets={"key": key}.get, where="channels.province"
    )


class TestSettings:
    def test_they_are_complete(self) -> None:
        assert settings({"url": "https://gov.example"}) == {
            "url": "https://gov.example",
            "timeout": "30",
            "note": "",
            "key": "abcdefgh",
        }

    @pytest.mark.parametrize(
        ("given", "text"), [(7, "7"), (True, "true"), (False, "false"), (1.5, "1.5")]
    )
    def test_numbers_and_booleans_are_written_as_toml_does(
        self, given: object, text: str
    ) -> None:
        assert settings({"url": "https://a", "note": given})["note"] == text

    @pytest.mark.parametrize(
        ("given", "key", "where", "says"),
        [
            ({"url": "https://a", "urll": 1}, "abcdefgh", "urll", "did you mean 'url'"),
            ({"url": "https://a", "x": 1}, "abcdefgh", "x", "url, timeout, note, key"),
            ({}, "abcdefgh", "url", "is missing"),
            ({"url": ""}, "abcdefgh", "url", "is missing"),
            ({"url": "gov.example"}, "abcdefgh", "url", "'gov.example' does not"),
            ({"url": "https://a\n"}, "abcdefgh", "url", "does not have the form"),
            ({"url": ["https://a"]}, "abcdefgh", "url", "a list stands"),
            ({"url": "https://a", "timeout": "soon"}, "abcdefgh", "timeout", r"\d+"),
            ({"url": "https://a"}, None, "key", "is missing"),
            ({"url": "https://a"}, SECRET, "key", "the secret does not have"),
            ({"url": "https://a", "key": SECRET}, "abcdefgh", "key", "move it"),
            ({"url": "https://a", "key": ""}, "abcdefgh", "key", "move it"),
        ],
    )
    def test_what_cannot_be_used_is_named_by_its_path(
        self, given: dict[str, object], key: str | None, where: str, says: str
    ) -> None:
        """And no message holds a secret."""
        with pytest.raises(ConfigError) as caught:
            settings(given, key)

        assert caught.value.where == f"channels.province.{where}"
        assert says in str(caught.value)
        assert SECRET not in f"{caught.value} {caught.value!r}"

    def test_secrets_and_strays_are_masked(self) -> None:
        """A setting that the facts do not know may be a secret of another version."""
        shown = masked(
            FACTS, {"url": "https://a", "note": "", "key": SECRET, "old": "x"}
        )

        assert shown == {
            "url": "https://a",
            "note": "",
            "key": "********",
            "old": "********",
        }

    def test_an_absent_secret_is_shown_as_absent(self) -> None:
        assert masked(FACTS, {"key": ""}) == {"key": ""}
