"""What is wrong with a pool's cloud-init documents; no value of theirs is shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..guest.cloud_init import documents, is_cloud_config, said_by_keys
from ..guest.user_data import is_another_guests, is_butane, is_cloud_inits
from ..text.spelling import did_you_mean
from ..text.yaml_documents import parsed
from . import cloud_config, literal_templates, logins
from .problems import Problem

if TYPE_CHECKING:
    from ..spec.pool import PoolSpec


# Keys of cloudInit by the cloud-config key that each stands for.
KEYS = {
    "password": "password",
    "timezone": "cloudInit.timezone",
    "user": "cloudInit.user",
    "ssh_authorized_keys": "cloudInit.sshAuthorizedKeys",
    "packages": "cloudInit.packages",
    "runcmd": "cloudInit.runCommands",
}

# Top-level keys of cloud-config: `cloud-init schema` lets a misspelt one through, and cloud-init
# ignores it. Source: cloud-init's module reference, 22.4 to 25.x.
TOP_LEVEL = frozenset(
    """
    allow_public_ssh_keys ansible apk_repos apt apt_pipelining apt_reboot_if_required apt_update
    apt_upgrade authkey_hash autoinstall bootcmd byobu_by_default ca-certs ca_certs chef chpasswd
    cloud_config_modules cloud_final_modules cloud_init_modules datasource datasource_list debug
    device_aliases disable_ec2_metadata disable_root disable_root_opts disk_setup drivers fan
    final_message fqdn fs_setup groups growpart grub-dpkg grub_dpkg hostname keyboard landscape
    launch-index locale locale_configfile lxd manage_etc_hosts manage_resolv_conf manual_cache_clean
    mcollective merge_how merge_type migrate mount_default_fields mounts no_ssh_fingerprints ntp
    output package_reboot_if_required package_update package_upgrade packages password phone_home
    power_state prefer_fqdn_over_hostname preserve_hostname puppet random_seed reporting
    resize_rootfs resolv_conf rh_subscription rpi rsyslog runcmd salt_minion snap spacewalk ssh
    ssh_authorized_keys ssh_deletekeys ssh_fp_console_blacklist ssh_genkeytypes ssh_import_id
    ssh_key_console_blacklist ssh_keys ssh_publish_hostkeys ssh_pwauth ssh_quiet_keygen swap
    system_info timezone ubuntu_advantage ubuntu_pro updates user users vendor_data wireguard
    write_files yum_repo_dir yum_repos zypper
    """.split()  # noqa: SIM905 - one name a line would be a page of them
)


# Keys of network data by its version. Version 2 is netplan's.
NETWORK_KEYS = {
    1: frozenset({"version", "config"}),
    2: frozenset(
        {"version", "renderer", "ethernets", "modems", "wifis", "bridges", "bonds", "tunnels"}
        | {"vlans", "vrfs", "nm-devices", "dummy-devices", "virtual-ethernets", "openvswitch"}
    ),
}

LONGEST_SECRET = 1024 * 1024  # bytes; Kubernetes' limit for a Secret's data, and a ConfigMap's

PUBLIC_KEY_TYPES = re.compile(r"(ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[-a-z0-9@.]+")


def problems(spec: PoolSpec) -> Iterator[Problem]:
    """Yield what is wrong with the documents; no value of theirs is shown."""
    settings = spec.cloud_init
    if not spec.makes_cloud_init:
        return
    if settings.user_data_base64 is not None:
        pass  # nobody looks into it
    elif settings.user_data is not None:
        yield from _problems_of_user_data(spec, settings.user_data)
    else:
        yield from _problems_of_config(spec)
    for index, key in enumerate(settings.ssh_authorized_keys):
        wrong = _wrong_with_public_key(key)
        if wrong:
            yield Problem(f"cloudInit.sshAuthorizedKeys[{index}]", *wrong)
    yield from problems_of_network_data("cloudInit.networkData", settings.network_data)
    if not spec.per_replica.cloud_init:
        yield from logins.lost(spec, spec)
    yield from literal_templates.problems(spec)
    yield from problems_of_size("cloudInit", documents(spec))


def problems_of_size(
    key: str, texts: Mapping[str, str | bytes], kind: str = "Secret"
) -> Iterator[Problem]:
    """Yield the problem that a Secret or ConfigMap cannot hold its texts, if that is so."""
    size = sum(len(text if isinstance(text, bytes) else text.encode()) for text in texts.values())
    if size > LONGEST_SECRET:
        yield Problem(
            key,
            f"makes {size} bytes, and a {kind} holds {LONGEST_SECRET}",
            "put large files into the golden image, or fetch them at boot",
        )


def _wrong_with_public_key(line: str) -> tuple[str, str] | None:
    """Return rule and fix if a line is no OpenSSH public key ([options] type body [comment])."""
    if "PRIVATE KEY" in line:
        return (
            "is a private key",
            "give the public one (the file that ends in .pub), and replace this key pair",
        )
    if len(line.strip().splitlines()) > 1:
        return "has several lines", "make each key an item of its own"
    words = line.split()
    for kind, body in zip(words, words[1:], strict=False):
        if PUBLIC_KEY_TYPES.fullmatch(kind):
            if _public_key_type(body) == kind:
                return None
            return (
                f"is no {kind} key: what follows that word is cut short or mistyped",
                "copy the whole line of the .pub file",
            )
    if len(words) == 1 and line.strip().endswith(".pub"):
        return "is the name of a file", "give the line that is in it"
    return "is no OpenSSH public key", 'give one line such as "ssh-ed25519 AAAA... name"'


def _public_key_type(body: str) -> str | None:
    """Return the type that the base64 part of a public key names, if that part is whole.

    It is a row of fields, each behind its length in 4 bytes; the first is the type (RFC 4253).
    """
    try:
        rest = base64.b64decode(body, validate=True)
    except ValueError:
        return None
    fields = []
    while rest:
        length = int.from_bytes(rest[:4], "big")
        fields.append(rest[4 : 4 + length])
        if len(fields[-1]) < length or len(rest) < 4:
            return None
        rest = rest[4 + length :]
    return fields[0].decode("ascii", "replace") if len(fields) > 1 else None


def _problems_of_user_data(spec: PoolSpec, text: str) -> Iterator[Problem]:
    others = [KEYS[key] for key in said_by_keys(spec) if key in KEYS]
    if spec.cloud_init.config:
        others.append("cloudInit.config")
    if others:
        yield Problem(
            "cloudInit.userData",
            f"is the whole document, and {', '.join(others)} would have no place in it",
            "move all of it into userData, or leave out userData",
        )
    yield from problems_of_text("cloudInit.userData", text)


def problems_of_text(where: str, text: str, typed: str | None = None) -> Iterator[Problem]:
    """Yield what is wrong with a whole user data; see problems_of_keys."""
    if is_butane(text):
        yield Problem(
            where,
            "is Butane's, which no guest reads: Ignition's JSON is made from it",
            "give what `butane --strict FILE` prints",
        )
    elif not is_cloud_inits(text) and not is_another_guests(text):
        way_out = "; what another guest reads, give as cloudInit.userDataBase64"
        yield Problem(
            where,
            "begins with nothing that cloud-init knows, so it would be ignored",
            'begin it with "#cloud-config" or "#!"' + way_out * (typed is None),
        )
    if not is_cloud_config(text):
        return
    document, reason = parsed(text)
    if document is None:
        yield Problem(where, f"is no valid #cloud-config: {reason}", "correct it")
    else:
        yield from problems_of_keys(where, document, typed)


def _problems_of_config(spec: PoolSpec) -> Iterator[Problem]:
    said, config = said_by_keys(spec), spec.cloud_init.config
    yield from problems_of_keys("cloudInit.config", config)
    for key in config:
        if key in said and key in KEYS:
            yield Problem(
                f"cloudInit.config.{key}",
                f"is said by {KEYS[key]} too",
                "say it once",
            )


def problems_of_keys(
    where: str, document: Mapping[str, Any], typed: str | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with the keys of a cloud-config.

    typed: what somebody wrote; a key that is not in it came from values and is not shown. None
    where all of the document is as it was written.
    """
    if typed is None:
        yield from cloud_config.misunderstood(where, document)
    for key in document:
        if key == "network":
            yield Problem(
                f"{where}.network",
                "is read from the network data only, and cloud-init would ignore it here",
                f"move it into {where.partition('.')[0]}.networkData",
            )
        elif key not in TOP_LEVEL:
            near = did_you_mean(str(key), TOP_LEVEL)
            yield Problem(
                f"{where}.{_shown(key, typed)}",
                "is no key of cloud-config, and cloud-init would ignore it",
                f"did you mean {near}?" if near else "remove it",
            )


def problems_of_network_data(
    where: str, data: str | dict[str, Any] | None, typed: str | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with network data, if there is any; see problems_of_keys."""
    if data is None:
        return
    if isinstance(data, str):
        document, reason = parsed(data)
        if document is None:
            yield Problem(where, f"is no valid YAML: {reason}", "correct it")
            return
        data = document
    if typed is None:
        yield from cloud_config.misunderstood(where, data)
    # cloud-init takes it with and without "network" around it.
    wrapped = data.get("network")
    if isinstance(wrapped, dict):
        data, where = wrapped, f"{where}.network"
    version = data.get("version")
    known = NETWORK_KEYS.get(version) if type(version) is int else None
    if known is None:
        yield Problem(
            f"{where}.version",
            "does not say which format of cloud-init's network data this is",
            "add version: 2 (or 1), a number without quotes",
        )
        return
    for key in data:
        if key not in known:
            near = did_you_mean(str(key), known)
            yield Problem(
                f"{where}.{_shown(key, typed)}",
                f"is no key of network data, version {version}",
                f"did you mean {near}?" if near else f"known here: {', '.join(sorted(known))}",
            )


def _shown(key: Any, typed: str | None) -> str:
    return str(key) if typed is None or str(key) in typed else "(not shown)"
