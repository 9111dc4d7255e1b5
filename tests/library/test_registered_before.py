"""What the revision before the library had a root of its own registers, and what today's does.

URNs, options and the names of hooks are in the state of every stack that there is.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import ROOT
from engine_mocks import engine_config
from revision_before import unpacked

HELPERS = ROOT / "tests" / "helpers"
CREATION = "kubevirt-vm-pool-creation"
LIMITS = "-autoscaler-limits"
# What was before it read by a StackReference, which was one more resource.
PARTS = ("resources", "hooks", "outputs")

Registered = Mapping[str, Any]


def registered(checkout: Path, stack: str, folder: Path) -> Registered:
    """Return what a checkout's own code registers for a stack of today."""
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    config = folder / f"{stack}.json"
    config.write_text(json.dumps(engine_config(yaml.safe_load(text)["config"])), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", HELPERS / "print_registered.py", config],
        cwd=checkout,
        env={
            **{key: text for key, text in os.environ.items() if key != "PULUMI_CONFIG"},
            "PYTHONPATH": os.pathsep.join(map(str, (checkout, checkout / "components", HELPERS))),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Registered = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module", params=["dev", "three-webservers"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Registered, Registered]:
    """What the revision before and today's register for the same stack."""
    folder = tmp_path_factory.mktemp("registered")
    before = unpacked(folder / "before")
    return registered(before, request.param, folder), registered(ROOT, request.param, folder)


def test_the_revision_before_registers_what_is_compared(
    both: tuple[Registered, Registered],
) -> None:
    before, _ = both
    assert {"cluster", "vms", "vms-pool", "vms-service", "vms-cloud-init"} <= set(
        before["resources"]
    )
    assert before["hooks"]


@pytest.mark.parametrize("part", PARTS)
def test_todays_code_registers_what_the_revision_before_did(
    part: str, both: tuple[Registered, Registered]
) -> None:
    before, today = both
    assert _without_what_came(today)[part] == _without_what_went(before)[part]


def _without_what_came(today: Registered) -> Registered:
    """Leave out the guard of what is made, which must be every object's, and that of HPAs."""
    kept = copy.deepcopy(today)
    del kept["hooks"][CREATION]
    limits = {name for name in kept["hooks"] if name.endswith(LIMITS)}
    for name in limits:
        del kept["hooks"][name]
    for one in kept["resources"].values():
        options = one["options"]
        # A pool may take long to go.
        assert options.pop("customTimeouts", {}).get("delete") in {None, "60m", ""}
        bound = options.get("hooks", {})
        of_the_cluster = options.get("type", "").startswith("kubernetes:")
        if "HorizontalPodAutoscaler" in options.get("type", ""):
            assert limits >= set(bound.pop("beforeUpdate"))
            assert limits >= {bound["beforeCreate"].pop()}
        assert bound.pop("beforeCreate", None) == ([CREATION] if of_the_cluster else None)
    return kept


def _without_what_went(before: Registered) -> Registered:
    """Leave out the fingerprints of Secrets, which a dictionary could have been tried on."""
    kept = copy.deepcopy(before)
    for one in kept["resources"].values():
        metadata = one["properties"].get("metadata", {})
        annotations = metadata.get("annotations", {})
        if annotations.pop("kubevirt-vm-pool/cloud-init", None) and not annotations:
            del metadata["annotations"]
    return kept
