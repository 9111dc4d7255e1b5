"""Which labels and fields fit expressions, as Kubernetes has them in selectors and affinity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .snapshot import Object


def match(expressions: Iterable[Object], said: Mapping[str, str]) -> bool:
    """Tell whether all expressions (key, operator, values) fit what is said by key."""
    return all(
        OPERATORS[one["operator"]](said.get(one["key"]), one.get("values") or [])
        for one in expressions
    )


OPERATORS: Mapping[str, Callable[[str | None, list[str]], bool]] = {
    "In": lambda said, values: said in values,
    "NotIn": lambda said, values: said not in values,
    "Exists": lambda said, values: said is not None,
    "DoesNotExist": lambda said, values: said is None,
    "Gt": lambda said, values: said is not None and said.isdigit() and int(said) > int(values[0]),
    "Lt": lambda said, values: said is not None and said.isdigit() and int(said) < int(values[0]),
}
