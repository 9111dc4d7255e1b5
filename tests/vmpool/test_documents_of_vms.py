"""Documents and headers that a stack puts into a pool itself: nowhere to be seen."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from checkout import copied
from click.testing import CliRunner
from configurations import MARKER, problems, said_in
from repository import begun

from vmpool import policy_check
from vmpool.cli import main
from vmpool.diff.command import FORMS
from vmpool.stack import stack_files

DISK = "disk: {size: 6Gi, source: {pvc: {name: golden}}}"
DOCUMENT = f"#cloud-config\npassword: {MARKER}\n"
ENCODED = base64.b64encode(DOCUMENT.encode()).decode()
HEADER = f"'Authorization: {MARKER}'"
FETCHED = f"source: {{http: {{url: 'https://a.b/c.img', extraHeaders: [{HEADER}]}}}}"


def volume(written: str) -> str:
    """Return keys with one more volume of the VMs."""
    more = f"volumes: [{{name: more, {written}}}]"
    return f"password: a\n{DISK}\ntemplate: {{template: {{spec: {{{more}}}}}}}"


# By the field that holds it: the keys of a stack.
HOLDING = {
    "userData": volume(f'cloudInitNoCloud: {{userData: "#cloud-config\\npassword: {MARKER}"}}'),
    "userDataBase64": volume(f"cloudInitConfigDrive: {{userDataBase64: {ENCODED}}}"),
    "networkData": volume(f"cloudInitNoCloud: {{networkData: {MARKER}}}"),
    "networkDataBase64": volume(f"cloudInitNoCloud: {{networkDataBase64: {ENCODED}}}"),
    "cloudInit.userDataBase64": f"{DISK}\ncloudInit: {{userDataBase64: {ENCODED}}}",
    "cloudInit.networkDataBase64": (
        f"{DISK}\npassword: a\ncloudInit: {{networkDataBase64: {ENCODED}}}"
    ),
    "disk.source.http.extraHeaders": f"password: a\ndisk: {{{FETCHED}}}",
    "disks.source.http.extraHeaders": (
        f"password: a\n{DISK}\ndisks: {{data: {{size: 1Gi, {FETCHED}}}}}"
    ),
    "template.dataVolumeTemplates": (
        f"password: a\n{DISK}\ntemplate: {{dataVolumeTemplates: [{{metadata: {{name: web-data}}, "
        f"spec: {{{FETCHED}, storage: {{resources: {{requests: {{storage: 1Gi}}}}}}}}}}], "
        "template: {spec: {volumes: [{name: data, dataVolume: {name: web-data}}]}}}"
    ),
    "livenessProbe.httpHeaders": (
        f"password: a\n{DISK}\nlivenessProbe: {{httpGet: {{port: 80, httpHeaders: "
        f"[{{name: Authorization, value: {MARKER}}}]}}}}"
    ),
    "readinessProbe.httpHeaders": (
        f"password: a\n{DISK}\nreadinessProbe: {{httpGet: {{port: 80, httpHeaders: "
        f"[{{name: Authorization, value: {MARKER}}}]}}}}"
    ),
}
every = pytest.mark.parametrize("keys", HOLDING.values(), ids=HOLDING)


def stack(keys: str) -> str:
    """Return a stack's file."""
    lines = f"name: web\n{keys}".splitlines()
    return "config:\n" + "".join(f"  {line}\n" for line in lines)


@every
def test_render_and_what_policies_find_do_not_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    monkeypatch.setattr(stack_files.read, "__defaults__", (tmp_path,))
    monkeypatch.setattr(policy_check.settings, "__defaults__", (tmp_path,))
    (tmp_path / "Pulumi.lab.yaml").write_text(stack(keys), encoding="utf-8")
    (tmp_path / "policies.yaml").write_text("golden-images: {images: [none]}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["render", "--stack", "lab", "--policies"])
    assert "golden-images" in done.stderr
    assert "kind: VirtualMachinePool" in done.stdout
    assert not said_in(done.output, MARKER)


@every
def test_a_mistake_beside_it_does_not_show_it(keys: str) -> None:
    found = problems(f"{keys}\nreplicas: many\ncores: 0\nevictionStrategy: Migrate")
    assert {problem.top for problem in found} >= {"replicas", "cores", "evictionStrategy"}
    assert not said_in(" ".join(map(str, found)), MARKER)


def test_no_form_of_a_diff_shows_what_was_there_nor_what_is(tmp_path: Path) -> None:
    repository = begun(copied(tmp_path / "project"))
    names = [f"s{index}" for index in range(len(HOLDING))]
    for name, keys in zip(names, HOLDING.values(), strict=True):
        repository.write(name, stack(keys))
    repository.commit()
    repository.git("switch", "--quiet", "--create", "changed")
    for name, keys in zip(names, HOLDING.values(), strict=True):
        other = base64.b64encode(f"{DOCUMENT}# 2\n".encode()).decode()
        changed = keys.replace(ENCODED, other).replace(MARKER, f"{MARKER}-2")
        repository.write(name, stack(changed))
    repository.commit()
    report = repository.compared("main", "changed")
    assert {change.name for change in report.comparison.changes} == set(names)
    assert {change.problems for change in report.comparison.changes} == {""}
    for form in FORMS.values():
        assert not said_in(form(report), MARKER)
