"""Values that a stack file holds encrypted, where the passphrase is at hand.

Format: Pulumi's passphrase secrets provider (sdk/go/common/resource/config/crypt.go).
`encryptionsalt` is v1:<salt>:<a sealed text>, a sealed text is v1:<nonce>:<ciphertext>, all base64;
AES-256-GCM, PBKDF2-SHA256.
"""

from __future__ import annotations

import base64
import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..console import UserError
from .project import ROOT

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Made for the state that is kept in the project's folder, when the person has no other.
PASSPHRASE = ROOT / ".vmpool" / "passphrase"

ROUNDS = 1_000_000
KEY_BYTES = 32

NONCE_BYTES = 12
SALT_BYTES = 8
# One for each stack that a command works on: it may come back to them.
KEYS_KEPT = 4096

Decrypt = Callable[[str], str]
Encrypt = Callable[[str], str]


class CannotDecryptError(Exception):
    """Why an encrypted value cannot be read here; its text holds no secret."""


def passphrase(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the passphrase as the engine looks it up, or None.

    Raises UserError for an empty file, with which the engine would encrypt for everybody to read.
    """
    if "PULUMI_CONFIG_PASSPHRASE" in environment:
        return environment["PULUMI_CONFIG_PASSPHRASE"]
    file = Path(environment.get("PULUMI_CONFIG_PASSPHRASE_FILE") or PASSPHRASE)
    if not file.is_file():
        return None
    phrase = file.read_text(encoding="utf-8").strip()
    if not phrase:
        raise UserError(f"{file} holds no passphrase, it is empty; {_way_out(file)}")
    return phrase


def source(environment: Mapping[str, str] = os.environ) -> str:
    """Return in words where the passphrase is from: a variable, or a file."""
    if "PULUMI_CONFIG_PASSPHRASE" in environment:
        return "PULUMI_CONFIG_PASSPHRASE"
    file = environment.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if file and file != str(PASSPHRASE):
        return f"the passphrase in {file} (PULUMI_CONFIG_PASSPHRASE_FILE)"
    if PASSPHRASE.is_file():
        return f"the passphrase in {'/'.join(PASSPHRASE.parts[-2:])}"
    return "PULUMI_CONFIG_PASSPHRASE"


def _way_out(file: Path) -> str:
    if file == PASSPHRASE:
        return (
            "restore it from a backup: what was encrypted with it can be read with nothing else; "
            "if nothing was brought up yet, delete it, and a new one is made"
        )
    return (
        "PULUMI_CONFIG_PASSPHRASE_FILE names it: write the passphrase into it, or set "
        "PULUMI_CONFIG_PASSPHRASE= if it is to be empty"
    )


def decrypter(salt: str | None, phrase: str | None) -> Decrypt:
    """Return a function from an encrypted value to its text.

    salt: `encryptionsalt` of the stack file. Raises CannotDecryptError.
    """
    return _opened(_cipher(salt, phrase), str(salt))


def encrypter(salt: str | None, phrase: str | None) -> Encrypt:
    """Return a function from a text to its encrypted value; see decrypter."""
    cipher = _cipher(salt, phrase)
    _opened(cipher, str(salt))
    return _encrypting(cipher)


def _encrypting(cipher: AESGCM) -> Encrypt:
    def encrypt(text: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        parts = (nonce, cipher.encrypt(nonce, text.encode(), None))
        return ":".join(["v1", *(base64.b64encode(part).decode() for part in parts)])

    return encrypt


def new_salt(phrase: str) -> str:
    """Return an `encryptionsalt` for a stack file that has none."""
    encoded = base64.b64encode(os.urandom(SALT_BYTES)).decode()
    # The text that the engine seals to know its passphrase again.
    return f"v1:{encoded}:{_encrypting(_cipher(f'v1:{encoded}:', phrase))('pulumi')}"


# Stacks that were made from one another have one salt, and a key takes a third of a second.
@functools.lru_cache(8)
def _cipher(salt: str | None, phrase: str | None) -> AESGCM:
    if salt is None:
        raise CannotDecryptError("only the engine can decrypt it (no encryptionsalt in the file)")
    if phrase is None:
        raise CannotDecryptError("PULUMI_CONFIG_PASSPHRASE is not set")
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    version, encoded, _ = _parts(salt)
    if version != "v1":
        raise CannotDecryptError(f"encryptionsalt has an unknown version ({version})")
    try:
        return AESGCM(_key(base64.b64decode(encoded), phrase))
    except ValueError:
        raise CannotDecryptError("encryptionsalt is damaged") from None


@functools.lru_cache(maxsize=KEYS_KEPT)
def _key(salt: bytes, phrase: str) -> bytes:
    """Return the key of a salt and a passphrase: a tenth of a second's work."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    return PBKDF2HMAC(hashes.SHA256(), KEY_BYTES, salt, ROUNDS).derive(phrase.encode())


def _opened(cipher: AESGCM, salt: str) -> Decrypt:
    """Return what decrypts with a cipher, if it is that of the salt; raises CannotDecryptError."""
    from cryptography.exceptions import InvalidTag

    def decrypt(sealed: str) -> str:
        try:
            _, nonce, text = sealed.split(":")
            return cipher.decrypt(base64.b64decode(nonce), base64.b64decode(text), None).decode()
        except InvalidTag:
            raise CannotDecryptError("it was encrypted for another stack, or is damaged") from None
        except ValueError:
            raise CannotDecryptError("it is damaged") from None

    try:
        decrypt(_parts(salt)[2])
    except CannotDecryptError:
        raise CannotDecryptError(f"{source()} is not the stack's") from None
    return decrypt


def _parts(salt: str) -> tuple[str, str, str]:
    version, _, rest = salt.partition(":")
    encoded, _, known = rest.partition(":")
    return version, encoded, known
