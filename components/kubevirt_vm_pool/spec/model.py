"""What every model is made of: its spelling, its strictness, and the errors of its fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, core_schema

from ..text.paths import Path


def wrong(rule: str, fix: str) -> PydanticCustomError:
    """Return the error of a field: what is wrong, and what to do."""
    return PydanticCustomError("rule", "{rule}; {fix}", {"rule": rule, "fix": fix})


def unique(values: list[str]) -> list[str]:
    """Check that nothing is listed twice."""
    twice = {value for value in values if values.count(value) > 1}
    if twice:
        raise wrong(f"lists {', '.join(sorted(twice))} more than once", "list it once")
    return values


@dataclass(frozen=True)
class MaySecret:
    """The mark of a field whose value may be secret: encrypted in a file, or an Output.

    Everything that handles such values asks for it: placeholders, redaction, argument types and
    the schema of stack files.

    placeholder: what stands in for a value that is not known; of an object of which only texts
        `inside` (so many steps down, at least) may be unknown, there is none.
    public: whether the value may be shown all the same.
    within: of an object of which some parts only may be secret, whether the value at a path in it
        may be.
    """

    placeholder: Any = None
    inside: int = 0
    public: bool = False
    within: Callable[[Path], bool] | None = None


@dataclass(frozen=True)
class OrFalse:
    """The mark of a field whose value may be false: none of what it would describe.

    stands_for: what the model holds then.
    """

    stands_for: Any = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Take false for what it stands for, and leave all else to the field's own type."""
        own = handler(source)
        return core_schema.no_info_before_validator_function(self._taken, own)

    def _taken(self, value: object) -> object:
        return self.stands_for if value is False else value


def may_be_false(field: FieldInfo) -> bool:
    """Tell whether false is a value of a field that is no truth value."""
    return any(isinstance(one, OrFalse) for one in field.metadata)


def mark_of(field: FieldInfo) -> MaySecret | None:
    """Return the mark of a field, None if its value can be no secret."""
    return next((one for one in field.metadata if isinstance(one, MaySecret)), None)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation such as `list[X] | None` is about."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := model_in(part))), None)


def is_mapping(annotation: Any) -> bool:
    """Tell whether an annotation is about an object whose keys are its author's own."""
    origin, args = get_origin(annotation), get_args(annotation)
    return origin is dict or (origin is not list and any(map(is_mapping, args)))


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

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Leave out what may be secret."""
        fields = type(self).model_fields
        for name, value in super().__repr_args__():
            mark = mark_of(fields[name]) if name in fields else None
            if mark is None or mark.public:
                yield name, value


def exactly_one(model: Model, fields: Collection[str], example: str) -> None:
    """Check that one of the fields is set."""
    given = [to_camel(field) for field in fields if getattr(model, field) is not None]
    if len(given) != 1:
        raise wrong(
            f"needs one of {', '.join(map(to_camel, fields))}, and has "
            f"{' and '.join(given) if given else 'none'}",
            "keep one of them" if given else example,
        )
