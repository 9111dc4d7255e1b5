"""The stack file that the engine is given: the person's, with no secret in plain text.

With every update the engine keeps a stack's configuration as its file has it, in the history of the
backend. What the person left in plain text is encrypted for it, by the engine itself, in whatever
way the stack encrypts. That costs a start of the engine for each text, once; where a passphrase is
at hand, for the first text only.

It encrypts texts alone. A number or a truth value inside of an object is given as a text in a
wrapper, and the program takes it out again (stack_config.unwrapped). A whole object would be one
text too, but the engine refuses a text where Pulumi.yaml says object.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml
from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.stack_config import PROJECT, wrapped
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.paths import Path as Key

from .. import files
from ..console import UserError
from ..stack import decryption, shared
from ..stack.project import ROOT
from ..stack.stack_files import Stack, as_text

FOLDER = ROOT / ".vmpool" / "engine"
SEALED = "sealed:"


# Keys of a stack file that say how it is encrypted.
ENCRYPTED_BY = frozenset({"encryptionsalt", "secretsprovider", "encryptedkey"})


@functools.cache
def _salt_of_this_process(phrase: str) -> str:
    """Return a new salt; one for all stacks that begin, since each costs a tenth of a second.

    Every run would pay that again for each. A salt of a stack's own would keep nothing safer: it is
    there against tables made beforehand, for which one that is new and random does; and who finds
    the passphrase, from whichever stack, has all that are encrypted by it. Under one key no two
    texts look alike, for their nonces are random.
    """
    return decryption.new_salt(phrase)


class Pulumi(Protocol):
    """Runs the CLI to its end."""

    def __call__(
        self, *args: str, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]: ...


def project() -> Path:
    """Return the folder of a project in the engine's eyes, where it may write what it likes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "Pulumi.yaml"
    if not file.exists():
        # In one step: the engine may be reading it for another stack.
        files.replace(file, f"name: {PROJECT}\nruntime: python\n")
    return FOLDER


def given(stack: Stack, pulumi: Pulumi, backend: str) -> Path:
    """Return the file for the engine: a copy, unless the engine wrote the original before.

    With the first secret it stores a salt in the file, and a checkout would never be clean.

    backend: its URL, or "" for the one that the person is logged in to; the stack must be there.
    Raises UserError if the engine cannot encrypt.
    """
    document = yaml_1_2.load(stack.file.read_text(encoding="utf-8"))
    texts: dict[str, str] = {}
    # What Pulumi.yaml says for all stacks may be what is to be encrypted, too.
    common = shared.values(stack.file.parent)
    written = shared.completed(document.get("config") or {}, common, file=stack.file.name)
    sealed(written, lambda text: texts.setdefault(text, ""))
    if stack.own_secrets and not texts:
        return stack.file
    copy = project() / stack.file.name
    if not texts:
        shutil.copyfile(stack.file, copy)
        return copy
    own = {key: value for key, value in document.items() if key != "config"}
    # How a stack of the same name is encrypted in another backend, is another thing.
    place = hashlib.sha256(backend.encode()).hexdigest()[:12]
    by_passphrase = "://" in backend and not backend.startswith("http")
    store = _Store(FOLDER / f"sealed.{stack.name}.{place}.yaml", stack.name, pulumi, by_passphrase)
    keys, ciphertexts = store.ciphertexts(texts, own)
    config = sealed(written, ciphertexts.__getitem__)
    # JSON is YAML that nobody reads in two ways.
    files.replace(copy, json.dumps({**keys, "config": config}))
    return copy


def sealed(config: Mapping[str, Any], seal: Callable[[str], str]) -> dict[str, Any]:
    """Return a stack file's config with ciphertext in place of everything that may be a secret."""
    return {key: _sealed_entry(str(key), value, seal) for key, value in config.items()}


def _sealed_entry(full_key: str, value: Any, seal: Callable[[str], str]) -> Any:
    namespace, _, key = full_key.rpartition(":")
    if namespace in {"", PROJECT}:

        def sealed_leaf(path: Key, leaf: Any) -> Any:
            # Nor is it a secret that a stack has none of something.
            if leaf is None or may_show(path) or (leaf is False and len(path) == 1):
                return leaf
            # The value of a top-level key is text for the engine, whatever it looks like.
            if isinstance(leaf, str) or len(path) == 1:
                return _sealed_text(as_text(leaf), seal)
            return {key: _sealed_text(text, seal) for key, text in wrapped(leaf).items()}

        return _each_leaf(value, (key,), sealed_leaf)
    if full_key == "kubernetes:kubeconfig":
        # The provider reads it, which knows no wrapper; all that is secret there is text.
        return _each_leaf(value, (key,), lambda _, leaf: _sealed_text(leaf, seal))
    return value


