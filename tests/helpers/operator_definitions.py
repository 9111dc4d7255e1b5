"""The definition of the Pulumi Kubernetes Operator's Stack: ours, and the operator's own.

Ours is made of the table below, which has every field that its documentation lists (docs/stacks.md,
version 2.9.0), and not those that are written here: an API server that has it refuses a field or a
type that the operator does not know. The operator's own is fetched, or read from a file that a
variable names.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from vmpool import network

# A file pulumi.com_stacks.yaml, where the machine may not fetch it.
VARIABLE = "VMPOOL_TEST_OPERATOR_DEFINITIONS"
VERSION = "2.9.0"
URL = (
    "https://raw.githubusercontent.com/pulumi/pulumi-kubernetes-operator/"
    f"v{VERSION}/deploy/crds/pulumi.com_stacks.yaml"
)
DIGEST = "d8ce0513bb77d5d57753e521fd42e87a87bdaf7abda1be2584aa23c1c03ea290"
LIMITS = network.Limits(answer=5, whole=30)

# Fields of an object and their types: those of JSON, another object here, any, texts with a |
# between them; behind it [] for a list of them, {} for a map, * for what is required.
OBJECTS = {
    "Spec": """
        accessTokenSecret string  backend string  branch string  commit string  config any
        configRef ConfigMapKey{}  continueResyncOnCommitMatch boolean
        destroyOnFinalize boolean  envRefs Reference{}  envSecrets string[]
        environment string[]  envs string[]  expectNoRefreshChanges boolean
        fluxSource FluxSource  gitAuth GitAuth  gitAuthSecret string
        prerequisites Prerequisite[]  preview boolean  programRef Named  projectRepo string
        refresh boolean  repoDir string  resyncFrequencySeconds integer
        retryMaxBackoffDurationSeconds integer  retryOnUpdateConflict boolean
        runProgram boolean  secrets string{}  secretsProvider string  secretsRef Reference{}
        serviceAccountName string  shallow boolean  stack string*  targetDependents boolean
        targets string[]  updateTemplate any  useLocalStackOnly boolean
        workspaceReclaimPolicy Delete|Retain  workspaceTemplate WorkspaceTemplate
    """,
    "Reference": """
        type string*  env Named  filesystem Path  literal Value  secret SecretKey
    """,
    "SecretKey": "key string*  name string*  namespace string",
    "ConfigMapKey": "json boolean  key string*  name string*",
    "Named": "name string*",
    "Path": "path string*",
    "Value": "value string*",
    "GitAuth": """
        accessToken Reference  basicAuth BasicAuth  githubApp GitHubApp  sshAuth SshAuth
    """,
    "BasicAuth": "password Reference*  userName Reference*",
    "GitHubApp": "appID Reference*  installationID Reference*  privateKey Reference*",
    "SshAuth": "password Reference  sshPrivateKey Reference*",
    "FluxSource": "dir string  sourceRef ObjectReference*",
    "ObjectReference": "apiVersion string*  kind string*  name string*",
    "Prerequisite": "name string*  requirement Requirement",
    "Requirement": "succeededWithinDuration string",
    "WorkspaceTemplate": """
        apiVersion string  kind string  metadata any  spec Workspace  status any
    """,
    "Workspace": """
        env any  envFrom any  flux any  git any  image string  imagePullPolicy string  local any
        podTemplate any  projectInfo any  pulumiLogLevel integer  resources any
        securityProfile string  serviceAccountName string  serviceTemplate any  stacks any
    """,
}


def schema_of(name: str) -> dict[str, Any]:
    """Return the schema of a type as the table has it."""
    if name.endswith("[]"):
        return {"type": "array", "items": schema_of(name[:-2])}
    if name.endswith("{}"):
        return {"type": "object", "additionalProperties": schema_of(name[:-2])}
    if name == "any":
        return {"x-kubernetes-preserve-unknown-fields": True}
    if "|" in name:
        return {"type": "string", "enum": name.split("|")}
    if name not in OBJECTS:
        return {"type": name}
    words = OBJECTS[name].split()
    fields = dict(zip(words[::2], words[1::2], strict=True))
    return {
        "type": "object",
        "properties": {field: schema_of(kind.rstrip("*")) for field, kind in fields.items()},
        "required": [field for field, kind in fields.items() if kind.endswith("*")],
    }


def _definition() -> dict[str, Any]:
    names = {"kind": "Stack", "listKind": "StackList", "plural": "stacks", "singular": "stack"}
    text = {"type": "string"}
    properties = {"apiVersion": text, "kind": text, "metadata": {"type": "object"}}
    of_stack = {
        "type": "object",
        "properties": {**properties, "spec": schema_of("Spec"), "status": schema_of("any")},
        "x-kubernetes-validations": [
            {"rule": "size(self.metadata.name) <= 42", "message": "at most 42 characters"}
        ],
    }
    version = {"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "stacks.pulumi.com"},
        "spec": {
            "group": "pulumi.com",
            "names": names,
            "scope": "Namespaced",
            "versions": [{**version, "schema": {"openAPIV3Schema": of_stack}}],
        },
    }


def ours() -> str:
    """Return the definition by the table."""
    return json.dumps(_definition())


class NotAtHandError(Exception):
    """Why the operator's own definition is not at hand."""


def theirs() -> str:
    """Return the operator's own definition; raises NotAtHandError."""
    text, reason = _theirs()
    if reason:
        raise NotAtHandError(f"the operator's own definition of a Stack: {reason}")
    return text


@functools.cache
def _theirs() -> tuple[str, str]:
    """Return the text, and why there is none."""
    if named := os.environ.get(VARIABLE):
        content = Path(named).read_bytes()
        if hashlib.sha256(content).hexdigest() != DIGEST:
            return "", f"{VARIABLE} names another file than that of version {VERSION}"
        return content.decode(), ""
    if network.offline():
        return "", f"{network.OFFLINE} forbids to fetch it ({VARIABLE} may name the file)"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stacks.yaml"
        try:
            network.fetch(URL, file, "sha256", DIGEST, limits=LIMITS)
        except network.DownloadError as error:
            return "", f"it cannot be fetched ({VARIABLE} may name the file): {error}"
        return file.read_text(encoding="utf-8"), ""
