"""The arguments of a VmPool as types: components/kubevirt_vm_pool/args.py."""

from __future__ import annotations

import json
import keyword
import textwrap
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from kubevirt_vm_pool.spec.model import MaySecret, mark_of, may_be_false
from kubevirt_vm_pool.spec.pool import PoolSpec
from pydantic import BaseModel

from ..stack.project import ROOT
from .arguments import ArgumentType, Member, argument_types

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
    classes = [
        (_as_call if any(keyword.iskeyword(one.key) for one in kind.members) else _as_class)(
            kind, "VmPoolArgs" if kind.model is model else name_of(kind.model)
        )
        for kind in argument_types(model).values()
    ]
    return HEAD + "".join(f"\n\n{text}" for text in classes)


def name_of(model: type[BaseModel]) -> str:
    """Return the name of a model's type."""
    return f"{model.__name__}Args"


def _as_class(kind: ArgumentType, name: str) -> str:
    lines = [f"class {name}(TypedDict, total=False):", *_docstring(kind.description), ""]
    for member in kind.members:
        key, text = member.key, _type(member)
        if len(f"    {key}: {text}") > WIDTH:
            text = f"(\n        {text}\n    )"
        lines.append(f"    {key}: {text}")
        if member.description:
            lines += _docstring(member.description)
    return "\n".join(lines).rstrip() + "\n"


def _as_call(kind: ArgumentType, name: str) -> str:
    """Return a type with a key that is a word of Python's own."""
    keys = "".join(f'        "{one.key}": {_type(one)},\n' for one in kind.members)
    about = [f"# {line}\n" for line in textwrap.wrap(kind.description, WIDTH - 2)]
    call = f'{name} = TypedDict(\n    "{name}",\n    {{\n{keys}    }},\n    total=False,\n)\n'
    return "".join(about) + call


def _docstring(text: str) -> list[str]:
    one = f'    """{text}"""'
    if len(one) <= WIDTH:
        return [one]
    first, *rest = textwrap.wrap(text, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return [f'    """{first}', *(f"    {line}" for line in rest), '    """']


def _type(member: Member) -> str:
    field, mark = member.field, mark_of(member.field)
    if member.shape is not None:
        named = name_of(member.shape)
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
