"""The commands and their options; what they do is in their own modules."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from govsync.cli import audit_app
from govsync.cli.catalog_app import catalog
from govsync.cli.inbox_app import inbox
from govsync.cli.options import CONFIG, Config, Json

app = typer.Typer(
    name="govsync",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Publish what the open-government catalog demands: in time, on every channel,"
    " once, and provably.",
    epilog="Exit codes: 0 nothing left undone; 1 something waits for a person;"
    " 64 wrong usage; 65 bad input; 75 try again later; 78 bad configuration.",
)
platform = typer.Typer(no_args_is_help=True, help="The province's side.")
app.add_typer(audit_app.app, name="audit")
app.add_typer(catalog, name="catalog")
app.add_typer(inbox, name="inbox")
app.add_typer(platform, name="platform")

AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], help="The last day that counts; today."
    ),
]


def _version(asked: bool) -> None:  # Typer's callback
    if asked:
        from govsync import __version__

        typer.echo(f"govsync {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Publish what the open-government catalog demands."""
    del version


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Made where it is not there.")],
    city: Annotated[str, typer.Option(help="The city's name.")] = "密山市",
    code: Annotated[str, typer.Option(help="GB/T 2260, six digits.")] = "230382",
    site: Annotated[
        str, typer.Option(help="The government site's home page.")
    ] = "https://www.city.example.gov.cn",
) -> None:
    """Write a commented configuration and the audit log's key."""
    from govsync.cli import setup

    setup.init(folder, city=city, code=code, site=site)


@app.command()
def check(config: Config = CONFIG) -> None:
    """Try the configuration, the catalog, the sources and each channel; no effect."""
    from govsync.cli import setup

    raise typer.Exit(setup.check(config))


@app.command()
def doctor(
    config: Config = CONFIG,
    offline: Annotated[
        bool, typer.Option("--offline", help="Leave out what needs the network.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Let warnings count as failures.")
    ] = False,
    json: Json = False,
) -> None:
    """Tell what is wrong here, what soon will be, and what mends it; no effect."""
    from govsync.cli import doctoring

    raise typer.Exit(
        doctoring.doctor(config, offline=offline, strict=strict, json=json)
    )


@app.command()
def convert(
    sources: Annotated[list[Path], typer.Argument(help="CSV, TSV or JSON Lines.")],
    to: Annotated[str, typer.Option("--to", help="atom, json_feed, dcat, sitemap …")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    catalog: Annotated[Path | None, typer.Option(help="The county's workbook.")] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of the sources; detected where absent.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="The site's home page.")] = None,
    title: Annotated[str, typer.Option(help="The feed's title.")] = "基层政务公开",
    serves: Annotated[
        str, typer.Option("--for", help="Which of the catalog's channels it is for.")
    ] = "gov_site",
    everything: Annotated[
        bool, typer.Option("--all", help="Write what the rules keep back, too.")
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that screen and render.")
    ] = 1,
) -> None:
    """Convert records into a standard form; what may not go is set aside by name."""
    from govsync.cli import conversion

    asked = conversion.Conversion(
        sources=sources,
        to=to,
        out=out,
        catalog=catalog,
        encoding=encoding,
        site=site,
        title=title,
        serves=None if everything else serves,
        workers=workers,
    )
    raise typer.Exit(conversion.convert(asked))


@app.command()
def validate(
    documents: Annotated[
        list[str], typer.Argument(help="Files, web addresses, or - for the input.")
    ],
    form: Annotated[
        str, typer.Option("--format", help="Recognized by the content where absent.")
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Let warnings count as errors.")
    ] = False,
    json: Json = False,
) -> None:
    """Hold feeds and other documents against schemas and rules; name each fault."""
    from govsync.cli import validating

    raise typer.Exit(
        validating.validate(documents, form=form, strict=strict, json=json)
    )


