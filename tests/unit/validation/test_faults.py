"""Every fault is found where it is planted, and never leaves our writers."""

from __future__ import annotations

import pytest
from support.faults import FAULTS, Fault, attempted, planted, sound
from support.formats import plain, written

from govsync.errors import FormatError
from govsync.validation import RULES, validate

REFUSED = [fault for fault in FAULTS if fault.refused]
OF_RECORDS = [fault for fault in REFUSED if fault.refused and fault.refused.record]


def named(fault: Fault) -> str:
    return f"{fault.form}: {fault.name}"


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_the_document_that_faults_are_planted_in_has_none(form: str) -> None:
    report = validate(sound(form))

    assert report.form == form
    assert report.faults == ()


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    report = validate(planted(fault), fault.form)

    found = {each.rule for each in report.faults}
    assert fault.rule in found
    # A fault of the bytes hides the rest; any other is found alone.
    assert found - {fault.rule} <= {"well-formed"}, report.faults
    assert report.holds == RULES[fault.rule].warning


@pytest.mark.parametrize(
    "fault", [each for each in FAULTS if not each.refused], ids=named
)
def test_what_would_bring_it_about_is_written_without_fault(fault: Fault) -> None:
    report = validate(attempted(fault))

    assert report.form == fault.form
    assert report.faults == ()


@pytest.mark.parametrize("fault", REFUSED, ids=named)
def test_what_would_bring_it_about_is_refused_by_name(fault: Fault) -> None:
    with pytest.raises(FormatError) as caught:
        attempted(fault)

    error = caught.value
    assert (error.record, error.field, error.offset) == fault.refused
    assert error.mend
    assert error.field in str(error)


@pytest.mark.parametrize("fault", OF_RECORDS, ids=named)
def test_one_that_is_refused_leaves_the_others_as_they_were(fault: Fault) -> None:
    *before, bad = fault.records()
    after = plain(id="after", title="之后")
    refused: list[FormatError] = []

    content = written(fault.form, [*before, bad, after], on_error=refused.append)

    assert content == written(fault.form, [*before, after])
    assert [error.record for error in refused] == [bad.id]
