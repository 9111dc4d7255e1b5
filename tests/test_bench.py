"""The benchmark's own sums and words; what it measures is not measured here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import yaml

from bench import __main__ as command
from bench import comparison, machine, measuring, record, table, workshop
from bench.machine import Load
from bench.measuring import Measured
from bench.record import Record, Spread
from bench.row import Goal, NotRun, Result, Row, at_most, faster
from bench.rows import ROWS
from bench.workshop import Workshop
from vmpool.console import UserError

ROOT = Path(__file__).parent.parent
QUIET, BUSY = Load(0.2, 2), Load(1.5, 2)


def counting(log: list[str], name: str, *seconds: float) -> measuring.Run:
    """Return a run that writes its name down and takes the next of some times."""
    left = iter(seconds)

    def run() -> float:
        log.append(name)
        return next(left)

    return run


def row(name: str = "one", goal: Goal | None = None, **more: object) -> Row:
    """Return a row that measures a figure of 2."""

    def measure(place: Workshop, rounds: int) -> Measured:
        return Measured(2.0, (2.0,) * rounds, {"ours": (4.0,), "theirs": (2.0,)})

    return Row(name, f"what {name} is", "theirs", goal or at_most(3), 5, measure, **more)  # type: ignore[arg-type]


def result(of: Row, outcome: Measured | NotRun | None = None, load: Load = QUIET) -> Result:
    """Return a row's result: ratios of 1.5, 2 and 4, if nothing else is said."""
    return Result(of, outcome or Measured(2.0, (1.5, 2.0, 4.0), {"ours": (3.0, 5.0, 4.0)}), load)


# --- measuring -----------------------------------------------------------------------------------


def test_runs_take_turns_and_warm_ups_do_not_count() -> None:
    log: list[str] = []
    runs = {"a": counting(log, "a", 9, 1, 2), "b": counting(log, "b", 9, 3, 4)}
    assert measuring.in_turn(runs, 2) == {"a": (1, 2), "b": (3, 4)}
    assert log == ["a", "b"] * 3


def test_slower_is_the_median_of_the_pairs_own_ratios() -> None:
    measured = measuring.slower({"ours": (2, 30, 8), "theirs": (1, 10, 2)})
    assert measured.rounds == (2, 3, 4)
    assert measured.figure == 3


def test_faster_is_the_other_way_round() -> None:
    measured = measuring.faster({"ours": (1, 2), "theirs": (10, 60)})
    assert measured.rounds == (10, 30)
    assert measured.figure == 20


@pytest.mark.parametrize(
    ("times", "expected"),
    [((1.0, 10.0, 20.0), 1.0), ((5.0, 14.0, 24.0), 1.0), ((1.0, 10.0, 30.0), 2.0)],
    ids=["linear", "linear beyond a fixed part", "twice as dear at the large end"],
)
def test_growth_is_one_more_at_the_large_end_over_one_more_at_the_small_end(
    times: tuple[float, float, float], expected: float
) -> None:
    seconds = {str(size): (time,) for size, time in zip((1, 10, 20), times, strict=True)}
    assert measuring.growth((1, 10, 20), seconds).figure == pytest.approx(expected)


def test_growth_goes_by_the_median_times_and_tells_each_round_too() -> None:
    seconds = {"1": (1.0, 1.0, 7.0), "10": (10.0, 10.0, 10.0), "20": (30.0, 20.0, 20.0)}
    measured = measuring.growth((1, 10, 20), seconds)
    assert measured.figure == pytest.approx(1)
    assert measured.rounds == pytest.approx((2, 1, 3))


def test_growth_that_noise_hides_is_none() -> None:
    with pytest.raises(measuring.TooNoisyError):
        measuring.growth((1, 10, 20), {"1": (5.0,), "10": (4.0,), "20": (3.0,)})


@pytest.mark.parametrize(("rounds", "share"), [(2, 2), (3, 1), (9, 1)])
def test_rounds_share_items_and_none_is_left_without(rounds: int, share: int) -> None:
    times = {"a": 1.0, "b": 3.0, "c": 5.0, "d": 7.0}
    asked: list[str] = []

    def seconds_of(item: str) -> float:
        asked.append(item)
        return times[item]

    run = measuring.shared(list(times), rounds, seconds_of)
    first, second = run(), run()
    assert asked == list(times)[: 2 * share]
    assert (first, second) == ((2, 6) if share == 2 else (1, 3))


def test_a_process_that_fails_is_trouble_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ended with 3:\nalas"):
        measuring.timed(["sh", "-c", "echo alas >&2; exit 3"], environment={}, cwd=tmp_path)


