"""When a VM is ready, in Kubernetes' words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .model import Model, exactly_one
from .values import AtLeastOne, PortNumber, Seconds

HANDLERS = ("tcp_socket", "http_get", "exec", "guest_agent_ping")


class HttpHeader(Model):
    """A header of a probe's request."""

    name: str = Field(description="Name of the header.")
    value: str = Field(description="Value of the header.")


class HttpGet(Model):
    """A probe by an HTTP request."""

    port: PortNumber = Field(description="Port of the VM.")
    path: Annotated[str, Field(pattern="^/")] | None = Field(
        default=None, description="Path that is asked for. Not set, it is /."
    )
    scheme: Literal["HTTP", "HTTPS"] | None = Field(
        default=None, description="Scheme. Not set, it is HTTP."
    )
    http_headers: list[HttpHeader] | None = Field(
        default=None, description="Headers of the request."
    )


class TcpSocket(Model):
    """A probe by opening a connection."""

    port: PortNumber = Field(description="Port of the VM.")


class Exec(Model):
    """A probe by a command in the guest; needs the guest agent."""

    command: Annotated[list[str], Field(min_length=1)] = Field(
        description="Program and arguments; exit code 0 is ready."
    )


class Empty(Model):
    """An object without members."""


class ReadinessProbe(Model):
    """When a VM is ready; without a handler, when the Service's first port answers."""

    enabled: bool = Field(default=True, description="Whether there is a probe.")
    tcp_socket: TcpSocket | None = Field(default=None, description="A connection can be opened.")
    http_get: HttpGet | None = Field(default=None, description="An HTTP request succeeds.")
    exec: Exec | None = Field(
        default=None, description="A command in the guest succeeds; needs the guest agent."
    )
    guest_agent_ping: Empty | None = Field(default=None, description="The guest agent answers: {}.")
    initial_delay_seconds: Seconds | None = Field(
        default=None, description="Seconds before the first probe."
    )
    period_seconds: AtLeastOne | None = Field(
        default=10, description="Seconds from one probe to the next."
    )
    timeout_seconds: AtLeastOne | None = Field(
        default=None, description="Seconds after which a probe has failed. Not set, it is 1."
    )
    success_threshold: AtLeastOne | None = Field(
        default=None, description="Successes after which a VM is ready. Not set, it is 1."
    )
    failure_threshold: AtLeastOne | None = Field(
        default=3, description="Failures after which it is ready no more."
    )

    @property
    def has_handler(self) -> bool:
        """Whether it is said how to look."""
        return any(getattr(self, handler) is not None for handler in HANDLERS)

    @model_validator(mode="after")
    def one_handler(self) -> ReadinessProbe:
        if self.has_handler:
            exactly_one(self, HANDLERS, "for instance tcpSocket: {port: 80}")
        return self
