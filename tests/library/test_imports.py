"""What the program loads, since that is most of the time of a preview; which packages it may know.

Which folder may import which is in pyproject.toml, [tool.importlinter].
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from vmpool.stack.project import PROJECT_FILE

ROOT = PROJECT_FILE.parent
LIBRARY = ROOT / "components" / "kubevirt_vm_pool"
COMPONENTS = sorted(LIBRARY.rglob("*.py"))
POLICIES = [*sorted((LIBRARY / "policy").glob("*.py")), ROOT / "policies" / "__main__.py"]
# What the dev stack's program loads beyond `import pulumi`, without the standard library.
THIRD_PARTY = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
OWN = {
    "kubevirt_vm_pool",
    "kubevirt_vm_pool.guest",
    "kubevirt_vm_pool.guest.cloud_init",
    "kubevirt_vm_pool.guest.per_replica",
    "kubevirt_vm_pool.kubevirt",
    "kubevirt_vm_pool.kubevirt.secret_fields",
    "kubevirt_vm_pool.guest.logins",
    "kubevirt_vm_pool.guest.user_data",
    "kubevirt_vm_pool.manifests",
    "kubevirt_vm_pool.manifests.autoscaler",
    "kubevirt_vm_pool.manifests.cloud_init_volume",
    "kubevirt_vm_pool.manifests.disruption_budget",
    "kubevirt_vm_pool.manifests.disks",
    "kubevirt_vm_pool.manifests.golden_images",
    "kubevirt_vm_pool.manifests.kubevirt_keys",
    "kubevirt_vm_pool.manifests.metadata",
    "kubevirt_vm_pool.manifests.namespace",
    "kubevirt_vm_pool.manifests.network_policy",
    "kubevirt_vm_pool.manifests.networks",
    "kubevirt_vm_pool.manifests.objects",
    "kubevirt_vm_pool.manifests.rbac",
    "kubevirt_vm_pool.manifests.replica_objects",
    "kubevirt_vm_pool.manifests.roles",
    "kubevirt_vm_pool.manifests.secret",
    "kubevirt_vm_pool.manifests.service",
    "kubevirt_vm_pool.manifests.virtual_machine_pool",
    "kubevirt_vm_pool.outputs",
    "kubevirt_vm_pool.program",
    "kubevirt_vm_pool.resources",
    "kubevirt_vm_pool.resources.cluster_access",
    "kubevirt_vm_pool.resources.engine_config",
    "kubevirt_vm_pool.resources.hooks",
    "kubevirt_vm_pool.resources.kubernetes_object",
    "kubevirt_vm_pool.resources.name_conflicts",
    "kubevirt_vm_pool.resources.options",
    "kubevirt_vm_pool.resources.per_program",
    "kubevirt_vm_pool.resources.previous_outputs",
    "kubevirt_vm_pool.resources.previous_state",
    "kubevirt_vm_pool.resources.provider",
    "kubevirt_vm_pool.resources.provider_version",
    "kubevirt_vm_pool.resources.replica_ownership",
    "kubevirt_vm_pool.resources.run_environment",
    "kubevirt_vm_pool.resources.service_fields",
    "kubevirt_vm_pool.resources.surroundings",
    "kubevirt_vm_pool.spec",
    "kubevirt_vm_pool.spec.access",
    "kubevirt_vm_pool.spec.cloud_init",
    "kubevirt_vm_pool.spec.common_keys",
    "kubevirt_vm_pool.spec.defaults",
    "kubevirt_vm_pool.spec.disk",
    "kubevirt_vm_pool.spec.disk_source",
    "kubevirt_vm_pool.spec.disks",
    "kubevirt_vm_pool.spec.kubevirt_keys",
    "kubevirt_vm_pool.spec.model",
    "kubevirt_vm_pool.spec.names",
    "kubevirt_vm_pool.spec.network",
    "kubevirt_vm_pool.spec.per_replica",
    "kubevirt_vm_pool.spec.pool",
    "kubevirt_vm_pool.spec.pool_keys",
    "kubevirt_vm_pool.spec.probe",
    "kubevirt_vm_pool.spec.quantity",
    "kubevirt_vm_pool.spec.scaling",
    "kubevirt_vm_pool.spec.scheduling",
    "kubevirt_vm_pool.spec.service",
    "kubevirt_vm_pool.spec.values",
    "kubevirt_vm_pool.spec.vm_settings",
    "kubevirt_vm_pool.stack_config",
    "kubevirt_vm_pool.text",
    "kubevirt_vm_pool.text.paths",
    "kubevirt_vm_pool.text.spelling",
    "kubevirt_vm_pool.text.variables",
    "kubevirt_vm_pool.text.yaml_documents",
    "kubevirt_vm_pool.validation",
    "kubevirt_vm_pool.validation.cloud_config",
    "kubevirt_vm_pool.validation.cloud_init",
    "kubevirt_vm_pool.validation.device_rules",
    "kubevirt_vm_pool.validation.disk_rules",
    "kubevirt_vm_pool.validation.cloud_init_rules",
    "kubevirt_vm_pool.validation.literal_templates",
    "kubevirt_vm_pool.validation.logins",
    "kubevirt_vm_pool.validation.network_data",
    "kubevirt_vm_pool.validation.network_rules",
    "kubevirt_vm_pool.validation.kubevirt_keys",
    "kubevirt_vm_pool.validation.problems",
    "kubevirt_vm_pool.validation.replica_rules",
    "kubevirt_vm_pool.validation.rule",
    "kubevirt_vm_pool.validation.rules",
    "kubevirt_vm_pool.validation.template",
    "kubevirt_vm_pool.validation.service_rules",
    "kubevirt_vm_pool.validation.scaling_rules",
    "kubevirt_vm_pool.validation.size_rules",
    "kubevirt_vm_pool.validation.validate",
    "kubevirt_vm_pool.validation.version_rules",
    "kubevirt_vm_pool.validation.vm_rules",
    "kubevirt_vm_pool.validation.warnings",
    "kubevirt_vm_pool.vm_pool",
}

# What it loads besides where replicas have values of their own.
WITH_TEMPLATES = {"perReplica": {"hostname": "web{{ index }}"}}
OF_TEMPLATES = {"jinja2", "markupsafe"}
OWN_OF_TEMPLATES = {
    "kubevirt_vm_pool.guest.template_environment",
    "kubevirt_vm_pool.guest.template_work",
    "kubevirt_vm_pool.guest.templates",
    "kubevirt_vm_pool.guest.texts",
    "kubevirt_vm_pool.validation.per_replica",
}

PROGRAM = """
import json, sys
sys.path.insert(0, "tests/helpers")
import pulumi
before = set(sys.modules)
import runpy
from engine_mocks import engine_config, run
with_mocks = set(sys.modules)
config = json.loads(sys.argv[1])
def program():
    runpy.run_path("__main__.py", run_name="__main__")
