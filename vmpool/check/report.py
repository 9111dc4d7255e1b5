"""What a check comes to, as plain data: clusters, their checks and findings, and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .checks import CHECKS, Check
from .finding import Finding, Severity


class Told(NamedTuple):
    """What was found of some stacks: all of those for which it is said in the same words."""

    check: Check
    finding: Finding
    stacks: tuple[str, ...]


@dataclass(frozen=True)
class ClusterReport:
    """One cluster's stacks.

    name: of the cluster, in sentences. kubernetes, kubevirt: versions, "" if not known. namespaces:
    of the stacks, by name. told: in the order of the checks. unseen: why nothing could be looked
    at, "" if something could.
    """

    name: str
    namespaces: Mapping[str, str]
    kubernetes: str = ""
    kubevirt: str = ""
    told: tuple[Told, ...] = ()
    checks: tuple[Check, ...] = ()
    unseen: str = ""

    def of(self, check: Check) -> list[Told]:
        """Return what one check told."""
        return [one for one in self.told if one.check.id == check.id]


class Unread(NamedTuple):
    """A stack that could not be looked at, and why."""

    stack: str
    reason: str


@dataclass(frozen=True)
class Report:
    """All clusters, and the stacks that no cluster could be looked at for."""

    clusters: tuple[ClusterReport, ...]
    unread: tuple[Unread, ...] = ()

    def counted(self) -> Counter[Severity]:
        """Return how many findings there are, by severity; those said alike count once."""
        counted = Counter(one.finding.severity for each in self.clusters for one in each.told)
        counted[Severity.UNSEEN] += sum(bool(each.unseen) for each in self.clusters)
        counted[Severity.UNSEEN] += len(self.unread)
        return counted


def grouped(
    found: Mapping[tuple[str, str], Sequence[Finding]], checks: Sequence[Check] = CHECKS
) -> Iterator[Told]:
    """Yield findings, those of several stacks that are the same as one. found: see judged."""
    for check in checks:
        alike: dict[Finding, list[str]] = {}
        for (id, stack), those in found.items():
            for finding in those if id == check.id else ():
                alike.setdefault(finding, []).append(stack)
        for finding, stacks in alike.items():
            yield Told(check, finding, tuple(stacks))


def exit_status(report: Report, *, strict: bool) -> int:
    """Return 2 with errors, else 3 if something was not seen, else 1 with warnings if strict."""
    counted = report.counted()
    if counted[Severity.ERROR]:
        return 2
    if counted[Severity.UNSEEN]:
        return 3
    return 1 if strict and counted[Severity.WARNING] else 0
