"""The topic's names, pages, meta tags and documents, as functions of what it holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from support.directory import BASE, Markup, directory, numbered, release

from govsync.channels import Context, Op, Reject, Release
from govsync.channels.testing import sample
from govsync.channels.testing_world import AWKWARD_BODY, AWKWARD_TITLE, taken_back
from govsync.errors import ConfigError
from govsync.formats import Tombstone, json_records
from govsync.model import Attachment, Record, Relation, RelationKind, Step
from govsync_adapters.city import documents
from govsync_adapters.city.directory import Directory
from govsync_adapters.city.facts import FACTS
from govsync_adapters.city.pages import Pages
from govsync_adapters.city.slugs import LONGEST, area_page, slug
from govsync_adapters.city.topic import About, Topic

ABOUT = About(
    title="基层政务公开试点",
    base_url=BASE,
    site_name="密山市人民政府",
    site_id="2303820001",
)
PAGES = Pages(ABOUT)
IDS = st.text(min_size=1, max_size=200).filter(
    lambda text: text.isprintable() and not re.search(r"\s", text)
)


def topic(*records: Record) -> Topic:
    """Return a topic that holds the public views of records."""
    return Topic(
        {one.id: documents.entry_of(one.public(), ABOUT)[0] for one in records}
    )


def page(record: Record, *others: Record) -> Markup:
    """Return a record's page in a topic that holds others too, checked and read."""
    held = topic(record, *others)
    entry = held.standing(record.id)
    assert entry
    return Markup(PAGES.of(entry, held.links(entry)).decode())


def forms(record: Record) -> list[bytes]:
    """Return what would go for a record alone."""
    fitted = directory(Path("/nowhere")).fit(release(record))
    return [form.content for form in fitted]


def interpretation(number: int, of: Record, **changes: Any) -> Record:
    relation = Relation(kind=RelationKind.INTERPRETS, target=of.id)
    return sample(number, step=Step.INTERPRETATION, relation=relation, **changes)


class TestSlug:
    @given(st.lists(IDS, min_size=2, max_size=2, unique=True))
    def test_two_names_never_share_one(self, names: list[str]) -> None:
        assert slug(names[0]) != slug(names[1])

    @given(IDS)
    def test_it_is_a_plain_and_short_name(self, name: str) -> None:
        assert re.fullmatch(r"[A-Za-z0-9~_-]+", slug(name))
        assert len(slug(name)) <= LONGEST

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("023038201/2017-00001", "023038201_2017-00001"),
            ("a_b", "a~5Fb"),
            ("..", "~2E~2E"),
            ("公", "~E5~85~AC"),
            ("a~", "a~7E"),
        ],
    )
    def test_it_keeps_what_is_plain(self, name: str, expected: str) -> None:
        assert slug(name) == expected

    def test_long_names_differ_in_their_digest(self) -> None:
        one, other = slug("公" * 199 + "甲"), slug("公" * 199 + "乙")

        assert len(one) == LONGEST
        assert one != other

    def test_an_area_cannot_take_the_page_of_a_pilot_area(self) -> None:
        assert area_page("征地补偿") == "areas/pilot.land-compensation.html"
        assert area_page("pilot.land-compensation") != area_page("征地补偿")


