"""`vmpool operator render`: a fleet's objects as files for Kustomize, or as one stream."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.spec.pool import PoolSpec

from .. import kustomize, render, target
from ..console import UserError, say
from ..manifest_yaml import as_yaml
from ..stack import stack_files
from ..stack.stack_files import Stack
from . import addresses, stack_objects
from .rights import rights
from .stack_objects import Fleet

MARKED = "vmpool operator render"
OF_ALL = "fleet.yaml"
# A stack may have any name, such as fleet.
STACKS = "stacks"
OWN_CLUSTER = (
    "take the key out, or, for another cluster, give the content of a kubeconfig in place of it: "
    "pulumi config set --secret kubernetes:kubeconfig < FILE"
)


def require_sound(fleet: Fleet) -> None:
    """Raise UserError for what the operator would refuse, or show to everybody."""
    if problem := addresses.repository_problem(fleet.repository):
        raise UserError(f"--repo {problem}")
    if problem := addresses.backend_problem(fleet.backend):
        raise UserError(f"--backend {problem} (docs/operator.md)")
    if fleet.resync_seconds < stack_objects.LEAST_SECONDS:
        raise UserError(
            f"--resync is {fleet.resync_seconds}, and the operator looks every "
            f"{stack_objects.LEAST_SECONDS} seconds at most"
        )


def objects(fleet: Fleet, names: Sequence[str], canaries: Sequence[str]) -> dict[str, list[Object]]:
    """Return the objects of each stack; raises UserError with all that is wrong.

    canaries: patterns of the names of stacks that get a change first.
    """
    require_sound(fleet)
    found: dict[str, list[Object]] = {}
    wrong = []
    for name in names:
        try:
            canary = any(fnmatch.fnmatchcase(name, pattern) for pattern in canaries)
            found[name] = list(_of_stack(fleet, stack_files.read(name), canary))
        except UserError as error:
            wrong.append(error.message)
    if wrong:
        raise UserError("\n".join([*wrong, "nothing is written"]))
    return found


def _of_stack(fleet: Fleet, stack: Stack, canary: bool) -> Iterator[Object]:
    if problem := stack_objects.name_problem(stack.name):
        raise UserError(problem)
    _require_cluster_of_a_workspace(stack)
    spec = stack.specification()
    yield stack_objects.service_account(fleet, stack.name)
    if not stack.kubernetes.get("kubeconfig"):
        yield from _rights(fleet, stack, spec)
    yield stack_objects.stack(fleet, stack.name, canary=canary)


def _require_cluster_of_a_workspace(stack: Stack) -> None:
    """Raise UserError if the stack names its cluster by what is on this machine alone."""
    if stack.kubernetes.get("kubeconfig"):
        if target.kubeconfig_is_path(stack):
            raise UserError(
                f"{target.KUBECONFIG} in {stack.file.name} is a path of this machine, and a "
                f"workspace of the operator has no such file; {OWN_CLUSTER}"
            )
    elif "context" in stack.kubernetes:
        raise UserError(
            f"kubernetes:context in {stack.file.name}: a workspace of the operator has no "
            f"kubeconfig, and works on the cluster that it runs on; {OWN_CLUSTER}"
        )


def _rights(fleet: Fleet, stack: Stack, spec: PoolSpec) -> Iterator[Object]:
    """Yield what lets a workspace work on the cluster that it runs on; raises UserError."""
    if spec.create_namespace:
        raise UserError(
            f"createNamespace in {stack.file.name}: the Role that lets the workspace work is in "
            f"namespace {spec.namespace}, which must be there before; have it made, and take the "
            "key out"
        )
    if spec.namespace == fleet.namespace:
        raise UserError(
            f"{stack.file.name} has its pool in namespace {spec.namespace}, where the secrets of "
            "the whole fleet are: give one of them another (--namespace is the fleet's)"
        )
    for one in rights(spec.namespace, render.objects_of(stack).values()):
        yield stack_objects.role(one, stack.name)
        yield stack_objects.role_binding(fleet, one, stack.name)


def printed(fleet: Fleet, found: dict[str, list[Object]]) -> str:
    """Return all objects as one stream of YAML."""
    every = (one for part in found.values() for one in part)
    return as_yaml([*stack_objects.of_all(fleet), *every])


def write(folder: Path, fleet: Fleet, found: dict[str, list[Object]]) -> None:
    """Write a file a stack and a kustomization; files of stacks that are gone are removed.

    Files of stacks that are not found stay as they are while these have a file of their own.
    """
    former = _of_former_layout(folder)
    there = {**former, **_written(folder / STACKS)}
    left = there.keys() & set(stack_files.names()) - found.keys()
    texts = {
        **{name: there[name].read_text(encoding="utf-8") for name in left},
        **{name: kustomize.manifest(MARKED, *part) for name, part in found.items()},
    }
    files = {f"{STACKS}/{name}.yaml": texts[name] for name in sorted(texts)}
    tree = {
        OF_ALL: kustomize.manifest(MARKED, *stack_objects.of_all(fleet)),
        **files,
        kustomize.FILE: kustomize.kustomization(
            MARKED,
            [OF_ALL, *files],
            [
                f"Secret {name} in namespace {fleet.namespace} must have: {', '.join(keys)}"
                for name, keys in fleet.needed_secrets.items()
            ],
        ),
    }
    for file in kustomize.put(folder, MARKED, tree, [*former.values(), *there.values()]):
        say(f"removed {file.relative_to(folder)}")
    say(f"wrote {len(found)} stacks into {folder}")


def _written(folder: Path) -> dict[str, Path]:
    """Return the files in a folder that were written here, by their names without an ending."""
    return {file.stem: file for file in folder.glob("*.yaml") if kustomize.ours(file, MARKED)}


def _of_former_layout(folder: Path) -> dict[str, Path]:
    """Return the files of stacks that lie beside those of all, as they did before, by stack."""
    found = _written(folder)
    return {name: found[name] for name in found if found[name].name not in {OF_ALL, kustomize.FILE}}
