"""Which stack files of a pull request are data for the base's code, beside credentials."""

from __future__ import annotations

import pytest
from repository import Repository, original, repository, stack_file

from vmpool.ci.proposed import older, put_in_place

__all__ = ["original", "repository"]


def proposed(repository: Repository) -> str:
    """Commit what there is to a branch, and go back to main; return the commit."""
    repository.git("checkout", "--quiet", "-b", "proposed")
    head = repository.commit()
    repository.git("checkout", "--quiet", "main")
    return head


def text(repository: Repository, stack: str) -> str:
    """Return a stack's file as it is here."""
    return (repository.root / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")


def test_changed_new_and_removed_stacks_are_as_proposed_and_nothing_else_is(
    repository: Repository,
) -> None:
    repository.write("alice", stack_file("memory: 8Gi"))
    repository.write("carol", stack_file())
    repository.remove("bob")
    repository.replace("vmpool/cli.py", "from", "import nothing_of_that_name\nfrom")
    head = proposed(repository)
    assert put_in_place(head, repository.root) == {}
    assert "memory: 8Gi" in text(repository, "alice")
    assert text(repository, "carol") == stack_file()
    assert not (repository.root / "Pulumi.bob.yaml").exists()
    assert repository.git("status", "--porcelain").split() == [
        *("M", "Pulumi.alice.yaml", "D", "Pulumi.bob.yaml", "??", "Pulumi.carol.yaml")
    ]


def test_a_branch_is_older_if_the_one_that_it_is_for_went_on(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 8Gi"))
    head = proposed(repository)
    began = repository.git("rev-parse", "main").strip()
    assert older(head, "main", repository.root) == ""
    repository.write("bob", stack_file("memory: 5Gi"))
    newest = repository.commit()
    # Whatever is checked out here.
    repository.git("checkout", "--quiet", "--detach", began)
    told = older(head, "main", repository.root)
    assert f"older than its base: it began at {began[:10]}," in told
    assert f"up to {newest[:10]}." in told


def test_what_main_has_changed_since_is_not_taken_back(repository: Repository) -> None:
    repository.write("alice", stack_file("memory: 8Gi"))
    head = proposed(repository)
    repository.write("bob", stack_file("memory: 5Gi"))
    repository.commit()
    put_in_place(head, repository.root)
    assert "memory: 5Gi" in text(repository, "bob")


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("  kubernetes:kubeconfig: '{users: [{user: {exec: {command: id}}}]}'\n", "kubernetes:"),
        ("  kubernetes:context: production\n", "kubernetes:context"),
        ("environment: [of-somebody]\n", "environment"),
        ("secretsprovider: gcpkms://elsewhere\n", "secretsprovider"),
    ],
)
def test_a_file_that_starts_or_reaches_something_is_left_as_it_was(
    repository: Repository, more: str, key: str
) -> None:
    repository.write("alice", stack_file() + more)
    left = put_in_place(proposed(repository), repository.root)
    assert left["alice"].startswith(f"it changes {key}")
    assert text(repository, "alice") == stack_file()


def test_what_the_base_has_of_that_kind_may_stay(repository: Repository) -> None:
    context = "  kubernetes:context: production\n"
    repository.write("alice", stack_file() + context)
    repository.commit()
    repository.write("alice", stack_file("memory: 8Gi") + context)
    assert put_in_place(proposed(repository), repository.root) == {}


def test_a_link_is_followed_nowhere(repository: Repository) -> None:
    repository.remove("alice")
    (repository.root / "Pulumi.alice.yaml").symlink_to("/etc/hostname")
    left = put_in_place(proposed(repository), repository.root)
    assert left == {"alice": "it is no regular file"}
    assert text(repository, "alice") == stack_file()


def test_a_file_that_cannot_be_read_is_left_out(repository: Repository) -> None:
    repository.write("alice", "config: {a\n")
    assert put_in_place(proposed(repository), repository.root) == {"alice": "it cannot be read"}


def test_a_file_that_is_too_large_is_left_out(repository: Repository) -> None:
    repository.write("alice", stack_file() + "# " + (1 << 20) * "x" + "\n")
    left = put_in_place(proposed(repository), repository.root)
    assert left == {"alice": "it is larger than 1 MiB"}
    assert text(repository, "alice") == stack_file()


SEALED = "{secure: v1:AAAA:BBBB}"


def with_secret(repository: Repository, more: str = "") -> None:
    """Let main have alice's password encrypted."""
    repository.write("alice", stack_file(more, password=SEALED))
    repository.commit()


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (f"memory: {SEALED}", "memory"),
        (f"labels: {{a: {SEALED}}}", "labels.a"),
        (f"tolerations: [{{value: {SEALED}}}]", "tolerations[0].value"),
        (f"kubevirt-vm-pool:namespace: {SEALED}", "namespace"),
        (f"perReplica: {{hostname: {SEALED}}}", "perReplica.hostname"),
        ("memory: {secure: v1:of:another-commit}", "memory"),
    ],
)
def test_an_encrypted_value_that_would_be_shown_is_not_decrypted(
    repository: Repository, more: str, key: str
) -> None:
    with_secret(repository)
    repository.write("alice", stack_file(more, password=SEALED))
    left = put_in_place(proposed(repository), repository.root)
    told = f"it has another encrypted value where values are shown: {key}"
    assert left == {"alice": told}
    assert key not in text(repository, "alice")


def test_an_encrypted_value_may_be_another_where_secrets_are_kept(repository: Repository) -> None:
    with_secret(repository, "memory: {secure: v1:as:always}")
    other = stack_file(
        "memory: {secure: v1:as:always}\ncloudInit: {userData: {secure: v1:C:D}}",
        password="{secure: v1:new:one}",
    )
    repository.write("alice", other)
    assert put_in_place(proposed(repository), repository.root) == {}
    assert text(repository, "alice") == other


def test_what_has_encrypted_values_to_be_put_anywhere_is_left_as_it_was(
    repository: Repository,
) -> None:
    values = f"values: {{token: [{SEALED}, {SEALED}]}}"
    with_secret(repository, f"perReplica: {{{values}}}")
    more = f'perReplica: {{{values}, hostname: "{{{{ values.token }}}}"}}'
    repository.write("alice", stack_file(more, password=SEALED))
    left = put_in_place(proposed(repository), repository.root)
    assert left == {"alice": "it changes perReplica, which has encrypted values"}
