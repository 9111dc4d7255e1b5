"""Stacks and their files, read without the engine."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

from kubevirt_vm_pool import stack_config
from kubevirt_vm_pool.guest.per_replica import replicas
from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.spec.placeholders import NOT_KNOWN, placeholder
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.listing import first_of
from kubevirt_vm_pool.text.paths import Path as Key
from kubevirt_vm_pool.text.paths import are_one_in_the_other, dotted
from kubevirt_vm_pool.validation import validate
from kubevirt_vm_pool.validation.problems import ConfigurationError, Problem

from ..console import UserError
from . import decryption, misread, shared
from .project import ROOT

# Of the stacks that there are, in an error.
MOST_NAMES = 10
# A shorter secret is in a sentence by chance.
LEAST_TO_FIND = 4


class MisconfiguredError(UserError):
    """A stack's configuration has mistakes; problems: all of them, which the text has too."""

    def __init__(self, error: ConfigurationError) -> None:
        super().__init__(str(error))
        self.problems = error.problems


@dataclass(frozen=True)
class Stack:
    """A stack as its file describes it.

    given: the program's configuration by key, with placeholders for what could not be decrypted.
    kubernetes: the settings of the provider ("context" and so on).
    encrypted: what could not be decrypted, by key, with the reason.
    ciphertexts: everything that the file holds encrypted, by key, as it stands there.
    opened: what of it could be decrypted, by the path of its key.
    own_secrets: whether the file names where its secrets are kept.
    masked: given, with placeholders for all that is encrypted below perReplica; None if nothing is.
    misread: what the file says and would not come to mean.
    elsewhere: the environments of Pulumi ESC that add to what the file says, "" if none does.
    common: the keys that Pulumi.yaml gives to all stacks, as they stand there.
    """

    name: str
    file: Path
    given: Mapping[str, Any] = field(repr=False)
    kubernetes: Mapping[str, Any] = field(repr=False)
    encrypted: Mapping[str, str]
    ciphertexts: Mapping[str, str] = field(repr=False)
    own_secrets: bool
    masked: Mapping[str, Any] | None = field(default=None, repr=False)
    misread: tuple[Problem, ...] = ()
    elsewhere: str = ""
    common: tuple[str, ...] = ()
    opened: Mapping[Key, str] = field(default_factory=dict, repr=False)

    def specification(self) -> PoolSpec:
        """Return the checked specification; raises MisconfiguredError, or another UserError."""
        spec = self._specification(self.given)
        if self.masked is not None and spec.per_replica.config_maps:
            self._require_no_secret_in_config_maps(self._specification(self.masked))
        return spec

    def _require_no_secret_in_config_maps(self, masked: PoolSpec) -> None:
        """Raise UserError if something encrypted would be in plain text in a ConfigMap."""
        for replica in replicas(masked):
            for name, texts in replica.own.config_maps.items():
                for key, text in texts.items():
                    if NOT_KNOWN in text:
                        raise UserError(
                            f"perReplica.configMaps.{name}.{key} in {self.file.name} holds an "
                            "encrypted value, and a ConfigMap keeps none secret; use "
                            "perReplica.secrets"
                        )

    def _specification(self, given: Mapping[str, Any]) -> PoolSpec:
        where = self.file.name
        try:
            return validate.specify(given, stack=self.name, where=where, misread=self.misread)
        except ConfigurationError as error:
            tops = {problem.top for problem in error.problems}
            if common := [key for key in self.common if shared.top(key) in tops]:
                where += f", with {', '.join(common)} of {shared.FILE},"
            problems = [_without(self.opened, problem) for problem in error.problems]
            raise MisconfiguredError(ConfigurationError(problems, where=where)) from None

    def require_known(self) -> None:
        """Raise UserError if the file alone does not tell what the stack is."""
        if self.elsewhere:
            raise UserError(
                f"stack {self.name} is not known: {self.file.name} takes values from Pulumi ESC "
                f"({self.elsewhere}), which only the engine opens; run "
                f"`pulumi preview --stack {self.name}`, or write the values into the file"
            )

    def require_decrypted(self) -> None:
        """Raise UserError if a value is encrypted that could not be read."""
        for key, reason in self.encrypted.items():
            if key == "kubernetes:kubeconfig":
                continue
            raise UserError(f"{key} in {self.file.name} is encrypted, and {reason}")


