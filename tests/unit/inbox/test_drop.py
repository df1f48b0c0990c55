"""A drop of JSON Lines: each whole line is read once, and none is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.inbox import MONDAY, NoTrail, final, matter, said

from govsync.channels import Editor, Feedback, Retry
from govsync.inbox import drop as drops
from govsync.inbox.drop import Drop


def line(name: str, **members: Any) -> str:
    return json.dumps({"id": name, "text": "好", **members}, ensure_ascii=False) + "\n"


def names(path: Path, since: str = "") -> tuple[list[str], str]:
    found = read(path, since)
    return [one.id for one in found], found[-1].cursor if found else since


def read(path: Path, since: str = "") -> list[Feedback]:
    return list(Drop(path, clock=lambda: MONDAY, outbox=None).collect(since))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "comments.jsonl"


def test_a_line_is_read_with_all_that_it_says(path: Path) -> None:
    sent = MONDAY - timedelta(days=1)
    path.write_text(
        "\ufeff"
        + line(
            "1",
            kind="error",
            record="r-1",
            title="标\x1b题",
            score=4,
            sender="王小明",
            contact="x@mail.example",
            at=sent.isoformat(),
            cms_field=1,
        ),
        "utf-8",
    )

    (found,) = read(path)

    assert (found.kind, found.record, found.title) == ("error", "r-1", "标题")
    assert (found.score, found.sender, found.at) == (4, "王小明", sent)


def test_each_line_is_read_once(path: Path) -> None:
    path.write_text(line("1") + "\n" + line("2"), "utf-8")
    found, cursor = names(path)
    assert found == ["1", "2"]

    with path.open("a", encoding="utf-8") as file:
        file.write(line("3"))

    assert names(path, cursor)[0] == ["3"]


def test_a_line_that_is_being_written_is_left_for_the_next_run(path: Path) -> None:
    path.write_text(line("1") + line("2")[:-5], "utf-8")
    found, cursor = names(path)
    assert found == ["1"]

    path.write_bytes((line("1") + line("2")).encode())
    assert names(path, cursor)[0] == ["2"]


def test_a_new_file_in_its_place_is_read_from_its_beginning(path: Path) -> None:
    path.write_text(line("1"), "utf-8")
    _, cursor = names(path)
    path.rename(path.with_suffix(".old"))
    path.write_text(line("2") + line("3"), "utf-8")

    assert names(path, cursor)[0] == ["2", "3"]


def test_a_file_that_became_shorter_is_read_from_its_beginning(path: Path) -> None:
    path.write_text(line("1") + line("2"), "utf-8")
    _, cursor = names(path)
    path.write_text(line("9"), "utf-8")

    assert names(path, cursor)[0] == ["9"]


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        '{"text": "no id"}',
        '{"id": "1", "score": 6}',
        '{"id": "1", "score": true}',
        '{"id": "1", "kind": "return"}',
        '{"id": "1", "at": "gestern"}',
        "[" * 50_000,
        '{"id": "' + "x" * 70_000 + '"}',
    ],
)
def test_a_line_that_cannot_be_read_is_shown_to_a_person(path: Path, bad: str) -> None:
    path.write_text(bad + "\n" + line("2"), "utf-8")

    unread, good = read(path)

    assert (unread.kind, good.id) == ("unread", "2")
    assert unread.text.startswith("comments.jsonl, byte 0: ")
    assert bad[:40] not in unread.text


def test_one_run_reads_so_many_lines(path: Path) -> None:
    path.write_text("".join(line(str(n)) for n in range(drops.MOST_LINES + 5)), "utf-8")
    found, cursor = names(path)

    assert len(found) == drops.MOST_LINES
    assert names(path, cursor)[0] == [str(drops.MOST_LINES + n) for n in range(5)]


def test_blank_lines_keep_nothing_back(path: Path) -> None:
    blank = "\n" * drops.MOST_LINES
    path.write_text(blank + line("a") + blank, "utf-8")
    first, cursor = names(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(line("b"))

    assert first == ["a"]
    assert names(path, cursor)[0] == ["b"]


def test_a_file_that_cannot_be_read_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(Retry, match=tmp_path.name):
        read(tmp_path)


def test_an_answer_is_found_where_it_was_put_or_taken(tmp_path: Path) -> None:
    box = Drop(tmp_path / "in", clock=lambda: MONDAY, outbox=tmp_path / "out")
    receipt = box.answer(said(), final(), NoTrail())
    place = tmp_path / "out" / "123456789018.json"
    told = json.loads(place.read_text("utf-8"))
    assert (told["id"], told["text"]) == ("c-1", "已补装。")
    assert told["sha256"] == final().digest

    taken = place.parent / "taken"
    taken.mkdir()
    place.rename(taken / place.name)

    assert box.answered(said(), final(), NoTrail()) == receipt
    assert box.answer(said(), final(), NoTrail()) == receipt
    assert not place.exists()


def test_senders_may_ask_by_code_how_far_the_office_is(tmp_path: Path) -> None:
    box = Drop(tmp_path / "in", clock=lambda: MONDAY, outbox=tmp_path / "out")
    one, two = matter(), matter(code="0" * 12, said=said(id="c-2"))

    assert box.tell([one, two])
    assert not box.tell([two, one])
    assert box.tell([one, two.changed(state="seen")])

    lines = (tmp_path / "out" / drops.STATES).read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"id": "c-2", "code": "0" * 12, "state": "seen", "label": "已受理"},
        {"id": "c-1", "code": one.code, "state": "new", "label": "待查看"},
    ]


def test_without_an_outbox_nobody_is_told(tmp_path: Path) -> None:
    box = Drop(tmp_path / "in", clock=lambda: MONDAY, outbox=None)

    assert not box.tell([matter()])
    (tmp_path / "out").write_text("")
    with pytest.raises(Retry, match="outbox"):
        Drop(tmp_path, clock=lambda: MONDAY, outbox=tmp_path / "out").tell([matter()])


def test_another_answer_is_never_overwritten(tmp_path: Path) -> None:
    box = Drop(tmp_path / "in", clock=lambda: MONDAY, outbox=tmp_path)
    box.answer(said(), final("一"), NoTrail())

    with pytest.raises(Editor, match="another answer"):
        box.answer(said(), final("二"), NoTrail())


def test_an_outbox_that_is_no_folder_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    box = Drop(tmp_path / "in", clock=lambda: MONDAY, outbox=tmp_path / "out")

    with pytest.raises(Retry, match="outbox"):
        box.answer(said(), final(), NoTrail())


def test_an_outbox_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    box = Drop(tmp_path / "in", clock=lambda: MONDAY, outbox=tmp_path / "file" / "out")

    with pytest.raises(Retry, match="outbox"):
        box.answered(said(), final(), NoTrail())
