"""The control plane's programs as their projects release them, from a server of the tests' own."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import platform
import re
import socket
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from download_server import Answering, serving
from engine_stand_ins import executable

from vmpool import go_build, network
from vmpool.console import UserError
from vmpool.controlplane import binaries, downloads
from vmpool.network import DownloadError, Limits

LIMITS = Limits(answer=20, whole=60)
# Of those that wait for what never comes.
IMPATIENT = Limits(answer=0.4, whole=1)
MEMBERS = {name: f"controller-tools/envtest/{name}" for name in sorted(binaries.ASSETS)}
# A file of that size does not come in one piece.
SOME = os.urandom(1 << 20)


def archive(members: dict[str, bytes] | None = None, *more: tarfile.TarInfo) -> bytes:
    """Return an archive; not given, with envtest's programs, each of which says its name."""
    contents = members or {
        **{path: name.encode() + SOME for name, path in MEMBERS.items()},
        "controller-tools/envtest/README": b"",
    }
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as tar:
        for path, content in contents.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in more:
            tar.addfile(info)
    return output.getvalue()


def link(path: str, to: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.type, info.linkname = tarfile.SYMTYPE, to
    return info


@pytest.fixture
def server() -> Iterator[Answering]:
    """A server that has nothing yet."""
    with serving() as answering:
        yield answering


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "kubevirt-vm-pool"


def released(
    server: Answering, content: bytes, programs: dict[str, str | None] | None = None
) -> downloads.Release:
    """Put a release on a server, and return it with its true digest."""
    server.files["/envtest.tar.gz"] = server.files["/elsewhere/envtest.tar.gz"] = content
    digest = hashlib.sha512(content).hexdigest()
    of = programs or {**MEMBERS}
    return downloads.Release(
        "envtest", "Kubernetes", "1.36.2", "envtest.tar.gz", "sha512", digest, of
    )


def fetch(
    server: Answering, release: downloads.Release, cache: Path, limits: Limits = LIMITS
) -> None:
    downloads.fetch([release], cache, {downloads.MIRROR: server.url}, limits)


def without_seconds(text: str) -> str:
    """Return what a step says without how long it took."""
    return re.sub(r": \d+ s$", ": ? s", text, flags=re.MULTILINE)


def left(cache: Path) -> list[str]:
    """Return what is in the cache but for locks."""
    return [path.name for path in cache.iterdir() if path.suffix != ".lock"]


def test_the_programs_of_an_archive_are_there_and_can_be_run(
    server: Answering, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = released(server, archive())
    fetch(server, release, cache)
    folder = cache / release.folder
    assert left(cache) == [release.folder]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: name.encode() + SOME for name in MEMBERS
    }
    assert all(os.access(path, os.X_OK) for path in folder.iterdir())
    assert without_seconds(capsys.readouterr().err) == (
        "downloading etcd, kube-apiserver, kubectl (Kubernetes 1.36.2): ? s\n"
    )


def test_a_program_that_is_released_alone_is_there(server: Answering, cache: Path) -> None:
    release = released(server, b"#!/bin/sh\n", {"kwok": None})
    fetch(server, release, cache)
    assert os.access(cache / release.folder / "kwok", os.X_OK)


def test_what_is_there_is_not_asked_for_again(server: Answering, cache: Path) -> None:
    release = released(server, archive())
    fetch(server, release, cache)
    fetch(server, release, cache)
    assert server.asked == ["/envtest.tar.gz"]


def test_a_redirection_is_followed(server: Answering, cache: Path) -> None:
    server.answer = server.elsewhere
    release = released(server, archive())
    fetch(server, release, cache)
    assert server.asked == ["/envtest.tar.gz", "/elsewhere/envtest.tar.gz"]
    assert left(cache) == [release.folder]


def test_a_folder_can_be_the_mirror(server: Answering, cache: Path, tmp_path: Path) -> None:
    release = released(server, archive())
    (tmp_path / release.path).write_bytes(server.files["/envtest.tar.gz"])
    downloads.fetch([release], cache, {downloads.MIRROR: tmp_path.as_uri()}, LIMITS)
    assert left(cache) == [release.folder]


def test_a_file_that_a_mirror_lacks_is_told(server: Answering, cache: Path, tmp_path: Path) -> None:
    release = released(server, archive())
    with pytest.raises(DownloadError, match="No such file or directory"):
        downloads.fetch([release], cache, {downloads.MIRROR: tmp_path.as_uri()}, LIMITS)


def test_a_proxy_of_the_environment_is_asked(
    server: Answering, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    release = released(server, archive())
    server.files["http://mirror.invalid/envtest.tar.gz"] = server.files["/envtest.tar.gz"]
    downloads.fetch([release], cache, {downloads.MIRROR: "http://mirror.invalid/"}, LIMITS)
    assert server.asked == ["http://mirror.invalid/envtest.tar.gz"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("with_file", "what came has not the pinned sha512"),
        ("cut_short", r"the connection ended after \d+ of \d+ bytes"),
        ("in_circles", "the server says 302"),
    ],
)
def test_what_is_not_whole_or_not_what_is_pinned_is_not_used(
    server: Answering, cache: Path, answer: str, reason: str
) -> None:
    release = released(server, archive())
    if answer == "with_file":
        server.files["/envtest.tar.gz"] = archive({"controller-tools/envtest/etcd": b"other"})
    server.answer = getattr(server, answer)
    with pytest.raises(DownloadError, match=reason):
        fetch(server, release, cache)
    assert left(cache) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("never", "no answer for 0.4 s"),
        ("stall", "no answer for 0.4 s"),
        ("trickle", "not done in 1 s"),
    ],
)
def test_a_server_that_is_slow_is_given_up(
    server: Answering, cache: Path, answer: str, reason: str
) -> None:
    release = released(server, archive())
    server.answer = getattr(server, answer)
    started = time.monotonic()
    with pytest.raises(DownloadError, match=reason):
        fetch(server, release, cache, IMPATIENT)
    # A stand-in waits for half a minute.
    assert time.monotonic() - started < 15
    assert left(cache) == []