@app.command()
def run(
    config: Config = CONFIG,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go; change nothing.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write those bytes here.")
    ] = None,
    json: Json = False,
    log_format: Annotated[
        str | None,
        typer.Option(
            envvar="GOVSYNC_LOG_FORMAT",
            help="Log on standard error: json (a line each) or text.",
        ),
    ] = None,
    log_level: Annotated[
        str | None,
        typer.Option(envvar="GOVSYNC_LOG_LEVEL", help="debug, info, warning or error."),
    ] = None,
) -> None:
    """Do one run: ingest, screen, owe, push, settle, verify, collect, checkpoint."""
    from govsync.cli import running

    if dry_run:
        raise typer.Exit(running.rehearse(config, out=out, json=json))
    log = running.log_asked(log_format, log_level)
    raise typer.Exit(running.run(config, json=json, log=log))


@app.command()
def status(config: Config = CONFIG, json: Json = False) -> None:
    """Show what each channel holds and owes, and what waits for a person."""
    from govsync.cli import showing

    showing.status(config, json=json)


@app.command()
def deadlines(
    config: Config = CONFIG,
    catalog: Annotated[
        Path | None, typer.Option(help="A workbook instead of the configured ones.")
    ] = None,
    json: Json = False,
) -> None:
    """Show how 公开时限 of each row was understood, and what the law adds."""
    from govsync.cli import deadlines as telling

    raise typer.Exit(telling.deadlines(config, catalog=catalog, json=json))


@app.command()
def due(
    config: Config = CONFIG,
    within: Annotated[
        int | None,
        typer.Option(min=0, max=3650, help="Days ahead; as configured where absent."),
    ] = None,
    json: Json = False,
) -> None:
    """Show what is late, overdue, due soon, or due on days not yet announced."""
    from govsync.cli import deadlines as telling

    raise typer.Exit(telling.due(config, within=within, json=json))


@app.command()
def channels(
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", envvar="GOVSYNC_CONFIG", help="Its channels."),
    ] = None,
    json: Json = False,
) -> None:
    """List adapters, their settings and limits, and when each channel gives up."""
    from govsync.cli import listing

    raise typer.Exit(listing.channels(config, json=json))


@app.command()
def report(
    audience: Annotated[
        str, typer.Option("--for", help="inspection, leaders, annual or pilot.")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="A .html, .xlsx, .json, .md or .docx file."),
    ],
    config: Config = CONFIG,
    as_of: AsOf = None,
) -> None:
    """Write the figures that an inspector reads, as of any day."""
    from govsync.cli import reporting

    day = as_of.date() if as_of else None
    reporting.report(config, audience=audience, out=out, as_of=day)


@app.command()
def show(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    config: Config = CONFIG,
    json: Json = False,
) -> None:
    """Show one record: what it says, what was found, where it is, what happened."""
    from govsync.cli import showing

    showing.show(config, record, json=json)


@app.command()
def links(
    config: Config = CONFIG,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Addresses; as configured where absent."),
    ] = None,
    json: Json = False,
) -> None:
    """Look for dead and hijacked links in what stands live; one host at a time."""
    from govsync.cli import linking

    raise typer.Exit(linking.links(config, limit=limit, json=json))


@app.command()
def preview(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    channel: Annotated[str, typer.Option(help="The channel's name.")],
    config: Config = CONFIG,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the bytes here.")
    ] = None,
) -> None:
    """Show exactly what would go to a channel."""
    from govsync.cli import showing

    raise typer.Exit(showing.preview(config, record, channel, out=out))


@app.command()
def withdraw(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    reason: Annotated[str, typer.Option(help="Why; it is shown to the public.")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="Lift a withdrawal by hand.")
    ] = False,
    config: Config = CONFIG,
) -> None:
    """Take a record back on every channel at the next run."""
    from govsync.cli import acting

    acting.withdraw(config, record, reason=reason, undo=undo)


@app.command("sign-off")
def sign_off(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    revision: Annotated[
        int | None, typer.Option(min=1, help="The revision that was read.")
    ] = None,
    final: Annotated[str, typer.Option(help="Who signs it off (签发).")] = "",
    first: Annotated[str, typer.Option(help="Who gave 初审.")] = "",
    second: Annotated[str, typer.Option(help="Who gave 复审.")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="Lift a sign-off by hand.")
    ] = False,
    config: Config = CONFIG,
) -> None:
    """Record the final sign-off of what one revision says."""
    from govsync.cli import by_hand

    names = (first, second, final)
    by_hand.sign_off(config, record, revision=revision, names=names, undo=undo)


