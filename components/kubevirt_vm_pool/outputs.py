"""What a stack tells about itself when it is up."""

from __future__ import annotations

from typing import Any

from .spec.pool import PoolSpec

WELL_KNOWN_SCHEMES = {80: "http://{host}", 443: "https://{host}"}


def exports(spec: PoolSpec) -> dict[str, Any]:
    """Return the outputs of a pool by name; all of them are plain data known before anything runs.

    namespace, pool, service: names. host: the Service's DNS name in the cluster. url: where its
    first port is reached. replicas: a number, or with autoscaling {"min": number, "max": number};
    where others scale the pool {"scaledBy": "others"} with what is said of min and max.
    """
    host = f"{spec.name}.{spec.namespace}.svc.cluster.local"
    port = spec.service.ports[0].port
    replicas: Any = spec.initial_replicas
    if spec.autoscaling and spec.autoscaled:
        least, most = spec.min_replicas, spec.autoscaling.max_replicas
        if spec.scaled_by_others:
            said = {"min": spec.autoscaling.min_replicas, "max": most}
            known = {key: value for key, value in said.items() if value is not None}
            replicas = {"scaledBy": "others", **known}
        else:
            replicas = {"min": least, "max": most}
    return {
        "namespace": spec.namespace,
        "pool": spec.name,
        "service": spec.name,
        "host": host,
        "url": WELL_KNOWN_SCHEMES.get(port, f"{{host}}:{port}").format(host=host),
        "replicas": replicas,
    }
