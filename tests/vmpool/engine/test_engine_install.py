"""Where the engine and its provider are looked for, in which order, and what is said if nowhere."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

import pytest
from checkout import CACHE
from download_server import Answering, serving
from engine_stand_ins import engine_built, executable, machine
from kubevirt_vm_pool.resources.provider_version import PROVIDER_VERSION, provider_version

from vmpool.controlplane import downloads
from vmpool.engine import build, install, pulumi_cli
from vmpool.engine.install import NoEngineError
from vmpool.target import Target

CLI, PLUGIN = downloads.ENGINE, downloads.PROVIDER
PLACE = "plugins/resource-kubernetes-v{version}/pulumi-resource-kubernetes"
PACKAGE = metadata.version("pulumi-kubernetes")
NO_LEGACY_WARNING = "PULUMI_DIY_BACKEND_NO_LEGACY_WARNING"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a machine without an engine, whose downloads nobody answers."""
    machine(tmp_path, monkeypatch)
    monkeypatch.setenv(downloads.MIRROR, (tmp_path / "nowhere").as_uri())
    monkeypatch.delenv(PROVIDER_VERSION, raising=False)
    monkeypatch.delenv(install.NO_ACQUISITION, raising=False)
    return tmp_path


def archive(members: Mapping[str, bytes]) -> bytes:
    """Return an archive as Pulumi releases them."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as tar:
        for path, content in members.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return output.getvalue()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    """A server with an engine and a provider of the test's own, and pins for them."""
    here = f"{sys.platform}-{downloads.MACHINES[platform.machine().lower()]}"
    content = {
        CLI: archive({"pulumi/pulumi": b"#!/bin/sh\n", "pulumi/pulumi-language-python": b"host"}),
        PLUGIN: archive({"LICENSE": b"", "pulumi-resource-kubernetes": b"#!/bin/sh\n"}),
    }
    programs = {
        CLI: {name: f"pulumi/{name}" for name in ("pulumi", "pulumi-language-python")},
        PLUGIN: {PLACE: "pulumi-resource-kubernetes"},
    }
    products = {
        name: {
            "title": name,
            "path": name + "-{platform}.tar.gz",
            "platforms": {here: "here"},
            "programs": programs[name],
            "algorithm": "sha256",
            # The newest has none for this machine.
            "digests": {"9.9.9": {}, "1.2.3": {here: hashlib.sha256(data).hexdigest()}},
        }
        for name, data in content.items()
    }
    file = tmp_path / "downloads.json"
    with serving() as answering:
        answering.files = {f"/{name}-here.tar.gz": data for name, data in content.items()}
        file.write_text(json.dumps({"server": answering.url, "products": products}))
        monkeypatch.setattr(downloads, "FILE", file)
        monkeypatch.delenv(downloads.MIRROR)
        yield answering


def on_path(home: Path, text: str = "#!/bin/sh\necho v3.200.1\n") -> Path:
    return executable(home / "bin" / "pulumi", text)


def downloaded(name: str = CLI) -> Path:
    """Put a file where a download of what is pinned puts the program."""
    release = downloads.newest(name)
    assert release
    place = next(iter(release.programs))
    return executable(Path(os.environ["XDG_CACHE_HOME"], "kubevirt-vm-pool", release.folder, place))


def plugin_of_person(home: Path) -> Path:
    folder = home / ".pulumi" / "plugins" / f"resource-kubernetes-v{PACKAGE}"
    return executable(folder / "pulumi-resource-kubernetes")


# --- the engine ----------------------------------------------------------------------------------


def test_nothing_is_downloaded_offline(server: Answering) -> None:
    offline = {**os.environ, "VMPOOL_OFFLINE": "1"}
    with pytest.raises(NoEngineError, match="not on PATH, and nothing is downloaded"):
        install.engine(offline)
    with pytest.raises(NoEngineError, match="provider is not here, offline"):
        install.provider(offline)
    assert server.asked == []


def test_only_what_was_built_is_taken_where_that_is_asked_for(home: Path) -> None:
    only = {**os.environ, "VMPOOL_ENGINE": "built"}
    on_path(home)
    downloaded()
    downloaded(PLUGIN)
    plugin_of_person(home)
    with pytest.raises(NoEngineError, match=r"nothing is built, .* \(VMPOOL_ENGINE=built\)"):
        install.engine(only)
    engine_built()
    built = build.expected()
    assert install.engine(only) == built.cli
    found = install.found_provider(only)
    assert found
    assert found.program == built.provider


