"""The commands of ``govsync inbox`` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govsync.cli.options import CONFIG, Config, Json

inbox = typer.Typer(
    invoke_without_command=True, help="Feedback (建议评价), its terms and its answers."
)

Code = Annotated[str, typer.Argument(help="The query code (查询码).")]
By = Annotated[str, typer.Option("--by", help="Who acts, by name.")]


@inbox.callback()
def listing(
    context: typer.Context,
    config: Config = CONFIG,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only what is not answered or closed.")
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Only what is due soon, late, or a veto.")
    ] = False,
    json: Json = False,
) -> None:
    """List what came back, its due moments and how it stands; senders are masked."""
    if context.invoked_subcommand is not None:
        return
    from govsync.cli import inboxes

    raise typer.Exit(inboxes.listing(config, open_only=open_only, due=due, json=json))


@inbox.command()
def show(
    code: Code,
    config: Config = CONFIG,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="With the sender; this is put on record.")
    ] = False,
    by: By = "",
    reason: Annotated[str, typer.Option(help="Why the sender is asked for.")] = "",
    json: Json = False,
) -> None:
    """Show one matter and its answer."""
    from govsync.cli import inboxes

    asked = inboxes.Asked(by=by, reason=reason) if reveal else None
    inboxes.show(config, code, reveal=asked, json=json)


@inbox.command()
def take(
    code: Code,
    by: By,
    config: Config = CONFIG,
    longer: Annotated[
        bool, typer.Option("--complex", help="It needs the longer term.")
    ] = False,
) -> None:
    """Take a matter on (受理)."""
    from govsync.cli import inboxes

    inboxes.act(config, lambda box: box.take(code, by=by, longer=longer))


@inbox.command()
def answer(
    code: Code,
    by: By,
    config: Config = CONFIG,
    text: Annotated[str, typer.Option(help="The answer.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="A UTF-8 file with the answer; - for the input.")
    ] = None,
) -> None:
    """Write the answer; another person reviews it before it goes."""
    from govsync.cli import inboxes

    said = inboxes.text_of(text, file)
    inboxes.act(config, lambda box: box.answer(code, said, by=by))


@inbox.command()
def review(
    code: Code,
    by: By,
    config: Config = CONFIG,
    draft: Annotated[
        int | None, typer.Option(help="The draft that was read, by its number.")
    ] = None,
    reject: Annotated[
        bool, typer.Option("--reject", help="Return it to who wrote it.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why it is returned.")] = "",
) -> None:
    """Approve an answer that another person wrote, or return it."""
    from govsync.cli import inboxes

    if reject:
        inboxes.act(config, lambda box: box.send_back(code, by=by, reason=reason))
    else:
        inboxes.act(config, lambda box: box.approve(code, by=by, draft=draft))


@inbox.command()
def close(
    code: Code,
    by: By,
    reason: Annotated[str, typer.Option(help="Why no answer is given.")],
    config: Config = CONFIG,
) -> None:
    """End a matter without an answer."""
    from govsync.cli import inboxes

    inboxes.act(config, lambda box: box.close(code, by=by, reason=reason))


@inbox.command()
def delivered(
    code: Code,
    by: By,
    config: Config = CONFIG,
    address: Annotated[str, typer.Option(help="Where the answer can be seen.")] = "",
) -> None:
    """Say that an approved answer was given by hand."""
    from govsync.cli import inboxes

    inboxes.act(config, lambda box: box.delivered(code, by=by, address=address))


@inbox.command()
def retry(code: Code, by: By, config: Config = CONFIG) -> None:
    """Let the next run try to deliver an answer again."""
    from govsync.cli import inboxes

    inboxes.act(config, lambda box: box.retry(code, by=by))
