"""The programs of the embedded control plane as their projects release them.

cluster/downloads.json pins them: etcd, kube-apiserver and kubectl as envtest's archives (digests
from envtest-releases.yaml of controller-tools), and KWOK. Nothing is unpacked that is not what is
pinned.
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


@dataclass(frozen=True)
class Release:
    """A release of some programs for one platform.

    path: on the server. programs: the file of each in the archive; None if what is at the path is
    the program itself.
    """

    name: str
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
        of = "Kubernetes" if self.name == ENVTEST else "KWOK"
        return f"{of} {self.version}"


def releases(kubernetes: str, kwok: str) -> tuple[Release, ...]:
    """Return the releases for this machine that fit the versions which go.mod pins.

    Of Kubernetes it is the last of the same minor version: envtest has not every patch. A platform
    or version without a digest has none.
    """
    pinned = json.loads(FILE.read_text(encoding="utf-8"))["products"]
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


def _release(name: str, product: Mapping[str, Any], version: str) -> Release | None:
    here = f"{sys.platform}-{MACHINES.get(platform.machine().lower())}"
    digest = product["digests"][version].get(here)
    if digest is None:
        return None
    path = product["path"].format(version=version, platform=here)
    return Release(name, version, path, product["algorithm"], digest, product["programs"])


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
    names = [f"{', '.join(release.programs)} ({release})" for release in wanted]
    server = environment.get(MIRROR) or json.loads(FILE.read_text(encoding="utf-8"))["server"]
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


def _unpack(file: Path, programs: Mapping[str, str | None], into: Path) -> None:
    """Put programs into a folder by their own names; whatever else an archive has stays there."""
    if None in programs.values():
        (name,) = programs
        file.replace(into / name)
    else:
        with tarfile.open(file) as archive:
            for name, member in programs.items():
                _copy(archive, str(member), into / name)
    for name in programs:
        (into / name).chmod(0o755)


def _copy(archive: tarfile.TarFile, member: str, target: Path) -> None:
    """Copy the content of one file of an archive; its path, mode and owner there do not matter."""
    found = next(
        (one for one in archive.getmembers() if one.name.removeprefix("./") == member), None
    )
    content = archive.extractfile(found) if found and found.isfile() else None
    if content is None:
        raise DownloadError(f"its archive has no file {member}")
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


def found(name: str, of: Iterable[Release], cache: Path) -> Path | None:
    """Return a program that was downloaded earlier."""
    paths = (cache / release.folder / name for release in of if name in release.programs)
    return next((path for path in paths if path.is_file()), None)