def test_the_engine_on_path_comes_first(home: Path) -> None:
    downloaded()
    engine_built()
    program = on_path(home)
    assert install.engine() == program


def test_the_engine_that_was_downloaded_comes_before_the_one_that_was_built() -> None:
    engine_built()
    program = downloaded()
    assert install.engine() == program


def test_the_engine_that_was_built_comes_before_a_download(server: Answering) -> None:
    program = engine_built().cli
    assert install.engine() == program
    assert server.asked == []


def test_the_download_comes_last_with_its_host_of_python_programs(server: Answering) -> None:
    program = install.engine()
    assert os.access(program, os.X_OK)
    assert (program.parent / "pulumi-language-python").read_bytes() == b"host"
    assert install.found_engine() == install.Found(program, "downloaded", "1.2.3")
    assert install.engine() == program
    assert server.asked == ["/pulumi-here.tar.gz"]


@pytest.mark.parametrize(("name", "get"), [(CLI, install.engine), (PLUGIN, install.provider)])
def test_what_has_another_digest_than_the_pinned_one_is_not_unpacked(
    server: Answering, name: str, get: Callable[[], object], tmp_path: Path
) -> None:
    server.files[f"/{name}-here.tar.gz"] += b"more"
    with pytest.raises(NoEngineError, match="what came has not the pinned sha256"):
        get()
    cache = tmp_path / "cache" / "kubevirt-vm-pool"
    assert {path.suffix for path in cache.iterdir()} == {".lock"}


def test_a_platform_without_a_pin_has_no_download(
    server: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    for get in (install.engine, install.provider):
        with pytest.raises(NoEngineError, match=r"downloaded \(none is pinned for this platform\)"):
            get()
    assert server.asked == []


@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize("machine", ["x86_64", "arm64"])
def test_engine_and_provider_are_pinned_on_every_platform(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    cli, plugin = downloads.newest(CLI), downloads.newest(PLUGIN)
    assert cli
    assert plugin
    # The names of platforms in their paths are not the same.
    assert f"-{system}-{'x64' if machine == 'x86_64' else 'arm64'}.tar.gz" in cli.path
    assert f"-{system}-{'amd64' if machine == 'x86_64' else 'arm64'}.tar.gz" in plugin.path
    # The tests run with the one that make engine builds.
    assert plugin.version == build.PROVIDER_VERSION


def test_an_engine_that_cannot_be_downloaded_is_told_with_the_reason() -> None:
    with pytest.raises(NoEngineError) as caught:
        install.engine()
    reason = "pulumi is not on PATH and cannot be downloaded (No such file or directory)"
    assert str(caught.value) == reason


@pytest.mark.usefixtures("home")
def test_looking_only_downloads_nothing() -> None:
    assert install.found_engine() is None


def test_the_engine_on_path_tells_its_version(home: Path) -> None:
    program = on_path(home)
    assert install.found_engine() == install.Found(program, "on PATH", "3.200.1")


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "no program\n"])
def test_an_engine_that_tells_no_version_is_found_all_the_same(home: Path, text: str) -> None:
    program = on_path(home, text)
    assert install.found_engine() == install.Found(program, "on PATH", "")


def test_of_a_built_engine_the_version_is_the_pinned_one() -> None:
    program = engine_built().cli
    found = install.Found(program, "built by make engine", build.cli_version())
    assert install.found_engine() == found


# --- the provider --------------------------------------------------------------------------------


def test_a_plugin_of_the_person_comes_before_all_others(home: Path) -> None:
    engine_built()
    downloaded(PLUGIN)
    plugin_of_person(home)
    assert install.provider() == {}


def test_a_provider_that_was_downloaded_comes_before_the_one_that_was_built() -> None:
    engine_built()
    program = downloaded(PLUGIN)
    assert install.provider()["PULUMI_HOME"] == str(program.parents[2])


def test_a_provider_that_was_built_is_found_by_the_engine_and_asked_for_by_the_program(
    home: Path,
) -> None:
    built = engine_built()
    assert install.provider() == {
        "PULUMI_HOME": str(built.home),
        "PULUMI_CREDENTIALS_PATH": str(home / ".pulumi"),
        PROVIDER_VERSION: build.PROVIDER_VERSION,
        install.NO_ACQUISITION: "true",
    }


