"""Write the library's fields.json from KubeVirt's published API descriptions.

For a new release, give those of the older ones again, too, each with its version:

    python -m vmpool.generate.kubevirt_fields 1.5=v1.5.0/swagger.json … 1.10=v1.10.0/swagger.json

The file is api/openapi-spec/swagger.json of a release of github.com/kubevirt/kubevirt. Only names,
types, enums and what is required are taken from it. Of enums the newest release's count.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.kubevirt.fields import FILE, version

ROOT = "VirtualMachinePoolSpec"
# Types that the descriptions call objects, or texts, without a word of what is in them.
NAMED = {
    "api.resource.Quantity": "quantity",
    "meta.v1.Duration": "duration",
    "meta.v1.FieldsV1": "anything",
    "runtime.RawExtension": "anything",
}
FORMATS = {"date-time": "time", "int-or-string": "int-or-string", "int32": "int32"}


@dataclass(frozen=True)
class Description:
    """The API of one release: its version, and its types by name."""

    version: str
    definitions: Mapping[str, Mapping[str, Any]]

    @property
    def root(self) -> str:
        """The name of the type of a pool's spec: that of the newest version of the API."""
        return max(name for name in self.definitions if name.rpartition(".")[2] == ROOT)

    def members(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the fields of a type."""
        found: Mapping[str, Mapping[str, Any]] = self.definitions[name].get("properties", {})
        return found

    def requires(self, name: str, key: str) -> bool:
        """Whether an object of a type must have a field."""
        return key in self.definitions[name].get("required", ())

    def type_of(self, said: Mapping[str, Any]) -> str:
        """Return a field's type as fields.json has it: "[v1.Disk]", "{string}", "int32"."""
        if "items" in said:
            return f"[{self.type_of(said['items'])}]"
        if "additionalProperties" in said:
            return f"{{{self.type_of(said['additionalProperties'])}}}"
        if "$ref" in said:
            name = said["$ref"].rpartition("/")[2]
            return self._scalar(name) or name
        types = said["type"] if isinstance(said["type"], list) else [said["type"]]
        if {"string", "number"} <= set(types):
            return "int-or-string"
        if types == ["string", "null"]:
            # Only times may be null.
            return "time"
        (single,) = types
        if single == "object":
            return "anything"
        return FORMATS.get(said.get("format", ""), "int64" if single == "integer" else single)

    def _scalar(self, name: str) -> str | None:
        """Return what a type without fields stands for; None if it is an object."""
        for end, scalar in NAMED.items():
            if name.endswith(f".{end}"):
                return scalar
        definition = self.definitions[name]
        return None if definition.get("type") == "object" else self.type_of(definition)


def data(descriptions: Sequence[Description]) -> dict[str, Any]:
    """Return what fields.json says, from the API of several releases, oldest first.

    A field is as old as its place: where a place got another type that has the same member, the
    member is not new.
    """
    newest = descriptions[-1]
    types = {
        name: {
            key: _field(key, there, descriptions)
            for key in sorted({key for of, other in there for key in of.members(other)})
        }
        for name, there in sorted(_counterparts(descriptions).items())
    }
    return {
        "versions": [one.version for one in descriptions],
        "root": newest.root,
        "atomic": [
            name
            for name in types
            if newest.definitions.get(name, {}).get("x-kubernetes-map-type") == "atomic"
        ],
        "types": types,
    }


Counterparts = list[tuple[Description, str]]


def _counterparts(descriptions: Sequence[Description]) -> dict[str, Counterparts]:
    """Return every type of the newest release, and those that stand in its place in each release.

    A type that is left only below a field that went counts, too, by the last release that had it.
    """
    newest = descriptions[-1]
    found: dict[str, Counterparts] = {}
    to_do: list[tuple[str, Description, str]] = [
        (newest.root, one, one.root) for one in descriptions
    ]
    while to_do:
        name, of, other = to_do.pop()
        there = found.setdefault(name, [])
        if (of, other) in there:
            continue
        there.append((of, other))
        for key, inner in _objects(of, other):
            now = dict(_objects(newest, name)) if name in newest.definitions else {}
            to_do.append((now.get(key, inner), of, inner))
    order = {one.version: place for place, one in enumerate(descriptions)}
    for there in found.values():
        there.sort(key=lambda pair: (order[pair[0].version], pair[1]))
    return found


def _objects(of: Description, name: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a type that hold objects, with the names of their types."""
    for key, said in of.members(name).items():
        inner = of.type_of(said).strip("[]{}")
        if inner in of.definitions:
            yield key, inner


def _field(
    key: str, counterparts: Counterparts, descriptions: Sequence[Description]
) -> str | dict[str, Any]:
    """Return a field as fields.json has it, from the types in whose place its own type stands."""
    order = [one.version for one in descriptions]
    having = [(of, other) for of, other in counterparts if key in of.members(other)]
    requiring = [of.version for of, other in having if of.requires(other, key)]
    oldest, (newest, name) = having[0][0], having[-1]
    said = newest.members(name)[key]
    field: dict[str, Any] = {"type": newest.type_of(said)}
    if newest.requires(name, key):
        field["required"] = True
    elif requiring:
        field["requiredBefore"] = order[order.index(requiring[-1]) + 1]
    if oldest is not descriptions[0]:
        field["since"] = oldest.version
    if newest is not counterparts[-1][0]:
        field["gone"] = order[order.index(newest.version) + 1]
    if "enum" in said:
        field["enum"] = sorted(said["enum"])
    if said.get("x-kubernetes-list-type") == "map":
        field["keys"] = said["x-kubernetes-list-map-keys"]
    if said.get("x-kubernetes-list-type") == "set":
        field["unique"] = True
    if "null" in said.get("type", ()):
        field["nullable"] = True
    return field["type"] if len(field) == 1 else dict(sorted(field.items()))


def as_json(said: Mapping[str, Any]) -> str:
    """Return fields.json: a line for each type, so that a release's news can be read as a diff."""
    types = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(members)}" for name, members in said["types"].items()
    )
    head = "".join(
        f"{json.dumps(key)}: {json.dumps(said[key])},\n" for key in ("versions", "root", "atomic")
    )
    return f'{{\n{head}"types": {{\n{types}\n}}\n}}\n'


def described(argument: str) -> Description:
    """Return the release that an argument names: "1.9=swagger.json"."""
    number, _, file = argument.partition("=")
    version(number)
    return Description(number, json.loads(Path(file).read_text(encoding="utf-8"))["definitions"])


def main(arguments: Sequence[str]) -> None:
    """Write fields.json from the files that are named."""
    try:
        descriptions = sorted(map(described, arguments), key=lambda one: version(one.version))
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"each argument is VERSION=FILE, like 1.9=swagger.json: {error}")
    if not descriptions:
        sys.exit("name the API descriptions, each as VERSION=FILE, like 1.9=swagger.json")
    FILE.write_text(as_json(data(descriptions)), encoding="utf-8")
    print(f"wrote {FILE.name}: KubeVirt {descriptions[0].version} to {descriptions[-1].version}")


if __name__ == "__main__":
    main(sys.argv[1:])
