"""Thousands of lists and papers: every number of a person is found, none invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from support.lists import SIZE, Paper, papers
from support.rules import good

from govsync.attachments.reading import contents
from govsync.attachments.redacting import redact
from govsync.attachments.screening import persons
from govsync.rules import privacy
from govsync.rules.numbers import Hit, scan
from govsync.rules.shapes import Kind

MOST_FALSE_ALARMS = 0.01


@pytest.fixture(scope="module")
def corpus() -> list[tuple[Paper, list[Hit]]]:
    """Each paper with what is found in it."""
    return [(paper, list(found(paper))) for paper in papers()]


def found(paper: Paper) -> Iterable[Hit]:
    for piece in contents(paper.name, paper.content).pieces:
        yield from scan(piece.text)


def _sure(hits: Iterable[Hit]) -> Iterable[tuple[Kind, str]]:
    return ((hit.kind, hit.masked) for hit in hits if hit.sure)


def test_every_number_that_was_planted_is_found(
    corpus: list[tuple[Paper, list[Hit]]],
) -> None:
    """Recall 100 %, by kind and mask, however it is written."""
    missed = {
        paper.name: left
        for paper, hits in corpus
        if (left := Counter(paper.planted) - Counter(_sure(hits)))
    }

    assert len(corpus) == SIZE >= 2_000
    assert sum(len(paper.planted) for paper, _ in corpus) > 10_000
    assert missed == {}


def test_the_numbers_of_offices_pass(corpus: list[tuple[Paper, list[Hit]]]) -> None:
    """Fewer than one in a hundred is taken for a number of a person."""
    official = sum(paper.official for paper, _ in corpus)
    alarms = sum(
        max(0, len(hits) - len(paper.planted) - paper.doubtful)
        for paper, hits in corpus
    )

    assert official > 20_000
    assert not [
        told
        for paper, _ in corpus
        if not (paper.planted or paper.doubtful)
        for told in persons(contents(paper.name, paper.content), names=True)
        if told[0].rule != "privacy.name"
    ]
    assert alarms <= MOST_FALSE_ALARMS * official


def test_what_only_looks_like_an_id_is_a_warning(
    corpus: list[tuple[Paper, list[Hit]]],
) -> None:
    doubtful = sum(paper.doubtful for paper, _ in corpus)
    unsure = sum(not hit.sure for _, hits in corpus for hit in hits)

    assert doubtful > 200
    assert unsure == doubtful


def test_a_body_is_screened_as_the_file_is() -> None:
    """Tables in bodies go through the cleaner first."""
    pages = [p for p in papers(700) if p.name.endswith(".html") and len(p.planted) < 20]

    for page in pages:
        findings = privacy.findings(good(body=page.content.decode()))
        sure = [f for f in findings if f.severity == "block"]
        assert len(sure) >= len(page.planted)


def test_redacted_copies_pass_the_screening() -> None:
    """Redacting refuses what it would leave; it refuses none of these."""
    for paper in papers(350):
        redacted = redact(paper.name, paper.content)
        copy = Paper(paper.name, redacted.content, (), 0, 0)
        assert list(found(copy)) == []
        assert bool(redacted.changes) >= bool(paper.planted)


def test_the_papers_are_the_same_at_each_run() -> None:
    assert list(papers(14)) == list(papers(14))
