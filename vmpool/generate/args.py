"""The arguments of a VmPool as types: components/kubevirt_vm_pool/args.py."""

from __future__ import annotations

import json
import keyword
import textwrap
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from kubevirt_vm_pool.spec.defaults import NOT_SET, default_of
from kubevirt_vm_pool.spec.model import MaySecret, mark_of, may_be_false, model_in
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.text.paths import Path
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..stack.project import ROOT
from .shapes import SHAPES

FILE = ROOT / "components" / "kubevirt_vm_pool" / "args.py"
WIDTH = 100

HEAD = '''\
"""The arguments of a VmPool. Written by `make generate` from spec/: do not edit."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

import pulumi
'''


def module(model: type[BaseModel] = PoolSpec) -> str:
    """Return the text of the module."""
    classes: dict[str, str] = {}
    _add(model, "VmPoolArgs", (), classes)
    return HEAD + "".join(f"\n\n{text}" for text in classes.values())


def _add(model: type[BaseModel], name: str, path: Path, classes: dict[str, str]) -> None:
    """Add the type of a model, and before it those of the models in it."""
    members = []
    for field in model.model_fields.values():
        place = (*path, str(field.alias))
        inner = SHAPES.get(place) or model_in(field.annotation)
        if inner is not None and name_of(inner) not in classes:
            _add(inner, name_of(inner), place, classes)
        members.append((str(field.alias), _type(field, place), field))
    functional = any(keyword.iskeyword(key) for key, _, _ in members)
    classes[name] = (_as_call if functional else _as_class)(model, name, members)


def name_of(model: type[BaseModel]) -> str:
    """Return the name of a model's type."""
    return f"{model.__name__}Args"


def _as_class(model: type[BaseModel], name: str, members: list[tuple[str, str, FieldInfo]]) -> str:
    lines = [f"class {name}(TypedDict, total=False):", *_docstring(_about(model)), ""]
    for key, kind, field in members:
        if len(f"    {key}: {kind}") > WIDTH:
            kind = f"(\n        {kind}\n    )"
        lines.append(f"    {key}: {kind}")
        if text := _described(field):
            lines += _docstring(text)
    return "\n".join(lines).rstrip() + "\n"


def _as_call(model: type[BaseModel], name: str, members: list[tuple[str, str, FieldInfo]]) -> str:
    """Return a type with a key that is a word of Python's own."""
    keys = "".join(f'        "{key}": {kind},\n' for key, kind, _ in members)
    about = [f"# {line}\n" for line in textwrap.wrap(_about(model), WIDTH - 2)]
    call = f'{name} = TypedDict(\n    "{name}",\n    {{\n{keys}    }},\n    total=False,\n)\n'
    return "".join(about) + call


def _about(model: type[BaseModel]) -> str:
    text = " ".join((model.__doc__ or "").split())
    if issubclass(model, PoolSpec):
        return (
            "Arguments of a VmPool: the keys of a stack's configuration. Shapes that are "
            "Kubernetes' own have Kubernetes' spelling."
        )
    return text


def _described(field: FieldInfo) -> str:
    default = default_of(field)
    text = field.description or ""
    if default in NOT_SET or not text:
        return text
    shown = default if isinstance(default, str) else json.dumps(default)
    return f"{text} Default: {shown}."


def _docstring(text: str) -> list[str]:
    one = f'    """{text}"""'
    if len(one) <= WIDTH:
        return [one]
    first, *rest = textwrap.wrap(text, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return [f'    """{first}', *(f"    {line}" for line in rest), '    """']


def _type(field: FieldInfo, path: Path) -> str:
    mark = mark_of(field)
    shape = SHAPES.get(path)
    if shape is not None:
        named = name_of(shape)
        return f"list[{named}]" if get_origin(field.annotation) is list else named
    text = _text(field.annotation, secret=mark)
    if may_be_false(field):
        text += " | Literal[False]"
    return f"pulumi.Input[{text}]" if mark and not mark.inside else text


def _text(annotation: Any, secret: MaySecret | None = None) -> str:
    """Return a type as it is written. secret: texts in it may be Outputs, too."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _text(args[0], secret)
    if origin in (Union, types.UnionType):
        return " | ".join(_text(arg, secret) for arg in args if arg is not type(None))
    if origin is Literal:
        return f"Literal[{', '.join(_literal(arg) for arg in args if arg != '')}]"
    if origin is list:
        return f"list[{_member(args[0], secret)}]"
    if origin is dict:
        return f"dict[str, {_member(args[1], secret)}]"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return name_of(annotation)
    return "Any" if annotation is Any else str(annotation.__name__)


def _literal(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _member(annotation: Any, secret: MaySecret | None) -> str:
    """Return the type of an item or a member; a text alone may be an Output of its own."""
    text = _text(annotation, secret)
    return f"pulumi.Input[{text}]" if secret and text == "str" else text
