"""No secret comes out, whatever it is put into and however it is quoted."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote, quote_plus

from hypothesis import assume, given
from hypothesis import strategies as st

from govsync.events import Event
from govsync.watching.logs import JsonLines, Plain
from govsync.watching.redaction import MARK, Redactor

SECRETS = st.text(st.characters(codec="utf-8"), min_size=8, max_size=40)
AROUND = st.text(st.characters(codec="utf-8"), max_size=20)
FORMS = (
    str,
    quote,
    quote_plus,
    lambda text: quote(text, safe=""),
    lambda text: quote(quote(text)),
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: json.dumps(json.dumps(text))[3:-3],
    lambda text: quote(json.dumps(text)[1:-1]),
)


@given(secret=SECRETS, before=AROUND, after=AROUND, form=st.sampled_from(FORMS))
def test_a_secret_in_any_form_never_reaches_a_line(
    secret: str, before: str, after: str, form: object
) -> None:
    assume(len(secret.strip()) >= 8)
    assume(secret == secret.strip())
    assume(len(secret.splitlines()) == 1)
    assume(secret not in MARK)
    assert callable(form)
    shown = form(secret)
    text = f"{before}{shown}{after}"
    event = Event("run.told", {"message": text, "reason": {"a": text}})
    record = logging.LogRecord("govsync.run", 30, "", 0, event, (), None)
    redactor = Redactor([secret])

    line = JsonLines(redactor).format(record)
    told = json.loads(line)

    assert secret not in told["message"]
    assert shown not in told["message"]
    assert secret not in told["reason"]
    assert secret not in Plain(redactor).format(record)
    assert "\n" not in line


@given(text=st.text())
def test_any_text_makes_one_line_of_json(text: str) -> None:
    event = Event(text, {"message": text, text: 1})
    record = logging.LogRecord("govsync.run", 20, "", 0, event, (), None)

    line = JsonLines(Redactor()).format(record)

    assert len(line.split("\n")) == 1
    assert json.loads(line)["level"] == "info"
    assert "\n" not in Plain(Redactor()).format(record)
