"""Which cluster a command is about, and what it is called."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import yaml

from vmpool import target
from vmpool.console import UserError
from vmpool.stack import stack_files
from vmpool.stack.stack_files import Stack


def kubeconfig(server: str = "https://10.0.0.1", context: str = "prod") -> str:
    """Return a kubeconfig with one context."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {}}],
            "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
        }
    )


def stack(more: str = "") -> Stack:
    """Return a stack whose configuration has some lines more."""
    text = f"config:\n  password: x\n{textwrap.indent(textwrap.dedent(more), '  ')}"
    return stack_files.parsed("alice", text, Path("Pulumi.alice.yaml"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a kubeconfig."""
    made = tmp_path / "kubeconfig"
    made.write_text(kubeconfig(), encoding="utf-8")
    return made


def test_the_current_context_of_kubeconfig_is_named_with_its_server(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(file))
    assert str(target.named(stack())) == "context prod (https://10.0.0.1)"


def test_the_stacks_own_kubeconfig_comes_before_that_of_the_shell(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.write_text(kubeconfig("https://10.0.0.2", "staging"), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(file))
    found = target.named(stack(f"kubernetes:kubeconfig: {own}"))
    assert str(found) == "context staging (https://10.0.0.2)"
    assert found
    assert found.kubectl().kubeconfig == own


def test_the_content_of_a_kubeconfig_is_kept_where_nobody_else_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "CLUSTER", tmp_path / ".vmpool" / "cluster")
    found = target.named(stack(f"kubernetes:kubeconfig: |\n{textwrap.indent(kubeconfig(), '  ')}"))
    assert str(found) == "context prod (https://10.0.0.1)"
    assert found
    assert found.kubeconfig
    assert found.kubeconfig.stat().st_mode & 0o077 == 0


def test_a_kubeconfig_that_nobody_can_decrypt_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError) as caught:
        target.named(stack("kubernetes:kubeconfig: {secure: 'v1:a:b'}"))
    assert str(caught.value.message).startswith(
        "kubernetes:kubeconfig in Pulumi.alice.yaml is encrypted, and "
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("~/.kube/config", '; the shell has not put your home folder for "~": write "$HOME"'),
        ("/no/such", "KUBECONFIG is /no/such, and there is no such file"),
    ],
)
def test_a_kubeconfig_that_is_not_there_is_told(
    said: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", said)
    with pytest.raises(UserError) as caught:
        target.named(stack())
    assert reason in str(caught.value.message)


def test_a_context_that_the_kubeconfig_has_not_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(file))
    with pytest.raises(UserError) as caught:
        target.named(stack("kubernetes:context: other"))
    assert "other" in str(caught.value.message)
