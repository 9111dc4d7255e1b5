"""Check what stands below `template:`, or any object of KubeVirt's, against KubeVirt's own fields.

What is said is checked as it was typed: unknown and misspelt fields, types, values, fields that the
version does not have. What must be there, and what excludes each other, is looked for in the whole
that it was merged into. No other rules across fields are known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..kubevirt.fields import VIRTUAL_MACHINE, Field, Fields, Version, fields
from ..kubevirt.list_keys import PATCH, REPLACED, Key, key_of, list_keys
from ..kubevirt.one_of import ONE_OF, OneOf
from ..spec.values import version_of
from ..text.paths import Path, dotted
from .kubevirt_places import what_to_do
from .kubevirt_values import in_words, problem_of_value, shown
from .problems import Found, Problem


def problems(
    value: object,
    version: str,
    *,
    whole: object = None,
    root: str = VIRTUAL_MACHINE,
    path: Path = ("template",),
) -> Iterator[Found]:
    """Yield what is wrong with an object of KubeVirt's, as it was typed.

    version: kubevirtVersion, as typed; it must be a version. whole: what the object was merged
    into, where required fields, and those that exclude each other, are looked for; without it
    they are not. root: the object's type.
    path: the key that it stands at.
    """
    if value is not None:
        checked = _Checked(fields(), version_of(version), version, root, path)
        yield from checked.of_value(Field(root), value, whole, path)


def problems_of_field(
    owner: str, name: str, value: object, version: str, path: Path
) -> Iterator[Found]:
    """Yield what is wrong with the whole value of a field.

    owner: the type that has the field. version: kubevirtVersion, as typed; it must be a version.
    path: the key that the value stands at.
    """
    known = fields()
    field = known.types[owner][name]
    checked = _Checked(known, version_of(version), version, field.of, path)
    if not field.known_in(version_of(version)):
        yield Found(path, checked.not_there(field, path))
    elif field.is_list and isinstance(value, list):
        yield from checked.of_list(field, list_keys(owner, name), value, value, path)
    else:
        yield from checked.of_value(field, value, value, path)


@dataclass(frozen=True)
class _Checked:
    """What stays the same while an object is walked through."""

    known: Fields
    version: Version
    as_typed: str
    root: str
    top: Path

    def of_value(self, field: Field, value: object, whole: object, path: Path) -> Iterator[Found]:
        """Yield the problems of a value that is not null."""
        members = self.known.types.get(field.of)
        if isinstance(value, dict) and members is not None and field.type == field.of:
            yield from self.of_object(field.of, value, whole, path)
        elif isinstance(value, dict) and field.is_map:
            for name, inner in value.items():
                here = (*path, name)
                if not isinstance(name, str):
                    yield Found(here, Problem(dotted(here), "must be text", "quote the key"))
                elif inner is not None:
                    yield from self.of_value(Field(field.of), inner, None, here)
        elif problem := problem_of_value(field, value, members, path):
            yield Found(path, problem)

    def of_object(
        self, type_name: str, value: Mapping[Any, Any], whole: object, path: Path
    ) -> Iterator[Found]:
        """Yield the problems of an object, and those of what is in it."""
        members = self.known.types[type_name]
        for name, inner in value.items():
            here = (*path, name)
            field = members.get(name)
            if name == PATCH:
                if inner != "replace":
                    yield self._wrong_directive(here, inner)
            elif field is None or not field.known_in(self.version):
                yield Found(here, self._unknown(type_name, field, here))
            elif inner is not None:
                there = whole.get(name) if isinstance(whole, dict) else None
                if field.is_list and isinstance(inner, list):
                    keys = list_keys(type_name, name, self.known)
                    yield from self.of_list(field, keys, inner, there, here)
                else:
                    yield from self.of_value(field, inner, there, here)
        if isinstance(whole, dict):
            for name, field in members.items():
                if field.required_in(self.version) and whole.get(name) is None:
                    here = (*path, name)
                    yield Found(here, Problem(dotted(here), "is missing", f"add {name}"))
            for group in ONE_OF.get(type_name, ()):
                yield from self.one_of(type_name, group, value, whole, path)

    def one_of(
        self,
        type_name: str,
        group: OneOf,
        value: Mapping[Any, Any],
        whole: Mapping[str, Any],
        path: Path,
    ) -> Iterator[Found]:
        """Yield what is wrong where there may be only one of some fields."""
        # An empty text is one that was left out.
        there = [name for name in group.members if whole.get(name) not in (None, "")]
        if not there and group.needed:
            known = self.known.types[type_name]
            choices = in_words([one for one in group.members if known[one].known_in(self.version)])
            yield Found(path, Problem(dotted(path), f"has none of {choices}", "add one"))
        if len(there) > 1:
            said = [name for name in there if value.get(name) is not None]
            here = (*path, *said[-1:])
            others = [name for name in there if name not in said[-1:]]
            rule = f"stands beside {in_words(others, 'and')}, and there may be only one of them"
            unsaid = [f"{name}: null" for name in others if name not in said]
            fix = (
                f"add {in_words(unsaid, 'and')} to leave that out" if unsaid else "keep one of them"
            )
            yield Found(here, Problem(dotted(here), rule, fix))

    def of_list(
        self, field: Field, keys: tuple[Key, ...], value: list[Any], whole: object, path: Path
    ) -> Iterator[Found]:
        """Yield the problems of a list, and those of its elements."""
        replaced = not keys and isinstance(whole, list) and len(whole) == len(value)
        by_key = (
            {key_of(one, keys): one for one in whole} if isinstance(whole, list) and keys else {}
        )
        seen: dict[object, int] = {}
        for index, element in enumerate(value):
            here = (*path, index)
            if keys and isinstance(element, dict):
                key = key_of(element, keys)
                if element == REPLACED:
                    continue
                if key is None and whole is not value:
                    yield self._without_key(keys, element, here)
                elif key is not None and key in seen:
                    told = " and ".join(".".join(one) for one in keys)
                    rule = f"has the {told} of {dotted((*path, seen[key]))}"
                    yield Found(here, Problem(dotted(here), rule, "keep one of them"))
                else:
                    seen[key] = index
                if element.get(PATCH) == "delete":
                    continue
                there = element if whole is value else by_key.get(key) if key else None
                yield from self.of_value(Field(field.of), element, there, here)
            elif element is None:
                yield Found(
                    here, Problem(dotted(here), "has no value", "give it one, or remove it")
                )
            else:
                there = whole[index] if replaced and isinstance(whole, list) else None
                yield from self.of_value(Field(field.of), element, there, here)
            if field.unique and not isinstance(element, dict | list):
                if element in seen:
                    rule = f"is there twice, see {dotted((*path, seen[element]))}"
                    yield Found(here, Problem(dotted(here), rule, "keep one of them", element))
                seen.setdefault(element, index)

    def _unknown(self, type_name: str, field: Field | None, path: Path) -> Problem:
        """Say of a field that it is not there in this version, or in none.

        Its value stays unseen: it may be a misspelt secret.
        """
        key = dotted(path)
        if field is not None and not (field.gone and self.version >= field.gone):
            return self.not_there(field, path)
        members = {
            name: one
            for name, one in self.known.types[type_name].items()
            if one.known_in(self.version)
        }
        fix = what_to_do(self.known, self.root, path, self.top, members)
        if field is None:
            newest = self.known.newest
            later = self.version > newest
            up_to = f" (as far as KubeVirt {newest[0]}.{newest[1]} is known)" if later else ""
            return Problem(key, f"unknown key{up_to}", fix)
        return self.not_there(field, path, fix)

    def not_there(self, field: Field, path: Path, fix: str = "remove it") -> Problem:
        """Say of a known field that it is not there in this version."""
        key, says = dotted(path), f"kubevirtVersion says {self.as_typed}"
        if field.gone and self.version >= field.gone:
            return Problem(key, f"went with KubeVirt {_text(field.gone)}, and {says}", fix)
        since = _text(field.since or self.known.versions[0])
        return Problem(
            key, f"came with KubeVirt {since}, and {says}", "remove it, or correct kubevirtVersion"
        )

    @staticmethod
    def _without_key(keys: tuple[Key, ...], element: Mapping[str, Any], path: Path) -> Found:
        lacking = next(key for key in keys if key_of(element, (key,)) is None)
        here = (*path, *lacking)
        told = " and ".join(".".join(key) for key in keys)
        rule = f"is missing, and the elements of {path[-2]} are merged by their {told}"
        return Found(here, Problem(dotted(here), rule, f"add {'.'.join(lacking)}"))

    @staticmethod
    def _wrong_directive(path: Path, value: object) -> Found:
        return Found(
            path,
            Problem(
                dotted(path),
                "must be replace here",
                "give null in place of the object to remove it; delete is for an element of a list "
                "that is merged",
                shown(value),
            ),
        )


def _text(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
