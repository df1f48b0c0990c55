"""Which rows need no reading: those that stand in the file once, and were taken."""

from __future__ import annotations

from govsync.agent.rereading import Unchanged

A, B, C, D = (bytes([n]) * 16 for n in range(4))


def test_what_stands_in_the_file_is_passed_over() -> None:
    rows = Unchanged([A, B, C])

    assert rows
    assert rows.look([C, D, A])
    assert (rows.rows, rows.others) == (2, 1)
    assert [rows.holds(mark) for mark in (A, B, C, D)] == [True, False, True, False]


def test_one_row_twice_means_that_all_is_read() -> None:
    assert not Unchanged([A, B]).look([A, B, A])


def test_nobody_minds_that_new_rows_are_alike() -> None:
    rows = Unchanged([A])

    assert rows.look([D, D, A])
    assert rows.rows == 1


def test_nothing_known_passes_over_nothing() -> None:
    rows = Unchanged()

    assert not rows
    assert rows.look([A, A])
    assert not rows.holds(A)
