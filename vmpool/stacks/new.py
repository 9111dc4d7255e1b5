"""`vmpool stack new`: stack files from another one, checked before the first is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.stack_config import PROJECT
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.listing import first_of
from kubevirt_vm_pool.text.paths import Path as Key
from kubevirt_vm_pool.text.paths import dotted
from kubevirt_vm_pool.validation.problems import ConfigurationError

from ..abbreviate import abbreviate
from ..console import UserError, say, tell
from ..engine.known_stacks import Backends
from ..files import write_all
from ..stack import decryption, stack_files
from ..stack.stack_files import MisconfiguredError, Stack
from ..stack.yaml_text import each_secret_text, with_value, without
from . import places
from .listing import cluster_of
from .mistakes import OfValues
from .user import User

# Of stacks that have the same problem, in an error.
MOST_NAMES = 5
# How a file says where its secrets are kept: with these, what it holds encrypted can be read.
KEPT_BY = ("encryptionsalt", "encryptedkey")


@dataclass(frozen=True)
class Source:
    """The stack that others are made from.

    document: its file. ciphertexts: what that holds encrypted, by key.
    """

    name: str
    folder: Path
    text: str = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)
    ciphertexts: Mapping[str, str] = field(repr=False)

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"Pulumi.{self.name}.yaml"

    def place(self, path: Key) -> Key:
        """Return where a key of the configuration stands, or would stand, in the file."""
        full = f"{PROJECT}:{path[0]}"
        return ("config", full if full in self.document["config"] else path[0], *path[1:])


def make(users: Sequence[User], source: str) -> list[str]:
    """Write the stack files of users beside the source's, all or none; return the stacks' names.

    source: the name of the stack that they are made from. Raises UserError with all that is wrong.
    """
    origin = _read(source)
    root = origin.folder
    _require_none_there(users, root)
    sealing = _Sealing(origin)
    texts: dict[Path, str] = {}
    made: list[Stack] = []
    wrong: dict[str, str] = {}
    mistyped, refused = OfValues(), set[str]()
    for user in users:
        try:
            text = _text(origin, user, sealing)
            file = root / f"Pulumi.{user.name}.yaml"
            made.append(_checked(origin, user.name, text, file))
            texts[file] = text
        except MisconfiguredError as error:
            refused.add(user.name)
            if left := mistyped.add(user, error.problems):
                where = f"Pulumi.{user.name}.yaml, made from {origin.file},"
                wrong[user.name] = str(ConfigurationError(left, where=where))
        except UserError as error:
            wrong[user.name] = error.message
    wrong |= _kept(made, source) | _taken(made, root)
    refused |= wrong.keys()
    if refused:
        nothing = f"\nno file is written: {len(refused)} of {len(users)} stacks are refused"
        told = "\n".join([*mistyped.reports(), *_once(wrong)])
        raise UserError(told + nothing * (len(users) > 1))
    try:
        write_all(texts, new=True)
    except FileExistsError as error:
        meanwhile = Path(str(error.filename2)).name
        raise UserError(f"{meanwhile} was made meanwhile; no file is written") from None
    for line in abbreviate(_written(stack, source) for stack in made):
        say(line)
    _tell_of_secrets(origin, users, sealing)
    return [user.name for user in users]


def _written(stack: Stack, source: str) -> str:
    place = places.of(stack)
    where = f"namespace {place.namespace}" if place else "not checked: Pulumi ESC has a part of it"
    return f"wrote {stack.file.name}: {where}, from {source}"


def _read(name: str) -> Source:
    if name not in (there := stack_files.names()) and "/" not in name:
        known = first_of(there, MOST_NAMES) or "none"
        raise UserError(
            f"there is no stack {name} to begin with (stacks here: {known}); name one with --from"
        )
    stack = stack_files.read(name)
    text = stack.file.read_text(encoding="utf-8")
    document = yaml_1_2.load(text)
    if not isinstance(document.get("config"), dict):
        raise UserError(f"{stack.file.name} has no config: to begin with")
    return Source(name, stack.file.parent, text, document, stack.ciphertexts)


def _require_none_there(users: Sequence[User], root: Path) -> None:
    """Raise UserError if one of them has a stack's file already."""
    there = [one.name for one in users if (root / f"Pulumi.{one.name}.yaml").exists()]
    if not there:
        return
    files = first_of([f"Pulumi.{name}.yaml" for name in there], MOST_NAMES)
    if len(users) == 1:
        raise UserError(f"{files} exists; take another name")
    exist = "exists" if len(there) == 1 else "exist"
    raise UserError(f"{files} {exist}; leave out who has a stack already\nno file is written")


def _once(wrong: Mapping[str, str]) -> Iterator[str]:
    """Yield each problem once, with the stacks that have the same. wrong: by the stack's name."""
    alike: dict[str, list[str]] = {}
    for name, message in wrong.items():
        alike.setdefault(message.replace(name, "*"), []).append(name)
    for first, *others in alike.values():
        so = f"\n  the same: {first_of(others, MOST_NAMES)}" if others else ""
        yield wrong[first] + so


