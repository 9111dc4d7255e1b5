"""By whom user data is read: by cloud-init, or by other guests, for whom it passes as it is."""

from __future__ import annotations

import json
import re

# What cloudbase-init, cloud-init's counterpart of Windows, reads besides cloud-config and scripts.
CLOUDBASE_INIT = ("#ps1", "rem cmd", "<script>", "<powershell>")

# Beginnings of user data that cloud-init understands (its "user data formats"), in lower case.
FORMATS = (
    "#!",
    "#cloud-config",
    "#cloud-boothook",
    "#include",
    "#part-handler",
    "## template: jinja",
    "content-type:",
    "mime-version:",
)


def is_cloud_inits(text: str) -> bool:
    """Tell whether user data begins with what cloud-init knows its formats by."""
    return text.lstrip().lower().startswith(FORMATS)


def is_ignition(text: str) -> bool:
    """Tell whether user data is a configuration of Ignition (Fedora CoreOS, Flatcar)."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        document = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and isinstance(document.get("ignition"), dict)


def is_butane(text: str) -> bool:
    """Tell whether user data is Butane's, which no guest reads: Ignition is made from it."""
    return bool(re.search(r"(?m)^variant: *['\"]?(fcos|flatcar|openshift|r4e|fiot)\b", text))


def is_talos(text: str) -> bool:
    """Tell whether user data is a machine configuration of Talos."""
    return bool(
        re.search(r"(?m)^version: *['\"]?v1alpha1\b", text) and re.search(r"(?m)^machine:", text)
    ) or bool(re.search(r"(?m)^apiVersion: *['\"]?v1alpha1\b", text) and "\nkind:" in f"\n{text}")


def is_cloudbase_init(text: str) -> bool:
    """Tell whether user data is a script of cloudbase-init's own kinds."""
    return text.lstrip().lower().startswith(CLOUDBASE_INIT)


def is_another_guests(text: str) -> bool:
    """Tell whether a guest without cloud-init reads user data."""
    return is_ignition(text) or is_talos(text) or is_cloudbase_init(text)
