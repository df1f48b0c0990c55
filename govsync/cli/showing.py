"""``govsync status``, ``show`` and ``preview``: look, and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govsync import audit
from govsync.agent import anchoring
from govsync.agent.channels import open_channel
from govsync.agent.workspace import Workspace
from govsync.channels.contract import Op, Release
from govsync.channels.errors import Reject
from govsync.cli.anchored import tell_anchors
from govsync.cli.output import complain, say, say_json, say_table
from govsync.files import replacing
from govsync.ledger import ObligationState, channels, obligations, past, records
from govsync.ledger.agreement import agreements
from govsync.model import Past

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from govsync.ledger.agreement import Agreement
    from govsync.model import Record

_OPEN = (
    ObligationState.OWED,
    ObligationState.SENDING,
    ObligationState.UNSURE,
    ObligationState.ACCEPTED,
    ObligationState.WAITING,
    ObligationState.HELD,
)


def status(config: Path, *, json: bool) -> None:
    """Print what each channel holds and owes, and what waits for a person."""
    with Workspace.at(config) as workspace, workspace.database.read() as connection:
        found = _status(connection, sorted(workspace.config.channels))
        asked = workspace.config.audit.anchors
        anchors = anchoring.anchored(connection, asked, workspace.clock())
    if json:
        told = {name: one.model_dump(mode="json") for name, one in anchors.items()}
        say_json({**found, "anchors": told})
        return
    say(f"{found['records']} records")
    names = [state.value for state in ObligationState]
    rows = [
        [name, *(told["obligations"].get(n, 0) or "" for n in names), told["breaker"]]
        for name, told in found["channels"].items()
    ]
    say_table(["channel", *names, "breaker"], rows)
    for line in found["waiting_for_a_person"]:
        say(f"  {line}")
    for one in found["open"]:
        say(f"  {one['state']} {one['record']} → {one['channel']}: {one['reason']}")
        if one["step"]:
            say(f"      {one['step']}")
    tell_anchors(anchors)


def _status(connection: Connection, names: list[str]) -> dict[str, Any]:
    counts = obligations.counts(connection)
    breakers = {name: channels.breaker(connection, name) for name in names}
    grave = [str(finding) for finding in records.grave(connection)]
    return {
        "records": records.count(connection),
        "channels": {
            name: {
                "obligations": counts.get(name, {}),
                "breaker": str(breakers[name].state),
                "step": breakers[name].step,
            }
            for name in names
        },
        "waiting_for_a_person": grave,
        "open": [
            {
                "channel": one.channel,
                "record": one.record,
                "state": str(one.state),
                "revision": one.want.revision,
                "due": one.due_at,
                "reason": one.reason,
                "step": one.step,
            }
            for one in obligations.in_states(connection, _OPEN)
            if one.cause != "rule"
        ],
    }


def show(config: Path, record_id: str, *, json: bool) -> None:
    """Print one record: what it says, what was found, where it is, what happened."""
    with Workspace.at(config) as workspace, workspace.database.read() as connection:
        record = records.named(connection, record_id)
        found = records.findings(connection, record_id=record_id)
        held = obligations.of_record(connection, record_id)
        before = past.pasts(connection, [record_id]).get(record_id, Past())
        told = list(audit.entries(connection, record=record_id))
    compared = {one.channel: one for one in agreements(record, held)}
    if json:
        say_json(
            {
                "record": record.plain(),
                "digest": record.digest,
                "content_digest": record.content_digest,
                "signed_off": sorted(before.signed),
                "public_since": before.published,
                "findings": [f.model_dump(mode="json") for f in found],
                "obligations": [o.model_dump(mode="json") for o in held],
                "agreement": [o.model_dump(mode="json") for o in compared.values()],
                "audit": [entry.model_dump(mode="json") for _, entry in told],
            }
        )
        return
    say(f"{record.id}  {record.title}")
    say(f"revision {record.revision}, digest {record.digest}")
    say(f"content {record.content_digest}{_signed(record, before)}")
    for finding in found:
        say(f"  {finding}")
    rows = [
        (
            one.channel,
            one.state,
            compared[one.channel].holds,
            _compared(compared[one.channel]),
            one.step,
        )
        for one in held
    ]
    say_table(["channel", "state", "holds", "against this revision", "step"], rows)
    for _, entry in told:
        say(
            f"  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.action}  {entry.channel}"
            f"  {entry.reason}"
        )


def _signed(record: Record, before: Past) -> str:
    """Say whether the content was signed off by hand, or only an earlier one was."""
    if record.content_digest in before.by_hand:
        return ", signed off by hand"
    if before.signed and record.content_digest not in before.signed:
        return ", not signed off: an earlier content was"
    return ""


def _compared(one: Agreement) -> str:
    if one.same:
        return "the same"
    return f"differs: {one.why or 'nothing explains it; `govsync reconcile`'}"


def preview(config: Path, record_id: str, channel: str, *, out: Path | None) -> int:
    """Print or write exactly what would go; 1 where the channel cannot take it."""
    with Workspace.at(config) as workspace:
        opened = open_channel(workspace.config, channel, clock=workspace.clock)
        with workspace.database.read() as connection:
            record = records.named(connection, record_id)
        op = Op.WITHDRAW if record.withdrawn else Op.PUBLISH
        release = Release(channel=channel, op=op, record=record)
        try:
            forms = opened.adapter.fit(release)
        except Reject as error:
            complain(str(error))
            return 1
        finally:
            opened.close()
    for number, form in enumerate(forms, start=1):
        say(f"{form.name}  {form.media_type}  {len(form.content)} bytes")
        if out is None:
            say(form.content.decode("utf-8", "replace"))
        else:
            out.mkdir(parents=True, exist_ok=True)
            with replacing(
                out / f"{number:02d}-{form.name.rpartition('/')[2]}"
            ) as file:
                file.write(form.content)
    return 0