class TestRecordPage:
    def test_it_bears_the_meta_tags_of_the_guideline(self) -> None:
        """国办发〔2017〕47号: site, column and content, each tag once."""
        assert page(sample()).meta == {
            "viewport": "width=device-width, initial-scale=1",
            "SiteName": "密山市人民政府",
            "SiteDomain": "www.city.example.gov.cn",
            "SiteIDCode": "2303820001",
            "ColumnName": "市政服务",
            "ColumnDescription": "基层政务公开试点:市政服务",
            "ColumnKeywords": "市政服务",
            "ColumnType": "政策文件",
            "ArticleTitle": "关于第1号路段停水的公告",
            "PubDate": "2026-03-01 08:00",
            "ContentSource": "密山市人民政府办公室",
            "Keywords": "停水,公告",
            "Description": "因管网检修停水。",
            "Url": f"{BASE}records/023038201_2026-00001.html",
        }

    def test_it_can_be_read_back_into_a_record(self) -> None:
        record = sample(co_issuers=("密山市财政局",), body="<p>一、范围</p><p>二</p>")
        held = topic(record).standing(record.id)
        assert held
        (found,) = documents.FORMATS["page_meta"].read(PAGES.of(held, ()))
        address = f"{BASE}records/023038201_2026-00001.html"
        assert found == Record(
            id=address,
            link=address,
            title=record.title,
            body=record.body,
            issuer=record.issuer,
            co_issuers=record.co_issuers,
            published=record.published,
            keywords=record.keywords,
            summary=record.summary,
        )

    @pytest.mark.parametrize(
        ("step", "number", "column"),
        [
            (Step.RELEASE, "", "信息公开目录"),
            (Step.RELEASE, "密政发〔2026〕1号", "政策文件"),
            (Step.INTERPRETATION, "", "政策解读"),
            (Step.RESPONSE, "密政发〔2026〕1号", "回应关切"),
        ],
    )
    def test_the_column_type_is_that_of_its_step(
        self, step: Step, number: str, column: str
    ) -> None:
        shown = page(sample(step=step, document_number=number))
        assert shown.meta["ColumnType"] == column

    def test_a_missing_summary_is_the_beginning_of_the_text(self) -> None:
        body = "<p>" + "检修" * 200 + "</p>"
        told = page(sample(summary="", body=body)).meta["Description"]
        assert told == "检修" * 100 + "…"

    def test_its_head_table_says_what_is_known(self) -> None:
        shown = page(sample(formed="2026-02-28", issued=None))
        text = "".join(shown.text.split("\n"))
        for row in (
            "索引号023038201/2026-00001",
            "文号密政办发〔2026〕1号",
            "发布机构密山市人民政府办公室",
            "成文日期2026-02-28",
            "发布日期2026-03-01 08:00",
            "公开方式主动公开",
            "公开对象全社会",
        ):
            assert row in text
        assert "印发日期" not in text
        assert "None" not in text

    def test_reviewers_and_unknown_columns_never_appear(self) -> None:
        """Only the public view is written: 审签 and extra stay inside."""
        for content in forms(sample()):
            assert "审签甲" not in content.decode()
            assert "不公开的一列" not in content.decode()
            assert sample().digest not in content.decode()

    def test_it_runs_nothing_and_asks_no_other_host(self) -> None:
        shown = page(sample())
        policy = next(
            attributes["content"]
            for tag, attributes in shown.elements
            if attributes.get("http-equiv") == "Content-Security-Policy"
        )
        loaded = [
            attributes.get("href", attributes.get("src"))
            for tag, attributes in shown.elements
            if tag in {"img", "script", "iframe"}
            or (tag == "link" and attributes.get("rel") == "stylesheet")
        ]
        assert policy.startswith("default-src 'none'")
        assert loaded == ["../assets/style.css"]

    def test_it_is_for_readers_of_chinese_on_any_screen(self) -> None:
        shown = page(sample())
        tags = [tag for tag, _ in shown.elements]
        assert ("html", {"lang": "zh-CN"}) in shown.elements
        assert {"header", "main", "article", "footer", "nav"} <= set(tags)
        assert tags.count("h1") == 1
        feeds = [a["href"] for tag, a in shown.elements if a.get("rel") == "alternate"]
        assert feeds == ["../feed.atom", "../feed.rss"]

    def test_awkward_text_is_text(self) -> None:
        shown = page(sample(title=AWKWARD_TITLE, body=AWKWARD_BODY))
        assert shown.meta["ArticleTitle"] == AWKWARD_TITLE
        assert AWKWARD_TITLE in shown.text
        assert "<script> ]]>" in shown.text
        assert not any(tag in {"script", "b"} for tag, _ in shown.elements)

    def test_addresses_of_a_body_are_meant_from_its_first_page(self) -> None:
        record = sample(
            link="https://old.example/zwgk/1.html",
            body='<p><img src="/a.jpg?x=1&amp;y=2"><a href="b.html">b</a>'
            '<a href="#c">c</a><a href="mailto:d@e.example">d</a> href="f"</p>',
        )
        shown = page(record)
        images = [a["src"] for tag, a in shown.elements if tag == "img"]
        assert images == ["https://old.example/a.jpg?x=1&y=2"]
        assert "https://old.example/zwgk/b.html" in shown.links
        assert "#c" in shown.links
        assert "mailto:d@e.example" in shown.links
        assert 'href="f"' in shown.text

    @pytest.mark.parametrize(
        ("href", "size", "link", "text"),
        [
            ("https://f.example/1.pdf", 461513, "https://f.example/1.pdf", "451 KB"),
            ("f/2.pdf", 12, f"{BASE}records/f/2.pdf", "12 字节"),
            ("https://f.example/3.pdf", None, "https://f.example/3.pdf", "3.pdf"),
            ("https://f.example/4", 3 << 20, "https://f.example/4", "3.0 MB"),
            ("javascript:alert(1)", 1, None, "表.pdf"),
            ("http://[", 1, None, "表.pdf"),
        ],
    )
    def test_attachments_have_a_size_and_only_web_addresses(
        self, href: str, size: int | None, link: str | None, text: str
    ) -> None:
        name = "3.pdf" if size is None else "表.pdf"
        shown = page(sample(attachments=(Attachment(name=name, href=href, size=size),)))
        others = page(sample(attachments=())).links
        assert [one for one in shown.links if one not in others] == [link] * bool(link)
        assert text in shown.text

    def test_interpretation_and_original_lead_to_each_other(self) -> None:
        """47号: 解读与原文双向关联; a link leads only to what stands here."""
        original = sample(1)
        reading = interpretation(2, original)
        there = "../records/023038201_2026-0000{}.html".format

        assert there(2) in page(original, reading).links
        assert there(1) in page(reading, original).links
        assert there(1) not in page(reading).links
        assert there(1) not in page(reading, taken_back(original)).links
        assert there(2) not in page(original, taken_back(reading)).links

    def test_what_is_withdrawn_leaves_reason_and_time_alone(self) -> None:
        gone = taken_back(sample())
        shown, memory = (content.decode() for content in forms(gone))
        text = Markup(shown).text
        assert "该信息已于 2026-03-02 09:00 撤回" in text
        assert "撤回原因:内容有误" in text
        assert Markup(shown).meta["PubDate"] == "2026-03-02 09:00"
        assert "停水" not in shown
        assert "停水" not in memory
        assert json_records.read_entry(memory.encode()).digest == gone.public().digest