@app.command("first-day")
def first_day(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="2018-03-02.")],
    reason: Annotated[str, typer.Option(help="How the wrong day came about.")],
    config: Config = CONFIG,
) -> None:
    """Correct the day on which a record was public first."""
    from govsync.cli import by_hand

    by_hand.first_day(config, record, day, reason=reason)


@app.command()
def override(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    rule: Annotated[str, typer.Option(help="Such as privacy.mobile-number.")],
    basis: Annotated[
        str, typer.Option(help="third-party-consent or public-interest (art. 15).")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; the audit log keeps it.")] = "",
    by: Annotated[str, typer.Option(help="Who decided.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Lift the decision.")] = False,
    config: Config = CONFIG,
) -> None:
    """Publish one revision although a rule of privacy keeps it back."""
    from govsync.cli import acting

    acting.override(
        config, record, rule=rule, basis=basis, reason=reason, by=by, undo=undo
    )


@app.command()
def redact(
    file: Annotated[Path, typer.Argument(help="Its bytes stay as they are.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A new file; beside it.")
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Mask names in lists of persons, too.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a copy of a file without the numbers of persons, and list what changed."""
    from govsync.cli import redacting

    redacting.redact_file(file, out, names=names, json=json)


@app.command()
def retry(
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    record: Annotated[str | None, typer.Option(help="Only this record.")] = None,
    config: Config = CONFIG,
) -> None:
    """Make what is held or waiting at the channels due now."""
    from govsync.cli import acting

    acting.retry(config, channel=channel, record=record)


@app.command()
def hold(
    channel: Annotated[str, typer.Argument(help="The channel's name.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    config: Config = CONFIG,
) -> None:
    """Stop a channel until somebody resumes it; its records wait."""
    from govsync.cli import acting

    acting.hold(config, channel, reason=reason)


@app.command()
def resume(
    channel: Annotated[str, typer.Argument(help="The channel's name.")],
    config: Config = CONFIG,
) -> None:
    """Let a channel that waits for a person work again."""
    from govsync.cli import acting

    acting.resume(config, channel)


@app.command()
def reconcile(
    channel: Annotated[str, typer.Argument(help="The channel's name.")],
    config: Config = CONFIG,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compare; change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Hold all that a channel shows against the ledger; deletes nothing unknown."""
    from govsync.cli import reconciling

    raise typer.Exit(reconciling.reconcile(config, channel, dry_run=dry_run, json=json))


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Option("--dir", help="Made anew at each demo.")
    ] = Path("demo"),
) -> None:
    """Run the main job on the sample county, against a platform on this machine."""
    from govsync.cli import demo as demonstration

    raise typer.Exit(demonstration.demo(folder))


@platform.command("init")
def platform_init(
    folder: Annotated[Path, typer.Argument(help="Made where it is not there.")],
    city: Annotated[str, typer.Option(help="The first city's code.")] = "230382",
) -> None:
    """Write a platform's configuration and a city's first key."""
    from govsync.cli import setup

    setup.platform_init(folder, city=city)


@platform.command("feedback")
def platform_feedback(
    city: Annotated[str, typer.Argument(help="The city's name in the keys.")],
    config: Annotated[
        Path, typer.Option("--config", "-c", help="The platform's configuration.")
    ] = Path("platform.toml"),
    after: Annotated[int, typer.Option(min=0, help="The last number seen.")] = 0,
    json: Json = False,
) -> None:
    """Show what a city was told, and what it answered."""
    from govsync.cli import province

    province.feedback(config, city, after=after, json=json)


@platform.command("serve")
def platform_serve(
    config: Annotated[
        Path, typer.Option("--config", "-c", help="The platform's configuration.")
    ] = Path("platform.toml"),
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.")] = 8380,
) -> None:
    """Receive what cities push, and show what they published."""
    from govsync.cli import setup

    setup.platform_serve(config, host=host, port=port)
