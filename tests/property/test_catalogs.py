"""Any catalog that a sheet can show is written in each kind and reads back equal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from govsync.catalogs import writing
from govsync.catalogs.comparison import compare
from govsync.model import (
    Audience,
    BoxSemantics,
    Catalog,
    Catalogs,
    ChannelCode,
    ChannelDemand,
    Demand,
    Item,
    ItemRef,
    Level,
    Mode,
    Scope,
)
from govsync.sources import boxes, header, read_catalogs, rows

SIGNS = "abcXYZ019征地补偿公告村(（)）《》“”:：/&<>=+-.%é〔〕𠮷"
WORD = st.text(SIGNS, min_size=1, max_size=12)
LINE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
TEXT = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
QUICK = (Phase.explicit, Phase.generate)
"""A catalog is too large to be made smaller in good time when it fails."""
NAME = WORD.filter(lambda word: word not in {"-", "/"})


def any_item(semantics: BoxSemantics) -> st.SearchStrategy[dict[str, Any]]:
    demands = (
        st.sampled_from(Demand)
        if semantics is BoxSemantics.OFFICIAL
        else st.just(Demand.REQUIRED)
    )
    channels = st.lists(
        st.builds(ChannelDemand, code=st.sampled_from(ChannelCode), demand=demands)
        | st.builds(
            ChannelDemand,
            code=st.just(ChannelCode.OTHER),
            demand=demands,
            label=NAME.filter(carried),
        ),
        max_size=4,
    )
    audience = st.tuples(
        *(
            st.none()
            | st.builds(Audience, scope=st.just(scope), note=st.just("") | LINE)
            for scope in Scope
        )
    )
    return st.fixed_dictionaries(
        {
            "number": st.sampled_from(["", "1", "31", "0505"]),
            "content": st.just("") | TEXT,
            "basis": st.lists(
                LINE.filter(lambda one: rows.documents(one) == [one]), max_size=2
            ),
            "deadline": st.just("") | LINE,
            "bodies": st.lists(
                NAME.filter(one_body),
                max_size=2,
            ),
            "channels": channels,
            "audience": audience.map(lambda both: [one for one in both if one]),
            "modes": st.lists(st.sampled_from(Mode), unique=True).map(
                lambda some: [one for one in Mode if one in some]
            ),
            "levels": st.lists(st.sampled_from(Level), unique=True).map(
                lambda some: [one for one in Level if one in some]
            ),
            "extra": st.dictionaries(
                NAME.filter(lambda key: header.plain(key) not in header.REPEATED),
                LINE,
                max_size=2,
            ),
        }
    )


def one_body(name: str) -> bool:
    """Whether a list of bodies can say this name, whatever stands beside it."""
    paired = not rows.unpaired_bracket(name)
    return paired and rows.outside_brackets(f"{name}、甲") == [name, "甲"]


def carried(label: str) -> bool:
    """Whether a cell can say the words of another channel."""
    found, _ = boxes.channels(f"■其他:{label}", BoxSemantics.OFFICIAL)
    return [one.get("label") for one in found] == [label]


@st.composite
def any_catalog(draw: st.DrawFn) -> Catalog:
    area = draw(NAME.filter(lambda name: not name.endswith("领域")))
    semantics = draw(st.sampled_from(BoxSemantics))
    names = st.tuples(NAME, st.just("") | NAME, st.just("") | NAME)
    refs = draw(
        st.lists(
            names.map(
                lambda n: ItemRef(area=area, level1=n[0], level2=n[1], level3=n[2])
            ),
            unique_by=lambda ref: ref.key,
            max_size=4,
        )
    )
    items = [Item(ref=ref, **draw(any_item(semantics))) for ref in refs]
    return Catalog(
        area=area,
        title=draw(st.just("") | WORD),
        version=draw(st.just("") | WORD),
        valid_from=draw(st.none() | st.dates(date(2017, 1, 1), date(2030, 1, 1))),
        box_semantics=semantics,
        items=tuple(items),
        notes=tuple(draw(st.lists(LINE.map("注:{}".format), max_size=2))),
    )


def there_and_back(catalogs: Catalogs, suffix: str) -> Catalogs:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"catalog{suffix}"
        writing.write(catalogs, path)
        return read_catalogs(path).catalogs


AWKWARD = Catalogs(
    catalogs=(
        Catalog(
            area="a/b" + "长" * 40,
            title="密山市救灾领域标准目录",
            items=(
                Item(ref=ItemRef(area="a/b" + "长" * 40, level1="=1+1"), number="1"),
            ),
        ),
        Catalog(area="征地", notes=("注:无",)),
    )
)


@pytest.mark.parametrize("suffix", writing.WRITERS)
@settings(max_examples=25, phases=QUICK)
@given(
    catalogs=st.builds(
        Catalogs, catalogs=st.lists(any_catalog(), min_size=1, max_size=2)
    )
)
@example(catalogs=AWKWARD)
def test_what_is_written_reads_back_equal(suffix: str, catalogs: Catalogs) -> None:
    assert there_and_back(catalogs, suffix) == catalogs


@settings(max_examples=25, phases=QUICK)
@given(catalog=any_catalog())
def test_nothing_changed_between_a_catalog_and_itself(catalog: Catalog) -> None:
    assert compare(Catalogs(catalogs=(catalog,)), Catalogs(catalogs=(catalog,))) == ()


@settings(max_examples=25, phases=QUICK)
@given(one=any_catalog(), other=any_catalog())
def test_every_row_is_in_one_change_at_most(one: Catalog, other: Catalog) -> None:
    moved = [i.changed(ref=i.ref.changed(area=one.area)) for i in other.items]
    other = other.changed(area=one.area, items=tuple(moved))
    changes = compare(Catalogs(catalogs=(one,)), Catalogs(catalogs=(other,)))

    for side, items in (("old", one.items), ("new", other.items)):
        named = [getattr(change, side) for change in changes if getattr(change, side)]
        assert len(named) == len({item.ref.key for item in named})
        assert {item.ref.key for item in named} <= {item.ref.key for item in items}