run(program, config, stack="dev")
loaded = set(sys.modules)
print(json.dumps({
    "before": sorted(before),
    "mocks": sorted(with_mocks - before),
    "program": sorted(loaded - with_mocks),
}))
"""
COLLECTOR = """
import gc
print(gc.isenabled(), gc.get_freeze_count())
"""


def loaded_with(changes: Mapping[str, object]) -> dict[str, set[str]]:
    """Return the modules that are loaded by `import pulumi`, by the mocks and by the program.

    changes: of the dev stack's configuration.
    """
    printed = printed_by(PROGRAM, changes)
    return {by: set(names) for by, names in json.loads(printed).items()}


def printed_by(code: str, changes: Mapping[str, object]) -> str:
    """Return what a process prints that runs the stack's program by PROGRAM."""
    from configurations import DEV
    from engine_mocks import engine_config

    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(engine_config({**DEV, **changes}))],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """Modules that the dev stack's program loads."""
    return loaded_with({})


@pytest.fixture(scope="module")
def with_templates() -> dict[str, set[str]]:
    """Modules that it loads where replicas have values of their own."""
    return loaded_with(WITH_TEMPLATES)


def beyond_the_standard_library(names: set[str]) -> set[str]:
    """Return the top-level packages of others."""
    tops = {name.partition(".")[0] for name in names}
    return {
        top
        for top in tops
        - sys.stdlib_module_names
        - {"components", "kubevirt_vm_pool", "engine_mocks"}
        # Parts of compiled packages and of the interpreter.
        if not top.endswith("__mypyc") and not top.startswith("_sysconfigdata")
    }


