"""`vmpool import`: from files or from a cluster, to a stack file and lines about it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError

from ..console import UserError, say, tell
from ..manifest_yaml import REDACTED
from ..stack import decryption, stack_files
from ..stack.project import ROOT
from ..stack.stack_files import Stack
from .conversion import imported
from .manifests import WORKLOADS, Manifests, Note, Object, chosen, cleaned, objects_in
from .volumes import CLOUD_INIT, guest_of
from .writing import redacted, stack_file

RESOURCES = {
    "VirtualMachinePool": "virtualmachinepools.pool.kubevirt.io",
    "VirtualMachine": "virtualmachines.kubevirt.io",
}
BESIDE = "services,horizontalpodautoscalers.autoscaling,poddisruptionbudgets.policy"


def of_files(names: Iterable[str], name: str | None) -> Manifests:
    """Return the manifests in files; raises UserError."""
    found: list[Object] = []
    for one in names:
        try:
            text = sys.stdin.read() if one == "-" else Path(one).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise UserError(f"there is no file {one}") from None
        except UnicodeDecodeError:
            raise UserError(f"{one} cannot be read: it is no UTF-8") from None
        found += objects_in(text, "standard input" if one == "-" else one)
    return chosen(found, name)


def live(name: str, namespace: str, context: str | None) -> Manifests:
    """Return a VM or pool of a cluster with what belongs to it; raises UserError, KubectlError."""
    from ..target import existing

    provider: dict[str, Any] = {"context": context} if context else {}
    place = existing(Stack("", Path("-"), {}, provider, {}, {}, own_secrets=False))
    if place is None:
        raise UserError("no cluster is named: set KUBECONFIG, or give --context")
    say(f"importing {name} from {place}")
    kubectl = place.kubectl()
    asked = (_got(kubectl, kind, name, namespace) for kind in WORKLOADS)
    workload = next((one for one in asked if one is not None), None)
    if workload is None:
        raise UserError(f"there is no {' and no '.join(WORKLOADS)} {name} in namespace {namespace}")
    around = kubectl.all(BESIDE, namespace)
    secrets = [kubectl.get("secret", one, namespace) for one in _secrets(workload)]
    mine = [one for one in around if _may_belong(one, workload)]
    return Manifests(
        cleaned(workload), tuple(cleaned(one) for one in (*mine, *secrets) if one is not None)
    )


def _got(kubectl: Kubectl, kind: str, name: str, namespace: str) -> Object | None:
    """Return an object, None too where a cluster has no such kind at all."""
    try:
        return kubectl.get(RESOURCES[kind], name, namespace)
    except KubectlError as error:
        if "doesn't have a resource type" in str(error):
            return None
        raise


def _vm(workload: Object) -> Object:
    spec: Object = workload["spec"]
    if workload["kind"] == "VirtualMachine":
        return spec
    found: Object = (spec.get("virtualMachineTemplate") or {}).get("spec") or {}
    return found


def _secrets(workload: Object) -> list[str]:
    """Return the names of the Secrets with cloud-init's documents."""
    names = []
    for volume in guest_of(_vm(workload)).get("volumes") or ():
        for kind in CLOUD_INIT & volume.keys():
            for key in ("secretRef", "networkDataSecretRef"):
                names.append(((volume[kind] or {}).get(key) or {}).get("name"))
    return list(dict.fromkeys(filter(None, names)))


def _may_belong(one: Object, workload: Object) -> bool:
    """Tell whether an object of the namespace is about the VM or pool: the rest is others'."""
    spec = one.get("spec") or {}
    if one["kind"] == "HorizontalPodAutoscaler":
        aim = spec.get("scaleTargetRef") or {}
        return bool(aim.get("name") == workload["metadata"]["name"] and aim["kind"] in WORKLOADS)
    selector: dict[str, str] = spec.get("selector") or {}
    if one["kind"] != "Service":
        selector = (spec.get("selector") or {}).get("matchLabels") or {}
    labels = ((_vm(workload).get("template") or {}).get("metadata") or {}).get("labels") or {}
    return bool(selector) and selector.items() <= labels.items()


def written(
    manifests: Manifests,
    stack: str,
    *,
    live: bool,
    to_stdout: bool,
    force: bool,
    show_secrets: bool,
) -> int:
    """Write the stack file, or print it, and say what differs; return the exit code."""
    file = ROOT / f"Pulumi.{stack}.yaml"
    if stack_files.name_of(file) is None or "/" in stack:
        raise UserError(f"{stack} is no name of a stack: letters, digits, '-', '_' and '.'")
    if file.exists() and not (force or to_stdout):
        raise UserError(f"{file.name} exists; --force replaces it, --stdout prints the new one")
    done = imported(manifests, stack, live=live)
    text, plain = stack_file(done.config, decryption.passphrase())
    if to_stdout and plain and not show_secrets:
        text, plain = redacted(done.config), []
        tell(
            f"{REDACTED} stands for what is secret: --show-secrets prints it, a file would have it"
        )
    if to_stdout:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        say(f"wrote {file.name}")
    _tell("differs from the manifests", [one for one in done.notes if not one.lost])
    _tell("what the stack file cannot say", [one for one in done.notes if one.lost])
    if plain:
        tell(f"in plain text, for want of a passphrase: {', '.join(plain)}")
        for key in plain:
            # The value comes from standard input: an argument could be read by others.
            tell(f"  pulumi config set --secret --path '{key}' --stack {stack}")
    if done.problems:
        tell(f"{done.problems}\nmend that before an up: until then the stack is refused")
    return 1 if done.problems else 0


def _tell(title: str, notes: list[Note]) -> None:
    if notes:
        tell(f"{title}:")
        for note in notes:
            tell(f"  {note}")