def _without(opened: Mapping[Key, str], problem: Problem) -> Problem:
    """Return a problem that quotes nothing which the file holds encrypted."""
    for path, text in opened.items():
        # Where a secret belongs, what is wrong with it is told without it.
        misplaced = may_show(path) and are_one_in_the_other(dotted(path), problem.key)
        if misplaced or (len(text) >= LEAST_TO_FIND and text in _all_of(problem)):
            return replace(
                problem,
                value=None,
                rule="what is wrong here cannot be told without a value that is encrypted "
                f"({dotted(path)})",
                fix="decrypt that to see it, or keep secrets in password and below cloudInit only",
                fix_of_argument="",
            )
    return problem


def _all_of(problem: Problem) -> str:
    return "\n".join([problem.key, str(problem.value), problem.rule, problem.fix])


def names(root: Path = ROOT) -> list[str]:
    """Return the names of all stacks that have a file."""
    return sorted(filter(None, map(name_of, root.glob("Pulumi.*.yaml"))))


def matching(patterns: Sequence[str], root: Path = ROOT) -> list[str]:
    """Return the names of the stacks that fit one of some patterns; all of them if there is none.

    A name that is no pattern is returned as it is: who reads its file says if there is none. Raises
    UserError for a pattern that no stack fits.
    """
    known = names(root)
    if not patterns:
        return known
    chosen: dict[str, None] = {}
    for pattern in patterns:
        # A name may have no brackets.
        is_pattern = any(sign in pattern for sign in "*?[")
        fitting = fnmatch.filter(known, pattern) if is_pattern else [pattern]
        if not fitting:
            raise UserError(f"no stack fits {pattern} (stacks here: {_some(known)})")
        chosen |= dict.fromkeys(fitting)
    return list(chosen)


def without_file(patterns: Iterable[str], root: Path = ROOT) -> list[str]:
    """Return those of some names and patterns that the file of no stack fits."""
    known = names(root)
    return [one for one in patterns if one not in known and not fnmatch.filter(known, one)]


def _some(names: Sequence[str]) -> str:
    return first_of(names, MOST_NAMES) or "none"


def name_of(file: PurePath) -> str | None:
    """Return the name of the stack that a file is of, None if it is no stack's."""
    found = re.fullmatch(r"Pulumi\.(.+)\.yaml", str(file.name))
    return found and found[1]


def read(name: str, root: Path = ROOT, *, sealed: bool = False) -> Stack:
    """Return the stack of a name; raises UserError if its file is missing or is no stack file.

    sealed: whether what is encrypted stays so: to read it takes a tenth of a second a stack.
    """
    if "/" in name:
        # organisation/project/stack, as Pulumi has it
        own = name.rpartition("/")[2]
        raise UserError(
            f"{name} is the whole name of a stack; its file has the last part of it only: "
            f"give {own} (Pulumi.{own}.yaml)"
        )
    file = root / f"Pulumi.{name}.yaml"
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(
            f"there is no stack {name}: {file.name} does not exist "
            f"(stacks here: {_some(names(root))}); make it: vmpool stack new {name} --from STACK"
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"{file.name} cannot be read: it is no UTF-8") from None
    return parsed(name, text, file, sealed=sealed)


