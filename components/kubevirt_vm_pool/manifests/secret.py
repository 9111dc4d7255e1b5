"""Secrets: cloud-init's, and any other."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from ..guest import cloud_init
from ..spec.pool import PoolSpec
from .metadata import Object, metadata


def cloud_init_secret(spec: PoolSpec) -> Object:
    """Return the Secret with the cloud-init documents, under the keys that KubeVirt reads."""
    return secret(spec, spec.secret_name, cloud_init.documents(spec))


def secret(spec: PoolSpec, name: str, texts: Mapping[str, str | bytes]) -> Object:
    """Return a Secret that holds texts, or bytes as they are, by key."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(spec, name, spec.namespace),
        # Said, or an imported Secret would be replaced for want of it.
        "type": "Opaque",
        "data": encoded(texts),
    }


def encoded(texts: Mapping[str, str | bytes]) -> dict[str, str]:
    """Return texts as the data of a Secret."""
    raw = {key: text.encode() if isinstance(text, str) else text for key, text in texts.items()}
    return {key: base64.b64encode(data).decode() for key, data in raw.items()}
