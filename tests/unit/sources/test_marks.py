"""Marks: the same for the same row, another where anything that is read differs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from govsync.model import Record, canonical_json
from govsync.sources import marks, read_records
from govsync.sources.marks import Marker

LINES = (
    "索引号,标题,正文",
    "000014349/2017-00110,停水通知,",
    ",,",
    '000014349/2017-00111,"两行\n标题",正文',
)


def table(
    folder: Path, *lines: str, name: str = "records.csv", encoding: str = "utf-8"
) -> Path:
    file = folder / name
    file.write_bytes("\n".join(lines).encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("name", "sign"), [("r.csv", ","), ("r.tsv", "\t")])
def test_the_marks_of_a_table_are_those_of_its_rows(
    tmp_path: Path, name: str, sign: str, encoding: str
) -> None:
    lines = (line.replace(",", sign) for line in LINES)
    file = table(tmp_path, *lines, name=name, encoding=encoding)

    read = [row.mark for row in read_records(file)]
    assert len(read) == len(set(read)) == 2
    assert list(marks(file)) == read


def test_the_marks_of_json_lines_are_those_of_its_rows(tmp_path: Path) -> None:
    records = [Record(id=name, title="标题") for name in "ab"]
    lines = [canonical_json(record.plain()).decode() for record in records]
    file = table(tmp_path, lines[0], "", lines[1], "not JSON", name="r.jsonl")

    read = [row.mark for row in read_records(file)]
    assert len(read) == len(set(read)) == 3
    assert list(marks(file)) == read


def test_the_encoding_of_a_file_is_no_part_of_its_rows(tmp_path: Path) -> None:
    one = table(tmp_path, *LINES, encoding="utf-8")
    other = table(tmp_path, *LINES, name="other.csv", encoding="gb18030")

    assert list(marks(one)) == list(marks(other))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("索引号,标题,摘要", {}),
        ("索引号,标题,正文", {"summary": "正文"}),
        ("索引号,正文,标题", {}),
    ],
)
def test_a_row_is_another_where_it_is_read_in_another_way(
    tmp_path: Path, header: str, columns: Mapping[str, str]
) -> None:
    one = table(tmp_path, *LINES)
    other = table(tmp_path, header, *LINES[1:], name="other.csv")

    assert not set(marks(one)) & set(marks(other, columns=columns))


def test_what_stands_in_another_cell_is_another_row() -> None:
    marker = Marker(["csv"])
    rows = [["a", "b"], ["ab", ""], ["", "ab"], ["a,b"], ["a", "b", ""], ["1,1\nab"]]

    assert len({marker.cells(row) for row in rows}) == len(rows)


def test_a_known_row_is_passed_over_and_the_others_keep_their_place(
    tmp_path: Path,
) -> None:
    file = table(tmp_path, *LINES)
    first, second = marks(file)
    (row,) = read_records(file, known={first}.__contains__)

    assert (row.line, row.mark) == (4, second)
