"""OpenTelemetry traces of a run: the extra ``otel``, and the standard environment.

``OTEL_TRACES_EXPORTER`` or an endpoint of ``OTEL_EXPORTER_OTLP_*`` asks for them, and
``TRACEPARENT`` (W3C Trace Context) names the span that the run belongs to. Nothing of
OpenTelemetry is imported where nobody asks.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import govsync
from govsync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span as OtelSpan

    from govsync.spans import Attribute, Span
    from govsync.watching.redaction import Redactor

_GROUP = "opentelemetry_traces_exporter"
_PROTOCOLS = {"grpc": "otlp_proto_grpc"}
"""The entry point of ``otlp`` by its protocol; over HTTP where none is named."""


def asked(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the exporters that an environment asks for."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return []
    named = environ.get("OTEL_TRACES_EXPORTER", "")
    if named:
        names = [name.strip() for name in named.split(",")]
        return [name for name in names if name not in {"", "none"}]
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return ["otlp"] if any(environ.get(name) for name in endpoints) else []


def exporters(environ: Mapping[str, str]) -> list[SpanExporter]:
    """Return the exporters that an environment asks for; they read the rest of it.

    Raises:
        ConfigError: One is not installed.
    """
    found = []
    for name in asked(environ):
        wanted = _entry_point(name, environ)
        points = entry_points(group=_GROUP, name=wanted)
        if not points:
            raise ConfigError(
                f"no exporter of traces {name!r} is installed",
                where="OTEL_TRACES_EXPORTER",
                mend="pip install 'govsync[otel]', or the package that brings it",
            )
        found.append(points[wanted].load()())
    return found


def _entry_point(name: str, environ: Mapping[str, str]) -> str:
    if name != "otlp":
        return name
    protocol = environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environ.get(
        "OTEL_EXPORTER_OTLP_PROTOCOL", ""
    )
    return _PROTOCOLS.get(protocol, "otlp_proto_http")


@contextmanager
def exporting(
    to: Sequence[SpanExporter], redactor: Redactor, environ: Mapping[str, str]
) -> Iterator[OtelTracer]:
    """Give a tracer whose spans are exported, all of them by the end of the block.

    Args:
        to: Where the spans go.
        redactor: What the spans tell passes it.
        environ: Names the parent of the block's spans, and the service.
    """
    from opentelemetry import context
    from opentelemetry.trace.propagation.tracecontext import (
        TraceContextTextMapPropagator,
    )

    carrier = {
        name.lower(): environ[name]
        for name in ("TRACEPARENT", "TRACESTATE")
        if name in environ
    }
    parent = TraceContextTextMapPropagator().extract(carrier)
    provider = _provider(to, environ)
    token = context.attach(parent)
    try:
        yield OtelTracer(provider.get_tracer("govsync", govsync.__version__), redactor)
    finally:
        context.detach(token)
        provider.shutdown()


def _provider(to: Sequence[SpanExporter], environ: Mapping[str, str]) -> TracerProvider:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    told = {"service.version": govsync.__version__}
    named = environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    if not environ.get("OTEL_SERVICE_NAME") and "service.name=" not in named:
        told["service.name"] = "govsync"
    provider = TracerProvider(resource=Resource.create(told), shutdown_on_exit=False)
    for exporter in to:
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class OtelTracer:
    """OpenTelemetry's tracer, as :class:`govsync.spans.Tracer`."""

    def __init__(self, tracer: Any, redactor: Redactor) -> None:
        self._tracer = tracer
        self._redactor = redactor

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Attribute]) -> Iterator[Span]:
        """Give a span; an error in the block is told of it, without a secret."""
        from opentelemetry.trace import Status, StatusCode

        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as begun:
            told = _Told(begun, self._redactor)
            told.set(**attributes)
            try:
                yield told
            except BaseException as error:
                text = self._redactor.clean(f"{type(error).__name__}: {error}")
                begun.set_status(Status(StatusCode.ERROR, text))
                raise


class _Told:
    def __init__(self, begun: OtelSpan, redactor: Redactor) -> None:
        self._begun = begun
        self._redactor = redactor

    def set(self, **attributes: Attribute) -> None:
        """Add attributes below ``govsync.``, without secrets."""
        for name, value in attributes.items():
            shown = self._redactor.clean(value) if isinstance(value, str) else value
            self._begun.set_attribute(f"govsync.{name}", shown)
