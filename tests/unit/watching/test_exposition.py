"""Prometheus' own parser reads what we write, as we mean it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from govsync.watching.exposition import Family, Sample, single, text


@given(
    label=st.text(st.characters(codec="utf-8", exclude_characters="\r")),
    help_=st.text(st.characters(codec="utf-8", categories=["L", "N", "P"])),
    value=st.floats(allow_nan=False, allow_infinity=False),
)
def test_labels_help_and_values_come_back(label: str, help_: str, value: float) -> None:
    family = single("govsync_things", help_, value, name=label)

    (read,) = text_string_to_metric_families(text([family]))

    assert (read.name, read.type) == ("govsync_things", "gauge")
    (sample,) = read.samples
    assert sample.labels == {"name": label}
    assert sample.value == value


def test_a_family_without_samples_is_left_out() -> None:
    empty = Family(name="govsync_none", kind="gauge", help="None.", samples=())
    assert text([empty]) == ""


def test_a_counter_says_so() -> None:
    sample = Sample(value=3, labels={})
    family = Family(name="x_total", kind="counter", help="X.", samples=(sample,))
    assert text([family]) == "# HELP x_total X.\n# TYPE x_total counter\nx_total 3\n"
