"""Library and command line where nothing of this checkout is: by wheel, sdist, folder and git.

And the library's folder as a plugin of the engine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from cluster_fixtures import RunKubectl
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.validation import validate
from kubevirt_vm_pool.version import VERSION
from programs_elsewhere import A_CLASS, HARNESS, OUTPUTS, TWO_POOLS
from pulumi.runtime import rpc
from recording_engine import plugin

from vmpool.controlplane.client import Cluster

UV = shutil.which("uv") or str(ROOT / ".tools" / "uv" / "bin" / "uv")
LIBRARY = ROOT / "components"
OURS = f"{sys.version_info.major}.{sys.version_info.minor}"
GOLDEN = {"source": {"pvc": {"name": "golden"}}}

pytestmark = pytest.mark.skipif(not os.access(UV, os.X_OK), reason="uv is not on PATH")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command outside of the checkout, without anything that leads back to it."""
    return subprocess.run(
        command,
        cwd=cwd,
        env={
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PYTHON", "PULUMI", "VIRTUAL_ENV", "UV_PROJECT"))
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def made(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, and return what it printed."""
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def require_packages(folder: Path) -> None:
    """Skip a test where neither uv's cache nor an index has what the library needs."""
    project = LIBRARY / "pyproject.toml"
    made(UV, "venv", "--quiet", "--python", OURS, folder / "asked", cwd=folder)
    python = folder / "asked" / "bin" / "python"
    asked = ("pip", "install", "--dry-run", "--quiet", "--python", python)
    done = run(UV, *asked, "flit_core", "--requirements", project, cwd=folder)
    if done.returncode:
        told = done.stderr.strip().splitlines()
        pytest.skip(f"the library's packages cannot be had here: {told[0] if told else ''}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What is installed, by kind: the library by wheel, sdist and folder; the wheel of vmpool."""
    folder = tmp_path_factory.mktemp("built")
    copied = folder / "components"
    shutil.copytree(LIBRARY, copied, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    require_packages(folder)
    made(UV, "build", "--quiet", "--out-dir", folder / "dist", copied, cwd=folder)
    (wheel,), (sdist,) = (
        list((folder / "dist").glob(pattern)) for pattern in ("*.whl", "*.tar.gz")
    )
    made(UV, "build", "--quiet", "--wheel", "--out-dir", folder / "vmpool", ROOT, cwd=folder)
    (command_line,) = (folder / "vmpool").glob("*.whl")
    return {"wheel": wheel, "sdist": sdist, "folder": copied, "vmpool": command_line}


def environment(folder: Path, *what: str | Path, version: str = OURS) -> Path:
    """Return the Python of a new environment that has the library and nothing else of ours."""
    made(UV, "venv", "--quiet", "--python", version, folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    made(UV, "pip", "install", "--quiet", "--python", python, *map(str, what), cwd=folder)
    return python


def interpreter_of(version: str, folder: Path) -> str | None:
    """Return a Python of a version that is there, None if there is none."""
    found = run(UV, "python", "find", "--no-python-downloads", version, cwd=folder)
    if not found.returncode:
        return found.stdout.strip()
    # uv gives up at pyenv's stand-in for a version that is there, but is not the chosen one.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    there = sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))
    return str(there[-1]) if there else None


@pytest.fixture(scope="module")
def python(built: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel."""
    return environment(tmp_path_factory.mktemp("wheel"), built["wheel"])


def registered(python: Path, program: str, folder: Path) -> dict[str, Any]:
    """Return what a program registers."""
    (folder / "program.py").write_text(f"{program}\n{HARNESS}", encoding="utf-8")
    printed = made(python, "program.py", cwd=folder)
    found: dict[str, Any] = json.loads(printed, parse_float=lambda text: int(float(text)))
    return found


def as_rendered(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without what is for the engine only: its annotations, marks of secrets."""
    metadata = dict(properties["metadata"])
    annotations = metadata.pop("annotations", {})
    own = {key: text for key, text in annotations.items() if not key.startswith("pulumi.com/")}
    rendered = {**properties, "metadata": metadata | ({"annotations": own} if own else {})}
    if rpc.is_rpc_secret(rendered.get("data")):
        rendered["data"] = rendered["data"]["value"]
    return rendered


def specified(**args: Any) -> PoolSpec:
    """Return what the checkout makes of arguments, as of those of a stack file."""
    return validate.specify(args, stack="prod", where="The arguments")


def test_wheel_and_sdist_bring_the_data_on_kubevirts_fields(built: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(built["wheel"]) as wheel, tarfile.open(built["sdist"]) as sdist:
        for names in (wheel.namelist(), sdist.getnames()):
            assert any(name.endswith("kubevirt_vm_pool/kubevirt/fields.json") for name in names)


@pytest.mark.parametrize("kind", ["wheel", "sdist", "folder"])
def test_a_pool_with_outputs_is_what_a_stack_file_makes(
    kind: str, built: Mapping[str, Path], tmp_path: Path
) -> None:
    found = registered(environment(tmp_path, built[kind]), OUTPUTS, tmp_path)
    spec = specified(
        name="web",
        namespace="team-a",
        replicas=2,
        disk=GOLDEN,
        password="known later",
        cloudInit={"timezone": "Europe/Zurich"},
    )
    expected = {f"web-{role}": manifest for role, manifest in objects(spec).items()}
    assert {name: as_rendered(one) for name, one in found.items()} == expected


def test_what_is_installed_builds_both_without_an_index(tmp_path: Path) -> None:
    own = Path(sys.prefix)
    if own != ROOT / ".venv":
        pytest.skip("what is installed here is not in this checkout's .venv")
    cache = ("--offline", "--cache-dir", tmp_path / "empty")
    made(UV, "build", "--quiet", *cache, "--all-packages", "--out-dir", tmp_path / "dist", cwd=ROOT)
    assert len(list((tmp_path / "dist").glob("*.whl"))) == 2


def test_pip_installs_the_folder_and_vmpool(built: Mapping[str, Path], tmp_path: Path) -> None:
    made(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--quiet")
    # What uv has in its cache is of no use to pip.
    if run(*pip, "--dry-run", "--retries", "0", "flit_core", cwd=tmp_path).returncode:
        pytest.skip("pip reaches no index from here")
    made(*pip, built["folder"], built["vmpool"], cwd=tmp_path)
    assert "Usage: vmpool" in made(python.with_name("vmpool"), "--help", cwd=tmp_path)
    found = registered(python, TWO_POOLS, tmp_path)
    assert {"web-pool", "worker-pool"} <= found.keys()


# --- the command line ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(built: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheels of library and command line."""
    folder = tmp_path_factory.mktemp("both")
    return environment(folder, built["wheel"], built["vmpool"])


def test_both_distributions_have_the_version_of_the_project(both: Path, tmp_path: Path) -> None:
    program = "from importlib.metadata import version; print(*map(version, {}))".format(
        ("vmpool", "kubevirt-vm-pool")
    )
    assert made(both, "-c", program, cwd=tmp_path).split() == [VERSION, VERSION]


def test_an_installed_vmpool_renders_the_stacks_of_the_folder_that_it_is_called_in(
    both: Path, tmp_path: Path
) -> None:
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    command = ("render", "--stack", "dev")
    (tmp_path / "below").mkdir()
    rendered = made(both.with_name("vmpool"), *command, cwd=tmp_path / "below")
    assert "kind: VirtualMachinePool" in rendered
    assert rendered == made(Path(sys.executable).with_name("vmpool"), *command, cwd=ROOT)


# --- the plugin ----------------------------------------------------------------------------------


def test_the_folder_alone_is_a_plugin_with_the_packages_that_it_asks_for(
    built: Mapping[str, Path], tmp_path: Path
) -> None:
    made(UV, "venv", "--quiet", "--python", OURS, tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    asked = ("--python", python, "--requirements", "requirements.txt")
    made(UV, "pip", "install", "--quiet", *asked, cwd=built["folder"])
    with plugin(built["folder"], python) as started:
        assert json.loads(started.schema())["version"] == VERSION


# --- the library alone ---------------------------------------------------------------------------


def test_the_library_is_that_of_the_environment(python: Path, tmp_path: Path) -> None:
    program = "import kubevirt_vm_pool; print(kubevirt_vm_pool.__file__)"
    file = Path(made(python, "-c", program, cwd=tmp_path).strip())
    assert file.is_relative_to(python.parents[1])


def test_a_git_repository_is_installed_from_its_folder(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is no git repository")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "elsewhere"\nversion = "1"\nrequires-python = ">=3.11"\n'
    )
    require_packages(tmp_path)
    source = f"git+{ROOT.as_uri()}#subdirectory=components"
    made(UV, "add", "--quiet", "--python", OURS, source, cwd=tmp_path)
    found = registered(tmp_path / ".venv" / "bin" / "python", TWO_POOLS, tmp_path)
    assert found["web-pool"]["metadata"]["name"] == "web"


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_two_pools_work_on_a_python(
    version: str, built: Mapping[str, Path], tmp_path: Path
) -> None:
    interpreter = interpreter_of(version, tmp_path)
    if interpreter is None:
        pytest.skip(f"there is no Python {version} on this machine")
    found = registered(
        environment(tmp_path, built["wheel"], version=interpreter), TWO_POOLS, tmp_path
    )
    worker = specified(
        name="worker", password="x", disk=GOLDEN, service={"ports": [{"port": 8080}]}
    )
    web = specified(name="web", password="x", disk=GOLDEN)
    assert {name: as_rendered(one) for name, one in found.items()} == {
        f"{spec.name}-{role}": manifest
        for spec in (web, worker)
        for role, manifest in objects(spec).items()
    }


def test_one_program_makes_a_class_of_thirty(python: Path, tmp_path: Path) -> None:
    found = registered(python, A_CLASS, tmp_path)
    pools = {one["metadata"]["namespace"] for one in found.values() if "virtualMachine" in str(one)}
    assert pools == {f"user{number}" for number in range(30)}


# --- what is wrong -------------------------------------------------------------------------------

WRONG = {
    "misspelt": ('"replcas": 3', "replcas:"),
    "dotted": ('"disk.size": "8Gi"', "disk.size:"),
    "unit": ('"memory": "2GB"', "memory: 2GB"),
    "version": ('"kubevirtVersion": "9.9"', "kubevirtVersion: 9.9"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_report_names_the_argument_and_no_stack_file(
    name: str, python: Path, tmp_path: Path
) -> None:
    written, told = WRONG[name]
    program = TWO_POOLS.replace('"password": "x"', f'"password": "x", {written}')
    (tmp_path / "program.py").write_text(f"{program}\n{HARNESS}", encoding="utf-8")
    done = run(python, "program.py", cwd=tmp_path)
    assert "VmPool web has 1 problem:" in done.stderr
    assert told in done.stderr
    assert "stack file" not in done.stderr
    assert "pulumi config" not in done.stderr


# --- types ---------------------------------------------------------------------------------------

MISSPELT = {
    "at the top": ('"replicas": 2', '"replcas": 2', "replcas"),
    "two steps down": ('{"name": "golden"}', '{"nme": "golden"}', "nme"),
    "in a list": (
        '"replicas": 2',
        # Not of service, which may also be false: of such a key the checkers name the whole value.
        '"services": {"more": {"ports": [{"prt": 80}]}}',
        "prt",
    ),
    "of a wrong type": ('"replicas": 2', '"replicas": "two"', '"int"'),
}
CHECKERS = {
    "mypy": ("mypy", "--strict", "--no-incremental", "--python-executable"),
    "pyright": ("basedpyright", "--level", "error", "--pythonpath"),
}


def checked(checker: str, program: str, python: Path, folder: Path) -> tuple[int, str]:
    """Return exit code and output of a type checker, which knows the library as installed."""
    (folder / "program.py").write_text(f"# pyright: strict\n{program}", encoding="utf-8")
    name, *options = CHECKERS[checker]
    tool = Path(sys.executable).with_name(name)
    if not tool.exists():
        pytest.skip(f"{name} is not installed")
    done = run(tool, *options, python, "program.py", cwd=folder)
    return done.returncode, done.stdout


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_type_checker_takes_a_right_program(checker: str, python: Path, tmp_path: Path) -> None:
    code, told = checked(checker, OUTPUTS, python, tmp_path)
    assert code == 0, told


@pytest.mark.parametrize("place", MISSPELT)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_misspelt_key_is_a_type_error(
    checker: str, place: str, python: Path, tmp_path: Path
) -> None:
    right, wrong, key = MISSPELT[place]
    assert right in OUTPUTS
    code, told = checked(checker, OUTPUTS.replace(right, wrong), python, tmp_path)
    assert code == 1
    assert key in told


def test_the_checkout_goes_on_handing_on_both_names() -> None:
    import kubevirt_vm_pool

    import components

    assert components.VmPool is kubevirt_vm_pool.VmPool
    assert components.VmPoolArgs is kubevirt_vm_pool.VmPoolArgs


# --- on a cluster --------------------------------------------------------------------------------

UP = """
import os
from pulumi import automation

stack = automation.create_or_select_stack(
    "prod",
    project_name="elsewhere",
    program=program,
    opts=automation.LocalWorkspaceOptions(env_vars=dict(os.environ)),
)
print(stack.up().outputs["url"].value)
"""


@pytest.mark.needs_engine
def test_an_up_of_the_installed_library_makes_a_pool(
    python: Path, cluster: Cluster, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> None:
    program = OUTPUTS.replace("team-a", made_namespace)
    (tmp_path / "program.py").write_text(f"{program}\n{UP}", encoding="utf-8")
    (tmp_path / "state").mkdir()
    done = subprocess.run(
        [python, "program.py"],
        cwd=tmp_path,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
            "KUBECONFIG": str(cluster.kubeconfig),
            "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of the test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"http://web.{made_namespace}.svc.cluster.local\n"
    replicas = kubectl("get", "vmpool/web", "-n", made_namespace, "-o", "jsonpath={.spec.replicas}")
    assert replicas.stdout == "2"
