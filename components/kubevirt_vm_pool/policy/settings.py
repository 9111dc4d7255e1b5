"""Which rules are on, and with what parameters: policies.yaml, checked.

The file has the form of the engine's own policy configuration (--policy-pack-config): below a
rule's name its level, or an object of enforcementLevel and the rule's parameters; below `all` the
level of every rule that says nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..text import yaml_1_2
from ..text.spelling import did_you_mean
from ..validation.problems import ConfigurationError, Problem
from ..validation.validate import validated
from .parameters import Level, Parameters
from .rules import RULES

FILE = "policies.yaml"
ALL = "all"


@dataclass(frozen=True)
class Setting:
    """How a rule is applied."""

    level: Level
    parameters: Parameters


Settings = Mapping[str, Setting]


class UnreadableError(ConfigurationError):
    """A file that is no text or no YAML."""

    def __init__(self, reason: str) -> None:
        Exception.__init__(self, reason)
        self.problems = ()


def settings(document: object, *, where: str = FILE) -> Settings:
    """Return the setting of every rule by its name.

    document: what the file holds, as plain data; None is an empty one.
    where: what the report calls it. Raises ConfigurationError with every problem.
    """
    given = {} if document is None else document
    if not isinstance(given, Mapping):
        problem = Problem(where, "must be an object of rules", "begin it with a rule's name")
        raise ConfigurationError([problem], where=where)
    problems = [_unknown(str(name)) for name in given if name not in (ALL, *RULES)]
    of_all, found = _of(ALL, given.get(ALL))
    problems += found
    made = {}
    for name, rule in RULES.items():
        parameters, found = _of(name, given.get(name))
        problems += found
        levels = (parameters.enforcement_level, of_all.enforcement_level, rule.level)
        made[name] = Setting(Level(next(filter(None, levels))), parameters)
    if problems:
        raise ConfigurationError(problems, where=where)
    return made


def read(folder: Path) -> Settings:
    """Return what the policies.yaml of a folder says, or the defaults if there is none.

    Raises ConfigurationError with every problem of it.
    """
    try:
        return settings(yaml_1_2.load((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return settings(None)
    except UnicodeDecodeError:
        raise UnreadableError(f"{FILE} cannot be read: it is no UTF-8") from None
    except ValueError as reason:
        raise UnreadableError(f"{FILE} cannot be read: {reason}") from None


def parameters(name: str, given: Mapping[str, Any], *, where: str) -> Parameters:
    """Return the parameters of one rule; raises ConfigurationError with every problem."""
    made, problems = _of(name, given)
    if problems:
        raise ConfigurationError(problems, where=where)
    return made


def _of(name: str, given: object) -> tuple[Parameters, list[Problem]]:
    """Return what is below a name; nothing, where that is wrong."""
    model = RULES[name].parameters if name in RULES else Parameters
    if given is None:
        return model(), []
    # A level may stand for itself.
    alone = isinstance(given, str)
    made, found = validated(model, {"enforcementLevel": given} if alone else given, (name,))
    problems = [replace(problem, key=name) if alone else problem for _, problem in found]
    return made or model(), problems


def _unknown(name: str) -> Problem:
    near = did_you_mean(name, (ALL, *RULES))
    known = f"known here: {', '.join((ALL, *RULES))}"
    return Problem(name, "is no rule", f"did you mean {near}?" if near else known)
