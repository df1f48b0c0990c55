"""The list of planted defects follows the code; ``make mutations`` plants them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEFECTS: list[dict[str, Any]] = [
    defect
    for path in sorted((ROOT / "tests" / "mutations").glob("*.toml"))
    for defect in tomllib.loads(path.read_text(encoding="utf-8"))["defect"]
]


def test_each_has_a_name_of_its_own_and_says_why() -> None:
    assert len({defect["name"] for defect in DEFECTS}) == len(DEFECTS) >= 25
    assert all(defect["why"] for defect in DEFECTS)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect["name"])
def test_its_text_stands_once_and_its_tests_are_there(defect: dict[str, Any]) -> None:
    content = (ROOT / defect["file"]).read_text(encoding="utf-8")

    assert content.count(defect["text"]) == 1
    assert defect["instead"] != defect["text"]
    for test in defect["tests"]:
        file, *names = test.split("::")
        written = (ROOT / file).read_text(encoding="utf-8")
        assert all(f" {name}" in written for name in names), test
