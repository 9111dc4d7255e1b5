"""Programs as their projects release them: those of the embedded control plane, and the engine.

cluster/downloads.json pins them: etcd, kube-apiserver and kubectl as envtest's archives (digests
from envtest-releases.yaml of controller-tools), KWOK, and Pulumi's CLI and Kubernetes provider
(digests on which two sources agree that do not know of each other). Nothing is unpacked that is not
what is pinned.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import network
from ..console import step
from ..files import lock
from ..go_build import numbers
from ..network import DownloadError

FILE = Path(__file__).parents[2] / "cluster" / "downloads.json"
# In place of the server that the file names; the paths below it are the same.
MIRROR = "VMPOOL_DOWNLOAD_MIRROR"
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
ENVTEST, KWOK = "envtest", "kwok"
ENGINE, PROVIDER = "pulumi", "pulumi-kubernetes"


@dataclass(frozen=True)
class Release:
    """A release of some programs for one platform.

    title: of what it is a release, for people. path: on the server. programs: where each goes in
    the release's folder, and its file in the archive; None if what is at the path is the program
    itself.
    """

    name: str
    title: str
    version: str
    path: str
    algorithm: str
    digest: str
    programs: Mapping[str, str | None]

    @property
    def folder(self) -> str:
        """The name of the folder of its programs."""
        return f"{self.name}-{self.version}-{self.digest[:16]}"

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


def releases(kubernetes: str, kwok: str) -> tuple[Release, ...]:
    """Return the releases for this machine that fit the versions which go.mod pins.

    Of Kubernetes it is the last of the same minor version: envtest has not every patch. A platform
    or version without a digest has none.
    """
    pinned = _pinned()["products"]
    minor = numbers(kubernetes)[:2]
    wanted = {
        ENVTEST: [
            version for version in pinned[ENVTEST]["digests"] if numbers(version)[:2] == minor
        ],
        KWOK: [version for version in pinned[KWOK]["digests"] if numbers(version) == numbers(kwok)],
    }
    found = (
        _release(name, pinned[name], max(versions, key=numbers))
        for name, versions in wanted.items()
        if versions
    )
    return tuple(filter(None, found))


def newest(name: str) -> Release | None:
    """Return the newest release of a product for this machine; None if none is pinned."""
    product = _pinned()["products"][name]
    found = (_release(name, product, version) for version in product["digests"])
    return max(filter(None, found), key=lambda one: numbers(one.version), default=None)


def _pinned() -> dict[str, Any]:
    pinned: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return pinned


def _release(name: str, product: Mapping[str, Any], version: str) -> Release | None:
    here = f"{sys.platform}-{MACHINES.get(platform.machine().lower())}"
    digest = product["digests"][version].get(here)
    if digest is None:
        return None
    platform_there = product.get("platforms", {}).get(here, here)
    path = product["path"].format(version=version, platform=platform_there)
    programs = {place.format(version=version): file for place, file in product["programs"].items()}
    title, algorithm = product["title"], product["algorithm"]
    return Release(name, title, version, path, algorithm, digest, programs)


def fetch(
    wanted: Sequence[Release],
    cache: Path,
    environment: Mapping[str, str] = os.environ,
    limits: network.Limits = network.LIMITS,
) -> None:
    """Download releases, each into its folder in a cache. Raises DownloadError.

    A folder appears only when all its programs are whole. The first that fails ends it: the next
    would wait for the same server.
    """
    names = [f"{', '.join(map(_name, release.programs))} ({release})" for release in wanted]
    server = environment.get(MIRROR) or _pinned()["server"]
    cache.mkdir(parents=True, exist_ok=True)
    with step(f"downloading {' and '.join(names)}") as under_way:

        def progress(done: int, total: int | None) -> None:
            under_way.how_far = f"{done >> 20} of {total >> 20 if total else '?'} MB"

        for release in wanted:
            waiting_for = f"another run that downloads {release}"
            with lock(cache / f"{release.folder}.lock", waiting_for):
                if not (cache / release.folder).is_dir():
                    _fetch(release, server.rstrip("/"), cache, progress, limits)


def _fetch(
    release: Release, server: str, cache: Path, progress: network.Progress, limits: network.Limits
) -> None:
    with tempfile.TemporaryDirectory(dir=cache) as unfinished:
        file, programs = Path(unfinished) / "download", Path(unfinished) / "programs"
        url = f"{server}/{release.path}"
        network.fetch(url, file, release.algorithm, release.digest, progress, limits)
        programs.mkdir(mode=0o700)
        try:
            _unpack(file, release.programs, programs)
        except (tarfile.TarError, EOFError) as error:
            raise DownloadError(f"its archive cannot be read: {error}") from None
        programs.rename(cache / release.folder)


def _name(place: str) -> str:
    return Path(place).name


def _unpack(file: Path, programs: Mapping[str, str | None], into: Path) -> None:
    """Put programs where they go in a folder; whatever else an archive has stays there."""
    for place in programs:
        (into / place).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if None in programs.values():
        (place,) = programs
        file.replace(into / place)
    else:
        places = {str(member): into / place for place, member in programs.items()}
        with tarfile.open(file) as archive:
            _copy(archive, places)
    for place in programs:
        (into / place).chmod(0o755)


def _copy(archive: tarfile.TarFile, places: dict[str, Path]) -> None:
    """Copy the content of files of an archive; their mode and owner there do not matter.

    places: by the path in the archive. In the archive's order: going back is to begin anew.
    """
    missing = dict(places)
    for one in archive:
        target = missing.pop(one.name.removeprefix("./"), None) if one.isfile() else None
        content = archive.extractfile(one) if target else None
        if target and content:
            with content, target.open("wb") as file:
                shutil.copyfileobj(content, file)
    if missing:
        raise DownloadError(f"its archive has no file {min(missing)}")


def found(name: str, of: Iterable[Release], cache: Path) -> Path | None:
    """Return a program that was downloaded earlier."""
    paths = (cache / release.folder / name for release in of if name in release.programs)
    return next((path for path in paths if path.is_file()), None)
