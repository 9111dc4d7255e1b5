"""Every stack of one revision, rendered by that revision's own code in a process of its own.

`python -m vmpool.diff.rendering` reads a key from standard input and writes one JSON document. The
code of another revision reads it: a member may be added, and anything else is a new FORMAT.

    {"format": 1, "stacks": {NAME: STACK}}
    STACK: {"objects": {ROLE: MANIFEST}, "settings": {KEY: VALUE}, "sealed": {KEY: HASH},
            "findings": [TEXT]}
        or {"problems": TEXT}, if there are no objects
        or {"unknown": TEXT, "settings": ...}, if the file does not tell all that the stack is

objects: as manifests.objects returns them, with a hash in place of each secret value.
settings: what an up depends on beside the objects; anything but true and false is hashed. Of a
stack that is not known: its whole file.
findings: the policies (policies.yaml) that the stack breaks.
sealed: the hashed ciphertext of what the stack file holds encrypted; nothing is decrypted here.
Hashes are keyed: whoever lacks the key cannot try a dictionary.
"""

from __future__ import annotations

import hmac
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

# The code of another revision runs this file, perhaps one that knows nothing of the library's root:
# without this an installed library would be taken for the one beside it.
sys.path.insert(0, str(Path(__file__).parents[2] / "components"))

from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.policy import Settings
from kubevirt_vm_pool.spec.pool import PoolSpec

from .. import manifest_yaml, policy_check, render
from ..console import UserError
from ..stack import stack_files
from ..stack.project import ROOT
from ..stack.stack_files import Stack

FORMAT = 1

Hash = Callable[..., str]


def rendered(key: bytes, root: Path = ROOT) -> dict[str, Any]:
    """Return the document with every stack of a project. key: of the hashes."""

    def hashed(*parts: object) -> str:
        return hmac.digest(key, json.dumps(parts, sort_keys=True).encode(), "sha256").hex()

    try:
        rules = policy_check.settings(root)
    except UserError as error:
        why = {"problems": error.message}
        return {"format": FORMAT, "stacks": dict.fromkeys(stack_files.names(root), why)}
    found = {name: _stack(name, root, hashed, rules) for name in stack_files.names(root)}
    return {"format": FORMAT, "stacks": found}


def _stack(name: str, root: Path, hashed: Hash, rules: Settings) -> dict[str, Any]:
    try:
        stack = stack_files.read(name, root)
        if stack.elsewhere:
            return {
                "unknown": f"its file takes values from Pulumi ESC ({stack.elsewhere})",
                "settings": {"file": hashed(stack.file.read_text(encoding="utf-8"))},
            }
        spec = stack.specification()
        objects = render.objects_of(stack)
        findings = policy_check.findings(stack, objects.values(), rules)
    except UserError as error:
        return {"problems": error.message}
    except Exception as error:  # whatever a change to the code has broken
        # Not its message, which may quote a value.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        return {"problems": f"the program fails on it: {type(error).__name__} in {where}"}
    return {
        "objects": {role: _hidden(role, one, stack, hashed) for role, one in objects.items()},
        "settings": _settings(stack, spec, hashed),
        "findings": [str(finding) for finding in findings],
        "sealed": {key: hashed(sealed) for key, sealed in stack.ciphertexts.items()},
    }


def _hidden(role: str, manifest: Object, stack: Stack, hashed: Hash) -> Object:
    """Return an object with hashes for secret values.

    What is encrypted has a placeholder there, so that the ciphertext has to tell a change.
    """

    def of(key: str, value: Any) -> str:
        sealed = stack.ciphertexts
        return hashed(key, value, {path: sealed[path] for path in sealed if _goes(path, role, key)})

    return manifest_yaml.redacted(manifest, of)


def _goes(path: str, role: str, key: str) -> bool:
    """Tell whether the value at a path of the configuration can be a part of a secret value."""
    if path.startswith("template"):
        return role == "pool" and (key.isdigit() or path.endswith(f".{key}"))
    if path.startswith("perReplica"):
        return role != "cloud-init"
    of_network = path.startswith("cloudInit.networkData")
    return role.startswith("cloud-init") and of_network == (key == "networkdata")


def _settings(stack: Stack, spec: PoolSpec, hashed: Hash) -> Mapping[str, Any]:
    return {
        "protect": spec.protect,
        "adopt": spec.adopt,
        "waitForReady": spec.wait_for_ready,
        # A kubeconfig is a secret.
        **{f"kubernetes:{key}": hashed(value) for key, value in stack.kubernetes.items()},
    }


def main() -> None:
    """Write the document to standard output, and nothing else."""
    document, sys.stdout = sys.stdout, sys.stderr
    json.dump(rendered(sys.stdin.buffer.read()), document)


if __name__ == "__main__":
    main()