def _taken(made: Sequence[Stack], root: Path) -> dict[str, str]:
    """Return, by their names, why stacks would have the objects of others."""
    known = places.known(root)
    if known.unknown:
        tell(
            f"not compared with {first_of(known.unknown, MOST_NAMES)}: the file does not tell "
            "where the objects are"
        )
    return {
        stack.name: f"{stack.name} would have the pool {place.pool} in namespace "
        f"{place.namespace}, as {other} has: leave namespace out, or give each its own"
        for stack, place, other in places.clashes(made, known.holders)
    }


def _kept(made: Sequence[Stack], source: str) -> dict[str, str]:
    """Return, by their names, which stacks have a state already; no file of theirs is there."""
    backends = Backends()
    found, silent = {}, False
    for stack in made:
        name = stack.name
        _, folder = cluster_of(stack, os.environ)
        known = backends.knows(name, folder)
        silent |= known is None
        if known:
            # The address of one elsewhere may have a password in it.
            where = backends.state(folder) or "the one of PULUMI_BACKEND_URL"
            found[name] = (
                f"{name} is known to the backend ({where}), and its file is "
                "gone: take another name, or put any file in its place and remove both:\n"
                f"  cp Pulumi.{source}.yaml {stack.file.name}; vmpool stack rm {name}"
            )
    if silent:
        tell(
            "not compared with what the backend knows: the one of PULUMI_BACKEND_URL does not "
            "answer, or there is no engine to ask it"
        )
    return found


def _text(source: Source, user: User, sealing: _Sealing) -> str:
    """Return the text of a user's stack file."""
    text = source.text
    for key in ("namespace", f"{PROJECT}:namespace"):
        # The source's own: two stacks in one namespace get in each other's way.
        if key in source.document["config"]:
            text = without(text, ("config", key))
    for path, value in user.values.items():
        try:
            text = with_value(text, source.place(path), sealing.sealed(path, value))
        except ValueError as reason:
            shown = str(reason).removeprefix("config.")
            raise UserError(
                f"{dotted(path)} cannot be set for {user.name}: {shown} in {source.file}"
            ) from None
    if sealing.new_salt and sealing.seals(user):
        text = with_value(text, ("encryptionsalt",), sealing.new_salt)
    return text


def _checked(source: Source, name: str, text: str, file: Path) -> Stack:
    """Return a new stack, checked unless its file does not tell what it is. Raises UserError."""
    stack = stack_files.parsed(name, text, file)
    left = [key for key, one in stack.ciphertexts.items() if source.ciphertexts.get(key) == one]
    if left and not any(key in source.document for key in KEPT_BY):
        raise UserError(
            f"{', '.join(left)} in {source.file} can be read by that stack alone (the file has "
            f"neither {' nor '.join(KEPT_BY)}), not by {name}: give another value with --set, or "
            "take it out of the source"
        )
    if not stack.elsewhere:
        stack.specification()
    return stack


class _Sealing:
    """Encrypts what is set and may be a secret, with the passphrase that is at hand.

    new_salt: the `encryptionsalt` of the files, "" if they have the source's or none is needed.
    plain: the keys that could not be encrypted, for want of a passphrase. sealed_keys: the others.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._encrypt: decryption.Encrypt | None = None
        self.new_salt = ""
        self.plain: dict[str, None] = {}
        self.sealed_keys: dict[str, None] = {}

    def sealed(self, path: Key, value: Any) -> Any:
        """Return a value with ciphertext in place of each text that may be a secret."""
        return each_secret_text(value, path, self._seal)

    @staticmethod
    def seals(user: User) -> bool:
        """Tell whether a user has a value of their own that is encrypted."""
        found: list[Key] = []
        for path, value in user.values.items():
            each_secret_text(value, path, lambda place, _: found.append(place))
        return bool(found)

    def _seal(self, path: Key, text: str) -> Any:
        if self._encrypt is None:
            self._encrypt = self._begun(path)
        if self._encrypt is None:
            self.plain[dotted(path)] = None
            return text
        self.sealed_keys[dotted(path)] = None
        return {"secure": self._encrypt(text)}

    def _begun(self, path: Key) -> decryption.Encrypt | None:
        document, phrase = self._source.document, decryption.passphrase()
        file = self._source.file
        if "encryptedkey" in document or "secretsprovider" in document:
            raise UserError(
                f"{dotted(path)} may be a secret, and {file} keeps its secrets in a way that only "
                "the engine knows: leave it out, and set it by `pulumi config set --secret`"
            )
        salt = document.get("encryptionsalt")
        if salt is None and phrase is None:
            return None
        if salt is None:
            salt = self.new_salt = decryption.new_salt(str(phrase))
        try:
            return decryption.encrypter(salt, phrase)
        except decryption.CannotDecryptError as reason:
            raise UserError(
                f"{dotted(path)} may be a secret, and cannot be encrypted as {file} is: {reason}"
            ) from None


def _tell_of_secrets(source: Source, users: Iterable[User], sealing: _Sealing) -> None:
    own = {dotted(path) for user in users for path in user.values}
    copied = sorted(source.ciphertexts.keys() - own)
    if copied:
        say(
            f"encrypted as in {source.name}, and read with the same passphrase or key: "
            f"{', '.join(copied)}"
        )
    if sealing.sealed_keys:
        say(
            f"encrypted with {decryption.source()}, which other checkouts need, too: "
            f"{', '.join(sealing.sealed_keys)}"
        )
    if sealing.plain:
        say(f"in plain text, for want of a passphrase: {', '.join(sealing.plain)}")
