"""The examples in TypeScript and YAML: checked by their languages, and under the real engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import language_tools
import pytest
import yaml
from checkout import ROOT
from cluster_fixtures import RunKubectl
from encrypted import salt_for, sealed
from plain_updates import PASSPHRASE
from plugin_on_path import environment
from recording_engine import PLUGIN

from vmpool.controlplane.client import Cluster

EXAMPLES = ROOT / "examples"
SCHEMA = PLUGIN / "kubevirt_vm_pool" / "plugin" / "schema.json"
UP = ROOT / "tests" / "helpers" / "run_typescript.cjs"


def run(
    *command: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command; what it prints is one text."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


# What the engine would start by its host of Python programs, which is not built here.
PACKAGES = "packages:\n  kubevirt-vm-pool: ../../components\n"


def write_stack(folder: Path, stack: str) -> None:
    """Write the file of a stack with what an example needs: the password, encrypted.

    The plugin is then that on PATH.
    """
    file = folder / "Pulumi.yaml"
    text = file.read_text(encoding="utf-8")
    assert PACKAGES in text
    file.write_text(text.replace(PACKAGES, ""), encoding="utf-8")
    project = yaml.safe_load(text)["name"]
    config = {f"{project}:password": {"secure": sealed(PASSPHRASE, "x")}}
    text = json.dumps({"encryptionsalt": salt_for(PASSPHRASE), "config": config})
    (folder / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")


def require_pool(kubectl: RunKubectl, namespace: str) -> None:
    """Check the pool that an example makes: that of the other one, too."""
    spec = json.loads(kubectl("get", "vmpool/web", "-n", namespace, "-o", "json").stdout)["spec"]
    machine = spec["virtualMachineTemplate"]["spec"]["template"]["spec"]
    assert machine["domain"]["cpu"]["cores"] == 2
    assert machine["evictionStrategy"] == "LiveMigrateIfPossible"
    scaled = kubectl("get", "hpa/web", "-n", namespace, "-o", "jsonpath={.spec.maxReplicas}")
    assert scaled.stdout == "5"


# --- TypeScript ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example in TypeScript with its packages: the SDK is made by Pulumi's own generator."""
    generator, npm = language_tools.sdk_generator(), language_tools.npm()
    folder = tmp_path_factory.mktemp("typescript") / "example"
    shutil.copytree(EXAMPLES / "typescript", folder, ignore=shutil.ignore_patterns("node_modules"))
    done = run(npm, "install", "--no-audit", "--no-fund", "--prefer-offline", cwd=folder)
    if done.returncode:
        pytest.skip(f"npm cannot install the example's packages here: {done.stdout.strip()[:200]}")
    sdk = folder / "node_modules" / "@pulumi" / "kubevirt-vm-pool"
    assert run(generator, SCHEMA, sdk, cwd=folder).stdout == ""
    compiled = run(tsc(folder), cwd=sdk)
    assert compiled.returncode == 0, compiled.stdout
    # Its own build does that, too.
    shutil.copy(sdk / "package.json", sdk / "bin")
    return folder


def tsc(folder: Path) -> Path:
    """Return the compiler of a project."""
    return folder / "node_modules" / ".bin" / "tsc"


@pytest.fixture(scope="module")
def told(typescript: Path) -> Mapping[str, str]:
    """What the compiler says, by the name of a change; of the example as it is, by ""."""
    text = (typescript / "index.ts").read_text(encoding="utf-8")
    files: dict[str, str] = {}
    for name, (old, new, _) in CHANGES.items():
        assert old in text
        file = typescript / f"changed-{len(files)}.ts"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        files[name] = file.name
    # Once: most of its time the compiler reads the SDK.
    settings = json.loads((typescript / "tsconfig.json").read_text(encoding="utf-8"))
    settings["files"] += files.values()
    (typescript / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    printed = run(tsc(typescript), cwd=typescript).stdout.splitlines()
    files[""] = "index.ts"
    return {
        name: "\n".join(line for line in printed if line.startswith(f"{file}("))
        for name, file in files.items()
    }


# By what is wrong: a part of the example, what stands in its place, and what the compiler says.
MISTAKES = {
    "misspelt": ("cores: 2", "coers: 2", "'coers' does not exist"),
    "misspelt two steps down": ("pvc: { name:", "pvc: { nme:", "'nme' does not exist"),
    "of another type": ("cores: 2", 'cores: "2"', "'string' is not assignable to type 'number'"),
    "of no known value": (
        '"LiveMigrateIfPossible"',
        '"Migrate"',
        "is not assignable to type 'EvictionStrategy | undefined'",
    ),
    "not known at construction": (
        "namespace: pulumi.getStack()",
        'namespace: pulumi.output("a")',
        "'Output<string>' is not assignable to type 'string | undefined'",
    ),
}
CHANGES = {
    **MISTAKES,
    "known later": ('packages: ["nginx"]', 'packages: pulumi.output(["nginx"])', ""),
}


def test_the_compiler_takes_the_example(told: Mapping[str, str]) -> None:
    assert told[""] == ""


@pytest.mark.parametrize("name", MISTAKES)
def test_the_compiler_finds_what_is_wrong(name: str, told: Mapping[str, str]) -> None:
    assert MISTAKES[name][2] in told[name]


def test_a_part_of_cloud_init_may_be_known_later(told: Mapping[str, str]) -> None:
    assert told["known later"] == ""


@pytest.mark.needs_engine
def test_an_up_of_the_example_in_typescript_makes_the_pool(
    typescript: Path,
    told: Mapping[str, str],
    cluster: Cluster,
    kubectl: RunKubectl,
    made_namespace: str,
    tmp_path: Path,
) -> None:
    assert told[""] == ""
    write_stack(typescript, made_namespace)
    variables = environment(tmp_path, cluster)
    node = shutil.which("node") or "node"
    done = run(node, UP, typescript, made_namespace, cwd=typescript, env=variables)
    assert done.returncode == 0, done.stdout
    assert f"http://web.{made_namespace}.svc.cluster.local" in done.stdout
    require_pool(kubectl, made_namespace)


# --- YAML ----------------------------------------------------------------------------------------


@pytest.mark.needs_engine
def test_an_up_of_the_example_in_yaml_makes_the_pool(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> None:
    host = language_tools.yaml_host()
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLES / "yaml", folder)
    write_stack(folder, made_namespace)
    variables = dict(environment(tmp_path, cluster))
    variables["PATH"] = f"{host.parent}:{variables['PATH']}"
    for command in ("stack init", "up --yes --skip-preview"):
        done = run(
            "pulumi",
            *command.split(),
            "--non-interactive",
            "--stack",
            made_namespace,
            cwd=folder,
            env=variables,
        )
        assert done.returncode == 0, done.stdout
    assert f"http://web.{made_namespace}.svc.cluster.local" in done.stdout
    require_pool(kubectl, made_namespace)
