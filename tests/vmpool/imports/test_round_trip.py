"""What this program makes, it reads back: objects to a configuration, and to the same objects."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from configurations import DEV, specification
from good_configurations import GOOD
from imported_stacks import STACK, made_of
from kubevirt_vm_pool.manifests.objects import objects
from varied_pools import VARIED

from vmpool.imports.conversion import Imported, imported
from vmpool.imports.manifests import chosen, cleaned

SOUND = {**VARIED, **{text: text for text in GOOD}}


def read_back(made: dict[str, Any]) -> Imported:
    """Return what is imported of a stack's objects."""
    return imported(chosen(map(cleaned, copy.deepcopy([*made.values()]))), STACK)


@pytest.mark.parametrize("changes", SOUND.values(), ids=SOUND)
def test_the_objects_of_a_stack_are_read_back_as_they_are(changes: str) -> None:
    made = objects(specification(changes))
    assert made_of(read_back(made)) == made


@pytest.mark.parametrize("changes", VARIED.values(), ids=VARIED)
def test_nothing_is_said_to_differ_where_nothing_does(changes: str) -> None:
    found = read_back(objects(specification(changes)))
    assert ([str(note) for note in found.notes], found.problems) == ([], "")


def test_the_labs_stack_comes_back_in_as_many_keys() -> None:
    found = read_back(objects(specification()))
    lab = copy.deepcopy(dict(DEV))
    # The autoscaler's least number is all that is left of it, and the rest are defaults.
    for key in ("replicas",):
        del lab[key]
    lab["disk"] = {"source": lab["disk"]["source"]}
    assert found.config == lab
