"""The policies of a platform team: rules that a stack's objects must keep.

`findings(stack, settings)` judges one stack, as plain data: neither engine, cluster nor network.
`vmpool render --policies` calls it, and __main__.py is the Pulumi policy pack that runs the same
rules in `pulumi preview --policy-pack policies` and `pulumi up`.
"""

from .findings import Finding, findings, refused
from .parameters import Level
from .settings import Setting, Settings, read, settings
from .stack_objects import Stack

__all__ = [
    "Finding",
    "Level",
    "Setting",
    "Settings",
    "Stack",
    "findings",
    "read",
    "refused",
    "settings",
]