class TestWholePages:
    def test_the_home_page_lists_areas_newest_first(self) -> None:
        old = sample(1, published="2025-01-01T08:00:00+08:00")
        new = sample(2, published="2026-01-01T08:00:00+08:00")
        other = sample(3, item=None)
        shown = Markup(PAGES.index(topic(old, other, new)).decode())
        listed = [link for link in shown.links if link.startswith("records/")]
        assert [link[-6] for link in listed] == ["2", "1", "3"]
        assert "areas/pilot.municipal.html" in shown.links
        assert shown.meta["ColumnType"] == "信息公开目录"
        assert "ArticleTitle" not in shown.meta

    def test_an_area_has_a_page_with_all_of_its_records(self) -> None:
        held = topic(*numbered(30))
        shown = Markup(PAGES.area("市政服务", held.areas["市政服务"]).decode())
        home = Markup(PAGES.index(held).decode())
        assert len([x for x in shown.links if x.startswith("../records/")]) == 30
        assert len([x for x in home.links if x.startswith("records/")]) == 20
        assert "全部 30 条" in home.text
        assert shown.meta["ColumnName"] == "市政服务"

    def test_every_page_is_html_that_a_parser_takes_as_it_is(self) -> None:
        original = sample(1, title=AWKWARD_TITLE, body=AWKWARD_BODY)
        held = topic(original, interpretation(2, original), taken_back(sample(3)))
        pages = [PAGES.index(held)]
        pages += [PAGES.area(area, found) for area, found in held.areas.items()]
        pages += [PAGES.of(entry) for entry in held.entries.values()]
        for content in pages:
            Markup(content.decode())
            assert html.document_fromstring(content).get("lang") == "zh-CN"


