"""A configuration as the text of a stack file, with what is secret in it encrypted."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.text.paths import dotted

from ..manifest_yaml import REDACTED
from ..stack import decryption
from ..stack.yaml_text import each_secret_text, written

HEAD = "# yaml-language-server: $schema=./schema/stack.json\n"


def stack_file(config: Mapping[str, Any], phrase: str | None) -> tuple[str, list[str]]:
    """Return the text of a stack file, and the keys in it whose secrets stand there in plain text.

    phrase: the passphrase to encrypt with, None if there is none.
    """
    if phrase is None:
        plain: list[str] = []
        each_secret_text(config, (), lambda path, _: plain.append(dotted(path)))
        return HEAD + written({"config": copy.deepcopy(config)}), list(dict.fromkeys(plain))
    salt = decryption.new_salt(phrase)
    encrypt = decryption.encrypter(salt, phrase)
    sealed = each_secret_text(config, (), lambda _, text: {"secure": encrypt(text)})
    if sealed == config:
        return HEAD + written({"config": sealed}), []
    return HEAD + written({"encryptionsalt": salt, "config": sealed}), []


def redacted(config: Mapping[str, Any]) -> str:
    """Return the text of a stack file that shows no secret, and so is none to use."""
    return HEAD + written({"config": each_secret_text(config, (), lambda *_: REDACTED)})