def packages_of_others(loaded: dict[str, set[str]]) -> set[str]:
    """Return the packages of others that came with the program."""
    new = (loaded["program"] | loaded["mocks"]) - loaded["before"]
    return beyond_the_standard_library(new) - beyond_the_standard_library(loaded["before"])


def own_modules(loaded: dict[str, set[str]]) -> set[str]:
    """Return the project's modules."""
    return {
        name
        for name in loaded["program"] | loaded["mocks"]
        if name.startswith(("components", "kubevirt_vm_pool"))
    }


def test_the_program_loads_no_package_that_is_not_listed(
    loaded: dict[str, set[str]], with_templates: dict[str, set[str]]
) -> None:
    assert packages_of_others(loaded) == THIRD_PARTY
    assert packages_of_others(with_templates) == THIRD_PARTY | OF_TEMPLATES


def test_the_program_loads_its_own_modules_that_are_listed(
    loaded: dict[str, set[str]], with_templates: dict[str, set[str]]
) -> None:
    assert own_modules(loaded) == OWN
    assert own_modules(with_templates) == OWN | OWN_OF_TEMPLATES


def test_the_program_loads_nothing_of_the_typed_sdk(loaded: dict[str, set[str]]) -> None:
    everything = set().union(*loaded.values())
    assert {name for name in everything if name.startswith("pulumi_kubernetes")} == set()


def test_the_program_loads_nothing_of_the_companion(loaded: dict[str, set[str]]) -> None:
    everything = set().union(*loaded.values())
    assert {name for name in everything if name.partition(".")[0] == "vmpool"} == set()


def test_the_garbage_collector_looks_at_nothing_that_lives_until_the_end() -> None:
    enabled, spared = printed_by(f"{PROGRAM}\n{COLLECTOR}", {}).split()[-2:]
    assert enabled == "True"
    assert int(spared) > 10_000


# --- packages ------------------------------------------------------------------------------------


def imported(file: Path) -> Iterator[str]:
    """Yield every module that a file imports from elsewhere, wherever in it that stands."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module)
        elif isinstance(node, ast.ImportFrom) and node.level > len(folders(file)) - 1:
            yield "above the library"


def folders(file: Path) -> tuple[str, ...]:
    """Return the packages that a file is in, the outermost first."""
    return file.relative_to(ROOT).parts[:-1]


def packages(file: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imported(file)}


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.name)
def test_only_the_policy_pack_itself_knows_more_than_the_rules(file: Path) -> None:
    others = packages(file) - sys.stdlib_module_names
    rules = {"pydantic"}
    pack = {"kubevirt_vm_pool", "pulumi_policy"}
    assert others <= (pack if file.name == "__main__.py" else rules)


def test_no_package_is_imported_that_the_project_does_not_name() -> None:
    files = [*COMPONENTS, ROOT / "components" / "__init__.py", ROOT / "__main__.py"]
    others = set().union(*map(packages, files)) - sys.stdlib_module_names
    assert others == {
        "grpc",
        "jinja2",
        "kubevirt_vm_pool",
        "pulumi",
        "pydantic",
        "pydantic_core",
        "yaml",
    }


# --- tests ---------------------------------------------------------------------------------------

TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def words_of_imports(file: Path) -> set[str]:
    """Return every word of what a file imports: of `from a.b import c` a, b and c."""
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {word for name in names for word in name.split(".")}


# Nor does a helper: what several need would stand in a test file again.
@pytest.mark.parametrize("file", sorted((ROOT / "tests").rglob("*.py")), ids=lambda file: file.stem)
def test_no_test_file_imports_another(file: Path) -> None:
    assert words_of_imports(file) & {test.stem for test in TESTS} == set()


def test_files_of_tests_have_names_of_their_own() -> None:
    assert len({file.name for file in TESTS}) == len(TESTS)
