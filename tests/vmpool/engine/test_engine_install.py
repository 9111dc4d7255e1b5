"""Where the engine and its provider are looked for, in which order, and what is said if nowhere."""

from __future__ import annotations

import os
import subprocess
from importlib import metadata
from pathlib import Path
from urllib.error import URLError

import pytest
from checkout import CACHE
from engine_stand_ins import engine_built, executable, machine
from kubevirt_vm_pool.resources.provider_version import PROVIDER_VERSION, provider_version
from pulumi.automation import PulumiCommand

from vmpool.engine import build, install, pulumi_cli
from vmpool.engine.install import NoEngineError
from vmpool.target import Target

SDK = metadata.version("pulumi")
PACKAGE = metadata.version("pulumi-kubernetes")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a machine without an engine and without a way out."""
    machine(tmp_path, monkeypatch)
    monkeypatch.setattr(PulumiCommand, "install", no_way_out)
    monkeypatch.delenv(PROVIDER_VERSION, raising=False)
    install._downloaded.cache_clear()
    return tmp_path


def no_way_out() -> None:
    raise URLError("no way out")


def on_path(home: Path, text: str = "#!/bin/sh\necho v3.200.1\n") -> Path:
    return executable(home / "bin" / "pulumi", text)


def downloaded(home: Path) -> Path:
    return executable(home / ".pulumi" / "versions" / SDK / "bin" / "pulumi")


def provider_downloaded(home: Path) -> Path:
    folder = home / ".pulumi" / "plugins" / f"resource-kubernetes-v{PACKAGE}"
    return executable(folder / "pulumi-resource-kubernetes")


# --- the engine ----------------------------------------------------------------------------------


def test_nothing_is_downloaded_offline(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PulumiCommand, "install", lambda: pytest.fail("it is downloaded"))
    offline = {**os.environ, "VMPOOL_OFFLINE": "1"}
    with pytest.raises(NoEngineError, match="not on PATH, and nothing is downloaded"):
        install.engine(offline)
    with pytest.raises(NoEngineError, match="provider is not here, offline"):
        install.provider(on_path(home), offline)


def test_only_what_was_built_is_taken_where_that_is_asked_for(home: Path) -> None:
    only = {**os.environ, "VMPOOL_ENGINE": "built"}
    on_path(home)
    downloaded(home)
    provider_downloaded(home)
    with pytest.raises(NoEngineError, match=r"nothing is built, .* \(VMPOOL_ENGINE=built\)"):
        install.engine(only)
    engine_built()
    built = build.expected()
    assert install.engine(only) == built.cli
    found = install.found_provider(only)
    assert found
    assert found.program == built.provider


def test_the_engine_on_path_comes_first(home: Path) -> None:
    downloaded(home)
    engine_built()
    program = on_path(home)
    assert install.engine() == program


def test_the_engine_that_was_downloaded_comes_before_the_one_that_was_built(home: Path) -> None:
    engine_built()
    program = downloaded(home)
    assert install.engine() == program


def test_the_engine_that_was_built_comes_before_a_download(home: Path) -> None:
    program = engine_built().cli
    assert install.engine() == program


def test_the_download_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    class Installed:
        command = "/downloaded/pulumi"

    monkeypatch.setattr(PulumiCommand, "install", Installed)
    assert install.engine() == Path("/downloaded/pulumi")


def test_an_engine_that_cannot_be_downloaded_is_told_with_the_reason_and_the_remedy() -> None:
    with pytest.raises(NoEngineError) as caught:
        install.engine()
    assert str(caught.value) == ("pulumi is not on PATH and cannot be downloaded (no way out)")


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


def test_of_a_downloaded_engine_the_version_is_that_of_the_sdk(home: Path) -> None:
    assert install.found_engine() is None
    program = downloaded(home)
    assert install.found_engine() == install.Found(program, "downloaded", SDK)


def test_of_a_built_engine_the_version_is_the_pinned_one() -> None:
    program = engine_built().cli
    found = install.Found(program, "built by make engine", build.cli_version())
    assert install.found_engine() == found


# --- the provider --------------------------------------------------------------------------------


def test_a_provider_that_was_downloaded_comes_before_the_one_that_was_built(home: Path) -> None:
    engine_built()
    provider_downloaded(home)
    assert install.provider(Path("pulumi")) == {}


def test_a_provider_that_was_built_is_found_by_the_engine_and_asked_for_by_the_program(
    home: Path,
) -> None:
    built = engine_built()
    assert install.provider(built.cli) == {
        "PULUMI_HOME": str(built.home),
        "PULUMI_CREDENTIALS_PATH": str(home / ".pulumi"),
        PROVIDER_VERSION: build.PROVIDER_VERSION,
    }


@pytest.mark.parametrize("variable", ["PULUMI_HOME", "PULUMI_CREDENTIALS_PATH"])
def test_logins_stay_where_the_person_has_them(variable: str) -> None:
    built = engine_built()
    given = install.provider(built.cli, {**os.environ, variable: "/elsewhere"})
    assert given["PULUMI_CREDENTIALS_PATH"] == "/elsewhere"


def test_a_provider_that_is_nowhere_is_downloaded(home: Path) -> None:
    program = on_path(home, f'#!/bin/sh\necho "$@" > {home}/asked\n')
    assert install.provider(program) == {}
    asked = (home / "asked").read_text()
    assert asked == f"plugin install resource kubernetes {PACKAGE}\n"


def test_a_provider_that_cannot_be_downloaded_is_told_with_the_reason_and_the_remedy(
    home: Path,
) -> None:
    program = on_path(home, "#!/bin/sh\necho trying >&2\necho no such host >&2\nexit 1\n")
    with pytest.raises(NoEngineError) as caught:
        install.provider(program)
    assert str(caught.value) == ("its Kubernetes provider cannot be downloaded (no such host)")


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
    environment = {**os.environ, **install.provider(built.cli), "PULUMI_HOME": str(built.home)}
    return subprocess.run([built.cli, *args], env=environment, capture_output=True, text=True)


def test_the_engine_that_make_engine_builds_tells_its_release(built: build.Built) -> None:
    assert install.told_version(built.cli) == build.cli_version()


def test_the_engine_that_make_engine_builds_finds_its_provider_without_a_warning(
    built: build.Built,
) -> None:
    done = run(built, "package", "info", f"kubernetes@{build.PROVIDER_VERSION}")
    assert f"Version: {build.PROVIDER_VERSION}\n" in done.stdout
    assert done.stderr == ""
