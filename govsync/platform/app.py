"""The ASGI application: addresses, bodies, threads. What calls do is elsewhere."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from govsync.platform import pages, witness
from govsync.platform.api import CALLS
from govsync.platform.calls import Call, Reply
from govsync.platform.gate import Gate
from govsync.platform.keyring import Keyring
from govsync.platform.office import Office
from govsync.platform.problems import ProblemError
from govsync.platform.schema import MIGRATIONS, VERSION, metadata
from govsync.store.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.requests import Request

    from govsync.channels import Clock
    from govsync.platform.calls import Action
    from govsync.platform.settings import PlatformSettings

    Endpoint = Callable[[Request], Awaitable[Response]]

DRAINED = 4
"""How many times the largest body is read off before a call is cut short, so that a
sender of a little too much hears why."""


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def create_app(settings: PlatformSettings, *, clock: Clock = utc_now) -> Starlette:
    """Return the platform as an ASGI application.

    ``app.state.office`` is the :class:`~govsync.platform.office.Office`: reviews,
    feedback, maintenance. The database opens here and closes when the server stops.

    Raises:
        ConfigError: A key cannot be used.
        StoreError: The database cannot be opened.
    """
    office = open_office(settings, clock=clock)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        office.close()

    app = Starlette(
        routes=[*_api_routes(office), *_page_routes(office)],
        exception_handlers={
            HTTPException: _unknown_call,
            Exception: _failed,
        },
        lifespan=lifespan,
    )
    app.state.office = office
    return app


def open_office(settings: PlatformSettings, *, clock: Clock = utc_now) -> Office:
    """Return the platform's office, its database open.

    Raises:
        ConfigError: A key cannot be used.
        StoreError: The database cannot be opened.
    """
    keyring = Keyring(settings)
    database = open_database(settings)
    return Office(settings, keyring=keyring, database=database, clock=clock)


def open_database(settings: PlatformSettings) -> Database:
    """Open the platform's database and make what tables it lacks.

    Raises:
        StoreError: It cannot be opened.
    """
    database = Database.open(settings.database)
    database.create_or_check(metadata, VERSION, MIGRATIONS)
    return database


def _api_routes(office: Office) -> list[Route]:
    gate = Gate(office)
    routes = [Route("/api/v1/ping", _ping(office), methods=["GET"])]
    for path, actions in CALLS.items():
        methods = list(actions)
        routes.append(Route(path, _endpoint(gate, actions), methods=methods))
    if office.keyring.cosigner is not None:
        routes.append(Route(witness.PATH, _witness(office), methods=["POST"]))
    return routes


def _page_routes(office: Office) -> list[Route]:
    return [
        Route(path, _page(office, make), methods=["GET"])
        for path, make in pages.PAGES.items()
    ]


def _ping(office: Office) -> Endpoint:
    async def ping(_: Request) -> Response:
        now = office.clock().isoformat()
        return _response(Reply.of(200, {"now": now, "maintenance": office.maintenance}))

    return ping


def _witness(office: Office) -> Endpoint:
    async def add_checkpoint(request: Request) -> Response:
        try:
            content = await _body(request, witness.LONGEST)
        except ProblemError as error:
            return _response(Reply.problem(error, request.url.path))
        return _response(await run_in_threadpool(witness.answer, office, content))

    return add_checkpoint


def _endpoint(gate: Gate, actions: Mapping[str, Action]) -> Endpoint:
    office = gate.office

    async def endpoint(request: Request) -> Response:
        try:
            content = await _body(request, office.settings.max_body)
        except ProblemError as error:
            return _response(Reply.problem(error, request.url.path))
        call = _call(request, content, office.clock())
        action = actions["GET" if request.method == "HEAD" else request.method]
        return _response(await run_in_threadpool(gate.answer, call, action))

    return endpoint


def _page(office: Office, make: pages.Page) -> Endpoint:
    async def page(request: Request) -> Response:
        names = {key: str(value) for key, value in request.path_params.items()}
        return _response(await run_in_threadpool(make, office, names))

    return page


async def _body(request: Request, most: int) -> bytes:
    """Read a body; what is beyond the limit is read off and dropped.

    Raises:
        ProblemError: P41301.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            parts.append(part)
        elif size > DRAINED * most:
            break
    if size > most:
        raise ProblemError("P41301", f"more than {most} bytes")
    return b"".join(parts)


def _call(request: Request, content: bytes, at: datetime) -> Call:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return Call(
        method=request.method,
        host=request.headers.get("host", ""),
        target=(path + b"?" * bool(query) + query).decode("latin-1"),
        path=request.url.path,
        headers=request.headers,
        content=content,
        names={key: str(value) for key, value in request.path_params.items()},
        query=request.query_params,
        at=at,
    )


def _response(reply: Reply) -> Response:
    headers = {**reply.described, **reply.headers, "Cache-Control": "no-store"}
    return Response(reply.content, reply.status, headers)


async def _unknown_call(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    headers = getattr(error, "headers", None)
    problem = ProblemError("P40501" if status == 405 else "P40401", headers=headers)
    return _response(Reply.problem(problem, request.url.path))


async def _failed(request: Request, error: Exception) -> Response:
    # Starlette raises it again afterwards, so that the server's log has it whole.
    del error
    return _response(Reply.problem(ProblemError("P50001"), request.url.path))
