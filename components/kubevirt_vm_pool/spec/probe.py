"""When a VM is ready, in Kubernetes' words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .model import Model, exactly_one
from .values import AtLeastOne, PortNumber, Seconds


class HttpHeader(Model):
    """A header of a probe's request."""

    name: str
    value: str


class HttpGet(Model):
    """A probe by an HTTP request."""

    port: PortNumber
    path: Annotated[str, Field(pattern="^/")] | None = None
    scheme: Literal["HTTP", "HTTPS"] | None = None
    http_headers: list[HttpHeader] | None = None


class TcpSocket(Model):
    """A probe by opening a connection."""

    port: PortNumber


class Exec(Model):
    """A probe by a command in the guest; needs the guest agent."""

    command: Annotated[list[str], Field(min_length=1)]


class Empty(Model):
    """An object without members."""


class ReadinessProbe(Model):
    """When a VM is ready; without a handler, when the Service's first port answers."""

    enabled: bool
    tcp_socket: TcpSocket | None = None
    http_get: HttpGet | None = None
    exec: Exec | None = None
    guest_agent_ping: Empty | None = None
    initial_delay_seconds: Seconds | None = None
    period_seconds: AtLeastOne | None = None
    timeout_seconds: AtLeastOne | None = None
    success_threshold: AtLeastOne | None = None
    failure_threshold: AtLeastOne | None = None

    @model_validator(mode="after")
    def one_handler(self) -> ReadinessProbe:
        handlers = ["tcp_socket", "http_get", "exec", "guest_agent_ping"]
        if any(getattr(self, handler) is not None for handler in handlers):
            exactly_one(self, handlers, "for instance tcpSocket: {port: 80}")
        return self
