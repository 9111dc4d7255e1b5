"""What a fleet costs: from the measured rows to the tables of docs/scale.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import scale, scale_data, scale_page
from bench.scale_data import AGAIN, NEW, PREVIEW, REFRESH, Figures
from bench.scale_page import NOT_MEASURED, PAGE, Fleets, amount, duration, parts
from vmpool.controlplane.client import Cluster


def fleet(stacks: int, verb: str, *, fixed: float = 1, each: float = 0.5) -> Figures:
    """Return a row of a fleet that grows linearly: 6 reads a stack, or 3 dry runs and 4 writes."""
    new = verb == NEW
    return Figures(
        stacks,
        verb,
        fixed + each * stacks,
        80 + stacks // 10,
        2 if new else 2 + 6 * stacks,
        3 * stacks if new else 0,
        4 * stacks if new else 0,
        (150 if verb == REFRESH else 100) * stacks,
        500 + 9 * stacks,
        "2026-01-02",
    )


def linear(*sizes: int) -> Iterator[Figures]:
    """Yield the rows of fleets of some sizes."""
    for stacks in sizes:
        yield fleet(stacks, NEW, each=2)
        yield from (fleet(stacks, verb) for verb in (PREVIEW, AGAIN, REFRESH))


def lines(rows: Iterator[Figures] | list[Figures], part: str) -> dict[str, list[str]]:
    """Return the lines of a part's table by their first cells."""
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in parts(Fleets(rows))[part].splitlines()
    ]
    return {first: rest for first, *rest in table[2:]}


# --- the page ------------------------------------------------------------------------------------


def test_the_page_is_what_the_data_give() -> None:
    """`python -m bench.scale --write` writes it anew."""
    text = PAGE.read_text(encoding="utf-8")
    assert scale_page.written(text, scale_data.read()) == text


def test_every_part_of_the_page_has_its_place() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in parts(Fleets([])):
        assert text.count(f"<!-- begin bench.scale {name} -->\n") == 1
        with pytest.raises(ValueError, match=f"bench.scale {name}"):
            scale_page.written(text.replace(f"<!-- end bench.scale {name} -->", ""), [])
    assert len(re.findall("<!-- begin ", text)) == len(parts(Fleets([])))


def test_every_table_is_in_a_marked_place() -> None:
    """What is typed by hand is no figure of a measurement."""
    text = PAGE.read_text(encoding="utf-8")
    for name in parts(Fleets([])):
        begin, end = (f"<!-- {side} bench.scale {name} -->" for side in ("begin", "end"))
        text = text.partition(begin)[0] + text.partition(end)[2]
    assert not re.search(r"^\|", text, re.MULTILINE)


def test_the_rows_are_kept_as_they_are_read(tmp_path: Path) -> None:
    copy = tmp_path / "scale.json"
    scale_data.write(scale_data.read(), copy)
    assert copy.read_text(encoding="utf-8") == scale_data.FILE.read_text(encoding="utf-8")


# --- what follows from the rows ------------------------------------------------------------------


def test_what_one_more_stack_costs_is_the_slope_and_the_rest_is_fixed() -> None:
    of = Fleets(linear(1, 10, 100))
    assert of.one_more(PREVIEW, "cpu") == pytest.approx(0.5)
    assert of.fixed(PREVIEW) == pytest.approx(1)
    assert lines(linear(1, 10, 100), "growth")[NEW] == ["2.00", "2.00", NOT_MEASURED]


def test_a_runners_time_is_the_formula() -> None:
    """seconds(n) = fixed + n * c / min(processors, parallel)"""
    table = lines(linear(1, 10, 100), "runner")
    # 1 + 1,000 * 0.5 / 2 = 251; 1 + 10,000 * 0.5 / 2 = 2,501; 1 + 10,000 * 0.5 / 16 = 313.5
    assert table["refresh"] == ["1.00", "0.50", "4 min", "42 min", "5 min"]
    creating = next(table[verb] for verb in table if verb.startswith("up that creates"))
    # 1 + 10,000 * 2 / 2 = 10,001
    assert creating == ["1.00", "2.00", "17 min", "2 h 50 min", "21 min"]


def test_a_workspaces_time_is_the_formula_for_an_up_that_creates_too() -> None:
    """seconds(n, N) = n * c1 / N"""
    table = lines(linear(1, 10), "workspaces")
    # 10,000 * 1.5 / 50 = 300; 10,000 * 1.5 / 3,600 = 4.2
    assert table["refresh"] == ["1.50", "5 min", "4.2"]
    creating = next(table[verb] for verb in table if verb.startswith("up that creates"))
    # 10,000 * 3 / 50 = 600
    assert creating == ["3.00", "10 min", "8.3"]
    assert lines(list(linear(10, 100)), "workspaces")["refresh"] == [NOT_MEASURED] * 3


def test_requests_are_those_of_a_stack_times_their_number() -> None:
    table = lines(linear(1, 10), "requests")
    assert table["writes of ups that create (w)"] == ["4", "4,000", "40,000"]
    assert table["dry runs before them"] == ["3", "3,000", "30,000"]
    assert table["reads of a refresh"] == ["6", "6,000", "60,000"]


def test_workspaces_ask_as_often_as_a_stack_alone_does() -> None:
    table = lines(linear(1, 10), "rates")
    # 2 * 6 / 0.5; 50 * 8 / 1.5, not 50 * 6 / 0.5
    assert table["refresh"] == ["24", "267"]
    creating = next(table[verb] for verb in table if verb.startswith("up that creates"))
    # 2 * 7 / 2; 50 * 9 / 3
    assert creating == ["7", "150"]


