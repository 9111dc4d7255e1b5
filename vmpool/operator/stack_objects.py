"""The objects by which the Pulumi Kubernetes Operator (v2) brings a stack up, as plain data.

Fields: operator/api/pulumi/shared/stack_types.go of the operator. All of them but the Roles are in
one namespace, the fleet's: what opens the state and the secrets of all stacks lies there, where no
user of a pool may read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kubevirt_vm_pool.manifests.metadata import Object, without_none
from kubevirt_vm_pool.manifests.rbac import RBAC
from kubevirt_vm_pool.stack_config import PROJECT

from ..needed_rights import SYSTEM
from . import addresses
from .rights import Rights

# The rule of the operator's own definition: a StatefulSet's pods carry the name and a hash in a
# label, which holds 63 characters.
LONGEST_NAME = 42
# The workspace's Service has the name too (RFC 1035).
NAME = re.compile("[a-z]([-a-z0-9]*[a-z0-9])?")
LEAST_SECONDS = 60

RING = f"{PROJECT}/ring"
CANARY, FLEET = "canary", "fleet"
# The Secret with what opens state and secrets, by the names of the variables.
STATE_SECRET = "vmpool-state"
PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"
BACKEND_URL = "PULUMI_BACKEND_URL"
S3_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@dataclass(frozen=True)
class Fleet:
    """What all stacks of a fleet have in common.

    repository, branch, folder: where the project is in git. backend: URL of the state, "" if it is
    in the Secret. workload_identity: whether what is S3 is opened by who a workspace is, without
    keys. secrets: configuration keys with the Secret and key that each comes from.
    """

    namespace: str
    repository: str
    branch: str
    folder: str = ""
    git_secret: str = ""
    backend: str = ""
    workload_identity: bool = False
    image: str = ""
    resync_seconds: int = 900
    canary_branch: str = ""
    keep_workspaces: bool = False
    destroy_on_finalize: bool = False
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def has_state_in_s3(self) -> bool:
        """Whether the URL of the state is said, and is one of S3."""
        return urlsplit(self.backend).scheme == "s3"

    @property
    def variables(self) -> Sequence[str]:
        """The variables that come from the Secret of the state."""
        if not self.backend:
            return (PASSPHRASE, BACKEND_URL)
        keys = self.has_state_in_s3 and not self.workload_identity
        return (PASSPHRASE, *(S3_VARIABLES if keys else ()))

    @property
    def git_key(self) -> str:
        """The key of the Secret that opens the repository."""
        return "sshPrivateKey" if addresses.by_ssh(self.repository) else "accessToken"

    @property
    def needed_secrets(self) -> dict[str, tuple[str, ...]]:
        """The Secrets that somebody must make in the fleet's namespace, with their keys."""
        places = [(STATE_SECRET, key) for key in self.variables]
        if self.git_secret:
            places.append((self.git_secret, self.git_key))
        places += sorted(self.secrets.values())
        found: dict[str, tuple[str, ...]] = {}
        for name, key in dict.fromkeys(places):
            found[name] = (*found.get(name, ()), key)
        return found


def name_problem(name: str) -> str:
    """Return why the operator cannot have a stack of a name, "" if it can."""
    if len(name) > LONGEST_NAME:
        return (
            f"{name} has {len(name)} characters, and a Stack at most {LONGEST_NAME}: the operator "
            "labels the pods that work on it with the name and a hash, and a label value holds 63; "
            f"shorten it by {len(name) - LONGEST_NAME}"
        )
    if not NAME.fullmatch(name):
        return (
            f"{name} is no name of a Stack, whose workspace has a Service called after it "
            "(RFC 1035): lower-case letters, digits and '-', a letter first"
        )
    return ""


def stack(fleet: Fleet, name: str, *, canary: bool) -> Object:
    """Return the Stack. Its configuration is Pulumi.<name>.yaml of the commit that it is at."""
    return {
        "apiVersion": "pulumi.com/v1",
        "kind": "Stack",
        "metadata": {
            "name": name,
            "namespace": fleet.namespace,
            "labels": {RING: CANARY if canary else FLEET},
        },
        "spec": without_none(
            stack=name,
            projectRepo=fleet.repository,
            branch=fleet.canary_branch if canary else fleet.branch,
            repoDir=fleet.folder or None,
            shallow=True,
            gitAuth=_git_auth(fleet) if fleet.git_secret else None,
            backend=fleet.backend or None,
            envRefs={name: _secret(STATE_SECRET, name) for name in fleet.variables},
            secretsRef={
                f"{PROJECT}:{key}": _secret(*place) for key, place in sorted(fleet.secrets.items())
            }
            or None,
            serviceAccountName=name,
            # What somebody has changed by another way is changed back.
            refresh=True,
            continueResyncOnCommitMatch=True,
            resyncFrequencySeconds=fleet.resync_seconds,
            # A Stack that is deleted leaves its pool, and so the disks, unless somebody says so.
            # Only a program that runs asks the disk guard.
            destroyOnFinalize=fleet.destroy_on_finalize,
            runProgram=True if fleet.destroy_on_finalize else None,
            workspaceReclaimPolicy="Retain" if fleet.keep_workspaces else "Delete",
            workspaceTemplate={"spec": {"image": fleet.image, "securityProfile": "restricted"}},
        ),
    }


def _git_auth(fleet: Fleet) -> Object:
    secret = {fleet.git_key: _secret(fleet.git_secret, fleet.git_key)}
    return {"sshAuth": secret} if addresses.by_ssh(fleet.repository) else secret


def _secret(name: str, key: str) -> Object:
    return {"type": "Secret", "secret": {"name": name, "key": key}}


def service_account(fleet: Fleet, name: str) -> Object:
    """Return the identity of a stack's workspace."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": fleet.namespace},
    }


def role(rights: Rights, name: str) -> Object:
    """Return the Role with what a stack's workspace may do in one namespace."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": {"name": _role_name(name), "namespace": rights.namespace},
        "rules": list(rights.rules),
    }


def role_binding(fleet: Fleet, rights: Rights, name: str) -> Object:
    """Return the RoleBinding of role."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": _role_name(name), "namespace": rights.namespace},
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": _role_name(name)},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": fleet.namespace}],
    }


def _role_name(name: str) -> str:
    # Of several stacks in one namespace each has its own.
    return f"vmpool-operator-{name}"


def of_all(fleet: Fleet) -> list[Object]:
    """Return what the workspaces of all stacks may, by the group of their ServiceAccounts."""
    everybody = [
        {"apiGroup": RBAC, "kind": "Group", "name": f"system:serviceaccounts:{fleet.namespace}"}
    ]
    own = f"vmpool-operator-{fleet.namespace}"
    return [
        # The workspace lets the API server tell whether it is the operator that calls.
        _cluster_binding(f"{own}-auth-delegator", "system:auth-delegator", everybody),
        # By its UID a stack knows its cluster again.
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": f"{own}-cluster-identity"},
            "rules": [
                {
                    "apiGroups": [""],
                    "resources": ["namespaces"],
                    "resourceNames": [SYSTEM],
                    "verbs": ["get"],
                }
            ],
        },
        _cluster_binding(f"{own}-cluster-identity", f"{own}-cluster-identity", everybody),
    ]


def _cluster_binding(name: str, role: str, subjects: Sequence[Object]) -> Object:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": list(subjects),
    }
