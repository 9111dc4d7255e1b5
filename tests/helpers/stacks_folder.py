"""A project's folder with stacks of a test's own, for what is run in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vmpool.cli import main
from vmpool.stack import decryption, stack_files

DEV = """\
# What everybody begins with.
config:
  name: web  # as in the lab
  namespace: images
  # How many at first.
  replicas: 2
  disk:
    size: 6Gi
    source: {pvc: {name: golden}}
  kubevirt-vm-pool:memory: 2Gi
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with the stack dev, without a passphrase and without a cluster."""
    for variable in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "KUBECONFIG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(decryption, "PASSPHRASE", tmp_path / "no-passphrase")
    for function in (stack_files.read, stack_files.names, stack_files.matching):
        monkeypatch.setattr(function, "__defaults__", (tmp_path,))
    (tmp_path / "Pulumi.dev.yaml").write_text(DEV, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    """Run a verb of vmpool."""
    return CliRunner().invoke(main, [*arguments])
