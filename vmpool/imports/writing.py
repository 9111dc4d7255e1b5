"""A configuration as the text of a stack file, with what is secret in it encrypted."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.text import yaml_1_2
from kubevirt_vm_pool.text.paths import Path, dotted

from ..manifest_yaml import REDACTED
from ..stack import decryption

HEAD = "# yaml-language-server: $schema=./schema/stack.json\n"


def stack_file(config: Mapping[str, Any], phrase: str | None) -> tuple[str, list[str]]:
    """Return the text of a stack file, and the keys in it whose secrets stand there in plain text.

    phrase: the passphrase to encrypt with, None if there is none.
    """
    if phrase is None:
        plain: list[str] = []
        _each_text(config, (), lambda path, _: plain.append(dotted(path)))
        return HEAD + written({"config": copy.deepcopy(config)}), list(dict.fromkeys(plain))
    salt = decryption.new_salt(phrase)
    encrypt = decryption.encrypter(salt, phrase)
    sealed = _each_text(config, (), lambda _, text: {"secure": encrypt(text)})
    if sealed == config:
        return HEAD + written({"config": sealed}), []
    return HEAD + written({"encryptionsalt": salt, "config": sealed}), []


def redacted(config: Mapping[str, Any]) -> str:
    """Return the text of a stack file that shows no secret, and so is none to use."""
    return HEAD + written({"config": _each_text(config, (), lambda *_: REDACTED)})


def _each_text(value: Any, path: Path, change: Callable[[Path, str], Any]) -> Any:
    """Return a value with another one for each text that may be a secret."""
    if isinstance(value, Mapping):
        return {key: _each_text(one, (*path, str(key)), change) for key, one in value.items()}
    if isinstance(value, list):
        return [_each_text(one, (*path, place), change) for place, one in enumerate(value)]
    return change(path, value) if isinstance(value, str) and value and not may_show(path) else value


class _Dumper(yaml.SafeDumper):
    """Writes every text so that no reader of YAML, 1.1 or 1.2, takes it for something else."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("[yYnN]$"), list("yYnN"))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(([.][0-9]+|[0-9]+([.][0-9]*)?)[eE][-+]?[0-9]+|0[oO][0-7_]+|[0-9]+)$"),
    list("-+.0123456789"),
)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text.strip("\n") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def written(document: Mapping[str, Any]) -> str:
    """Return a document as YAML that is read as the same; texts of several lines as blocks."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    if yaml_1_2.load(text) != document:
        # No text is worth a wrong value: JSON is YAML that nobody reads in two ways.
        import json

        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return text
