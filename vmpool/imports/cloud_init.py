"""Cloud-init of a pool: from its Secret or somebody else's, from inside of the volume, or none."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.text.paths import at

from ..console import UserError
from . import documents
from .beside import Beside, encoded
from .manifests import Manifests, Note, Object, told
from .volumes import CLOUD_INIT, guest_of

READ = frozenset({"userdata", "userData", "networkdata", "networkData"})


def add_cloud_init(found: Beside, pool: Object, manifests: Manifests) -> None:
    """Add password and cloudInit, and the Secret as the stack makes it."""
    vm = pool["spec"]["virtualMachineTemplate"]["spec"]
    volumes = [one for one in guest_of(vm).get("volumes") or () if CLOUD_INIT & one.keys()]
    secrets = {str(one["metadata"].get("name")): one for one in manifests.of_kind("Secret")}
    made = None
    if volumes:
        made = _of_volume(found, pool, volumes[0], secrets, manifests.workload)
    else:
        found.keys["cloudInit"] = False
    for name, secret in secrets.items():
        if name != made:
            text = "is no cloud-init Secret of this pool: it stays with whoever applies it"
            found.notes.append(Note(told(secret), text, lost=True))


def _of_volume(
    found: Beside, pool: Object, volume: Object, secrets: dict[str, Object], workload: Object
) -> str | None:
    """Return the name of the Secret that the stack makes, None if it makes none of these."""
    kind, source = documents.of_volume(volume)
    user, network = (at(source, key, "name") for key in ("secretRef", "networkDataSecretRef"))
    settings: Object = {} if kind == "noCloud" else {"type": kind}
    if user is None and network is None:
        _inline(found, pool, volume, source, settings, workload)
        return None
    secret = secrets.get(str(user))
    inside = {key for key in source if key not in {"secretRef", "networkDataSecretRef"}}
    if secret is None or inside or not _readable(secret):
        said = {"existingSecret": user, "existingNetworkDataSecret": network}
        found.keys["cloudInit"] = {**settings, **{key: one for key, one in said.items() if one}}
        if secret is None:
            text = f"has cloud-init from the Secret {user or network}, which is in no file here"
            fix = "the stack refers to it and makes none"
            found.notes.append(Note(told(workload), f"{text}: {fix}"))
        return None
    data = encoded(secret)
    network_data = documents.document(data, "networkData") if network == user else None
    if network and network != user:
        settings["existingNetworkDataSecret"] = network
    settings["secretName"] = user
    user_data = documents.document(data, "userData")
    said = documents.keys_of_documents(user_data, network_data)
    found.keys |= {**said, "cloudInit": {**said.get("cloudInit", {}), **settings}}
    _secret(found, pool, secret, user_data, network_data)
    for key in sorted(data.keys() - READ):
        text = "is nothing that cloud-init reads, and the stack's Secret has it no more"
        found.notes.append(Note(f"{told(secret)}: data.{key}", text, lost=True))
    return str(user)


def _readable(secret: Object) -> bool:
    try:
        data = encoded(secret)
        return documents.document(data, "userData") is not None
    except (binascii.Error, ValueError):
        return False


def _secret(
    found: Beside, pool: Object, was: Object, user_data: bytes | None, network: bytes | None
) -> None:
    """Add the Secret as the stack makes it of the same documents."""
    if user_data is not None and documents.nobodys(user_data):
        text = "begins with nothing that cloud-init knows, so that a guest may ignore it"
        found.notes.append(Note(f"{told(was)}: userdata", text))
    texts = {"userdata": user_data, "networkdata": network}
    metadata = {**was["metadata"], "namespace": pool["metadata"]["namespace"]}
    found.objects[Role.CLOUD_INIT] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": was.get("type", "Opaque"),
        "data": {
            key: base64.b64encode(text).decode() for key, text in texts.items() if text is not None
        },
    }


def _inline(
    found: Beside,
    pool: Object,
    volume: Object,
    source: Object,
    settings: Object,
    workload: Object,
) -> None:
    """Say documents inside of a volume: of a VM they become a Secret, in a pool they stay."""
    if workload["kind"] != "VirtualMachine" or not (
        source.get("userData") or source.get("userDataBase64")
    ):
        found.keys["cloudInit"] = False
        return
    place = f"{told(workload)}: spec.template.spec.volumes.{volume['name']}"
    user, network = (_inside(source, name, place) for name in ("userData", "networkData"))
    said = documents.keys_of_documents(user, network)
    found.keys |= {**said, "cloudInit": {**said.get("cloudInit", {}), **settings}}
    name = f"{pool['metadata']['name']}-cloudinit"
    refs: dict[str, Any] = {"secretRef": {"name": name}}
    if network is not None:
        refs["networkDataSecretRef"] = {"name": name}
    volume[next(iter(CLOUD_INIT & volume.keys()))] = refs
    _secret(found, pool, {"kind": "Secret", "metadata": {"name": name}}, user, network)
    found.notes.append(
        Note(
            place,
            f"has its documents in the Secret {name}: all who read the VM read a volume's",
        )
    )


def _inside(source: Object, name: str, place: str) -> bytes | None:
    """Return a document inside of a volume; raises UserError."""
    key = f"{name}Base64"
    if source.get(key):
        try:
            return base64.b64decode(source[key])
        except (binascii.Error, ValueError):
            rule = "is no base64, which KubeVirt refuses; give the text itself as"
            raise UserError(f"{place}.{key} {rule} {name}") from None
    return str(source[name]).encode() if source.get(name) else None