@pytest.mark.parametrize("variable", ["PULUMI_HOME", "PULUMI_CREDENTIALS_PATH"])
def test_logins_stay_where_the_person_has_them(variable: str) -> None:
    engine_built()
    given = install.provider({**os.environ, variable: "/elsewhere"})
    assert given["PULUMI_CREDENTIALS_PATH"] == "/elsewhere"


def test_a_provider_that_is_nowhere_is_downloaded_where_the_engine_looks(
    server: Answering,
) -> None:
    given = install.provider()
    plugin = Path(given["PULUMI_HOME"], PLACE.format(version="1.2.3"))
    assert os.access(plugin, os.X_OK)
    assert given[PROVIDER_VERSION] == "1.2.3"
    # Nor does the engine download any other, by its version alone.
    assert given[install.NO_ACQUISITION] == "true"
    assert install.provider() == given
    assert server.asked == ["/pulumi-kubernetes-here.tar.gz"]


def test_a_provider_that_cannot_be_downloaded_is_told_with_the_reason() -> None:
    with pytest.raises(NoEngineError) as caught:
        install.provider()
    reason = "its Kubernetes provider cannot be downloaded (No such file or directory)"
    assert str(caught.value) == reason


def test_the_program_asks_for_the_version_of_the_package() -> None:
    assert provider_version() == PACKAGE


def test_the_program_asks_for_the_version_that_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROVIDER_VERSION, "4.0.1")
    assert provider_version() == "4.0.1"


def test_what_is_built_here_runs_with_its_provider(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(home / "bin" / "kubectl")
    monkeypatch.setenv(PROVIDER_VERSION, "")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///state")
    built = engine_built()
    engine = pulumi_cli.find(Target(None, None))
    assert engine.program == str(built.cli)
    assert engine.environment["PULUMI_HOME"] == str(built.home)
    assert engine.environment[PROVIDER_VERSION] == build.PROVIDER_VERSION


@pytest.mark.parametrize("file", ["", "web.json", "web.json.gz"])
def test_the_engine_looks_through_a_folder_of_states_only_where_it_finds_something(
    file: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(home / "bin" / "kubectl")
    stacks = home / "state" / ".pulumi" / "stacks"
    (stacks / "kubevirt-vm-pool").mkdir(parents=True)
    (stacks / "kubevirt-vm-pool" / "dev.json").touch()
    if file:
        (stacks / file).touch()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (home / "state").as_uri())
    engine_built()
    environment = pulumi_cli.find(Target(None, None)).environment
    assert (NO_LEGACY_WARNING in environment) == (not file)


@pytest.mark.parametrize("backend", ["s3://bucket", "https://api.pulumi.com"])
def test_a_backend_elsewhere_is_looked_through_by_the_engine(
    backend: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable(home / "bin" / "kubectl")
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend)
    engine_built()
    assert NO_LEGACY_WARNING not in pulumi_cli.find(Target(None, None)).environment


# --- the real ones -------------------------------------------------------------------------------


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> build.Built:
    """What make engine built, on a machine that has no other engine."""
    monkeypatch.setenv("XDG_CACHE_HOME", CACHE)
    found = build.found()
    if found is None:
        pytest.skip("the engine is not built: make engine")
    # The engine writes its logs into its home.
    copy = tmp_path / "home"
    plugin = copy / found.provider.relative_to(found.home)
    plugin.parent.mkdir(parents=True)
    plugin.symlink_to(found.provider)
    return build.Built(found.cli, plugin)


def run(built: build.Built, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **install.provider(), "PULUMI_HOME": str(built.home)}
    return subprocess.run([built.cli, *args], env=environment, capture_output=True, text=True)


def test_the_engine_that_make_engine_builds_tells_its_release(built: build.Built) -> None:
    assert install.told_version(built.cli) == build.cli_version()


def test_the_engine_that_make_engine_builds_finds_its_provider_without_a_warning(
    built: build.Built,
) -> None:
    done = run(built, "package", "info", f"kubernetes@{build.PROVIDER_VERSION}")
    assert f"Version: {build.PROVIDER_VERSION}\n" in done.stdout
    assert done.stderr == ""
