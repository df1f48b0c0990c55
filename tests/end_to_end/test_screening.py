"""Files beside records, decisions and redaction, as an operator meets them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook as Book
from support.county import Workspace, workspace
from support.rules import ID, MOBILE

RECORD = "023038201/2017-00001"
RULE = "privacy.mobile-number"
ATTACHMENTS = """
[attachments]
folder = "files"
prefix = "https://www.city.example.gov.cn/files/"
"""
DECIDE = ("--rule", RULE, "--basis", "third-party-consent", "--by", "示例人")


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    """A city whose first record has a list beside it."""
    made = workspace(tmp_path / "city", more=ATTACHMENTS)
    (made.folder / "files").mkdir()
    made.change(RECORD, "附件", "名单|https://www.city.example.gov.cn/files/list.xlsx")
    save(made, "无")
    return made


def save(city: Workspace, *cells: str) -> None:
    book = Book()
    assert book.active
    book.active.append(["户主", "电话"])
    book.active.append(["示例人", *cells])
    book.save(city.folder / "files" / "list.xlsx")


def found(city: Workspace) -> dict[str, dict[str, Any]]:
    shown = city.json("show", RECORD)
    return {one["rule"]: one for one in shown["findings"]}


def is_public(city: Workspace) -> bool:
    pages = (city.folder / "public").rglob("*.html")
    return any(RECORD in page.read_text(encoding="utf-8") for page in pages)


def test_a_number_in_a_file_keeps_its_record_until_the_file_is_mended(
    city: Workspace,
) -> None:
    """The source does not change: only the file does."""
    save(city, MOBILE)
    assert city.govsync("run").returncode == 1
    one = found(city)[RULE]
    assert (one["severity"], one["place"]) == ("block", "sheet Sheet, row 2, column 2")
    assert MOBILE not in city.govsync("show", RECORD).stdout
    assert not is_public(city)

    save(city, "138****0001")
    city.govsync("run")
    assert RULE not in found(city)
    assert is_public(city)


def test_a_file_that_is_not_there_holds_its_record(city: Workspace) -> None:
    (city.folder / "files" / "list.xlsx").unlink()
    city.govsync("run")

    assert found(city)["attachment.unreadable"]["severity"] == "hold"
    assert not is_public(city)


def test_a_decision_lets_a_file_go_until_it_changes(city: Workspace) -> None:
    save(city, MOBILE)
    city.govsync("run")
    decided = city.govsync("override", RECORD, *DECIDE, "--reason", "本人书面同意")
    city.govsync("run")

    assert decided.returncode == 0
    assert found(city)[RULE]["severity"] == "warn"
    assert is_public(city)
    assert "override.decided" in city.govsync("audit", "show", "--json").stdout

    save(city, MOBILE, ID)
    city.govsync("run")
    assert found(city)[RULE]["severity"] == "block"
    assert "override.ended" in city.govsync("audit", "show", "--json").stdout


def test_a_decision_is_lifted(city: Workspace) -> None:
    save(city, MOBILE)
    city.govsync("run")
    city.govsync("override", RECORD, *DECIDE, "--reason", "本人书面同意")
    lifted = city.govsync("override", RECORD, "--rule", RULE, "--undo")
    city.govsync("run")

    assert lifted.returncode == 0
    assert found(city)[RULE]["severity"] == "block"


@pytest.mark.parametrize(
    "arguments",
    [
        ("none", *DECIDE, "--reason", "a"),
        (RECORD, "--rule", "review.missing", *DECIDE[2:], "--reason", "a"),
        (RECORD, "--rule", RULE, "--basis", "because", "--reason", "a", "--by", "b"),
        (RECORD, *DECIDE),
        (RECORD, "--rule", RULE, "--undo"),
    ],
)
def test_a_decision_without_its_parts_is_wrong_usage(
    city: Workspace, arguments: tuple[str, ...]
) -> None:
    city.govsync("run")

    assert city.govsync("override", *arguments).returncode == 64


def test_a_redacted_copy_passes_and_its_original_stays(city: Workspace) -> None:
    save(city, MOBILE)
    original = city.folder / "files" / "list.xlsx"
    before = original.read_bytes()
    made = city.govsync("redact", "files/list.xlsx")
    again = city.govsync("redact", "files/list.xlsx")
    copy = city.folder / "files" / "list.redacted.xlsx"
    clean = city.json("redact", "files/list.redacted.xlsx", "-o", "clean.xlsx")

    assert made.returncode == 0
    assert "row 2, column 2: privacy.mobile-number: 138****0001" in made.stdout
    assert original.read_bytes() == before
    assert again.returncode == 64
    assert clean["changes"] == []
    assert (city.folder / "clean.xlsx").read_bytes() == copy.read_bytes()


def test_what_cannot_be_redacted_is_bad_input(city: Workspace) -> None:
    (city.folder / "a.exe").write_bytes(b"MZ")

    assert city.govsync("redact", "a.exe").returncode == 65
    assert city.govsync("redact", "none.txt").returncode == 65
    assert not (city.folder / "a.redacted.exe").exists()


def test_a_rehearsal_screens_files_too(city: Workspace) -> None:
    clean = city.govsync("run", "--dry-run")
    save(city, MOBILE)
    spoilt = city.govsync("run", "--dry-run")

    assert "city: 27 releases" in clean.stdout
    assert "city: 26 releases" in spoilt.stdout


def test_check_looks_for_the_folder_of_files(city: Workspace) -> None:
    there = city.govsync("check")
    (city.folder / "files").rename(city.folder / "gone")
    gone = city.govsync("check")

    assert "files files: a folder" in there.stdout
    assert gone.returncode == 78
    assert "attachments.folder" in gone.stderr