def test_a_process_is_timed_from_its_start_to_its_end(tmp_path: Path) -> None:
    took, printed = measuring.finished(
        ["sh", "-c", "sleep 0.2; echo said; exit 1"],
        environment={"PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        accept=(1,),
    )
    assert printed == "said\n"
    assert took >= 0.2


# --- goals and rows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "unit", "text", "met", "missed"),
    [
        (at_most(1.3), "x", "<= 1.3x", 1.3, 1.31),
        (faster(30), "x", ">= 30x", 30, 29.9),
        (at_most(5), "s", "<= 5 s", 4.9, 5.1),
    ],
)
def test_a_goal_says_what_it_is_and_whether_it_is_met(
    goal: Goal, unit: str, text: str, met: float, missed: float
) -> None:
    assert row(goal=goal, unit=unit).wanted == text
    assert goal.met(met)
    assert not goal.met(missed)


def test_every_row_has_a_name_of_its_own() -> None:
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)


def test_a_row_without_its_programs_says_which_it_lacks() -> None:
    of = row(needs=("pulumi", "git"))
    assert command.why_not(of, (), {"git": "there"}.get) == "no pulumi"


def test_a_row_that_takes_long_is_measured_only_when_it_is_asked_for() -> None:
    of = row(asked=True)
    assert "make bench ROWS=one" in command.why_not(of, (), str)
    assert command.why_not(of, ("one",), str) == ""
    assert command.why_not(of, ("all",), str) == ""


def test_a_row_is_measured_in_as_many_pairs_as_somebody_says(tmp_path: Path) -> None:
    for pairs, expected in ((None, 5), (2, 2)):
        outcome = command.result_of(row(), Workshop(tmp_path), (), pairs).outcome
        assert isinstance(outcome, Measured)
        assert len(outcome.rounds) == expected


def test_a_row_that_fails_was_not_run_and_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(place: Workshop, rounds: int) -> Measured:
        raise UserError("the cluster is gone")

    failing = Row("failing", "what", "theirs", at_most(1), 1, fail)
    monkeypatch.setattr(command, "ROWS", (failing, row()))
    failed, other = command.measured(Workshop(tmp_path), (), None)
    assert failed.outcome == NotRun("it failed")
    assert isinstance(other.outcome, Measured)
    assert "failing failed: the cluster is gone" in capsys.readouterr().err


def test_a_row_that_noise_hides_says_so(tmp_path: Path) -> None:
    def measure(place: Workshop, rounds: int) -> Measured:
        raise measuring.TooNoisyError("too noisy")

    noisy = Row("noisy", "what", "theirs", at_most(1), 1, measure)
    assert command.result_of(noisy, Workshop(tmp_path), (), None).outcome == NotRun("too noisy")


# --- what is written -----------------------------------------------------------------------------


DAY = date(2026, 1, 2)


def recorded(*results: Result, facts: Mapping[str, str] | None = None) -> Record:
    return Record.of(results, facts or {}, "abc1234", DAY)


def document(*results: Result, facts: Mapping[str, str] | None = None) -> str:
    return table.document([one.row for one in results], recorded(*results, facts=facts))


def test_a_row_tells_its_ratio_whether_it_will_do_how_sure_that_is_and_when() -> None:
    line = "| what one is | theirs | <= 3x | 2x | yes | 1.5x to 4x | 3 | 2026-01-02 | abc1234 |"
    assert line in document(result(row())).splitlines()
    assert "| <= 1.9x | 2x | no |" in document(result(row(goal=at_most(1.9))))


def test_a_row_that_was_never_measured_has_no_figures() -> None:
    text = document(result(row(), NotRun("no pulumi")))
    assert "| what one is | theirs | <= 3x | not measured |  |  |  |  |  |" in text


def test_seconds_stand_apart_with_their_median_and_ends() -> None:
    assert "| one | ours | 4 | 3 | 5 |" in document(result(row()))


def test_a_busy_machine_is_told_with_the_rows_that_it_spoils() -> None:
    assert "busy" not in document(result(row())).partition("## How")[0]
    text = document(result(row()), result(row("two"), load=BUSY))
    assert "**The machine was busy**: up to 1.5 of its 2 processors were at work when two" in text


def test_the_document_says_on_what_machine() -> None:
    assert "| memory | 8 GiB |" in document(result(row()), facts={"memory": "8 GiB"})


def test_a_run_replaces_the_rows_that_it_measured_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    record.write(recorded(result(row("one")), result(row("two")), facts={"memory": "8 GiB"}), file)
    again = Measured(1.0, (1.0, 1.5), {"ours": (3.0, 4.0)})
    newer = Record.of(
        [result(row("one"), again), result(row("two"), NotRun("no pulumi"))],
        {"memory": "9 GiB"},
        "def5678",
        date(2026, 2, 3),
    )
    found = record.read(file).updated(newer)
    assert found.entries["one"].figure == 1.0
    assert found.entries["one"].rounds == Spread(1.25, 1.0, 1.5)
    assert (found.entries["two"].day, found.entries["two"].revision) == (DAY, "abc1234")
    assert found.facts == {"memory": "9 GiB"}
    record.write(found, file)
    assert record.read(file) == found


