"""Persons are told of by labels and by the heads of columns, never guessed."""

from __future__ import annotations

import pytest
from support.rules import ALL, CARD, MOBILE, catalogs, good, item

from govsync.model import Severity
from govsync.rules import privacy, screen
from govsync.rules.persons import demands_masks, in_rows, in_text

Rows = list[list[str]]


def told(rows: Rows, *, names: bool = False) -> list[tuple[str, str, int, int]]:
    found = in_rows(rows, names=names)
    return [(one.rule, one.mask, one.row, one.column) for one in found]


@pytest.mark.parametrize(
    ("head", "value", "rule", "mask"),
    [
        ("家庭住址", "密山市裴德镇平安村3组12号", "address", "密山市裴德镇***"),
        ("户籍地址", "中心街道1号楼2单元302室", "address", "中心街道***"),
        ("现住地", "平安小区3-2-501", "address", "***"),
        ("护照号码", "E12345678", "document", "E1****678"),
        ("驾驶证档案编号", "230300123456", "document", "23*******456"),
        ("银行账号", "230100123456789", "account", "23**********789"),
        ("联系电话", "0467-5230000", "fixed-line", "04*******000"),
    ],
)
def test_a_column_in_a_list_of_persons_tells_of_them(
    head: str, value: str, rule: str, mask: str
) -> None:
    rows = [["2026年名单"], ["序号", "户主", head], ["1", "示例甲", value]]

    assert told(rows) == [(f"privacy.{rule}", mask, 3, 3)]


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("家庭住址", "密山市裴德镇"),
        ("家庭住址", "密山市裴德镇平安村"),
        ("家庭住址", "裴德镇平安村*组**号"),
        ("补助金额", "230100123456789"),
        ("银行账号", CARD),
        ("银行账号", "2301********789"),
        ("联系电话", MOBILE),
        ("联系电话", "无"),
        ("关于家庭住址核查情况以及处理意见的说明", "3组12号"),
    ],
)
def test_what_is_masked_or_told_by_its_number_passes(head: str, value: str) -> None:
    assert told([["户主", head], ["示例甲", value], ["示例乙"]]) == []


def test_lists_of_companies_are_no_lists_of_persons() -> None:
    rows = [
        ["企业名称", "法定代表人姓名", "住所"],
        ["示例公司", "示例甲", "东安街12号"],
    ]

    assert told(rows, names=True) == []
    assert told([["项目", "地址"], ["示例", "东安街12号"]]) == []


def test_pupils_are_named_by_nothing_beside_their_school() -> None:
    rows = [
        ["学生姓名", "就读学校", "监护人"],
        ["示例甲", "示例小学", "示例乙"],
        ["示**", "示例小学", "示*"],
    ]

    assert told(rows) == [("privacy.minor", "示**", 2, 1)]
    assert told([["姓名", "职务"], ["示例甲", "校长"]]) == []


def test_names_are_masked_where_the_row_demands_it() -> None:
    rows = [["户主", "金额"], ["示例甲", "14500"], ["示某", "1"], ["合计", "2"]]

    assert told(rows) == []
    assert told(rows, names=True) == [("privacy.name", "示**", 2, 1)]


@pytest.mark.parametrize(
    ("content", "demanded"),
    [
        ("补助对象名单(应去标识化)、补助标准", True),
        ("名单(姓名不公开)", True),
        ("补助对象姓名、金额", False),
    ],
)
def test_a_catalog_row_says_whether_names_are_masked(
    content: str, demanded: bool
) -> None:
    body = (
        "<table><tr><th>户主</th><th>金额</th></tr>"
        "<tr><td>示例甲</td><td>14500</td></tr></table>"
    )
    row = item(content=content)
    result = screen(good(body=body), catalogs=catalogs(row), destinations=ALL)
    found = [f for f in result.findings if f.rule == "privacy.name"]

    assert demands_masks(row) is demanded
    assert [f.place for f in found] == ["table 1, row 2, column 1"] * demanded
    assert bool(result.channels) is not demanded
    assert not demands_masks(None)


@pytest.mark.parametrize(
    ("text", "rule", "mask"),
    [
        ("家庭住址:密山镇东安街1委2组3号,", "address", "密山镇***"),
        ("住址为裴德镇平安村12号。", "address", "裴德镇***"),
        ("送至平安小区3单元502室", "address", "***"),
        ("护照号码:E12345678", "document", "E1****678"),
        ("驾驶证档案编号230300123456", "document", "23*******456"),
    ],
)
def test_a_label_tells_of_a_person(text: str, rule: str, mask: str) -> None:
    (one,) = in_text(text)

    assert (one.rule, one.mask) == (f"privacy.{rule}", mask)
    assert text[one.start : one.end] not in one.mask


@pytest.mark.parametrize(
    "text",
    ["住址:密山市裴德镇", "办公地址:东安街12号", "护照办理须知", "共3个单元501户"],
)
def test_other_texts_pass(text: str) -> None:
    assert list(in_text(text)) == []


def test_many_in_one_field_are_counted_by_their_rule() -> None:
    lines = "".join(f"<p>住址:裴德镇平安村{n}号</p>" for n in range(30))
    found = list(privacy.findings(good(body=lines)))

    assert len(found) == 21
    assert found[-1].rule == "privacy.address"
    assert found[-1].message.startswith("10 more")
    assert {f.severity for f in found} == {Severity.BLOCK}
