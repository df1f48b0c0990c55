"""jing, a validator of others, reads our schemas as lxml does, and RFC 4287 itself.

Our feeds keep both the profile that we ship and a grammar written from the RFC's text.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree
from support import formats as support
from support.corpus import page
from support.faults import FAULTS, planted
from support.formats import awkward, full, plain, withdrawn, written
from support.tools import run

from govsync.formats import atom, rss

SCHEMAS = Path(str(files("govsync.formats"))) / "schemas"
RFC_4287 = Path(support.__file__).with_name("schemas") / "atom_rfc4287.rnc"
SEEN_BY_THE_RFC = {
    "no id",
    "no updated",
    "no updated of the feed",
    "a date without offset",
    "an id that is no IRI",
    "a feed's id that is no IRI",
    "content of type CDATA",
    "XHTML without div",
    "an underscore in the language",
    "a tombstone after the entries",
}
"""The faults of Atom that a grammar of the RFC can see; our profile sees more."""


def judged(schema: Path, documents: dict[str, bytes], folder: Path) -> set[str]:
    """The names of the documents that jing finds a fault in."""
    paths = {}
    for number, name in enumerate(documents):
        path = folder / f"{number}.xml"
        path.write_bytes(documents[name])
        paths[str(path)] = name
    compact = ["-c"] if schema.suffix == ".rnc" else []
    done = run("jing", "-i", *compact, str(schema), *paths)
    assert done.returncode == bool(done.stdout), done.stdout
    assert "fatal" not in done.stdout, done.stdout
    return {paths[line.partition(":")[0]] for line in done.stdout.splitlines()}


def sound() -> dict[str, dict[str, bytes]]:
    """Documents without fault, by the name of their schema."""
    records = [full(), full(id="b", link="https://www.example.gov.cn/2.html")]
    return {
        "atom-1.rng": {
            "awkward": written("atom", awkward()),
            "page": written("atom", page()),
            "entry": atom.entry(full()),
            "plain": atom.entry(plain()),
            "tombstone": atom.entry(withdrawn()),
        },
        "rss-1.rng": {
            "awkward": written("rss", awkward()),
            "page": written("rss", page()),
            "item": rss.entry(full()),
            "tombstone": rss.entry(withdrawn()),
        },
        "oai_dc-1.rng": {"list": written("oai_dc", awkward())},
        "sitemap-1.rng": {"sitemap": written("sitemap", records)},
    }


@pytest.mark.parametrize("schema", sorted(path.name for path in SCHEMAS.glob("*.rng")))
def test_what_we_write_keeps_our_schemas(schema: str, tmp_path: Path) -> None:
    assert judged(SCHEMAS / schema, sound()[schema], tmp_path) == set()


def test_what_we_write_keeps_the_rfc(tmp_path: Path) -> None:
    documents = sound()["atom-1.rng"]
    del documents["tombstone"]  # a document of RFC 6721

    assert judged(RFC_4287, documents, tmp_path) == set()


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_it_finds_the_faults_that_lxml_finds(form: str, tmp_path: Path) -> None:
    ours = etree.RelaxNG(etree.parse(str(SCHEMAS / f"{form}-1.rng")))
    of_bytes = {"well-formed", "encoding", "declaration", "doctype"}
    documents = {
        fault.name: planted(fault)
        for fault in FAULTS
        if fault.form == form and fault.rule not in of_bytes
    }
    by_lxml = {
        name
        for name, content in documents.items()
        if not ours.validate(etree.fromstring(content))
    }

    assert judged(SCHEMAS / f"{form}-1.rng", documents, tmp_path) == by_lxml
    assert len(by_lxml) > 12


def test_the_rfcs_grammar_finds_faults_too(tmp_path: Path) -> None:
    documents = {fault.name: planted(fault) for fault in FAULTS if fault.form == "atom"}

    assert judged(RFC_4287, documents, tmp_path) == SEEN_BY_THE_RFC
