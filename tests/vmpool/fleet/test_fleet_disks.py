"""What is asked before disks are lost."""

from __future__ import annotations

import pytest

from vmpool.console import UserError
from vmpool.fleet import disks
from vmpool.fleet.result import Outcome, Result

LOST = Result("ann", Outcome.REFUSED, effects=("Everything is lost",), at_stake=("web", "db"))


def test_the_question_names_every_stack_and_pool() -> None:
    asked = disks.question([LOST, Result("bob", Outcome.REFUSED, at_stake=("web",))])
    assert asked.splitlines()[1:4] == [
        "  stack ann: pools web, db",
        "    Everything is lost",
        "  stack bob: pool web",
    ]


@pytest.mark.parametrize(
    ("answer", "given"), [("yes\n", True), ("YES", True), ("y", False), ("", False), ("no", False)]
)
def test_a_yes_alone_gives_disks_away(answer: str, given: bool) -> None:
    assert disks.answered(answer) is given


def test_what_the_variable_names_is_not_asked_for() -> None:
    assert disks.not_named(LOST, {"VMPOOL_ALLOW_DISK_LOSS": "db, other"}) == ("web",)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("ann/db, ann/web", ()),
        ("bob/web,ann/db", ("web",)),
        ("/web", ("web", "db")),
        ("ann/web,db", ()),
        ("org/ann/web", ("web", "db")),
    ],
)
def test_a_pool_named_with_its_stack_is_that_stacks(value: str, left: tuple[str, ...]) -> None:
    assert disks.not_named(LOST, {"VMPOOL_ALLOW_DISK_LOSS": value}) == left


@pytest.mark.parametrize("variable", ["VMPOOL_ALLOW_DISK_LOSS", "VMPOOL_ALLOW_RESTART"])
def test_among_several_stacks_a_pool_is_named_with_its_own(variable: str) -> None:
    disks.require_named(["ann"], {variable: "web"})
    disks.require_named(["bob", "ann"], {variable: "ann/web, bob/web,"})
    with pytest.raises(UserError) as told:
        disks.require_named(["bob", "ann"], {variable: "ann/web,web"})
    assert told.value.message.startswith(f"{variable}=web: a fleet may have")
    assert told.value.message.endswith("name the stack too, as ann/web")


@pytest.mark.parametrize(
    ("value", "stacks", "told"),
    [
        ("anm/web", ["ann", "bob"], "anm/web: no stack anm is worked on; did you mean ann/web?"),
        ("ann/web,anm/web", ["ann"], "anm/web: no stack anm is worked on; did you mean ann/web?"),
        ("org/ann/web", ["ann"], "no stack org/ann is worked on; did you mean ann/web?"),
        ("zoe/web", ["bob", "ann"], "zoe/web: no stack zoe is worked on, only ann, bob"),
        ("/web", ["ann"], '/web: no stack "" is worked on, only ann'),
    ],
)
def test_a_permission_for_a_stack_that_is_not_worked_on_is_refused(
    value: str, stacks: list[str], told: str
) -> None:
    with pytest.raises(UserError) as error:
        disks.require_named(stacks, {"VMPOOL_ALLOW_DISK_LOSS": value})
    assert error.value.message.endswith(told)


def test_the_guards_own_refusal_is_asked_and_told_in_its_words() -> None:
    words = "refused: all is lost. To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS=web"
    found = Result("ann", Outcome.REFUSED, effects=(words,), at_stake=("web",))
    assert disks.question([found]).splitlines()[2] == "    all is lost"
    assert disks.refused(found).reason == words


def test_a_refusal_says_what_allows_it() -> None:
    told = disks.refused(LOST)
    assert told.outcome is Outcome.REFUSED
    assert told.reason.endswith("set VMPOOL_ALLOW_DISK_LOSS=web,db")


def test_of_disks_that_were_given_away_the_report_says_no_refusal() -> None:
    words = "refused: all is lost. To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS=web"
    found = Result("ann", Outcome.REFUSED, effects=(words,), at_stake=("web",), reason=words)
    assert disks.given_away(found) == Result("ann", Outcome.CHANGED)
