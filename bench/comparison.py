"""What others would write for the same objects: typed programs, overlays, charts.

All of it is generated from the rendered objects, so that it cannot drift apart from them.
"""

from __future__ import annotations

import copy
import pprint
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.resources.kubernetes_object import api_group
from kubevirt_vm_pool.resources.options import DO_NOT_WAIT, with_annotations

from vmpool.manifest_yaml import as_yaml

EMPTY_PROGRAM = '"""A program without resources."""\n\nimport pulumi  # noqa: F401\n'

# Which class of the typed SDK an object is written with; every other kind is a CustomResource.
TYPED = {
    ("v1", "Secret"): "core.v1.Secret",
    ("v1", "Service"): "core.v1.Service",
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "autoscaling.v2.HorizontalPodAutoscaler",
}
CUSTOM_RESOURCE = "apiextensions.CustomResource"


def typed_program(manifests: Mapping[str, Object]) -> str:
    """Return a Pulumi program that makes objects with pulumi_kubernetes' classes.

    manifests: the objects by the logical names that they get. Raises KeyError for a built-in kind
    that TYPED does not list.
    """
    lines = ['"""The same objects in typed classes."""', "", "import pulumi_kubernetes as k8s", ""]
    for name, manifest in manifests.items():
        members = {
            key: value
            for key, value in _not_awaited(manifest).items()
            if key not in ("apiVersion", "kind")
        }
        maker = _class(manifest)
        if maker == CUSTOM_RESOURCE:
            members = {"api_version": manifest["apiVersion"], "kind": manifest["kind"], **members}
        given = [f"    {_snake(key)}={pprint.pformat(value)}," for key, value in members.items()]
        lines += [f"k8s.{maker}(", f"    {str(name)!r},", *given, ")"]
    return "\n".join([*lines, ""])


def bare_program(manifests: Mapping[str, Object]) -> str:
    """Return a Pulumi program that makes objects with the SDK alone: the least that one can do.

    manifests: the objects by the logical names that they get.
    """
    lines = ['"""The same objects with nothing but the SDK."""', "", "import pulumi", ""]
    for name, manifest in manifests.items():
        token = f"kubernetes:{api_group(manifest['apiVersion'])}:{manifest['kind']}"
        props = pprint.pformat(_not_awaited(manifest))
        lines.append(f"pulumi.CustomResource({token!r}, {str(name)!r}, {props})")
    return "\n".join([*lines, ""])


def write_overlays(folder: Path, manifests: Mapping[str, Object], namespaces: list[str]) -> None:
    """Write a kustomize base of objects, and beside it an overlay for each namespace."""
    _write(folder / "base" / "objects.yaml", as_yaml(manifests.values(), show_secrets=True))
    _write(folder / "base" / "kustomization.yaml", yaml.safe_dump({"resources": ["objects.yaml"]}))
    for namespace in namespaces:
        overlay = {"namespace": namespace, "resources": ["../base"]}
        _write(folder / namespace / "kustomization.yaml", yaml.safe_dump(overlay))


def write_chart(folder: Path, manifests: Mapping[str, Object]) -> None:
    """Write a Helm chart of objects, in the namespace of the release."""
    _write(
        folder / "Chart.yaml",
        yaml.safe_dump({"apiVersion": "v2", "name": "pool", "version": "1.0.0"}),
    )
    templates = [copy.deepcopy(manifest) for manifest in manifests.values()]
    for manifest in templates:
        manifest["metadata"]["namespace"] = "{{ .Release.Namespace }}"
    _write(folder / "templates" / "objects.yaml", as_yaml(templates, show_secrets=True))


def same_objects(text: str, manifests: Iterable[Object]) -> bool:
    """Tell whether a text of YAML is objects, in any order."""

    def by_kind(found: Iterable[Object]) -> dict[tuple[str, str], Object]:
        return {(one["kind"], one["metadata"]["name"]): one for one in found}

    return by_kind(one for one in yaml.safe_load_all(text) if one) == by_kind(manifests)


def _not_awaited(manifest: Object) -> Object:
    """Return an object for which the provider does not wait until the VMs answer."""
    return with_annotations(manifest, DO_NOT_WAIT if manifest["kind"] == "Service" else {})


def _class(manifest: Object) -> str:
    api_version, kind = manifest["apiVersion"], manifest["kind"]
    # Groups of Kubernetes' own have no dot, or end with k8s.io.
    group = api_version.rpartition("/")[0]
    if "." in group and not group.endswith("k8s.io"):
        return CUSTOM_RESOURCE
    return TYPED[api_version, kind]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