def test_a_file_that_is_not_there_is_told(server: Answering, cache: Path) -> None:
    release = released(server, archive())
    server.files.clear()
    with pytest.raises(DownloadError, match="the server says 404 Not Found"):
        fetch(server, release, cache)


def test_a_server_that_refuses_is_told_at_once(cache: Path, server: Answering) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    release = released(server, archive())
    mirror = {downloads.MIRROR: f"http://127.0.0.1:{port}"}
    with pytest.raises(DownloadError, match="^Connection refused$"):
        downloads.fetch([release], cache, mirror, LIMITS)


def test_no_address_and_no_password_of_a_mirror_is_told(cache: Path, server: Answering) -> None:
    release = released(server, archive())
    mirror = {downloads.MIRROR: "http://alice:geheim@127.0.0.1:1"}
    with pytest.raises(DownloadError) as caught:
        downloads.fetch([release], cache, mirror, LIMITS)
    assert "geheim" not in str(caught.value)
    assert "alice" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        archive({"../../etcd": b"x", "/tmp/kubectl": b"x", "kube-apiserver": b"x"}),
        archive({"README": b""}, *(link(path, "/bin/sh") for path in MEMBERS.values())),
        b"no archive",
        archive()[: len(SOME)],
    ],
    ids=["paths that escape", "links", "no archive", "half an archive"],
)
def test_an_archive_that_is_not_as_expected_leaves_nothing_anywhere(
    server: Answering, cache: Path, tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(DownloadError, match="its archive "):
        fetch(server, released(server, content), cache)
    assert left(cache) == []
    assert [path for path in tmp_path.rglob("*") if path.name in MEMBERS] == []


def test_files_that_escape_are_not_unpacked_beside_the_programs(
    server: Answering, cache: Path, tmp_path: Path
) -> None:
    members = {**{path: b"program" for path in MEMBERS.values()}, "../../escaped": b"x"}
    release = released(server, archive(members))
    fetch(server, release, cache)
    assert {path.name for path in (cache / release.folder).iterdir()} == {*MEMBERS}
    assert [*tmp_path.rglob("escaped")] == []


def test_every_pinned_digest_is_of_the_length_of_its_algorithm() -> None:
    products = json.loads(downloads.FILE.read_text())["products"].values()
    digests = [
        (product["algorithm"], digest)
        for product in products
        for by_platform in product["digests"].values()
        for digest in by_platform.values()
    ]
    assert len({digest for _, digest in digests}) == len(digests)
    assert all(
        len(bytes.fromhex(digest)) == hashlib.new(algorithm).digest_size
        for algorithm, digest in digests
    )


@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize("machine", ["x86_64", "arm64"])
def test_the_control_plane_can_be_downloaded_on_every_platform(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    kwok = go_build.pinned("sigs.k8s.io/kwok", binaries.MODULE)
    found = downloads.releases(binaries.kubernetes_version(), kwok)
    # Nobody publishes the digest of KWOK for Macs with Intel's processors: there it is built.
    without_kwok = (system, machine) == ("darwin", "x86_64")
    assert [one.name for one in found] == ["envtest"] + ["kwok"] * (not without_kwok)
    assert f"{system}-{'amd64' if machine == 'x86_64' else machine}" in found[0].path


@pytest.mark.parametrize(
    ("kubernetes", "kwok", "told"),
    [
        ("v1.36.3", "v0.8.0", ["Kubernetes 1.36.2", "KWOK 0.8.0"]),
        ("v1.35.7", "v0.8.1", ["Kubernetes 1.35.0"]),
        ("v1.37.0", "v0.9.0", []),
    ],
)
def test_the_last_patch_of_the_pinned_minor_version_is_taken(
    monkeypatch: pytest.MonkeyPatch, kubernetes: str, kwok: str, told: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert [str(one) for one in downloads.releases(kubernetes, kwok)] == told


def test_a_machine_of_another_kind_has_no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert downloads.releases("v1.36.3", "v0.8.0") == ()


def test_the_documentation_names_both_releases_of_kubernetes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    built = binaries.kubernetes_version()
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    kwok = go_build.pinned("sigs.k8s.io/kwok", binaries.MODULE)
    envtest, _ = downloads.releases(built, kwok)
    assert f"envtest's archive of Kubernetes {envtest.version}," in page
    assert f"a build of Kubernetes {built.removeprefix('v')}," in page


@pytest.fixture
def pins(server: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """The server, with everything that is pinned for this machine; the pins are its own."""
    here = f"{sys.platform}-{downloads.MACHINES[platform.machine().lower()]}"
    content = {"envtest": archive(), "kwok": b"#!/bin/sh\n"}
    programs: dict[str, dict[str, str] | dict[str, None]] = {
        "envtest": MEMBERS,
        "kwok": {"kwok": None},
    }
    versions = {"envtest": "1.36.2", "kwok": "0.8.0"}
    titles = {"envtest": "Kubernetes", "kwok": "KWOK"}
    server.files = {f"/{name}": text for name, text in content.items()}
    products = {
        name: {
            "title": titles[name],
            "path": name,
            "programs": programs[name],
            "algorithm": "sha256",
            "digests": {versions[name]: {here: hashlib.sha256(text).hexdigest()}},
        }
        for name, text in content.items()
    }
    file = tmp_path / "downloads.json"
    file.write_text(json.dumps({"server": server.url, "products": products}))
    monkeypatch.setattr(downloads, "FILE", file)
    return server


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine without anything, whose Go builds nothing but says that it was asked."""
    executable(
        tmp_path / "bin" / "go",
        '#!/bin/sh\n[ "$1" = version ] && echo go version go9.9 || exit 1\n',
    )
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_with_a_network_nothing_is_built(
    pins: Answering, environment: dict[str, str], cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = binaries.of_control_plane(environment)
    assert {*found} == {"etcd", "kube-apiserver", "kubectl", "kwok"}
    assert all(path.is_relative_to(cache) and path.is_file() for path in found.values())
    assert pins.asked == ["/envtest", "/kwok"]
    assert without_seconds(capsys.readouterr().err) == (
        "downloading etcd, kube-apiserver, kubectl (Kubernetes 1.36.2) and kwok (KWOK 0.8.0): ? s\n"
    )


def test_the_documentation_shows_the_lines_that_say_where_programs_come_from(
    pins: Answering,
    environment: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def said() -> str:
        """Return the first line that is said when all programs are missing."""
        with contextlib.suppress(UserError):
            binaries.programs(binaries.PROGRAMS, environment)
        return capsys.readouterr().err.splitlines()[0]

    def no_answer(*_: object) -> None:
        raise TimeoutError

    environment["VMPOOL_OFFLINE"] = "1"
    lines = [said()]
    del environment["VMPOOL_OFFLINE"]
    with monkeypatch.context() as slow:
        slow.setattr(network, "_fetch", no_answer)
        lines.insert(0, said())
    lines.insert(0, said())
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert without_seconds("\n".join(["```", *lines, "```"])) in without_seconds(page)


def test_downloaded_programs_tell_their_own_release(
    pins: Answering, environment: dict[str, str]
) -> None:
    found = binaries.programs(["etcd", "kwok"], environment)
    assert binaries.kubernetes_version(found["etcd"]) == "v1.36.2"


def test_kubectl_is_found_among_what_was_downloaded(
    pins: Answering, environment: dict[str, str]
) -> None:
    found = binaries.programs(["etcd"], environment)
    assert binaries.kubectl(environment) == found["etcd"].with_name("kubectl")
    assert pins.asked == ["/envtest"]


@pytest.mark.parametrize(
    ("offline", "line", "asked"),
    [
        (
            "1",
            "nothing is downloaded (VMPOOL_OFFLINE): etcd, kwok come by a build",
            [],
        ),
        (
            "0",
            "no download (the server says 404 Not Found): etcd, kwok come by a build",
            ["/envtest"],
        ),
    ],
    ids=["offline", "no release"],
)
def test_without_a_download_one_line_says_so_and_it_is_built(
    pins: Answering,
    environment: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    offline: str,
    line: str,
    asked: list[str],
) -> None:
    pins.files.clear()
    with pytest.raises(UserError, match="etcd and kwok cannot be built"):
        binaries.programs(["etcd", "kwok"], environment | {"VMPOOL_OFFLINE": offline})
    assert capsys.readouterr().err.splitlines()[0] == line
    assert pins.asked == asked
