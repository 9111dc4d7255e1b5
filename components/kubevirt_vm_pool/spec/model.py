"""What every model is made of: its spelling, its strictness, and the errors of its fields."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


def wrong(rule: str, fix: str) -> PydanticCustomError:
    """Return the error of a field: what is wrong, and what to do."""
    return PydanticCustomError("rule", "{rule}; {fix}", {"rule": rule, "fix": fix})


def unique(values: list[str]) -> list[str]:
    """Check that nothing is listed twice."""
    twice = {value for value in values if values.count(value) > 1}
    if twice:
        raise wrong(f"lists {', '.join(sorted(twice))} more than once", "list it once")
    return values


class Model(BaseModel):
    """Keys in camelCase as in Kubernetes; nothing unknown, nothing converted, nothing changed."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        # Only what is validated is built, once, as a part of the outermost model: that saves a
        # seventh of the time until a preview begins.
        defer_build=True,
    )


def exactly_one(model: Model, fields: Collection[str], example: str) -> None:
    """Check that one of the fields is set."""
    given = [to_camel(field) for field in fields if getattr(model, field) is not None]
    if len(given) != 1:
        raise wrong(
            f"needs one of {', '.join(map(to_camel, fields))}, and has "
            f"{' and '.join(given) if given else 'none'}",
            "keep one of them" if given else example,
        )
