"""JSON Lines: lossless, and a bad line never stops the others."""

from __future__ import annotations

from pathlib import Path

from govsync.model import Record, canonical_json
from govsync.sources import read_records

GOOD = Record(
    id="a/1", title="标题", body="<p>正文</p>", extra={"科室": "一科"}, revision=3
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_bytes(canonical_json(GOOD.plain()) + b"\n")
    (row,) = read_records(file)

    assert row.record == GOOD
    assert row.problems == ()


def test_each_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    lines = [
        b"{",
        canonical_json(GOOD.plain()),
        b"[1]",
        b"\xff",
        b'{"id":"b","title":""}',
        b'{"id":"c","title":"t","colour":"red"}',
        canonical_json(GOOD.plain()),
        b'{"id":"d","title":"t","body":"<script>x</script>"}',
    ]
    file.write_bytes(b"\n".join(lines))
    rows = list(read_records(file))

    assert [row.line for row in rows if row.record] == [2, 8]
    assert [row.problems[0].rule for row in rows if row.problems] == [
        "row.json",
        "row.json",
        "row.encoding",
        "row.field",
        "row.field",
        "row.twice",
        "integrity.active-content",
    ]
    assert rows[5].problems[0].column == "colour"
