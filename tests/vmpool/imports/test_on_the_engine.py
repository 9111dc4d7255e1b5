"""What `vmpool import` encrypts, the engine decrypts: an import is previewed and brought up."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
import yaml
from checkout import copied
from cluster_fixtures import RunKubectl
from configurations import MARKER, said_in
from manifests_to_import import LAB
from plain_updates import run_stack

from vmpool.controlplane.client import Cluster
from vmpool.imports.conversion import imported
from vmpool.imports.manifests import chosen, objects_in
from vmpool.imports.writing import stack_file

pytestmark = pytest.mark.needs_engine

PHRASE = "correct horse"
SECRET = "secret/lab05-cloudinit"


def test_a_stack_that_was_imported_is_brought_up_by_its_passphrase(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> None:
    text = LAB.replace("password: kubevirt", f"password: {MARKER}")
    found = imported(chosen(objects_in(text, "lab.yaml")), "dev")
    written, plain = stack_file({**found.config, "namespace": made_namespace}, PHRASE)
    assert (plain, said_in(written, MARKER)) == ([], False)
    checkout = copied(tmp_path / "p")
    checkout.write("dev", written)
    salt = yaml.safe_load(written)["encryptionsalt"]

    def run(verb: str, phrase: str = PHRASE) -> tuple[int, str]:
        environment = {"PULUMI_CONFIG_PASSPHRASE": phrase}
        done = run_stack(verb, checkout.folder, cluster, tmp_path / "state", environment)
        return done.returncode, " ".join(done.stdout.split())

    code, said = run("preview")
    assert (code, said_in(said, MARKER)) == (0, False), said
    code, said = run("up")
    assert (code, said_in(said, MARKER)) == (0, False), said
    data = json.loads(kubectl("get", SECRET, "-n", made_namespace, "-o", "json").stdout)["data"]
    assert MARKER in base64.b64decode(data["userdata"]).decode()
    file = yaml.safe_load((checkout.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    assert file["encryptionsalt"] == salt
    code, said = run("preview", "another one")
    assert code != 0
    assert "incorrect passphrase" in said