def test_the_page_is_what_is_recorded() -> None:
    assert command.DOCUMENT.read_text(encoding="utf-8") == table.document(ROWS, record.read())


# --- the machine ---------------------------------------------------------------------------------


def test_the_machine_is_described_and_not_named() -> None:
    facts = machine.facts()
    assert {"processor", "memory", "system", "Python", "kubectl", "helm"} <= facts.keys()
    assert not any("/" in value for value in facts.values())


def test_a_load_is_what_the_processors_do_now() -> None:
    assert 0 <= machine.load().mean <= (os.cpu_count() or 1)


def test_half_of_the_processors_is_as_busy_as_a_machine_may_be() -> None:
    assert not Load(1.0, 2).busy
    assert Load(1.1, 2).busy


# --- what is compared with -----------------------------------------------------------------------


@pytest.fixture
def dev() -> dict[str, dict[str, object]]:
    """The dev stack's objects by role."""
    return workshop.rendered("dev", workshop.dev_file())


def test_the_typed_program_makes_the_rendered_objects(
    dev: dict[str, dict[str, object]],
) -> None:
    made: dict[str, dict[str, object]] = {}

    class Recorder:
        def __init__(self, path: str = "") -> None:
            self.path = path

        def __getattr__(self, name: str) -> Recorder:
            return Recorder(f"{self.path}.{name}")

        def __call__(self, name: str, **members: object) -> None:
            made[name] = {"class": self.path, **members}

    program = comparison.typed_program(dev).replace("import pulumi_kubernetes as k8s", "")
    exec(program, {"k8s": Recorder()})
    assert {name: of["class"] for name, of in made.items()} == {
        "cloud-init": ".core.v1.Secret",
        "pool": ".apiextensions.CustomResource",
        "service": ".core.v1.Service",
        "autoscaler": ".autoscaling.v2.HorizontalPodAutoscaler",
    }
    assert made["pool"]["spec"] == dev["pool"]["spec"]
    assert made["pool"]["api_version"] == dev["pool"]["apiVersion"]
    assert made["cloud-init"]["data"] == dev["cloud-init"]["data"]
    assert "pulumi.com/skipAwait" in str(made["service"]["metadata"])


def test_the_bare_program_makes_the_rendered_objects(dev: dict[str, dict[str, object]]) -> None:
    made: dict[str, tuple[str, dict[str, object]]] = {}

    class Sdk:
        @staticmethod
        def CustomResource(token: str, name: str, props: dict[str, object]) -> None:  # noqa: N802
            made[name] = (token, props)

    program = comparison.bare_program(dev).replace("import pulumi", "")
    exec(program, {"pulumi": Sdk})
    assert {name: token for name, (token, _) in made.items()} == {
        "cloud-init": "kubernetes:core/v1:Secret",
        "pool": f"kubernetes:{dev['pool']['apiVersion']}:VirtualMachinePool",
        "service": "kubernetes:core/v1:Service",
        "autoscaler": "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    }
    assert made["pool"][1] == dev["pool"]
    assert "pulumi.com/skipAwait" in str(made["service"][1])


def test_a_kind_without_a_typed_class_is_refused(dev: dict[str, dict[str, object]]) -> None:
    with pytest.raises(KeyError):
        comparison.typed_program({"a": {**dev["service"], "kind": "Unheard"}})


def test_same_objects_are_so_in_any_order_and_not_when_one_differs(
    dev: dict[str, dict[str, object]],
) -> None:
    text = yaml.safe_dump_all(reversed(list(dev.values())))
    assert comparison.same_objects(text, dev.values())
    assert not comparison.same_objects(text.replace("6Gi", "7Gi"), dev.values())
    assert not comparison.same_objects(text, list(dev.values())[1:])


def test_changes_of_the_dev_stacks_file_replace_and_remove_keys() -> None:
    changed = yaml.safe_load(workshop.dev_file(memory="3Gi", autoscaling=None))["config"]
    assert changed["memory"] == "3Gi"
    assert changed["name"] == "lab05-webserver"
    assert "autoscaling" not in changed


def test_a_path_can_do_without_a_program(tmp_path: Path) -> None:
    (tmp_path / "pulumi").touch()
    path = f"/usr/bin:{tmp_path}:/bin"
    assert workshop.path_without("pulumi", path) == "/usr/bin:/bin"


def test_nothing_of_a_workshop_is_left_behind() -> None:
    with workshop.opened() as place:
        folder = place.place("kept")
        (folder / "file").touch()
        folder.chmod(0o500)
    assert not place.folder.exists()
