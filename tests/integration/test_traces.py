"""A run's spans, in memory and over real HTTP to a receiver that reads protobuf."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.county import workspace
from support.http_sink import serving

from govsync.errors import ConfigError
from govsync.spans import span, tracing
from govsync.watching.redaction import Redactor
from govsync.watching.tracing import asked, exporters, exporting

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class _Receiver(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(ExportTraceServiceRequest.FromString(body))
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


class Receiver(ThreadingHTTPServer):
    """Keeps what is exported to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.requests: list[ExportTraceServiceRequest] = []

    def spans(self) -> list[object]:
        return [
            one
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for one in scope.spans
        ]


@contextmanager
def receiver() -> Generator[Receiver]:
    with Receiver() as server, serving(server):
        yield server


def test_spans_are_children_and_tell_no_secret() -> None:
    memory = InMemorySpanExporter()
    redactor = Redactor(["hidden-token"])
    with (
        exporting([memory], redactor, {"TRACEPARENT": PARENT}) as tracer,
        tracing(tracer),
        pytest.raises(ValueError, match="hidden"),
        span("outer", channel="with hidden-token"),
        span("inner") as inner,
    ):
        inner.set(found=True)
        raise ValueError("hidden-token")
    by_name = {one.name: one for one in memory.get_finished_spans()}
    outer, inside = by_name["outer"], by_name["inner"]

    assert f"{outer.context.trace_id:032x}" == TRACE
    assert f"{outer.parent.span_id:016x}" == "b7ad6b7169203331"
    assert inside.parent.span_id == outer.context.span_id
    assert inside.attributes == {"govsync.found": True}
    assert inside.status.description == "ValueError: [redacted]"
    assert outer.attributes == {"govsync.channel": "with [redacted]"}


def test_a_run_exports_its_phases_and_calls_over_http(tmp_path: Path) -> None:
    city = workspace(tmp_path / "city")
    with receiver() as collector:
        url = f"http://127.0.0.1:{collector.server_port}"
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "TRACEPARENT": PARENT}
        done = city.govsync("run", env=environ)
        found = collector.spans()
    names = {one.name for one in found}  # type: ignore[attr-defined]

    assert done.returncode == 1, done.stderr
    assert {"govsync.run", "govsync.push", "govsync.channel.push"} <= names
    assert "govsync.adapter.publish_many" in names
    assert {one.trace_id.hex() for one in found} == {TRACE}  # type: ignore[attr-defined]


def test_a_receiver_that_is_away_changes_no_exit_code(tmp_path: Path) -> None:
    city = workspace(tmp_path / "city")
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    }
    assert city.govsync("run", env=environ).returncode == 1


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({}, []),
        ({"OTEL_TRACES_EXPORTER": "none"}, []),
        ({"OTEL_TRACES_EXPORTER": "otlp, console"}, ["otlp", "console"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h"}, ["otlp"]),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}, []),
    ],
)
def test_the_standard_environment_asks(
    environ: dict[str, str], names: list[str]
) -> None:
    assert asked(environ) == names


def test_an_exporter_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="no exporter"):
        exporters({"OTEL_TRACES_EXPORTER": "carrier-pigeon"})


def test_without_a_tracer_a_span_does_nothing() -> None:
    with span("nothing") as nothing:
        nothing.set(a=1)
