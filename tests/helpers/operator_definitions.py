"""The definition of the Pulumi Kubernetes Operator's Stack: the fields that are used here.

Written from the operator's API documentation (docs/stacks.md, version 2.9). The operator's own, in
place of it, where VMPOOL_TEST_OPERATOR_DEFINITIONS names its file pulumi.com_stacks.yaml.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

VARIABLE = "VMPOOL_TEST_OPERATOR_DEFINITIONS"
TEXT = {"type": "string"}
TRUTH = {"type": "boolean"}


def _object(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or []}


REFERENCE = _object(
    ["type"],
    type=TEXT,
    secret=_object(["key", "name"], key=TEXT, name=TEXT, namespace=TEXT),
    literal=_object(["value"], value=TEXT),
    env=_object(["name"], name=TEXT),
    filesystem=_object(["path"], path=TEXT),
)
REFERENCES = {"type": "object", "additionalProperties": REFERENCE}
SPEC = _object(
    ["stack"],
    stack=TEXT,
    projectRepo=TEXT,
    branch=TEXT,
    commit=TEXT,
    repoDir=TEXT,
    shallow=TRUTH,
    gitAuth=_object(accessToken=REFERENCE),
    backend=TEXT,
    envRefs=REFERENCES,
    secretsRef=REFERENCES,
    serviceAccountName=TEXT,
    refresh=TRUTH,
    continueResyncOnCommitMatch=TRUTH,
    resyncFrequencySeconds={"type": "integer", "format": "int64"},
    destroyOnFinalize=TRUTH,
    runProgram=TRUTH,
    workspaceReclaimPolicy={"type": "string", "enum": ["Retain", "Delete"]},
    workspaceTemplate=_object(
        spec=_object(
            image=TEXT, securityProfile={"type": "string", "enum": ["baseline", "restricted"]}
        )
    ),
)
OURS: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "stacks.pulumi.com"},
    "spec": {
        "group": "pulumi.com",
        "names": {
            "kind": "Stack",
            "listKind": "StackList",
            "plural": "stacks",
            "singular": "stack",
        },
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        **_object(
                            apiVersion=TEXT, kind=TEXT, metadata={"type": "object"}, spec=SPEC
                        ),
                        "x-kubernetes-validations": [
                            {
                                "rule": "size(self.metadata.name) <= 42",
                                "message": "a Stack's name has at most 42 characters",
                            }
                        ],
                    }
                },
            }
        ],
    },
}


def theirs() -> str | None:
    """Return the operator's own definition, None where it is not at hand."""
    file = os.environ.get(VARIABLE)
    return Path(file).read_text(encoding="utf-8") if file else None


def ours() -> str:
    """Return the definition of the fields that are used here."""
    return json.dumps(OURS)