def _each_leaf(value: Any, path: Key, change: Callable[[Key, Any], Any]) -> Any:
    """Return a value with another one for each text, number and so on that it holds."""
    if isinstance(value, dict):
        if value.keys() == {"secure"} and isinstance(value["secure"], str):
            return value
        return {key: _each_leaf(item, (*path, key), change) for key, item in value.items()}
    if isinstance(value, list):
        return [_each_leaf(item, (*path, index), change) for index, item in enumerate(value)]
    return change(path, value)


def _sealed_text(leaf: Any, seal: Callable[[str], str]) -> Any:
    return {"secure": seal(leaf)} if leaf and isinstance(leaf, str) else leaf


@dataclass(frozen=True)
class _Store:
    """Texts that the engine has encrypted, under keys that say nothing of them.

    file: a stack file of its own, which holds nothing else. by_passphrase: whether the engine
    encrypts by a passphrase where a stack file does not say otherwise; Pulumi Cloud does not.
    """

    file: Path
    stack: str
    pulumi: Pulumi
    by_passphrase: bool

    def ciphertexts(
        self, texts: Collection[str], own: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], dict[str, str]]:
        """Return how these are encrypted (a stack file's keys for that), and each text encrypted.

        own: the keys that the person's stack file has besides its config.
        """
        keys, known = self._known(own)
        keys = {**self._salt(keys), **keys}
        entries = {f"{SEALED}{number}": text for number, text in enumerate(texts)}
        kept = {key: {"secure": known[text]} for key, text in entries.items() if text in known}
        # In one step: of a run that is killed the next one finds a whole file.
        files.replace(self.file, json.dumps({**keys, "config": kept}))
        pending = {key: text for key, text in entries.items() if key not in kept}
        while pending:
            # What the engine has begun, with a passphrase at hand, can be done without it.
            if encrypt := self._encrypter():
                self._add({key: encrypt(text) for key, text in pending.items()})
                break
            self._encrypted_by_the_engine(*pending.popitem())
        document = self._document()
        config = document.pop("config")
        return document, {text: config[key]["secure"] for key, text in entries.items()}

    def _salt(self, keys: Mapping[str, Any]) -> dict[str, str]:
        """Return how to encrypt where that is not said yet, and a passphrase is at hand."""
        phrase = decryption.passphrase()
        if keys.keys() & ENCRYPTED_BY or not self.by_passphrase or phrase is None:
            return {}
        return {"encryptionsalt": _salt_of_this_process(phrase)}

    def _encrypter(self) -> decryption.Encrypt | None:
        try:
            return decryption.encrypter(
                self._document().get("encryptionsalt"), decryption.passphrase()
            )
        except decryption.CannotDecryptError:
            return None

    def _add(self, ciphertexts: Mapping[str, str]) -> None:
        document = self._document()
        document["config"] |= {key: {"secure": sealed} for key, sealed in ciphertexts.items()}
        files.replace(self.file, json.dumps(document))

    def _encrypted_by_the_engine(self, key: str, text: str) -> None:
        # By pipe: an argument could be read by others.
        done = self._config("set", "--secret", "--raw", key, stdin=text)
        if done.returncode:
            raise UserError(f"pulumi config set --secret: {done.stderr.strip()}")

    def _known(self, own: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, str]]:
        """Return what an earlier run has left, unless the stack is encrypted otherwise now."""
        if not self.file.exists():
            return own, {}
        document = self._document()
        config = document.pop("config")
        fits = own.items() <= document.items() and document.keys() - own <= {"encryptionsalt"}
        shown = self._shown(document, config) if fits else None
        if shown is None:
            return own, {}
        return document, {shown[key]: config[key]["secure"] for key in config}

    def _shown(
        self, document: Mapping[str, Any], config: Mapping[str, Any]
    ) -> dict[str, str] | None:
        """Return the file's texts by key, None if they cannot be decrypted."""
        try:
            # With a passphrase at hand, without a start of the engine.
            decrypt = decryption.decrypter(document.get("encryptionsalt"), decryption.passphrase())
            return {key: decrypt(value["secure"]) for key, value in config.items()}
        except decryption.CannotDecryptError:
            done = self._config("--json", "--show-secrets")
        if done.returncode:
            return None
        return {key: value["value"] for key, value in json.loads(done.stdout).items()}

    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        return document

    def _config(self, *args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        place = ["--stack", self.stack, "--config-file", str(self.file), "--cwd", str(FOLDER)]
        return self.pulumi("config", *args, *place, "--non-interactive", stdin=stdin)
