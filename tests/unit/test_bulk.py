"""Workers: what one process would have made, in its order, whoever made it."""

from __future__ import annotations

import os
import pickle
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from support.formats import FEED, any_record, awkward, full, plain

from govsync import convert
from govsync.bulk import Work, done
from govsync.errors import FormatError, GovsyncError, UsageError
from govsync.formats.document import Rendered
from govsync.model import Finding, Severity

if TYPE_CHECKING:
    from govsync.model import Record


class Closed:
    """A gate that lets no secret through."""

    def __call__(self, record: Record) -> tuple[Finding, ...]:
        """Refuse what is called a secret."""
        if "密" not in record.title:
            return ()
        finding = Finding(
            rule="test.secret",
            severity=Severity.BLOCK,
            record=record.id,
            message="secret",
        )
        return (finding,)


class Deadly:
    """A gate in which the process dies."""

    def __call__(self, record: Record) -> tuple[Finding, ...]:
        """Die."""
        os._exit(len(record.id))


@given(any_record())
def test_a_record_travels_between_processes(record: Record) -> None:
    again = pickle.loads(pickle.dumps(record))

    assert again == record
    assert again.digest == record.digest
    assert type(again.extra) is type(record.extra)
    with pytest.raises(TypeError):
        again.extra["new"] = "x"


@pytest.mark.parametrize("workers", [1, 2])
def test_every_record_comes_back_in_order(workers: int) -> None:
    titles = ["公开", "秘密", "坏\x08"]
    records = [plain(id=f"r{n}", title=titles[n % 3]) for n in range(1000)]

    outcomes = [*done(records, Work("atom", Closed()), workers)]

    assert [record for record, _ in outcomes] == records
    for record, outcome in outcomes:
        if record.title == "秘密":
            assert isinstance(outcome, tuple)
            assert outcome[0].record == record.id  # type: ignore[union-attr]
        elif workers == 1 or "\x08" in record.title:
            assert outcome is None
        else:
            assert isinstance(outcome, Rendered)
            assert outcome.id == record.id


def test_the_same_bytes_and_the_same_errors_with_workers() -> None:
    records = [*awkward(), plain(id="bad", title="x\x08"), full(id="last")]
    for form in ("atom", "json_feed", "dcat"):
        made = []
        for workers in (1, 2):
            told: list[FormatError] = []
            out = BytesIO()
            convert(
                records, form, out, feed=FEED, on_error=told.append, workers=workers
            )
            made.append((out.getvalue(), [*map(str, told)]))

        assert made[0] == made[1]
        assert "bad" in str(made[0][1])


def test_a_worker_that_dies_is_told() -> None:
    records = [plain(id=f"r{n}") for n in range(3)]

    with pytest.raises(GovsyncError, match="a worker process died"):
        [*done(records, Work("atom", Deadly()), 2)]


def test_leaving_early_leaves_nothing_behind() -> None:
    outcomes = done((plain(id=f"r{n}") for n in range(10_000)), Work("atom"), 2)

    first, _ = next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]

    assert first.id == "r0"


def test_a_form_that_is_not_there_is_told_first() -> None:
    with pytest.raises(UsageError, match="no format 'csv'"):
        convert([plain()], "csv", BytesIO(), feed=FEED, workers=2)
