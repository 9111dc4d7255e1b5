"""What a stack's objects break, by the rules that are on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .parameters import Level
from .rules import RULES
from .settings import Settings
from .stack_objects import Stack


@dataclass(frozen=True)
class Finding:
    """A broken rule.

    about: the object ("VirtualMachinePool web"), or the configuration key of what only the stack's
    file shows. message: what it has or lacks, and why that matters. fix: what to do. None of them
    holds a secret.
    """

    rule: str
    level: Level
    about: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.level}: {self.about} {self.message}; {self.fix} ({self.rule})"


def findings(stack: Stack, settings: Settings) -> tuple[Finding, ...]:
    """Return what a stack breaks: mandatory rules first, then in the order of the rules."""
    found = [
        Finding(name, setting.level, *violation)
        for name, setting in settings.items()
        if setting.level != Level.DISABLED
        for violation in RULES[name].broken(stack, setting.parameters)
    ]
    return tuple(sorted(found, key=lambda finding: finding.level != Level.MANDATORY))


def refused(found: Iterable[Finding]) -> bool:
    """Tell whether a stack must not be brought up as it is."""
    return any(finding.level == Level.MANDATORY for finding in found)
