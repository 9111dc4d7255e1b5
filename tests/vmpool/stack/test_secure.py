"""Encrypted values: opened with the right passphrase, and with no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from configurations import MARKER
from encrypted import PULUMIS_PASSPHRASE, salt_for, sealed

from vmpool.console import UserError
from vmpool.stack import decryption
from vmpool.stack.decryption import CannotDecryptError, decrypter, passphrase

PULUMIS_SALT = "v1:mQlp0v7cvcQ=:v1:3PM8WU3XnsrSKUKx:dbx5+LsnD3NpHRPAUfPUzRgsnWm9fg=="
PULUMIS_SEALED = "v1:KGPy13HOV2+pLBfZ:mOhhWd1NLMqysM4LLLP7l+MX6Vau6e1Tq1tmIsdiczivsXM="


@pytest.fixture(scope="module")
def opened() -> decryption.Decrypt:
    """A decrypter for the passphrase "open"."""
    return decrypter(salt_for("open"), "open")


# --- decrypting ----------------------------------------------------------------------------------


def test_what_pulumi_encrypted_is_decrypted() -> None:
    assert decrypter(PULUMIS_SALT, PULUMIS_PASSPHRASE)(PULUMIS_SEALED) == MARKER


@pytest.mark.parametrize("text", ["", "x", "ü: 'quoted'\n", "0" * 10_000])
def test_a_text_comes_out_as_it_went_in(opened: decryption.Decrypt, text: str) -> None:
    assert opened(sealed("open", text)) == text


def test_what_is_encrypted_here_is_decrypted_as_what_pulumi_encrypts() -> None:
    encrypt = decryption.encrypter(PULUMIS_SALT, PULUMIS_PASSPHRASE)
    one, other = encrypt(MARKER), encrypt(MARKER)
    assert one != other
    assert decrypter(PULUMIS_SALT, PULUMIS_PASSPHRASE)(one) == MARKER


def test_nothing_is_encrypted_with_another_passphrase_than_the_stacks() -> None:
    with pytest.raises(CannotDecryptError, match="PULUMI_CONFIG_PASSPHRASE is not the stack's"):
        decryption.encrypter(PULUMIS_SALT, "wrong horse")


def test_a_passphrase_may_be_empty() -> None:
    assert decrypter(salt_for(""), "")(sealed("", "x")) == "x"


def test_another_passphrase_is_none() -> None:
    with pytest.raises(CannotDecryptError, match="PULUMI_CONFIG_PASSPHRASE is not the stack's"):
        decrypter(PULUMIS_SALT, "wrong horse")


def test_without_a_passphrase_nothing_is_decrypted() -> None:
    with pytest.raises(CannotDecryptError, match="PULUMI_CONFIG_PASSPHRASE is not set"):
        decrypter(PULUMIS_SALT, None)


def test_without_a_salt_only_the_engine_can_decrypt() -> None:
    with pytest.raises(CannotDecryptError, match="only the engine can decrypt it"):
        decrypter(None, "open")


def test_a_salt_of_another_version_is_refused() -> None:
    with pytest.raises(CannotDecryptError, match=r"unknown version \(v2\)"):
        decrypter(salt_for("open").replace("v1", "v2", 1), "open")


@pytest.mark.parametrize("salt", ["", "v1", "v1:AAAA", "v1:AAAA:v1:AAAA", "v1:?:v1:AAAA:AAAA"])
def test_a_salt_that_is_cut_short_is_told(salt: str) -> None:
    with pytest.raises(CannotDecryptError):
        decrypter(salt, "open")


@pytest.mark.parametrize(
    "damaged", ["", "v1", "v1:AAAA", PULUMIS_SEALED, PULUMIS_SEALED[:-8], "v1:MTIgYnl0ZXMgLi4u:AA"]
)
def test_a_value_that_is_damaged_or_anothers_is_told(
    opened: decryption.Decrypt, damaged: str
) -> None:
    with pytest.raises(CannotDecryptError):
        opened(damaged)


def test_a_decrypter_shows_neither_passphrase_nor_values() -> None:
    with pytest.raises(CannotDecryptError) as caught:
        decrypter(PULUMIS_SALT, MARKER)
    assert MARKER not in str(caught.value)


# --- the passphrase ------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the project's own passphrase would be; there is none yet."""
    file = tmp_path / "own"
    monkeypatch.setattr(decryption, "PASSPHRASE", file)
    return file


def test_the_passphrase_of_the_environment_comes_first(own: Path, tmp_path: Path) -> None:
    own.write_text("own")
    (tmp_path / "file").write_text("in file")
    environment = {
        "PULUMI_CONFIG_PASSPHRASE": "said",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "file"),
    }
    assert passphrase(environment) == "said"


def test_an_empty_passphrase_is_one(own: Path) -> None:
    own.write_text("own")
    assert passphrase({"PULUMI_CONFIG_PASSPHRASE": ""}) == ""


def test_the_passphrase_may_be_in_a_file(own: Path, tmp_path: Path) -> None:
    own.write_text("own")
    (tmp_path / "file").write_text("in file\n")
    assert passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "file")}) == "in file"


def test_the_projects_own_passphrase_comes_last(own: Path) -> None:
    own.write_text("own\n")
    assert passphrase({}) == "own"


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_empty_file_is_refused_with_what_to_do(own: Path, tmp_path: Path, content: str) -> None:
    own.write_text(content)
    with pytest.raises(UserError) as caught:
        passphrase({})
    assert caught.value.message == (
        f"{own} holds no passphrase, it is empty; restore it from a backup: what was encrypted "
        "with it can be read with nothing else; if nothing was brought up yet, delete it, and a "
        "new one is made"
    )
    (tmp_path / "file").write_text(content)
    with pytest.raises(UserError, match="write the passphrase into it, or set PULUMI_CONFIG"):
        passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "file")})


def test_there_may_be_no_passphrase(own: Path) -> None:
    assert passphrase({}) is None


def test_a_file_that_is_not_there_is_no_passphrase(own: Path, tmp_path: Path) -> None:
    own.write_text("own")
    assert passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "missing")}) is None
