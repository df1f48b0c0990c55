"""DCAT as RDF: read by rdflib, and held against the rules of DCAT-AP by pyshacl."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import graph_diff
from rdflib.namespace import DCAT, DCTERMS, FOAF
from support import formats as support
from support.formats import FEED, TEXT, any_record, full, plain, withdrawn, written
from support.tools import run

from govsync.formats import dcat
from govsync.model import Catalog, Catalogs, Item, ItemRef, Record

SHAPES = Graph().parse(Path(support.__file__).with_name("schemas") / "dcat_ap.ttl")
REF = ItemRef(area="征地补偿", level1="征收", level2="公告")
CATALOGS = Catalogs(
    catalogs=(
        Catalog(
            area="征地补偿",
            version="2026-01",
            items=(
                Item(ref=REF, content="公告", basis=("《条例》",), bodies=("甲", "乙")),
                Item(ref=ItemRef(area="征地补偿", level1="补偿")),
            ),
        ),
        Catalog(area="义务教育"),
    )
)
PAGES = st.builds("https://www.example.gov.cn/{}".format, TEXT)


def graph(content: bytes) -> Graph:
    return Graph().parse(data=content, format="xml")


def check(content: bytes) -> Graph:
    found = graph(content)
    conforms, _, report = validate(found, shacl_graph=SHAPES)
    assert conforms, report
    return found


def document(*records: Record) -> bytes:
    out = BytesIO()
    dcat.write(FEED, records, out, catalogs=CATALOGS)
    return out.getvalue()


def test_another_parser_of_rdf_reads_the_same_triples(tmp_path: Path) -> None:
    page = f"{FEED.site}1.html"
    records = [full(id=f"r{n}", link=f"{page}?{n}") for n in range(50)]
    content = document(*records, full(), plain(link=page, item=REF))
    path = tmp_path / "catalog.rdf"
    path.write_bytes(content)

    done = run("rapper", "-q", "-i", "rdfxml", str(path), package="raptor2-utils")

    assert not done.stderr
    theirs = Graph().parse(data=done.stdout, format="nt")
    ours = Graph().parse(data=content, format="xml", publicID=path.as_uri())
    assert len(theirs) == len(ours) > 400
    _, only_theirs, only_ours = graph_diff(theirs, ours)
    assert not only_theirs
    assert not only_ours


def test_a_catalog_with_records_conforms() -> None:
    page = f"{FEED.site}1.html"
    records = [full(), plain(link=page, item=REF), plain(id="b", link=page)]

    found = check(document(*records, withdrawn()))

    assert {str(uri) for uri in found.subjects(RDF.type, DCAT.Distribution)} == {
        FEED.self_url,
        *(record.uri for record in records),
    }
    assert len({*found.subjects(RDF.type, DCAT.Catalog)}) == 3
    # Two items of the catalog, that of a record alone, and the feed's own.
    assert len({*found.subjects(RDF.type, DCAT.Dataset)}) == 4


def test_every_dataset_stands_in_a_catalog() -> None:
    found = graph(document(full(), plain(link=FEED.site)))

    for dataset in found.subjects(RDF.type, DCAT.Dataset):
        (catalog,) = found.subjects(DCAT.dataset, dataset)
        assert (catalog, RDF.type, DCAT.Catalog) in found


def test_a_portal_reads_what_was_said() -> None:
    found = graph(document(full()))
    site, page = URIRef(FEED.uri), URIRef(full().uri)

    assert (site, DCTERMS.title, Literal(FEED.title, lang="zh-CN")) in found
    (publisher,) = found.objects(site, DCTERMS.publisher)
    assert found.value(publisher, FOAF.name) == Literal(FEED.author, lang="zh-CN")
    assert found.value(page, DCTERMS.title) == Literal(full().title, lang="zh-CN")
    issued = found.value(page, DCTERMS.issued)
    assert isinstance(issued, Literal)
    assert issued.toPython() == full().published


@settings(max_examples=15)
@given(record=any_record(link=PAGES))
def test_any_record_conforms(record: Record) -> None:
    check(written("dcat", [record]))
    check(dcat.entry(record))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"dcat:accessURL", b"dcat:downloadURL"),
        (b"dct:description", b"dct:abstract"),
        (b"dct:publisher", b"dct:creator"),
        (b"foaf:name", b"foaf:nick"),
        (b' xml:lang="zh-CN"', b""),
    ],
)
def test_the_shapes_find_what_is_wrong(good: bytes, bad: bytes) -> None:
    content = document(full())
    assert good in content

    spoilt = graph(content.replace(good, bad))
    conforms, _, _ = validate(spoilt, shacl_graph=SHAPES)

    assert not conforms
