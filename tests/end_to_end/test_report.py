"""``govsync report``, as an operator and an inspector see it."""

from __future__ import annotations

import json
import re
import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from openpyxl import load_workbook
from support.county import Workspace, workspace

AUDIENCES = ("inspection", "leaders", "annual", "pilot")
FORMS = ("html", "xlsx", "json", "md", "docx")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = workspace(tmp_path_factory.mktemp("city"))
    made.govsync("run")
    return made


def report(city: Workspace, audience: str, form: str, *more: str) -> Path:
    out = city.folder / f"{audience}.{form}"
    done = city.govsync("report", "--for", audience, "-o", str(out), *more)
    assert done.returncode == 0, done.stderr
    return out


def test_a_page_needs_nothing_from_outside_and_its_links_hold(city: Workspace) -> None:
    page = html.parse(report(city, "inspection", "html"))
    ids = page.xpath("//@id")

    assert not page.xpath("//script | //@src | //link | //img")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.xpath("//a/@href")} <= set(ids)
    assert page.xpath("//svg")


def test_json_meets_the_shipped_schema(city: Workspace) -> None:
    text = (files("govsync.reports") / "schemas" / "report-1.json").read_text("utf-8")
    schema = json.loads(text)
    for audience in AUDIENCES:
        told = json.loads(report(city, audience, "json").read_text("utf-8"))
        check(told, schema, schema)


def check(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> None:
    """Hold a value against what the shipped schema uses of JSON Schema."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    assert not kinds or any(isinstance(value, _TYPES[kind]) for kind in kinds)
    assert "const" not in schema or value == schema["const"]
    assert "enum" not in schema or value in schema["enum"]
    assert "pattern" not in schema or re.search(schema["pattern"], value)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        assert set(schema.get("required", [])) <= set(value)
        assert schema["additionalProperties"] is not False or set(value) <= set(known)
        for name, member in value.items():
            check(member, known.get(name, schema["additionalProperties"]), root)
    if isinstance(value, list):
        for place, member in enumerate(value):
            first = schema.get("prefixItems", [])
            check(member, first[place] if first else schema["items"], root)


_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "null": type(None),
}


def test_a_workbook_has_the_figures_and_no_formula(city: Workspace) -> None:
    book = load_workbook(report(city, "inspection", "xlsx"))
    cells = [cell for sheet in book for row in sheet.rows for cell in row if cell.value]

    assert "1 inspection" in book.sheetnames
    assert "已覆盖事项" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_markdown_tells_the_same_figures_as_json(city: Workspace) -> None:
    text = report(city, "leaders", "md").read_text("utf-8")
    told = json.loads(report(city, "leaders", "json").read_text("utf-8"))
    for section in told["sections"]:
        for one in section["figures"]:
            if one["of"] is not None:
                assert f"| {one['label']} | {one['value']} / {one['of']} " in text


def test_dead_links_are_told_of_the_present_day_alone(city: Workspace) -> None:
    moment = "2026-03-01T04:00:00.000000Z"
    with sqlite3.connect(city.folder / "govsync.db") as connection:
        connection.execute(
            "INSERT INTO link (record, address, field, state, looked_at, since)"
            " SELECT min(id), 'https://gone.example.org/', 'body', 'dead', ?, ?"
            " FROM record",
            (moment, moment),
        )
    connection.close()
    told = {}
    for day in ((), ("--as-of", "2024-05-01")):
        report_of = json.loads(report(city, "inspection", "json", *day).read_text())
        (section,) = (s for s in report_of["sections"] if s["key"] == "links")
        told[day] = {one["key"]: one["value"] for one in section["figures"]}

    assert [*told.values()] == [{"seen": 1, "bad": 1}, {"seen": None}]


def test_a_past_day_stays_as_it_was(tmp_path: Path) -> None:
    """What happens later changes no byte of a day that is over."""
    city = workspace(tmp_path / "city")
    city.govsync("run")
    with sqlite3.connect(city.folder / "govsync.db") as connection:
        for table, column in (
            ("audit", "at"),
            ("revision", "at"),
            ("checkpoint", "at"),
        ):
            connection.execute(
                f"UPDATE {table} SET {column} = '2024-05-01T04:00:00.000000Z'"
            )
    connection.close()
    day = ("--as-of", "2024-05-01")
    before = {f: report(city, "inspection", f, *day).read_bytes() for f in FORMS}
    city.change("023038201/2017-00002", "标题", "另一个标题")
    city.govsync("withdraw", "023038201/2017-00003", "--reason", "更正")
    city.govsync("run")
    after = {f: report(city, "inspection", f, *day).read_bytes() for f in FORMS}

    assert after == before
    assert report(city, "inspection", "json").read_bytes() != before["json"]
    assert (
        "36 records"
        not in city.govsync(
            "report", "--for", "leaders", "-o", "old.md", "--as-of", "2024-04-30"
        ).stdout
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--for", "nobody", "-o", "a.html"), "inspection|leaders|annual|pilot"),
        (("--for", "annual", "-o", "a.pdf"), ".html"),
        (("--for", "annual", "-o", "a.md", "--as-of", "2999-01-01"), "still to come"),
    ],
)
def test_a_wrong_call_is_64_and_writes_nothing(
    city: Workspace, arguments: tuple[str, ...], said: str
) -> None:
    done = city.govsync("report", *arguments)

    assert done.returncode == 64
    assert said in done.stderr
    assert not (city.folder / arguments[3]).exists()
