"""What a rule is: a function of the specification, and the keys that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from ..spec.pool import PoolSpec
from .problems import Problem


class Rule(NamedTuple):
    """A rule that spans keys.

    keys: those that it looks at. broken: yields what breaks it, from the specification and the keys
    whose values may be nobody's but the default.
    """

    keys: tuple[str, ...]
    broken: Callable[[PoolSpec, Collection[str]], Iterator[Problem]]