def test_state_grows_with_updates_and_a_refresh_is_one() -> None:
    table = lines(linear(1, 10), "bytes")
    assert table["state after the first up (a)"] == ["100 KiB", "98 MiB", "1.0 GiB"]
    assert table["state, with each update more (b)"] == ["50 KiB", "49 MiB", "0.5 GiB"]
    assert table["etcd, objects of a stack and their history"] == ["9.0 KiB", "8.8 MiB", "88 MiB"]


def test_memory_is_told_of_that_with_10_stacks() -> None:
    table = lines(linear(1, 10, 100), "memory")
    assert table == {
        "1": ["80", ""],
        "10": ["81", ""],
        "100": ["90", "1.11x"],
        "500": [NOT_MEASURED, ""],
    }


def test_what_was_not_measured_keeps_its_place() -> None:
    rows = [row for row in linear(1, 10, 100) if (row.stacks, row.verb) != (100, REFRESH)]
    measured = parts(Fleets(rows))["measured"]
    assert f"| 100 | refresh | {NOT_MEASURED} |" in measured
    assert f"| 500 | up, new | {NOT_MEASURED} |" in measured
    # From the rows that there are.
    assert lines(rows, "runner")["refresh"][:2] == ["1.00", "0.50"]
    for part in parts(Fleets([])).values():
        assert NOT_MEASURED in part


@pytest.mark.parametrize(
    ("took", "told"),
    [(40.4, "40 s"), (313, "5 min"), (3_600, "60 min"), (9_400, "2 h 40 min"), (10_700, "3 h")],
)
def test_a_duration_is_told_in_two_places(took: float, told: str) -> None:
    assert duration(took) == told


@pytest.mark.parametrize(
    ("kib", "told"),
    [
        (0, "0.0 KiB"),
        (9.13, "9.1 KiB"),
        (1000, "1000 KiB"),
        (2048, "2.0 MiB"),
        (600_000, "0.6 GiB"),
    ],
)
def test_a_size_is_told_in_its_unit(kib: float, told: str) -> None:
    assert amount(kib) == told


ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
MAY_I = {"resourceAttributes": {"verb": "create", "resource": "secrets", "namespace": "default"}}


def test_requests_are_counted_by_what_they_cost(cluster: Cluster, made_namespace: str) -> None:
    """A question after rights is posted and kept nowhere: each look at a cluster asks a dozen."""
    secrets = f"/api/v1/namespaces/{made_namespace}/secrets"
    before = scale.requests(scale.metrics(cluster))
    for name in ("a", "b"):
        assert cluster.request("POST", secrets, {"metadata": {"name": name}})[0] == 201
    dry = cluster.request("POST", f"{secrets}?dryRun=All", {"metadata": {"name": "c"}})
    assert dry[0] == 201
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    for _ in range(3):
        assert cluster.request("POST", ACCESS, {**kind, "spec": MAY_I})[0] == 201
    asked = scale.requests(scale.metrics(cluster)) - before
    assert (asked["writes"], asked["dry runs"]) == (2, 1)
    # The API server itself reads now and then.
    assert 3 <= asked["reads"] < 30


# --- measuring again -----------------------------------------------------------------------------


def test_new_rows_take_the_place_of_the_same_sizes_alone() -> None:
    known = list(linear(1, 10, 100))
    new = [replace(fleet(10, PREVIEW), cpu=99.0), fleet(500, PREVIEW)]
    found = scale_data.merged(known, new)
    assert len(found) == len(known) + 1
    assert {row.key: row.cpu for row in found} == {
        **{row.key: row.cpu for row in known},
        **{row.key: row.cpu for row in new},
    }
    fleets = [row.key for row in found]
    assert fleets[4:8] == [(10, NEW), (10, PREVIEW), (10, AGAIN), (10, REFRESH)]
    assert fleets[-1] == (500, PREVIEW)


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Data and a page of the test's own, and runs that take no time."""
    data, page = tmp_path / "scale.json", tmp_path / "scale.md"
    scale_data.write(linear(1, 10), data)
    page.write_text(scale_page.written(PAGE.read_text(encoding="utf-8"), linear(1, 10)))
    monkeypatch.setattr(scale.written, "__defaults__", (data, page))
    monkeypatch.setattr(scale, "measured", lambda size: [fleet(size, PREVIEW, fixed=7)])
    return data, page


def test_a_run_is_printed_and_written_only_where_that_is_asked_for(
    copies: tuple[Path, Path],
) -> None:
    before = [file.read_text(encoding="utf-8") for file in copies]
    shown = CliRunner().invoke(scale.main, ["500"])
    assert shown.exit_code == 0
    assert "| 500 | preview | 257.0 |" in shown.output
    assert [file.read_text(encoding="utf-8") for file in copies] == before


def test_a_run_with_write_replaces_its_rows_in_the_data_and_on_the_page(
    copies: tuple[Path, Path],
) -> None:
    data, page = copies
    before = json.loads(data.read_text(encoding="utf-8"))
    assert CliRunner().invoke(scale.main, ["10", "500", "--write"]).exit_code == 0
    after = json.loads(data.read_text(encoding="utf-8"))
    assert [row for row in after if row not in before] == [
        row for row in after if row["verb"] == PREVIEW and row["stacks"] in {10, 500}
    ]
    assert len(after) == len(before) + 1
    text = page.read_text(encoding="utf-8")
    assert "| 500 | preview | 257.0 |" in text
    assert text == scale_page.written(PAGE.read_text(encoding="utf-8"), scale_data.read(data))


def test_without_sizes_there_is_nothing_to_do_but_the_page() -> None:
    assert CliRunner().invoke(scale.main, []).exit_code == 2
