"""A git repository that holds the project, for tests that compare its revisions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from checkout import ROOT, Checkout, copied

from vmpool.diff.command import compared
from vmpool.diff.comparison import StackChange
from vmpool.diff.report import Report

STACK = """\
config:
  name: web
  replicas: 2
  password: {password}
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""


def stack_file(more: str = "", *, password: str = "anything") -> str:
    """Return a stack's file with some more lines of configuration."""
    return STACK.format(password=password) + "".join(f"  {line}\n" for line in more.splitlines())


class Repository(Checkout):
    """A checkout of the project with a history of its own, its stacks those of the test."""

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.folder

    def git(self, *args: str) -> str:
        """Run git and return what it printed; it must succeed."""
        who = ("-c", "user.name=A Test", "-c", "user.email=test@example.com")
        return self._printed("git", *who, *args)

    def commit(self) -> str:
        """Commit everything that there is, and return the commit's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a state")
        return self.git("rev-parse", "HEAD").strip()

    def remove(self, stack: str) -> None:
        """Remove a stack's file."""
        (self.root / f"Pulumi.{stack}.yaml").unlink()

    def replace(self, file: str, old: str, new: str) -> None:
        """Change the project's code; what is to be changed must be there."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def give_memory_by_default(self, quantity: str) -> None:
        """Change the default of memory, as its model and what is written from it have it."""
        self.replace(
            "components/kubevirt_vm_pool/spec/common_keys.py",
            'default="2Gi"',
            f'default="{quantity}"',
        )
        self.replace("Pulumi.yaml", "default: 2Gi", f"default: {quantity}")

    def compared(self, base: str = "main", head: str | None = None, *names: str) -> Report:
        """Return what becomes of the stacks from one revision to another."""
        return compared(base, head, names, self.root)

    def change(self, name: str, base: str = "main", head: str | None = None) -> StackChange:
        """Return what becomes of the one stack that changes."""
        (change,) = self.compared(base, head).comparison.changes
        assert change.name == name
        return change


def begun(checkout: Checkout) -> Repository:
    """Return a checkout as a repository whose branch main holds the stacks alice and bob."""
    repository = Repository(checkout.folder, checkout.environment)
    shutil.copy(ROOT / ".gitignore", repository.root)
    for file in repository.root.glob("Pulumi.*.yaml"):
        file.unlink()
    for name in ("alice", "bob"):
        repository.write(name, stack_file())
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.commit()
    return repository


def with_workflows(checkout: Checkout) -> Repository:
    """Return a repository that has the project's workflows as well."""
    shutil.copytree(ROOT / ".github", checkout.folder / ".github")
    return begun(checkout)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The repository that every test of a module begins with; not to be changed."""
    return begun(copied(tmp_path_factory.mktemp("original") / "project"))


@pytest.fixture
def repository(original: Repository, tmp_path: Path) -> Repository:
    """A repository of the test's own."""
    folder = tmp_path / "project"
    shutil.copytree(original.root, folder)
    return Repository(folder, {**original.environment, "PYTHONPATH": str(folder)})
