"""The embedded control plane's life: start, stop, what it keeps, and whom it lets in."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cluster_fixtures import RunKubectl, eventually

from vmpool.console import UserError
from vmpool.controlplane import binaries, certificates, daemons, processes
from vmpool.controlplane import plane as embedded
from vmpool.controlplane.certificates import Certificates
from vmpool.controlplane.client import Cluster, finalize_namespace
from vmpool.controlplane.daemons import DAEMONS

LISTENING = "0A"
LOOPBACK_IN_PROC = "0100007F"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a control plane of the test's own, which is stopped in any case."""
    made = Path(tempfile.mkdtemp(prefix="vmpool-"))
    yield made
    processes.stop(made, DAEMONS)
    shutil.rmtree(made)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is none of ours."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def pids(folder: Path) -> dict[str, int | None]:
    return {name: processes.ours(folder, name) for name in DAEMONS}


def recorded_pids(folder: Path) -> list[int]:
    return [int((folder / f"{name}.pid").read_text().split("\n")[0]) for name in DAEMONS]


def command_line(pid: int) -> str | None:
    """A process' command line, or None if it does not run (a zombie does not)."""
    command = ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, text=True).stdout
    state, _, line = shown.strip().partition(" ")
    return None if state.startswith("Z") else line.strip() or None


def configuration_map(name: str) -> str:
    return f"/api/v1/namespaces/default/configmaps/{name}"


def remember(cluster: Cluster, name: str) -> None:
    status, answer = cluster.request(
        "POST", configuration_map(""), {"metadata": {"name": name}, "data": {"kept": "yes"}}
    )
    assert status == 201, answer


def remembers(cluster: Cluster, name: str) -> bool:
    return cluster.request("GET", configuration_map(name))[0] == 200


def fail_to_start(folder: Path) -> str:
    """Start in vain and return why."""
    with pytest.raises(UserError) as caught:
        embedded.start(folder)
    return caught.value.message


def programs_with(folder: Path, name: str, script: str) -> Mapping[str, Path]:
    """Return the real programs but for one, which is a script."""
    path = folder / f"broken-{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {**binaries.programs(DAEMONS), name: path}


def test_a_second_start_is_quick_and_changes_nothing(cluster: Cluster) -> None:
    before = pids(cluster.folder)
    started = time.monotonic()
    assert embedded.start(cluster.folder) == cluster
    assert time.monotonic() - started < 0.3
    assert pids(cluster.folder) == before


def test_looking_whether_it_runs_imports_nothing_slow() -> None:
    """In a process of its own, as `vmpool up` does it: no YAML, no cryptography, no builds."""
    code = "import sys, vmpool.controlplane.plane as c, pathlib;"
    code += "c.running(pathlib.Path('/nonexistent'));"
    code += "print({'yaml', 'cryptography', 'vmpool.controlplane.binaries'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"


def test_a_stop_ends_all_processes_and_a_start_finds_everything_again(folder: Path) -> None:
    cluster = embedded.start(folder)
    remember(cluster, "before")
    running = recorded_pids(folder)
    kubeconfig = cluster.kubeconfig.read_text()
    embedded.stop(folder)
    assert [command_line(pid) for pid in running] == [None] * len(DAEMONS)
    assert not list(folder.glob("*.pid"))
    assert embedded.running(folder) is None

    assert embedded.start(folder) == cluster
    assert remembers(cluster, "before")
    # Clients remember the URL: for Pulumi, another one is another cluster.
    assert cluster.kubeconfig.read_text() == kubeconfig


def test_a_start_gets_by_when_its_ports_were_taken_meanwhile(folder: Path) -> None:
    before = embedded.start(folder)
    remember(before, "before")
    embedded.stop(folder)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(before.server.rpartition(":")[2])))
        other.listen()
        after = embedded.start(folder)
    assert after.server != before.server
    assert json.loads(after.kubeconfig.read_text())["clusters"][0]["cluster"]["server"] == (
        after.server
    )
    assert remembers(after, "before")


