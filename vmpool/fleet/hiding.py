"""Taking a stack's secrets out of what is said of it, by the engine, kubectl and ourselves."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from ..engine import stack_file
from ..engine.events import with_groups
from ..stack.stack_files import Stack

# Shorter ones would take words out of sentences.
SHORTEST_SECRET = 4
# Of base64 it is what is left of a word of 6 characters in the middle of other text.
SHORTEST_BASE64 = 7
HIDDEN = "[secret]"
# In its place at first: a secret may be a part of that.
HOLE = "\0"
# What a line of a text may be that says nothing: a key of YAML whose value is below it, a word of
# shells, and a rule.
TELLS_NOTHING = re.compile(
    r"(- )?[\w.-]+:|\W+|then|else|done|esac|true|false|exit( \d)?|break|continue|return|wait|sync"
)

Hide = Callable[[str], str]


def of(stack: Stack) -> Hide:
    """Return what takes all that a stack's file may hold as a secret out of a text."""
    texts: set[str] = set()

    def note(text: str) -> str:
        texts.add(text)
        return text

    stack_file.sealed(stack.given, note)
    kubeconfig = str(stack.kubernetes.get("kubeconfig", ""))
    if "\n" in kubeconfig:
        # Else it is the name of a file, which errors are about.
        note(kubeconfig)
    own = (stack.name, *(stack.given.get(key) for key in ("name", "namespace")))
    return hiding(texts, {name for name in own if isinstance(name, str) and name})


def hiding(secrets: Iterable[str], names: Collection[str] = ()) -> Hide:
    """Return what takes secrets out of a text: each as a whole, each of its lines, and in base64.

    Lines are hidden as the engine may quote them, too. What a line begins a document with
    ("#cloud-config"), and lines that say nothing, stay: they would be missing in sentences.

    names: of objects, which everybody may know. Where a secret is the same, or a part of one, they
    stay: a name that is missing where one must stand tells the secret, and a command is none then.
    """
    forms = {form for secret in secrets for form in _forms(secret)}
    long_first = sorted(forms, key=lambda form: (-len(form), form))

    public = {form: _keeping([name for name in names if form in name]) for form in long_first}

    def hide(text: str) -> str:
        for form in long_first:
            text = public[form](text, form)
        return with_groups(text.replace(HOLE, HIDDEN))

    return hide


def _keeping(names: Sequence[str]) -> Callable[[str, str], str]:
    """Return what takes a form of a secret out of a text, but not out of some names."""
    if not names:
        return lambda text, form: text.replace(form, HOLE)
    long_first = sorted(names, key=len, reverse=True)
    as_words = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, long_first))})(?!\w)")

    def taken(text: str, form: str) -> str:
        kept = as_words.findall(text)
        others = [part.replace(form, HOLE) for part in as_words.split(text)]
        return others[0] + "".join(map(str.__add__, kept, others[1:]))

    return taken


def _forms(secret: str) -> Iterator[str]:
    """Yield what of a secret is hidden: it may be long, and stand in more than one line."""
    for text in {secret, *_lines(secret)}:
        if len(text) >= SHORTEST_SECRET:
            yield text
            yield json.dumps(text, ensure_ascii=False)[1:-1]
            yield from (form for form in _in_base64(text) if len(form) >= SHORTEST_BASE64)


def _lines(text: str) -> Iterator[str]:
    first, *others = text.strip().splitlines() or [""]
    for line in map(str.strip, [*([] if first.startswith("#") else [first]), *others]):
        if not TELLS_NOTHING.fullmatch(line):
            yield line


def _in_base64(text: str) -> Iterator[str]:
    """Yield a text in base64, wherever in a longer one it begins.

    Its first and last characters may hold bits of what is beside it, and are left out then.
    """
    content = text.encode()
    yield base64.b64encode(content).decode()
    for before in range(3):
        first = -(-before * 8 // 6)
        last = (before + len(content)) * 8 // 6
        yield base64.b64encode(bytes(before) + content).decode()[first:last]
