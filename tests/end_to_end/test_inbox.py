"""Feedback from a platform, a mailbox and a CMS: in, answered by two people, out."""

from __future__ import annotations

import json
import mailbox
from pathlib import Path

import pytest
from support.county import Workspace, govsync, workspace
from support.inbox import REVIEWER, WRITER
from support.platform import running_platform

from govsync.platform import load_settings, open_office, store

SOURCES = """
[inbox.terms]
suggestion = 3

[inbox.sources.mayor]
kind = "mailbox"
path = "mayor.mbox"
outbox = "mail-out"
sender = "office@city.example"

[inbox.sources.comments]
kind = "drop"
path = "comments.jsonl"
outbox = "answers"
"""
MAIL = """From: =?utf-8?b?546L5bCP5piO?= <wang@mail.example>
Subject: =?utf-8?b?572R56uZ57qg6ZSZ?=

电话 13800138000, 第二段有错别字。
"""
COMMENT = {
    "id": "42",
    "text": "希望公布名单, 联系张三 13900139000",
    "sender": "张三",
    "contact": "13900139000",
    "at": "2026-03-02T09:00:00+08:00",
}
RATING = {"id": "43", "score": 5}


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    made = workspace(tmp_path / "city")
    equip(made)
    return made


def equip(city: Workspace) -> None:
    """Give a workspace a mailbox and a drop, with something in each."""
    with city.config.open("a", encoding="utf-8") as file:
        file.write(SOURCES)
    box = mailbox.mbox(city.folder / "mayor.mbox")
    box.add(MAIL.encode())
    box.close()
    lines = [json.dumps(entry, ensure_ascii=False) for entry in (COMMENT, RATING)]
    text = "\n".join([*lines, "not JSON", ""])
    (city.folder / "comments.jsonl").write_text(text, encoding="utf-8")


def codes(city: Workspace) -> dict[str, str]:
    """By category, the code of each matter."""
    return {one["category"]: one["code"] for one in city.json("inbox")}


def answer(city: Workspace, code: str, text: str = "已处理, 谢谢。") -> None:
    city.govsync("inbox", "take", code, "--by", WRITER)
    assert not city.govsync(
        "inbox", "answer", code, "--by", WRITER, "--text", text
    ).returncode
    done = city.govsync("inbox", "review", code, "--by", REVIEWER, "--draft", "1")
    assert not done.returncode, done.stderr


def test_answers_go_back_where_the_questions_came_from_once(city: Workspace) -> None:
    assert city.json("run")["collected"] == 4
    found = codes(city)
    assert set(found) == {"error", "suggestion", "rating", "unread"}
    answer(city, found["error"], "已更正。")
    answer(city, found["suggestion"], "名单已公布。")

    for _ in range(2):
        assert city.json("run")["collected"] == 0

    (mail,) = (city.folder / "mail-out").iterdir()
    assert b"To: wang@mail.example" in mail.read_bytes()
    (reply,) = (city.folder / "answers").glob("*.json")
    assert json.loads(reply.read_text("utf-8"))["id"] == "42"
    told = (city.folder / "answers" / "states.jsonl").read_text("utf-8").splitlines()
    assert {one["id"]: one["label"] for one in map(json.loads, told)}["42"] == "已答复"
    states = {one["category"]: one["state"] for one in city.json("inbox")}
    assert states == {
        "error": "published",
        "suggestion": "published",
        "rating": "closed",
        "unread": "new",
    }
    assert city.govsync("audit", "verify").returncode == 0


def test_senders_are_masked_until_somebody_asks_by_name(city: Workspace) -> None:
    city.govsync("run")
    code = codes(city)["suggestion"]
    outputs = [
        city.govsync("inbox").stdout,
        city.govsync("inbox", "--json").stdout,
        city.govsync("inbox", "show", code).stdout,
        city.govsync("audit", "show").stdout,
    ]
    for text in outputs:
        assert not {
            secret
            for secret in ("张三", "13900139000", "13800138000", "wang@", "王小明")
            if secret in text
        }

    asked = ("inbox", "show", code, "--reveal", "--by", WRITER)
    assert city.govsync(*asked).returncode == 64
    shown = city.govsync(*asked, "--reason", "电话回复").stdout
    assert "13900139000" in shown
    told = city.json("audit", "show")
    assert [e["action"] for e in told][-1] == "inbox.revealed"


def test_nobody_reviews_what_they_wrote(city: Workspace) -> None:
    city.govsync("run")
    code = codes(city)["suggestion"]
    city.govsync("inbox", "answer", code, "--by", WRITER, "--text", "好")

    refused = city.govsync("inbox", "review", code, "--by", WRITER)
    city.govsync("run")

    assert refused.returncode == 64
    assert "another person" in refused.stderr
    assert not list((city.folder / "answers").glob("*.json"))