def test_a_start_after_a_crash_puts_everything_right(folder: Path) -> None:
    cluster = embedded.start(folder)
    remember(cluster, "before")
    etcd, api_server = (processes.ours(folder, name) for name in ("etcd", "kube-apiserver"))
    assert etcd
    assert api_server
    os.kill(etcd, 9)
    assert eventually(lambda: processes.ours(folder, "etcd") is None)
    assert embedded.running(folder) is None
    assert remembers(embedded.start(folder), "before")
    # The API server that had outlived its etcd is not among the living any more.
    assert command_line(api_server) is None


def test_two_starts_at_once_make_one_control_plane(folder: Path) -> None:
    found: list[Cluster] = []
    threads = [
        threading.Thread(target=lambda: found.append(embedded.start(folder))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]
    assert found[0].ready()
    told = subprocess.run(["ps", "-axww", "-o", "command="], capture_output=True, text=True)
    assert told.stdout.count(f"--data-dir={folder}/etcd") == 1


def test_a_process_that_took_over_a_remembered_id_is_left_alone(
    folder: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    (folder / "etcd.pid").write_text(f"{sleeper.pid}\nsome other time")
    assert processes.stop(folder, ["etcd"]) == []
    assert sleeper.poll() is None
    assert not (folder / "etcd.pid").exists()


def test_a_process_that_ignores_a_polite_request_is_killed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "SECONDS_TO_STOP_BY_THEMSELVES", 0.5)
    stubborn = "trap '' TERM; echo deaf; while :; do sleep 0.1; done"
    pid = processes.spawn(folder, "stubborn", ["/bin/sh", "-c", stubborn], folder)
    assert eventually(lambda: "deaf" in (folder / "stubborn.log").read_text())
    assert processes.stop(folder, ["stubborn"]) == ["stubborn"]
    assert command_line(pid) is None


def test_a_daemon_outlives_its_parent_in_a_session_of_its_own(folder: Path) -> None:
    code = "from vmpool.controlplane.processes import spawn; from pathlib import Path; import sys;"
    code += "print(spawn(Path(sys.argv[1]), 'd', ['sleep', '60'], Path(sys.argv[1])))"
    parent = subprocess.run(
        [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True
    )
    pid = int(parent.stdout)
    assert processes.ours(folder, "d") == pid
    assert os.getsid(pid) == pid
    assert processes.stop(folder, ["d"]) == ["d"]


def test_a_wrapper_around_a_program_is_known_again(folder: Path) -> None:
    (folder / "wrapper").write_text("#!/bin/sh\nsleep 0.3\nexec sleep 61.5\n")
    (folder / "wrapper").chmod(0o700)
    pid = processes.spawn(folder, "wrapped", [str(folder / "wrapper"), "--flag"], folder)
    assert processes.ours(folder, "wrapped") == pid
    assert eventually(lambda: (command_line(pid) or "").startswith("sleep 61.5"))
    assert processes.ours(folder, "wrapped") == pid
    assert processes.stop(folder, ["wrapped"]) == ["wrapped"]
    assert command_line(pid) is None


def test_without_proc_a_daemon_is_known_by_what_ps_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PROC", folder / "no such folder")
    pid = processes.spawn(folder, "etcd", ["sleep", "60"], folder)
    assert re.search(r"\n\w+ +\w+ +\d+ [\d:]+ \d{4}$", (folder / "etcd.pid").read_text())
    assert processes.ours(folder, "etcd") == pid
    assert processes.stop(folder, ["etcd"]) == ["etcd"]
    assert processes.ours(folder, "etcd") is None


def test_without_proc_a_daemon_is_known_in_another_time_zone_and_language(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PROC", folder / "no such folder")
    monkeypatch.setenv("TZ", "Etc/UTC")
    pid = processes.spawn(folder, "etcd", ["sleep", "60"], folder)
    monkeypatch.setenv("TZ", "XYZ-5:45")
    monkeypatch.setenv("LC_ALL", "de_CH.UTF-8")
    assert processes.ours(folder, "etcd") == pid
    assert processes.stop(folder, ["etcd"]) == ["etcd"]


def test_a_start_that_fails_says_why_and_leaves_nothing_running(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = programs_with(folder, "kube-apiserver", "echo no such thing as a free port; exit 1")
    monkeypatch.setattr(binaries, "of_control_plane", lambda: broken)
    why = fail_to_start(folder)
    assert "kube-apiserver has ended" in why
    assert str(folder / "kube-apiserver.log") in why
    assert "no such thing as a free port" in why
    assert not list(folder.glob("*.pid"))
    told = subprocess.run(["ps", "-axww", "-o", "command="], capture_output=True, text=True)
    assert str(folder / "etcd") not in told.stdout


def test_a_start_that_takes_for_ever_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemons, "SECONDS_TO_GET_READY", 1)
    broken = programs_with(folder, "kube-apiserver", "echo thinking; while :; do sleep 0.1; done")
    monkeypatch.setattr(binaries, "of_control_plane", lambda: broken)
    why = fail_to_start(folder)
    assert "is not ready after 1 s" in why
    assert "thinking" in why
    assert not list(folder.glob("*.pid"))


def test_an_interrupted_start_leaves_nothing_running(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawned: list[int] = []

    def interrupted(*_: object) -> None:
        spawned.extend(pid for pid in pids(folder).values() if pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(embedded, "wait_for", interrupted)
    with pytest.raises(KeyboardInterrupt):
        embedded.start(folder)
    assert len(spawned) == 2
    assert [command_line(pid) for pid in spawned] == [None, None]


def test_stopping_what_was_never_started_makes_no_folder(tmp_path: Path) -> None:
    embedded.stop(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_only_the_owner_can_read_any_of_its_files(cluster: Cluster) -> None:
    found = [cluster.folder, *cluster.folder.rglob("*")]
    assert cluster.kubeconfig in found
    open_to_others = [path for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []


def test_the_token_is_on_no_command_line(cluster: Cluster) -> None:
    lines = [command_line(pid) or "" for pid in recorded_pids(cluster.folder)]
    assert all(str(cluster.folder) in line for line in lines)
    assert not any(cluster.certificates.token in line for line in lines)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux' /proc")
def test_everything_listens_on_loopback_only(cluster: Cluster) -> None:
    sockets = {
        os.readlink(descriptor)
        for pid in recorded_pids(cluster.folder)
        for descriptor in Path(f"/proc/{pid}/fd").iterdir()
        if descriptor.is_symlink()
    }
    addresses = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and f"socket:[{fields[9]}]" in sockets:
                addresses.append(fields[1].partition(":")[0])
    # etcd for clients and for peers, and the API server.
    assert addresses == [LOOPBACK_IN_PROC] * 3


def test_who_may_do_nothing_is_forbidden_everything(kubectl: RunKubectl) -> None:
    assert kubectl("auth", "can-i", "*", "*").stdout == "yes\n"
    refused = kubectl("get", "vmpool", "-n", "default", "--as=nobody", check=False)
    assert refused.returncode != 0
    assert 'User "nobody" cannot list resource "virtualmachinepools"' in refused.stderr


def test_a_role_gives_what_it_says_and_no_more(kubectl: RunKubectl, made_namespace: str) -> None:
    of = ("-n", made_namespace)
    kubectl("create", "role", "pools", "--verb=get,list", "--resource=vmpool", *of)
    kubectl("create", "rolebinding", "pools", "--role=pools", "--user=eve", *of)

    def may(verb: str, kind: str) -> str:
        return kubectl("auth", "can-i", verb, kind, "--as=eve", *of, check=False).stdout.strip()

    answers = [may("list", "vmpool"), may("delete", "vmpool"), may("get", "secrets")]
    assert answers == ["yes", "no", "no"]


def test_a_service_accounts_token_is_known_and_may_do_nothing(
    kubectl: RunKubectl, cluster: Cluster, made_namespace: str
) -> None:
    kubectl("create", "serviceaccount", "robot", "-n", made_namespace)
    token = kubectl("create", "token", "robot", "-n", made_namespace).stdout.strip()
    trust = ("--certificate-authority", str(cluster.certificates.authority))
    robot = ("--token", token, "--server", cluster.server, *trust, "--kubeconfig", os.devnull)
    name = "jsonpath={.status.userInfo.username}"
    who = kubectl("auth", "whoami", "-o", name, *robot)
    assert who.stdout == f"system:serviceaccount:{made_namespace}:robot"
    refused = kubectl("get", "secrets", "-n", made_namespace, *robot, check=False)
    assert "Forbidden" in refused.stderr


@pytest.mark.parametrize("token", ["", "guessed"])
def test_without_its_token_the_api_server_answers_nothing(cluster: Cluster, token: str) -> None:
    import http.client

    trust = ssl.create_default_context(cafile=str(cluster.certificates.authority))
    host = cluster.server.removeprefix("https://")
    connection = http.client.HTTPSConnection(host, context=trust, timeout=10)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", "/api/v1/namespaces", headers=headers)
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.parametrize("shown", [True, False])
def test_etcd_answers_only_who_shows_its_certificate(cluster: Cluster, shown: bool) -> None:
    files = cluster.certificates
    port = json.loads((cluster.folder / "ports.json").read_text())["etcd"]
    trust = ssl.create_default_context(cafile=str(files.etcd_authority))
    if shown:
        trust.load_cert_chain(files.etcd, files.etcd_key)

    def ask() -> bytes:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            trust.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
        ):
            secured.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return secured.recv(1000)

    if shown:
        assert b" 200 OK" in ask()
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            ask()


def test_a_deleted_namespace_goes_when_it_is_finalized(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str
) -> None:
    kubectl("delete", "namespace", made_namespace, "--wait=false")
    phase = kubectl("get", "namespace", made_namespace, "-o", "jsonpath={.status.phase}")
    assert phase.stdout == "Terminating"
    finalize_namespace(cluster, made_namespace)
    assert kubectl("get", "namespace", made_namespace, "--ignore-not-found").stdout == ""
    # A second time is as good as once.
    finalize_namespace(cluster, made_namespace)


def test_a_namespace_that_nobody_deleted_is_not_finalized(
    cluster: Cluster, made_namespace: str
) -> None:
    with pytest.raises(UserError, match="is not being deleted"):
        finalize_namespace(cluster, made_namespace)
    assert cluster.request("GET", f"/api/v1/namespaces/{made_namespace}")[0] == 200


def test_a_control_plane_that_does_not_answer_is_trouble_and_not_ready(folder: Path) -> None:
    Certificates(folder / "certificates").ensure()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = Cluster(folder, f"https://127.0.0.1:{nobody.getsockname()[1]}")
        assert not gone.ready()
        with pytest.raises(UserError, match=r"does not answer at https://127\.0\.0\.1"):
            finalize_namespace(gone, "user1")


def contents(files: Certificates) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in files.folder.iterdir()}


def test_certificates_that_are_good_are_kept(tmp_path: Path) -> None:
    files = Certificates(tmp_path / "certificates")
    files.ensure()
    before = contents(files)
    files.ensure()
    assert contents(files) == before
    assert len(before) == 8


def test_certificates_about_to_expire_are_made_anew_and_tokens_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Certificates(tmp_path / "certificates")
    files.ensure()
    before = contents(files)
    monkeypatch.setattr(certificates, "LEAST_REST", certificates.VALID_FOR)
    files.ensure()
    changed = {name for name, content in contents(files).items() if content != before[name]}
    assert changed == {
        *("ca.crt", "server.crt", "server.key"),
        *("etcd-ca.crt", "etcd.crt", "etcd.key"),
    }


def test_a_missing_key_is_made_anew_with_its_certificate(tmp_path: Path) -> None:
    files = Certificates(tmp_path / "certificates")
    files.ensure()
    before = contents(files)
    files.server_key.unlink()
    files.ensure()
    changed = {name for name, content in contents(files).items() if content != before[name]}
    assert changed == {"ca.crt", "server.crt", "server.key"}
    # It fits: a server could begin to use both.
    ssl.create_default_context().load_cert_chain(files.server, files.server_key)
