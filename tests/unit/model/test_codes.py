"""Code lists: every member has a label, and is found by it."""

from __future__ import annotations

import pytest

from govsync.model import ChannelCode, PilotArea, Reach, Step, codes
from govsync.model.codes import Code

AT_A_PLACE = (
    "reading_point service_center convenience onsite notice_board targeted other"
)
LISTS = [
    each
    for each in vars(codes).values()
    if isinstance(each, type) and issubclass(each, Code) and each is not Code
]


@pytest.mark.parametrize("code_list", LISTS)
def test_labels_name_one_member_each(code_list: type[Code]) -> None:
    for member in code_list:
        assert member.label
        assert code_list.labelled(member.label) is member
        assert code_list(member.value) is member


def test_an_unknown_label_names_none() -> None:
    assert Step.labelled("转载") is None


def test_a_code_is_its_value_as_text() -> None:
    assert f"{Step.RELEASE}" == "release"


def test_there_are_thirteen_channels_and_eight_areas() -> None:
    assert len(ChannelCode) == 13
    assert len(PilotArea) == 8


@pytest.mark.parametrize(
    ("reach", "channels"),
    [
        (Reach.ANYBODY, "gov_site gazette new_media press broadcast print"),
        (Reach.LIMITED, AT_A_PLACE),
    ],
)
def test_what_stands_at_a_place_reaches_few(reach: Reach, channels: str) -> None:
    assert [c for c in ChannelCode if c.reach is reach] == channels.split()


def test_relief_falls_under_two_guidelines() -> None:
    assert PilotArea.RELIEF.guideline_domains == ("扶贫领域", "救灾领域")
    assert PilotArea.HOUSING.guideline_domains == ("保障性住房",)