class TestDocuments:
    def test_they_depend_on_what_is_held_alone(self) -> None:
        """No clock, and no order of arrival."""
        records = (sample(1), taken_back(sample(2)), sample(3))
        one = dict(documents.derived(topic(*records), PAGES))
        other = dict(documents.derived(topic(*reversed(records)), Pages(ABOUT)))
        assert one == other

    def test_feeds_hold_the_newest_and_the_catalog_all(self) -> None:
        records = [
            sample(n, updated=f"2026-03-{n:02d}T08:00:00+08:00") for n in range(1, 6)
        ]
        pages = Pages(ABOUT.changed(feed_size=2))
        held = topic(*records, taken_back(sample(6)))
        made = dict(documents.derived(held, pages))
        atom = list(documents.FORMATS["atom"].read(made["feed.atom"]))
        rss = list(documents.FORMATS["rss"].read(made["feed.rss"]))
        catalog = list(documents.FORMATS["xml"].read(made["catalog.xml"]))
        assert [one.id[-1] for one in atom] == ["6", "5", "4"]
        assert isinstance(atom[0], Tombstone)
        assert atom[0].digest == taken_back(sample(6)).public().digest
        assert [one.id[-1] for one in rss] == ["5", "4"]
        assert sorted(one.id[-1] for one in catalog) == ["1", "2", "3", "4", "5"]
        assert catalog[-1] == records[0].public()

    def test_an_entry_without_an_address_of_its_own_leads_to_its_page(self) -> None:
        made = dict(documents.derived(topic(sample(link="")), PAGES))
        (entry,) = documents.FORMATS["atom"].read(made["feed.atom"])
        assert entry.link == f"{BASE}records/023038201_2026-00001.html"

    def test_the_sitemap_is_cut_where_one_may_hold_no_more(self) -> None:
        held = topic(*numbered(3))
        (whole,) = dict(documents.sitemap(held, ABOUT)).values()
        cut = dict(documents.sitemap(held, ABOUT, size=2))
        space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
        found = [e.text for e in etree.fromstring(whole).iter(f"{space}loc")]
        assert found[0] == BASE
        assert len(found) == 5
        assert sorted(cut) == [
            "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml",
        ]  # fmt: skip
        assert etree.fromstring(cut["sitemap.xml"]).tag == f"{space}sitemapindex"

    def test_the_manifest_lists_everything_sorted(self) -> None:
        held = topic(sample(2), taken_back(sample(1)))
        listed = documents.read_manifest(
            documents.manifest(held, "x", dict.fromkeys(held.entries, "0" * 64))
        )
        told = [
            (line.id[-1], line.revision, str(line.state)) for line in listed.records
        ]
        assert told == [("1", 2, "withdrawn"), ("2", 1, "active")]
        assert listed.records[1].digest == sample(2).public().digest
        assert listed.records[1].path == "records/023038201_2026-00002.html"

    @pytest.mark.parametrize(
        "content", [None, b"", b"[]", b'{"records":[{}]}', b"\xff"]
    )
    def test_a_spoilt_manifest_tells_nothing(self, content: bytes | None) -> None:
        assert documents.read_manifest(content) == documents.Manifest()


class TestFit:
    def test_it_is_pure(self) -> None:
        assert forms(sample()) == forms(sample())

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": "\x01"}, "title"),
            ({"published": None, "updated": None}, "updated"),
        ],
    )
    def test_what_no_document_can_carry_is_refused_by_field(
        self, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Reject) as refused:
            forms(sample(**changes))
        (finding,) = refused.value.findings
        assert finding.field == field
        assert finding.record == sample().id

    @pytest.mark.parametrize("op", list(Op))
    def test_a_release_that_contradicts_its_record_is_refused(self, op: Op) -> None:
        record = taken_back(sample()) if op is Op.PUBLISH else sample()
        contrary = Release(channel="city", op=op, record=record)
        with pytest.raises(Reject, match="the release is to"):
            directory(Path("/nowhere")).fit(contrary)


class TestSettings:
    def test_the_public_address_is_the_citys_site_by_default(self) -> None:
        one = directory(Path("/nowhere"))
        other = directory(Path("/nowhere"), base_url="https://www.example.cn/试点/")
        assert f'href="{BASE}records/' in one.fit(release(sample()))[0].content.decode()
        shown = other.fit(release(sample()))[0].content.decode()
        assert "https://www.example.cn/%E8%AF%95%E7%82%B9/records/" in shown

    def test_no_address_is_an_error_of_the_configuration(self) -> None:
        context = Context(channel="city", settings={"path": "x"}, clock=lambda: None)
        with pytest.raises(ConfigError, match=r"channels\.city\.base_url"):
            Directory(context)

    def test_its_title_is_a_setting(self) -> None:
        titled = directory(Path("/nowhere"), title="试点专题")
        assert "试点专题" in titled.fit(release(sample()))[0].content.decode()
        assert FACTS.batch_size == 200
        assert FACTS.deduplicates
