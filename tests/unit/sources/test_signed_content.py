"""A table may say which content was signed; what cannot be read signs none."""

from __future__ import annotations

from pathlib import Path

import pytest

from govsync.sources import read_records

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("cell", "content", "rules"),
    [
        (DIGEST, DIGEST, []),
        (f" {DIGEST.upper()} ", DIGEST, []),
        ("", None, []),
        ("012345", "0" * 64, ["cell.signed_content"]),
    ],
)
def test_the_content_that_was_signed(
    tmp_path: Path, cell: str, content: str | None, rules: list[str]
) -> None:
    file = tmp_path / "r.csv"
    file.write_text(
        "索引号,标题,审核状态,签发,签发时间,签发内容摘要\n"
        f"000014349/2017-00110,停水通知,已签发,丙,2026-03-01 08:00,{cell}\n",
        encoding="utf-8",
    )
    (row,) = read_records(file)

    assert row.record is not None
    assert row.record.review is not None
    assert row.record.review.content == content
    assert [problem.rule for problem in row.problems] == rules
