"""Tables of records: encodings, headers, cells, and rows that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import pytest

from govsync.errors import SourceError
from govsync.model import SHANGHAI, Mode, Record, RelationKind, Scope, State, Verdict
from govsync.sources import Row, read_records
from govsync.sources.cells import CellError, moment
from govsync.sources.problem import shown

HEADER = "索引号,标题"
NUMBER = "000014349/2017-00110"


def table(
    path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8"
) -> Sequence[Row]:
    file = path / "records.csv"
    file.write_bytes("\n".join([header, *lines]).encode(encoding))
    return list(read_records(file))


def one(path: Path, cells: str, header: str) -> Record:
    (row,) = table(path, f"{NUMBER},标题,{cells}", header=f"{HEADER},{header}")
    assert row.record is not None, row.problems
    return row.record


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    (row,) = table(tmp_path, f"{NUMBER},停水📢𠮷", encoding=encoding)

    assert row.record is not None
    assert row.record.title == "停水📢𠮷"


def test_a_byte_of_no_encoding_is_named_with_its_offset(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_bytes(HEADER.encode() + b"\n\xff\xff")

    with pytest.raises(SourceError, match=r"not utf-8-sig at byte 17"):
        list(read_records(file))


def test_a_wrong_encoding_that_was_given_is_said(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_bytes(HEADER.encode("gb18030"))

    with pytest.raises(SourceError, match="not utf-8 at byte 0"):
        list(read_records(file, encoding="utf-8"))
    with pytest.raises(SourceError, match="no encoding is called"):
        list(read_records(file, encoding="klingon"))


def test_old_private_use_code_points_are_put_right(tmp_path: Path) -> None:
    """GB 18030-2022 gives A6D9 to U+FE10; the codec still says U+E78D."""
    file = tmp_path / "records.csv"
    file.write_bytes(f"{HEADER}\n{NUMBER},x".encode("gb18030") + b"\xa6\xd9\xfe\x59")
    (row,) = read_records(file)

    assert row.record is not None
    assert row.record.title == "x\ufe10\u9fb4"


def test_a_missing_column_is_said_with_the_header_found(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no column for title \(标题\).*名字"):
        table(tmp_path, header="索引号,名字")
    with pytest.raises(SourceError, match="no column for index_number"):
        table(tmp_path, header="标题")
    with pytest.raises(SourceError, match="the header is: empty"):
        table(tmp_path, header="")


def test_columns_are_mapped_by_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "export.tsv"
    file.write_text(f"编号\t名字\t标题\n{NUMBER}\t正题\t副题\n")
    columns = {"index_number": "编号", "title": "名字"}
    (row,) = read_records(file, columns=columns)

    assert row.record is not None
    assert (row.record.title, dict(row.record.extra)) == ("正题", {"标题": "副题"})
    with pytest.raises(SourceError, match="no column is called '题目'"):
        list(read_records(file, columns={"title": "题目"}))
    with pytest.raises(SourceError, match="no field is called 'titel'"):
        list(read_records(file, columns={"titel": "标题"}))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2017-09-25", "2017-09-25T00:00:00+08:00"),
        ("2017/9/5", "2017-09-05T00:00:00+08:00"),
        ("2017.9.5", "2017-09-05T00:00:00+08:00"),
        ("2017年9月25日", "2017-09-25T00:00:00+08:00"),
        ("２０１７—０９—２５", "2017-09-25T00:00:00+08:00"),
        ("2017-10-02 15:09", "2017-10-02T15:09:00+08:00"),
        ("2017年10月2日 15时09分", "2017-10-02T15:09:00+08:00"),
        ("2017-10-02 15:09:30", "2017-10-02T15:09:30+08:00"),
        ("2017-10-02T07:09:00Z", "2017-10-02T07:09:00Z"),
    ],
)
def test_dates_in_every_usual_form(text: str, read: str) -> None:
    assert moment(text) == read


@pytest.mark.parametrize(
    "text", ["昨天", "2017", "2017-13-01", "2017-02-30", "2017-1-1 x"]
)
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    with pytest.raises(CellError):
        moment(text)


def test_a_date_that_cannot_be_read_is_named_and_left_out(tmp_path: Path) -> None:
    (row,) = table(tmp_path, f"{NUMBER},t,昨天", header=f"{HEADER},发布日期")
    (problem,) = row.problems

    assert row.record is not None
    assert row.record.published is None
    assert (problem.row, problem.column, problem.value) == (2, "发布日期", "昨天")
    assert problem.error


def test_a_whole_row(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        "2018-03-14,2018-03-19 15:03,征地补偿,征地审查报批,征地批准文件,解读,结果,"
        "000014349/2017-00001,征地;批准,批复.pdf|https://a.example/1.pdf|461513,"
        "依申请公开,特定群体:新城村村集体成员,已签发,王,李,赵,2018-03-19 13:03,科室",
        "成文日期,发布日期,领域,一级事项,二级事项,环节,五公开,关联索引号,主题词,附件,"
        "公开方式,公开对象,审核状态,初审,复审,签发,签发时间,责任科室",
    )

    assert record.formed == date(2018, 3, 14)
    assert record.published == datetime(2018, 3, 19, 15, 3, tzinfo=SHANGHAI)
    assert str(record.item) == "征地补偿 / 征地审查报批 / 征地批准文件"
    assert record.relation is not None
    assert record.relation.kind is RelationKind.INTERPRETS
    assert record.keywords == ("征地", "批准")
    (file,) = record.attachments
    assert (file.name, file.size, file.media_type) == (
        "批复.pdf",
        461513,
        "application/pdf",
    )
    assert record.mode is Mode.ON_REQUEST
    assert (record.audience.scope, record.audience.note) == (
        Scope.SPECIAL,
        "新城村村集体成员",
    )
    assert record.review is not None
    assert record.review.complete
    assert dict(record.extra) == {"责任科室": "科室"}


@pytest.mark.parametrize(
    ("header", "cell"),
    [("审核状态", "大概可以"), ("公开对象", "某些人"), ("公开方式", "看情况")],
)
def test_what_guards_a_record_fails_safe(
    tmp_path: Path, header: str, cell: str
) -> None:
    (row,) = table(tmp_path, f"{NUMBER},t,{cell}", header=f"{HEADER},{header}")
    record = row.record

    assert record is not None
    assert row.problems[0].error
    guarded = (
        (record.review is not None and record.review.verdict is Verdict.PENDING)
        or record.audience.scope is Scope.SPECIAL
        or record.mode is Mode.ON_REQUEST
    )
    assert guarded


def test_names_without_a_verdict_are_no_approval(tmp_path: Path) -> None:
    record = one(tmp_path, "赵,2018-03-19", "签发,签发时间")

    assert record.review is not None
    assert not record.review.complete


def test_a_withdrawal_is_explicit(tmp_path: Path) -> None:
    record = one(tmp_path, "已撤回,内容有误,2020-01-02", "状态,撤回原因,撤回时间")

    assert record.withdrawn
    assert (record.status.state, record.status.reason) == (State.WITHDRAWN, "内容有误")


def test_a_bad_row_never_stops_the_others(tmp_path: Path) -> None:
    rows = table(
        tmp_path,
        "11370302004216167U/2023-None,漏出的None",
        f"{NUMBER},好",
        f"{NUMBER},同一个索引号",
        "000014349/2017-00111,多,一格",
        "000014349/2017-00112,",
        ",没有索引号",
        "000014349/2017-00113,也好",
    )

    assert [row.record is not None for row in rows] == [
        False, True, False, False, False, False, True,
    ]  # fmt: skip
    rules = [row.problems[0].rule for row in rows if row.record is None]
    assert rules == [
        "cell.index_number",
        "row.twice",
        "row.length",
        "row.field",
        "row.field",
    ]
    assert "row 3" in rows[2].problems[0].message


def test_active_content_is_cleaned_and_said(tmp_path: Path) -> None:
    body = "<p onclick=x()>a</p><script>alert(1)</script>"
    (row,) = table(tmp_path, f"{NUMBER},t,{body}", header=f"{HEADER},正文")
    (note,) = row.problems

    assert row.record is not None
    assert row.record.body == "<p>a</p>"
    assert (note.rule, note.error) == ("integrity.active-content", False)
    assert "onclick, script" in note.message


def test_a_control_character_is_said_and_kept(tmp_path: Path) -> None:
    (row,) = table(tmp_path, f"{NUMBER},a\x08b")
    (note,) = row.problems

    assert row.record is not None
    assert "U+0008 at offset 1" in note.message


def test_an_unclosed_quotation_mark_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="line 2"):
        table(tmp_path, f'{NUMBER},"a"b')


def test_rows_come_before_the_file_ends(tmp_path: Path) -> None:
    """Sources stream: the broken last row is not reached by who stops before."""
    file = tmp_path / "long.csv"
    with file.open("w") as out:
        out.write(f"{HEADER}\n")
        out.writelines(f"000014349/2017-{n:05d},t\n" for n in range(50_000))
        out.write('x,"a"b\n')
    first = list(islice(read_records(file), 3))

    assert [row.line for row in first] == [2, 3, 4]


def test_an_unknown_kind_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no kind of source: \.doc"):
        list(read_records(tmp_path / "records.doc"))
    with pytest.raises(SourceError, match="No such file"):
        list(read_records(tmp_path / "records.csv"))


def test_long_numbers_are_masked_where_a_value_is_shown() -> None:
    assert shown("身份证230382199102110011。") == "身份证23**************11。"
    assert shown("023038202/2019-00002") == "023038202/2019-00002"
    assert len(shown("长" * 200)) == 40


def test_the_sample_county_is_read_to_the_last_row(county: Path) -> None:
    rows = list(read_records(county / "records.csv"))
    problems = [problem for row in rows for problem in row.problems]

    assert len([row for row in rows if row.record is not None]) == 36
    assert [(p.rule, p.row, p.error) for p in problems] == [
        ("integrity.active-content", 34, False)
    ]
