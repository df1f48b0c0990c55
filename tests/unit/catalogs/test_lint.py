"""Contradictions in catalogs, each with its row, column, rule and mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.catalogs import BELOW, ROW, TITLE, TOP, Sheet, delimited

from govsync.catalogs.lint import lint
from govsync.sources import Problem, read_catalogs


def problems(
    tmp_path: Path, *rows: list[str], bodies: tuple[str, ...] = ()
) -> tuple[Problem, ...]:
    path = delimited(tmp_path / "a.csv", Sheet([[TITLE], TOP, BELOW, *rows]))
    return lint([read_catalogs(path)], bodies)


def row(**cells: str) -> list[str]:
    """The sound row with some cells changed, by the letter of their column."""
    changed = list(ROW)
    for letter, text in cells.items():
        changed[ord(letter) - ord("A")] = text
    return changed


def test_a_sound_catalog_has_nothing(tmp_path: Path) -> None:
    assert problems(tmp_path, ROW, row(A="2", C="停气公告")) == ()


@pytest.mark.parametrize(
    ("spoilt", "rule", "column", "error"),
    [
        (row(I="", J="√(村民)"), "lint.mandatory", "H", True),
        (row(F=""), "lint.deadline-empty", "F", True),
        (row(F="及时公开"), "lint.deadline-vague", "F", False),
        (row(F="同上"), "lint.deadline-vague", "F", False),
        (row(E=""), "lint.basis-empty", "E", True),
        (row(E="有关要求"), "lint.basis", "E", True),
        (row(L="√"), "lint.modes", "K", True),
        (row(K=""), "lint.mode-empty", "K", False),
        (row(I=""), "lint.audience-empty", "I", True),
        (row(G=""), "lint.body-empty", "G", True),
        (row(G="张三"), "lint.body-odd", "G", False),
        (row(H=""), "cell.channels", "", True),
    ],
)
def test_each_rule_of_a_row(
    spoilt: list[str], rule: str, column: str, error: bool, tmp_path: Path
) -> None:
    found = {p.rule: p for p in problems(tmp_path, spoilt)}

    assert (found[rule].column, found[rule].row) == (column, 4)
    assert found[rule].error is error
    assert found[rule].mend


@pytest.mark.parametrize(
    "basis",
    [
        "《城市供水条例》",
        "国办发〔2019〕54号",
        "国令第711号",
        "土地管理法",
        "当地有关规定",
    ],
)
def test_a_document_is_known_by_its_name_or_number(basis: str, tmp_path: Path) -> None:
    assert problems(tmp_path, row(E=basis)) == ()


def test_a_body_must_be_on_the_list_where_there_is_one(tmp_path: Path) -> None:
    (unknown,) = problems(tmp_path, ROW, bodies=("市住建局",))

    assert (unknown.rule, unknown.column) == ("lint.body-unknown", "G")
    assert problems(tmp_path, ROW, bodies=("市供水公司",)) == ()


def test_a_level_that_no_one_fills_is_named(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, row(N=""))

    assert problem.rule == "lint.level"
    assert "column N" in problem.message


@pytest.mark.parametrize(
    ("numbers", "gaps"),
    [
        (("31", "32"), 0),
        (("1", "1"), 0),
        (("0505", "7"), 0),
        (("1", "3"), 1),
        (("2", "1"), 1),
    ],
)
def test_gaps_in_the_numbering(
    numbers: tuple[str, str], gaps: int, tmp_path: Path
) -> None:
    first, second = numbers
    found = problems(tmp_path, row(A=first), row(A=second, C="停气公告"))

    assert [p.rule for p in found] == ["lint.numbering"] * gaps


def test_a_catalog_without_items_is_named(tmp_path: Path) -> None:
    assert [p.rule for p in problems(tmp_path)] == ["lint.empty"]


def test_the_same_row_twice_is_named(tmp_path: Path) -> None:
    assert "row.twice" in {p.rule for p in problems(tmp_path, ROW, ROW)}


def test_copies_of_towns_must_say_the_same(tmp_path: Path) -> None:
    """But who publishes differs from town to town."""
    one = delimited(tmp_path / "a.csv", Sheet([[TITLE], TOP, BELOW, ROW]))
    other = delimited(
        tmp_path / "b.csv",
        Sheet([[TITLE], TOP, BELOW, row(F="5个工作日", G="某镇人民政府")]),
    )
    found = lint([read_catalogs(one), read_catalogs(other)])

    assert [(p.rule, p.file, p.column) for p in found] == [
        ("lint.copies", "b.csv", "F")
    ]
    assert "a.csv, row 4" in found[0].message
