"""Secrets that are made once for each replica, and then kept in the engine's state.

The generator is Pulumi's own `random` provider. It is asked by its type token, without its typed
SDK: the engine would fetch the plugin of an installed SDK for every stack, and few generate.
"""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from ..spec.pool import PoolSpec

VERSION = "4.21.4"  # of the plugin, and of the typed SDK that has this shape


def generated(
    name: str, spec: PoolSpec, indices: Iterable[int], parent: pulumi.Resource
) -> dict[int, dict[str, pulumi.Output[str]]]:
    """Return the generated values by index and name, as secrets.

    name: logical name of the pool's component.
    """
    return {
        index: {
            key: RandomPassword(
                f"{name}-{key}-{index}", value.length, pulumi.ResourceOptions(parent=parent)
            ).result
            for key, value in spec.per_replica.generate.items()
        }
        for index in indices
    }


class RandomPassword(pulumi.CustomResource):
    """Letters and digits, at least one lower-case, one upper-case and one digit."""

    result: pulumi.Output[str]

    def __init__(self, name: str, length: int, opts: pulumi.ResourceOptions) -> None:
        own = pulumi.ResourceOptions(
            version=VERSION, additional_secret_outputs=["result", "bcryptHash"]
        )
        props = {
            "length": length,
            "special": False,
            "minLower": 1,
            "minUpper": 1,
            "minNumeric": 1,
            "result": None,
            "bcryptHash": None,
        }
        token = "random:index/randomPassword:RandomPassword"
        super().__init__(token, name, props, pulumi.ResourceOptions.merge(own, opts))