def test_what_is_late_is_listed_first_and_is_1(city: Workspace) -> None:
    city.govsync("run")
    late = city.govsync("inbox", "--due")
    listed = city.json("inbox", "--due")
    everything = city.json("inbox", "--open")

    assert late.returncode == 1
    assert "逾三个月" in late.stdout
    assert listed[0]["category"] == "suggestion"
    assert listed[0]["standing"] == "veto"
    assert everything[0]["code"] == listed[0]["code"]
    assert {one["category"] for one in everything} == {"error", "suggestion", "unread"}


def test_an_answer_is_read_from_a_file_or_the_input(city: Workspace) -> None:
    city.govsync("run")
    code = codes(city)["suggestion"]
    (city.folder / "a.txt").write_text("文件中的答复", encoding="utf-8")
    by = ("inbox", "answer", code, "--by", WRITER)

    assert city.govsync(*by, "--file", "a.txt").returncode == 0
    assert "文件中的答复" in city.govsync("inbox", "show", code).stdout
    assert city.govsync(*by, "--file", "-", input="读入的答复").returncode == 0
    assert "读入的答复" in city.govsync("inbox", "show", code).stdout
    assert city.govsync(*by).returncode == 64
    assert city.govsync(*by, "--file", "none.txt").returncode == 64
    leaking = city.govsync(*by, "--text", "打 13900139000")
    assert leaking.returncode == 64
    assert "139****9000" in leaking.stderr


def test_a_matter_is_returned_closed_and_given_by_hand(city: Workspace) -> None:
    text = city.config.read_text("utf-8").replace('outbox = "answers"\n', "")
    city.config.write_text(text, encoding="utf-8")
    city.govsync("run")
    found = codes(city)
    code = found["suggestion"]
    city.govsync("inbox", "answer", code, "--by", WRITER, "--text", "好")
    back = ("inbox", "review", code, "--by", REVIEWER, "--reject")
    assert city.govsync(*back).returncode == 64
    assert city.govsync(*back, "--reason", "不清楚").returncode == 0
    city.govsync("inbox", "answer", code, "--by", WRITER, "--text", "名单已公布。")
    city.govsync("inbox", "review", code, "--by", REVIEWER)
    assert city.json("run")["answers"] == {"held": 1}
    assert "govsync inbox delivered" in city.govsync("inbox", "show", code).stdout

    city.govsync("inbox", "retry", code, "--by", WRITER)
    done = city.govsync("inbox", "delivered", code, "--by", WRITER)
    closed = city.govsync(
        "inbox", "close", found["unread"], "--by", WRITER, "--reason", "不是来信"
    )

    assert "已答复" in done.stdout
    assert closed.returncode == 0
    assert city.json("run")["answers"] == {}


def test_a_return_of_the_province_is_answered_there(tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        city = workspace(tmp_path / "city", url=platform.url, key=platform.key)
        platform.office.give_feedback("mishan", "return", "补充摘要")
        city.govsync("run")
        answer(city, codes(city)["return"], "已补充摘要。")
        city.govsync("run")
        city.govsync("run")
        (told,) = platform.office.feedback_of("mishan")

    assert told.answer == "已补充摘要。"


def test_a_mailbox_that_cannot_be_read_is_75(city: Workspace) -> None:
    (city.folder / "mayor.mbox").unlink()
    (city.folder / "mayor.mbox").mkdir()

    done = city.govsync("run")

    assert done.returncode == 75
    assert "no Maildir" in done.stderr


def test_the_office_of_the_province_reads_answers(tmp_path: Path) -> None:
    folder = tmp_path / "province"
    assert govsync("platform", "init", str(folder)).returncode == 0
    config = folder / "platform.toml"
    office = open_office(load_settings(config))
    number = office.give_feedback("230382", "return", "补充摘要")
    with office.transaction() as tx:
        said = {"feedback": number, "city": "230382", "text": "已补充\x1b[31m"}
        store.keep_reply(tx, {**said, "digest": "", "at": office.clock()})
    office.give_feedback("230382", "reminder", "本月未更新")
    office.close()
    of = ("platform", "feedback", "230382", "--config", str(config))

    shown = govsync(*of)
    listed = json.loads(govsync(*of, "--after", str(number), "--json").stdout)

    assert "2 listed, 1 without an answer" in shown.stdout
    assert "已补充[31m" in shown.stdout
    assert [one["kind"] for one in listed] == ["reminder"]


def test_check_tries_the_sources_of_the_inbox(city: Workspace) -> None:
    checked = city.govsync("check")

    assert "inbox source mayor: 1 pieces of feedback" in checked.stdout
    assert "inbox source comments: 3 pieces of feedback" in checked.stdout
    assert city.json("inbox") == []
