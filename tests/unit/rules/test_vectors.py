"""What inspectors reported of real sites: each is found, and its mended form passes.

The persons are samples; the lists, the masks and the codes of regions are as reported.
"""

from __future__ import annotations

import pytest
from support.rules import ALL, CARD, ID, MOBILE, catalogs, good

from govsync.model import Severity
from govsync.rules import screen

LISTS = {
    "危房改造": ("户主", "身份证号"),
    "低保": ("低保对象", "身份证号码"),
    "廉租房": ("申请人", "证件号"),
    "贫困生": ("学生", "监护人身份证"),
    "特困": ("特困人员", "银行账号"),
}
ENDED = ("232527", "231026", "239006", "231082", "230382")
"""The codes that Mishan has had; its people's numbers carry any of them."""


def table(heads: tuple[str, ...], *cells: str) -> str:
    head = "".join(f"<th>{one}</th>" for one in heads)
    row = "".join(f"<td>{one}</td>" for one in cells)
    return f"<table><tr>{head}</tr><tr>{row}</tr></table>"


def blocked(body: str) -> set[str]:
    found = screen(good(body=body), catalogs=catalogs(), destinations=ALL).findings
    return {f.rule for f in found if f.severity is Severity.BLOCK}


@pytest.mark.parametrize("heads", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize(
    ("number", "rule", "mask"),
    [
        (ID, "privacy.id-number", "23*************011"),
        (MOBILE, "privacy.mobile-number", "138****0001"),
        (CARD, "privacy.bank-card", "6228********0007"),
    ],
)
def test_lists_with_full_numbers_go_nowhere(
    heads: tuple[str, str], number: str, rule: str, mask: str
) -> None:
    assert blocked(table(heads, "示**", number)) == {rule}
    assert blocked(table(heads, "示**", mask)) == set()


@pytest.mark.parametrize("mask", ["138****1234", "35*************123"])
def test_the_prescribed_masks_pass(mask: str) -> None:
    assert blocked(f"<p>{mask}</p>") == set()


def test_a_mobile_number_inside_a_circular_is_found() -> None:
    circular = f"<p>各乡镇人民政府:联系人示例甲,电话{MOBILE},传真0467-5230000。</p>"

    assert blocked(circular) == {"privacy.mobile-number"}


def test_an_id_of_a_region_before_its_code_began_is_found() -> None:
    """Scanners that ask since when a code is in force reject this number."""
    assert blocked("<p>230382199001010011</p>") == {"privacy.id-number"}


@pytest.mark.parametrize("region", ENDED)
def test_ids_of_ended_codes_are_found(region: str) -> None:
    head = f"{region}19500101001"
    total = sum(
        int(digit) * weight
        for digit, weight in zip(
            head, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True
        )
    )

    assert blocked(f"<p>{head}{'10X98765432'[total % 11]}</p>") == {"privacy.id-number"}


def test_an_address_goes_no_further_than_the_town() -> None:
    heads = ("户主", "家庭住址")

    assert blocked(table(heads, "示例甲", "裴德镇平安村3组12号")) == {"privacy.address"}
    assert blocked(table(heads, "示例甲", "裴德镇")) == set()
    assert blocked(table(heads, "示例甲", "中心街道")) == set()


def test_pupils_with_their_guardians_are_not_named() -> None:
    heads = ("学生姓名", "学校", "监护人")

    assert blocked(table(heads, "示例甲", "示例小学", "示例乙")) == {"privacy.minor"}
    assert blocked(table(heads, "示**", "示例小学", "示**")) == set()


@pytest.mark.parametrize(
    "number",
    [
        "000014349/2017-00110",
        "053533505/2021-00106",
        "736916955/2023-18783",
        "1150024100913825XR/2024-00047",
        "115002420091496100/2024-00079",
        "11441700007280420Y/2021-00050",
        "11341702486344515H/202110-00013",
        "0142768-8/2022-00185",
        "20191202-189769",
        "xzfgzbmzfb/2021-3740",
        "11370302004216167U/2023-None",
        "null02D/01A/D3C20190807",
    ],
)
def test_index_numbers_in_the_wild_name_no_person(number: str) -> None:
    assert blocked(f"<p>索引号:{number}</p>") == set()