def parsed(name: str, text: str, file: Path, *, sealed: bool = False) -> Stack:
    """Return the stack that a file's text describes, with what the Pulumi.yaml beside it says."""
    try:
        document = yaml_1_2.load(text) or {}
    except ValueError as reason:
        raise UserError(f"{file.name} cannot be read: {reason}") from None
    config = document.get("config") if isinstance(document, dict) else None
    elsewhere = _elsewhere(document)
    if config is None and elsewhere:
        config = {}
    if not isinstance(config, dict):
        raise UserError(f"{file.name} has no config: with a key and a value per line below it")
    common = shared.values(file.parent)
    config = shared.completed(config, common, file=file.name)
    decrypted = _Decrypted(None if sealed else document.get("encryptionsalt"))
    given: dict[str, Any] = {}
    as_read: dict[str, Any] = {}
    provider: dict[str, Any] = {}
    for full_key, value in config.items():
        namespace, _, key = str(full_key).rpartition(":")
        if namespace in {"", stack_config.PROJECT}:
            if key in given:
                raise UserError(
                    f"{file.name} has {key} and {stack_config.PROJECT}:{key}, which are the same; "
                    "remove one of them"
                )
            as_read[key] = value
            given[key] = _decoded(key, decrypted.of(value, (key,)))
        elif namespace == "kubernetes" and value is not None:
            provider[key] = as_text(decrypted.of(value, (str(full_key),)))
    own_secrets = bool({"encryptionsalt", "encryptedkey", "secretsprovider"} & document.keys())
    masked = _masked(config, given)
    return Stack(
        name,
        file,
        given,
        provider,
        decrypted.reasons,
        decrypted.ciphertexts,
        own_secrets,
        masked,
        tuple(misread.problems(as_read)),
        elsewhere,
        tuple(one.written for one in common),
        decrypted.opened,
    )


def _elsewhere(document: Any) -> str:
    """Return which environments a stack file names, as it does so; "" if it names none."""
    if not isinstance(document, dict):
        return ""
    named = document.get("environment") or document.get("mainEnvironment")
    if not named:
        return ""
    if isinstance(named, str):
        return f"environment: {named}"
    imports = named.get("imports") if isinstance(named, dict) else named
    # An import may have options: {team: {merge: false}}.
    names = [
        str(next(iter(one), "")) if isinstance(one, dict) else str(one)
        for one in (imports if isinstance(imports, list) else ())
    ]
    return f"environment: {', '.join(filter(None, names))}" if any(names) else "environment"


def _decoded(key: str, value: Any) -> Any:
    """Return a value as the program is given it; where text is due an object is none."""
    entry = declared().get(key)
    if entry and entry.kind == "string" and not entry.or_object and isinstance(value, dict | list):
        return value
    return stack_config.decoded(key, as_text(value))


def _masked(config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is given, with placeholders for what is encrypted below perReplica."""
    key = "perReplica"
    written = config.get(key, config.get(f"{stack_config.PROJECT}:{key}"))
    closed = _Decrypted(None)
    if isinstance(written, dict) and written.keys() != {"secure"}:
        written = closed.of(written, (key,))
    return {**given, key: written} if closed.reasons else None


class _Decrypted:
    """Decrypts what it can, and remembers what it could not."""

    def __init__(self, salt: str | None) -> None:
        self._salt = salt
        self._decrypt: decryption.Decrypt | None = None
        self.reasons: dict[str, str] = {}
        self.ciphertexts: dict[str, str] = {}
        self.opened: dict[Key, str] = {}

    def of(self, value: Any, path: Key) -> Any:
        """Return a value with every {secure: ...} in it decrypted, or with its placeholder."""
        if isinstance(value, dict):
            if value.keys() == {"secure"} and isinstance(value["secure"], str):
                return self._opened(value["secure"], path)
            return {key: self.of(member, (*path, key)) for key, member in value.items()}
        if isinstance(value, list):
            return [self.of(item, (*path, index)) for index, item in enumerate(value)]
        return value

    def _opened(self, sealed: str, path: Key) -> Any:
        self.ciphertexts[dotted(path)] = sealed
        try:
            if self._decrypt is None:
                self._decrypt = decryption.decrypter(self._salt, decryption.passphrase())
            self.opened[path] = self._decrypt(sealed)
            return self.opened[path]
        except decryption.CannotDecryptError as reason:
            self.reasons[dotted(path)] = str(reason)
        if path == ("kubernetes:kubeconfig",):
            # Who needs the cluster asks for the reason.
            return NOT_KNOWN
        try:
            return placeholder(path)
        except KeyError:
            raise UserError(
                f"{dotted(path)} is encrypted, and {self.reasons[dotted(path)]}; only password and "
                "what is below cloudInit and perReplica, and documents in template, may stay unread"
            ) from None


def as_text(value: Any) -> str:
    """Return a value as the engine hands it to a program."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def all_stacks(root: Path = ROOT) -> Iterator[Stack]:
    """Yield every stack."""
    return (read(name, root) for name in names(root))
