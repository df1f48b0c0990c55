"""What the validator says of every format: where, whose, and how to mend it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.formats import FEED, awkward, full, plain, withdrawn, written

from govsync.errors import UsageError
from govsync.formats import FORMATS
from govsync.validation import RULES, Fault, Place, validate

WITH_PAGES = [full(), full(id="b", link="https://www.example.gov.cn/2.html")]
RECORDS = {"sitemap": WITH_PAGES, "dcat": WITH_PAGES, "page_meta": [full()]}
BOM = b"\xef\xbb\xbf"


def document(form: str) -> bytes:
    return written(form, RECORDS.get(form, awkward()))


def only(faults: tuple[Fault, ...]) -> Fault:
    assert len(faults) == 1, faults
    return faults[0]


@pytest.mark.parametrize("form", FORMATS)
def test_what_we_write_is_recognized_and_holds(form: str) -> None:
    report = validate(document(form))

    assert (report.form, report.faults) == (form, ())
    assert report.records == len(RECORDS.get(form, awkward()))
    assert report.holds


@pytest.mark.parametrize("form", ["atom", "rss", "xml", "json", "json_feed"])
@pytest.mark.parametrize("record", [full(), withdrawn()], ids=["record", "tombstone"])
def test_a_document_of_one_holds(form: str, record: Any) -> None:
    report = validate(FORMATS[form].entry(record))

    assert (report.form, report.records, report.faults) == (form, 1, ())


@pytest.mark.parametrize("form", ["jsonl", "oai_dc", "dcat"])
def test_a_record_that_stands_alone_holds(form: str) -> None:
    report = validate(FORMATS[form].entry(full()))

    assert (report.form, report.faults) == (form, ())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        b"a;b;c",
        b"<html",
        b"<feed><entry/></feed>",
        b'<feed xmlns="urn:other"/>',
        b"[]",
        b"{}",
        b'{"items": []}',
        b"\x00\xff\xfe",
    ],
)
def test_what_is_of_no_format_is_said_to_be(content: bytes) -> None:
    report = validate(content)

    assert report.form == ""
    assert only(report.faults).rule == "format"
    assert not report.holds


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (BOM + b"<rss>", "rss"),
        (b'<?xml version="1.0"?><!-- <feed/> -->\n<rss>', "rss"),
        (b"<!DOCTYPE html><HTML lang='zh'>", "page_meta"),
        (b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", "atom"),
        (b'{"version": "https://jsonfeed.org/version/1",', "json_feed"),
        (b'{"records": [', "json"),
        (b'{"id": "a", "title": "b"}\n{"id"', "jsonl"),
    ],
)
def test_a_broken_document_is_judged_as_what_it_looks_like(
    content: bytes, form: str
) -> None:
    assert validate(content).form == form


def test_a_format_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="there are: atom"):
        validate(b"", "word")


def test_a_fault_says_line_record_element_and_mend() -> None:
    content = written("atom", [plain(id="a"), full(id="b/1")])
    spoilt = content.replace(b".000456+08:00</updated><pub", b"</updated><pub")
    line = next(n for n, one in enumerate(spoilt.splitlines(), 1) if b"b/1" in one)

    found = only(validate(spoilt).faults)

    assert found.place == Place(line, 0, "entry/updated", "b/1")
    assert found.rule == "schema"
    assert str(found) == (
        f"line {line}, record b/1, entry/updated: error schema: <updated> with"
        " '2026-03-05T09:02:03' is not as it must be"
        " (write it as schemas/atom-1.rng has it)"
    )


def test_each_bad_entry_is_named() -> None:
    records = [plain(id=f"r{n}") for n in range(5)]
    content = written("rss", records).replace(b'isPermaLink="false"', b"")

    report = validate(content)

    assert [each.place.record for each in report.faults] == [f"r{n}" for n in range(5)]
    assert {each.place.path for each in report.faults} == {"item/guid"}
    assert report.records == 5


def test_the_head_is_judged_beside_the_entries() -> None:
    content = written("atom", [plain(), full()])
    content = content.replace(b"+08:00</updated>\n", b"</updated>\n", 1)
    content = content.replace(b'content type="html"', b'content type="xhtml"', 1)

    paths = {each.place.path for each in validate(content).faults}

    assert paths == {"feed/updated", "entry/content"}


def test_an_element_that_is_missing_is_told_of_its_parent() -> None:
    content = written("rss", [plain(), plain(id="b")])
    spoilt = content.replace(b"<title>", b"<subject>").replace(
        b"</title>", b"</subject>"
    )

    faults = validate(spoilt).faults

    assert {each.place.path for each in faults} == {"channel/subject", "item/subject"}
    assert "<subject> does not belong here" in faults[0].message
    gone = only(
        validate(content.replace(b"<generator>govsync</generator>\n", b"")).faults
    )
    assert gone.place.path == "rss/channel"
    assert "it holds title, link, description" in gone.message


def test_lines_and_columns_count_characters() -> None:
    content = written("rss", [plain(title="一二三\u0091")])

    found = only(validate(content).faults)

    assert found.rule == "control-character"
    assert found.warning
    line = content.decode().splitlines()[found.place.line - 1]
    assert line[found.place.column - 1] == "\u0091"
    assert validate(content).holds


def test_every_break_of_a_document_is_named() -> None:
    content = written("rss", [plain(title="甲乙"), plain(id="b", title="丙丁")])
    content = content.replace("甲乙".encode(), b"\x08").replace("丙丁".encode(), b"&x")

    report = validate(content)

    assert {each.rule for each in report.faults} == {"well-formed"}
    assert len({each.place.line for each in report.faults}) == 2
    assert all(each.place.column for each in report.faults)
    assert report.records == 0


@pytest.mark.parametrize("form", ["atom", "rss", "json_feed"])
def test_a_feed_must_name_the_address_it_was_fetched_from(form: str) -> None:
    content = document(form)

    assert validate(content, address=FEED.self_url).faults == ()
    elsewhere = validate(content, address="https://other.example/feed")
    assert only(elsewhere.faults).rule == "self-address"
    assert not elsewhere.holds
    unsaid = written(form, awkward(), feed=FEED.changed(self_url=""))
    assert only(validate(unsaid).faults).rule == "self"
    assert validate(unsaid).holds


@pytest.mark.parametrize(
    ("form", "media_type", "says"),
    [
        ("rss", "application/rss+xml", None),
        ("rss", "text/xml; charset=utf-8", None),
        ("rss", "text/html", "text/html, not application/rss+xml"),
        ("atom", "Application/Atom+XML;Charset=UTF-8", None),
        ("atom", "application/xml; charset=gb2312", "calls it gb2312"),
        ("json_feed", "application/json", None),
        ("page_meta", "text/html; charset=gbk", None),
    ],
)
def test_the_servers_word_is_held_against_the_content(
    form: str, media_type: str, says: str | None
) -> None:
    report = validate(document(form), media_type=media_type)

    if says is None:
        assert report.faults == ()
    else:
        found = only(report.faults)
        assert found.rule == "media-type"
        assert says in found.message


@pytest.mark.parametrize("form", ["atom", "rss", "xml", "json", "json_feed"])
def test_a_record_that_was_changed_on_the_way_is_found(form: str) -> None:
    content = written(
        form, [plain(id="a"), full(id="b", document_number="示例〔1〕号")]
    )

    report = validate(content.replace("示例〔1〕号".encode(), "示例〔2〕号".encode()))

    found = only(report.faults)
    assert found.rule == "record"
    assert found.place.record == "b"
    assert "digest" in found.message


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_our_own_words_keep_their_schema_inside_others(form: str) -> None:
    content = document(form).replace(b"<g:step>interpretation", b"<g:step>guess", 1)

    report = validate(content)

    assert "details" in {each.rule for each in report.faults}
    assert {each.place.record for each in report.faults} == {full().id}


@pytest.mark.parametrize(
    ("form", "sound", "faulty"),
    [
        ("xml", b'<record id="second"', b'<record id="no-body-no-link"'),
        ("xml", b"<step>interpretation", b"<step>guess"),
        ("oai_dc", b"<datestamp>2026-03-05T", b"<datestamp>2026-03-05 "),
        ("oai_dc", b' status="deleted"', b' status="gone"'),
        ("oai_dc", b"<dc:title>", b"<dc:heading>"),
        ("sitemap", b"<loc>https", b"<loc>ftp"),
        ("sitemap", b"+08:00</lastmod>", b"</lastmod>"),
        ("sitemap", b"</loc>", b"</loc><priority>2</priority>"),
    ],
)
def test_schemas_of_the_other_formats_find_faults(
    form: str, sound: bytes, faulty: bytes
) -> None:
    content = document(form)
    assert sound in content
    spoilt = content.replace(sound, faulty, 1)
    spoilt = spoilt.replace(b"</dc:title>", b"</dc:heading>", spoilt.count(b"heading>"))

    report = validate(spoilt)

    assert "schema" in {each.rule for each in report.faults}
    assert all(each.place.line for each in report.faults)


def test_the_index_of_sitemaps_and_lists_of_resourcesync_hold() -> None:
    index = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        b' xmlns:rs="http://www.openarchives.org/rs/terms/">'
        b'<rs:md capability="resourcelist"/>'
        b"<sitemap><loc>https://a.example/1.xml</loc></sitemap></sitemapindex>"
    )

    assert validate(index).faults == ()
    assert not validate(index.replace(b"https:", b"")).holds


def test_rdf_is_read_as_receivers_read_it() -> None:
    content = document("dcat")

    report = validate(content.replace(b"<dct:title", b"<dct:title/><dct:title"))

    assert only(report.faults).rule == "record"


def test_a_page_without_its_tags_is_none_of_ours() -> None:
    report = validate(b"<!DOCTYPE html><html><head><title>a</title></head></html>")

    assert (report.form, report.records) == ("page_meta", 0)
    assert "ArticleTitle" in str(only(report.faults))


class TestLines:
    def test_each_bad_line_is_named_by_its_number(self) -> None:
        good = written("jsonl", [plain(), full()])
        content = good + b'{"id": \n\n{"id": "c", "title": ""}\n' + good[:0]

        report = validate(content, "jsonl")

        assert [each.place.line for each in report.faults] == [3, 5]
        assert report.faults[1].place.record == "c"
        assert report.records == 4

    def test_an_id_stands_once(self) -> None:
        content = written("jsonl", [plain(), plain(title="又")])

        found = only(validate(content).faults)

        assert (found.rule, found.place) == ("duplicate-id", Place(2, record="a"))
        assert "line 1" in found.message

    def test_bytes_that_are_not_utf_8_have_a_place(self) -> None:
        content = written("jsonl", [plain()]) + "坏".encode("gb18030")

        found = only(validate(content, "jsonl").faults)

        assert (found.rule, found.place) == ("encoding", Place(2, 1))


class TestJson:
    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"records": {}}, "records"),
            ({"tombstones": 1}, "tombstones"),
            ({"records": [1]}, "records[0]"),
            ({"records": [{"id": "a"}]}, "records[0].digest"),
        ],
    )
    def test_a_fault_names_its_member(self, change: Any, path: str) -> None:
        content = json.loads(written("json", [])) | change

        found = only(validate(json.dumps(content).encode()).faults)

        assert found.place.path == path

    def test_a_document_without_records_is_none(self) -> None:
        report = validate(b'{"feed": {}}', "json")

        assert only(report.faults).place.path == "records"

    def test_what_is_no_json_has_a_place(self) -> None:
        found = only(validate(b'{"records":\n[', "json").faults)

        assert found.rule == "well-formed"
        assert "line 2, column 2" in str(found)


class TestJsonFeed:
    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"version": "https://jsonfeed.org/version/1"}, "version"),
            ({"title": ""}, "title"),
            ({"home_page_url": "/"}, "home_page_url"),
            ({"language": "zh_CN"}, "language"),
            ({"authors": [{"name": 1}]}, "authors[0].name"),
            ({"unknown": 1}, ""),
            ({"_govsync": 1}, ""),
            ({"items": {}}, "items"),
            ({"expired": "no"}, "expired"),
        ],
    )
    def test_a_fault_of_the_feed_names_its_member(self, change: Any, path: str) -> None:
        content = json.loads(written("json_feed", [plain()])) | change

        faults = validate(json.dumps(content).encode(), "json_feed").faults

        assert path in [each.place.path for each in faults]
        assert {each.rule for each in faults} <= {"schema"}

    @pytest.mark.parametrize(
        ("rule", "name", "value"),
        [
            ("schema", "url", "/1.html"),
            ("schema", "date_modified", "2026-03-03T00:00:00"),
            ("schema", "content_html", None),
            ("schema", "id", 7),
            ("active-content", "content_html", "<script>x()</script>"),
            ("relative-address", "content_html", '<a href="1.pdf">a</a>'),
        ],
    )
    def test_a_fault_of_an_item_names_item_and_member(
        self, rule: str, name: str, value: Any
    ) -> None:
        content = json.loads(written("json_feed", [plain(), plain(id="b")]))
        content["items"][1][name] = value

        found = only(validate(json.dumps(content).encode()).faults)

        assert (found.rule, found.place.path) == (rule, f"items[1].{name}")
        assert found.place.record == ("7" if name == "id" else "b")

    @pytest.mark.parametrize("kind", [{}, {"mime_type": "pdf"}])
    def test_an_attachment_has_a_media_type(self, kind: dict[str, str]) -> None:
        content = json.loads(written("json_feed", [plain()]))
        content["items"][0]["attachments"] = [{"url": "https://a.example/1", **kind}]

        found = only(validate(json.dumps(content).encode()).faults)

        assert found.place.path == "items[0].attachments[0].mime_type"

    def test_an_item_under_another_id_is_not_what_its_digest_says(self) -> None:
        content = json.loads(written("json_feed", [plain(), plain(id="b")]))
        content["items"][1]["id"] = "urn:govsync:record:c"

        found = only(validate(json.dumps(content).encode()).faults)

        assert (found.rule, found.place.path) == ("record", "items[1].digest")

    def test_an_id_stands_once(self) -> None:
        content = json.loads(written("json_feed", [plain()]))
        content["items"] *= 2

        found = only(validate(json.dumps(content).encode()).faults)

        assert (found.rule, found.place.path) == ("duplicate-id", "items[1]")

    def test_an_item_that_is_no_object_is_named(self) -> None:
        content = json.loads(written("json_feed", [plain()]))
        content["items"].append(1)

        found = only(validate(json.dumps(content).encode()).faults)

        assert found.place.path == "items[1]"


@pytest.mark.parametrize("name", RULES)
def test_every_rule_names_its_source(name: str) -> None:
    assert RULES[name].source
    assert RULES[name].mend or name in {"schema", "details", "record"}
