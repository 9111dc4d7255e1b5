"""`vmpool diff` between a revision from before the library had a root of its own, and today's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT, copied
from revision_before import unpacked

from vmpool.diff.comparison import compare
from vmpool.diff.revision_stacks import rendered

STACKS = ("dev", "three-webservers")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it was."""
    return unpacked(tmp_path_factory.mktemp("before"))


def test_the_revision_before_and_todays_make_the_same_of_every_stack(before: Path) -> None:
    old, new = rendered([before, ROOT])
    comparison = compare(old, new, {})
    assert (comparison.failures, comparison.changes) == ((), ())
    assert comparison.unchanged == STACKS


def test_todays_revision_as_the_base_of_the_one_before_is_rendered_by_its_own_code(
    before: Path,
) -> None:
    old, new = rendered([ROOT, before])
    assert compare(old, new, {}).unchanged == STACKS


def test_the_code_of_the_revision_before_can_render_todays(before: Path, tmp_path: Path) -> None:
    """A revert, whose working tree has the code of then: it knows nothing of the library's root."""
    today = copied(tmp_path / "today").folder
    library = today / "components" / "kubevirt_vm_pool" / "spec" / "common_keys.py"
    text = library.read_text(encoding="utf-8")
    assert 'default="webserver"' in text
    library.write_text(text.replace('default="webserver"', 'default="of-today"'), encoding="utf-8")
    project = today / "Pulumi.yaml"
    said = project.read_text(encoding="utf-8")
    project.write_text(said.replace("default: webserver", "default: of-today"), encoding="utf-8")
    (today / "Pulumi.unnamed.yaml").write_text(
        "config:\n  password: x\n  disk: {source: {pvc: {name: golden}}}\n", encoding="utf-8"
    )
    code = (
        "import json, sys; from pathlib import Path; from vmpool.diff.rendered import rendered;"
        "(found,) = rendered([Path(sys.argv[1])]); assert not found.failure, found.failure;"
        "print(json.dumps(found.stacks['unnamed'].objects['pool']['metadata']['name']))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(today)],
        cwd=before,
        env={**os.environ, "PYTHONPATH": str(before)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == "of-today"
