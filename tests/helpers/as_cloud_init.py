"""What cloud-init's own code does with documents, on a machine that only takes notes.

Run by a Python that has cloud-init (Debian: python3, package cloud-init): a JSON object with
userdata and networkdata on standard input, what happened on standard output.
"""

from __future__ import annotations

import inspect
import json
import logging
import sys
from types import SimpleNamespace
from typing import Any
from unittest import mock

# What images have in /etc/cloud/cloud.cfg.
IMAGE: dict[str, Any] = {
    "users": ["default"],
    "disable_root": True,
    "ssh_deletekeys": False,
    "ssh_genkeytypes": [],
    "ssh_publish_hostkeys": {"enabled": False},
}
DEFAULT_USER = {"name": "fedora", "lock_passwd": True}


def main() -> None:
    """Answer."""
    given = json.load(sys.stdin)
    found = first_boot(given["userdata"]) if given.get("userdata") else {}
    if given.get("networkdata"):
        found["subnets"] = subnets(given["networkdata"])
    json.dump(found, sys.stdout)


def first_boot(text: str) -> dict[str, Any]:
    """Return passwords, keys, locked users and files after the first boot.

    keys: by user; a key with options before it lets nobody in as that user. failed: the modules
    that ended with an error.
    """
    from cloudinit import ssh_util, util
    from cloudinit.config import cc_set_passwords, cc_ssh, cc_users_groups, cc_write_files

    found: dict[str, Any] = {"passwords": {}, "keys": {}, "locked": [], "files": {}, "failed": []}
    cloud = SimpleNamespace(
        distro=_distro(found), get_public_ssh_keys=list, datasource=mock.Mock(), paths=mock.Mock()
    )

    def keys(given: Any, user: str, options: str = "") -> None:
        if given and not options:
            found["keys"].setdefault(user, []).extend(sorted(given))

    def written(path: str, content: Any, **_: Any) -> None:
        found["files"][path] = util.encode_text(content).decode()

    patches = (
        mock.patch.object(ssh_util, "setup_user_keys", keys),
        mock.patch.object(util, "write_file", written),
        mock.patch.object(util, "chownbyname"),
        mock.patch.object(cc_set_passwords, "handle_ssh_pwauth"),
    )
    for patch in patches:
        patch.start()
    for module in (cc_write_files, cc_users_groups, cc_ssh, cc_set_passwords):
        # Each reads the document anew: some change what they are given.
        config = util.mergemanydict([util.load_yaml(text) or {}, IMAGE])
        arguments = ["name", config, cloud, logging.getLogger(), []]
        if len(inspect.signature(module.handle).parameters) == len(arguments) - 1:
            del arguments[3]
        try:
            module.handle(*arguments)
        except Exception as error:  # whatever ends a module
            found["failed"].append(f"{module.__name__.rpartition('.')[2]}: {type(error).__name__}")
    return found


def _distro(found: dict[str, Any]) -> Any:
    from cloudinit import helpers
    from cloudinit.distros import fetch

    class Noting(fetch("fedora")):  # type: ignore[misc]
        def add_user(self, name: str, **_: Any) -> bool:
            return True

        def set_passwd(self, user: str, passwd: Any, hashed: bool = False) -> None:
            found["passwords"][user] = passwd

        def chpasswd(self, plist_in: Any, hashed: bool) -> None:
            found["passwords"].update(dict(plist_in))

        def lock_passwd(self, name: str) -> None:
            found["locked"].append(name)

        def expire_passwd(self, user: str) -> None:
            pass

        def write_sudo_rules(self, *_: Any, **__: Any) -> None:
            pass

        def create_group(self, *_: Any, **__: Any) -> None:
            pass

    settings = {"default_user": dict(DEFAULT_USER)}
    return Noting("fedora", settings, helpers.Paths({}))


def subnets(text: str) -> dict[str, list[str]]:
    """Return the types of the subnets by interface."""
    from cloudinit import util
    from cloudinit.net.network_state import parse_net_config_data

    state = parse_net_config_data(util.load_yaml(text), skip_broken=False)
    return {
        one["name"]: [subnet["type"] for subnet in one["subnets"]]
        for one in state.iter_interfaces()
    }


if __name__ == "__main__":
    main()
