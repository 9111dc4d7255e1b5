"""What a stack tells about itself when it is up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .spec.pool import PoolSpec
from .spec.scaling import Autoscaling

# The commit that a stack is brought up with: of its file and of the code.
REVISION = "VMPOOL_REVISION"

WELL_KNOWN_SCHEMES = {80: "http://{host}", 443: "https://{host}"}


def exports(spec: PoolSpec) -> dict[str, Any]:
    """Return the outputs of a pool by name; all of them are plain data known before anything runs.

    namespace, pool, service: names. host: the Service's DNS name in the cluster. url: where its
    first port is reached. All three are None of a pool without `service`, whatever `services` has.
    replicas: a number, or with autoscaling {"min": number, "max": number}; where others scale the
    pool {"scaledBy": "others"} with what is said of min and max.
    """
    replicas: Any = spec.initial_replicas
    if spec.autoscaling and spec.autoscaled:
        replicas = _scaled(spec, spec.autoscaling)
    return {"namespace": spec.namespace, "pool": spec.name, **_reach(spec), "replicas": replicas}


def revision(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the output of a stack that names the commit it is brought up with.

    There is none where the variable REVISION says nothing: nobody knows then.
    """
    said = environment.get(REVISION)
    return {"revision": said} if said else {}


def _scaled(spec: PoolSpec, autoscaling: Autoscaling) -> dict[str, Any]:
    if not spec.scaled_by_others:
        return {"min": spec.min_replicas, "max": autoscaling.max_replicas}
    said = {"min": autoscaling.min_replicas, "max": autoscaling.max_replicas}
    known = {key: value for key, value in said.items() if value is not None}
    return {"scaledBy": "others", **known}


def _reach(spec: PoolSpec) -> dict[str, str | None]:
    if spec.service is None or not spec.reachable:
        return {"service": None, "host": None, "url": None}
    host, first = f"{spec.name}.{spec.namespace}.svc.cluster.local", spec.service.ports[0]
    # Without an address of its own a Service cannot send to another port.
    port = first.target if spec.service.headless else first.port
    url = WELL_KNOWN_SCHEMES.get(port, f"{{host}}:{port}").format(host=host)
    return {"service": spec.name, "host": host, "url": url}
