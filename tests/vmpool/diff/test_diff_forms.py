"""The report as text, comment and JSON: complete, short enough, and safe to be shown to anybody."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from configurations import MARKER, said_in, specification
from kubevirt_vm_pool.effects import Effect, Severity
from kubevirt_vm_pool.effects.effect import LABELS
from kubevirt_vm_pool.manifests.objects import objects
from markdown_it import MarkdownIt
from repository import stack_file

from vmpool.diff import rendering
from vmpool.diff.as_json import as_json
from vmpool.diff.as_markdown import MARKER as COMMENT
from vmpool.diff.as_markdown import markdown
from vmpool.diff.as_text import text
from vmpool.diff.command import FORMS
from vmpool.diff.comparison import Comparison, StackChange, Status, compare
from vmpool.diff.engine_preview import LivePreview, Step
from vmpool.diff.markdown_escape import code, code_in_cell, fenced, html_code, plain
from vmpool.diff.object_diff import ObjectChange
from vmpool.diff.report import Report
from vmpool.diff.revision_stacks import Rendered, RenderedStack

GITHUBS_LIMIT = 65_536
HOSTILE = "a`b|c<b>@octocat*_~#1&[x](y)$z$"


def one(
    name: str = "alice",
    severity: Severity = Severity.RESTART_SOME,
    sentence: str = "2 VMs of web restart one by one",
    lines: tuple[str, ...] = ("@@ spec @@", "-a: 1", "+a: 2"),
    **more: Any,
) -> StackChange:
    """Return a change of a stack."""
    changed = ObjectChange("VirtualMachinePool", "web", name, "changed", lines)
    effects = (Effect(severity, sentence, "a rule", (("spec", "a"),)),)
    told: dict[str, Any] = {"status": Status.CHANGED, "effects": effects, "objects": (changed,)}
    return StackChange(name, before=name, **{**told, **more})


def report(*changes: StackChange, **more: Any) -> Report:
    """Return the report on some changes."""
    return Report("main (0123456789)", "the working tree", Comparison(tuple(changes), **more))


def parsed(comment: str) -> list[Any]:
    """Return everything that a comment consists of, as GitHub would take it apart."""
    tokens = MarkdownIt("commonmark").enable("table").parse(comment)
    return [part for token in tokens for part in (token, *(token.children or ()))]


# --- all forms -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_summary_comes_before_the_details(form: str) -> None:
    shown = FORMS[form](report(one("alice"), one("bob", lines=("+b: 1",))))
    if form != "json":
        assert shown.index("bob") < shown.index("a: 2")
    assert "2 VMs of web restart one by one" in shown


@pytest.mark.parametrize("form", FORMS)
def test_a_revision_that_cannot_be_rendered_is_told(form: str) -> None:
    shown = FORMS[form](report(failures=("head cannot be rendered: no code",)))
    assert "Nothing could be compared" in shown
    assert "head cannot be rendered: no code" in shown


@pytest.mark.parametrize("form", FORMS)
def test_a_broken_stack_is_shown_with_its_report(form: str) -> None:
    problems = "Pulumi.alice.yaml has 1 problem:\n  memory: 2GB\n      has a unit"
    broken = one(status=Status.BROKEN, effects=(), objects=(), problems=problems)
    shown = FORMS[form](report(broken))
    assert "broken" in shown
    assert "memory: 2GB" in shown


@pytest.mark.parametrize("form", FORMS)
def test_unchanged_stacks_are_one_line_together(form: str) -> None:
    names = tuple(f"user{number}" for number in range(40))
    shown = FORMS[form](report(one(), unchanged=names))
    lines = [line for line in shown.splitlines() if "nchanged" in line]
    assert len(lines) == 1
    if form != "json":
        assert [re.sub("<[^>]*>", "", line) for line in lines] == ["Unchanged: 40 stacks"]


def compared(folder: Path, *texts: str) -> list[Report]:
    """Return the reports from each state to each other of a stack: not there, and some files."""
    states = [Rendered()]
    for file in texts:
        (folder / "Pulumi.alice.yaml").write_text(file, encoding="utf-8")
        stacks = rendering.rendered(b"key", folder)["stacks"]
        states.append(Rendered({name: RenderedStack(**stack) for name, stack in stacks.items()}))
    return [
        Report("base", "head", compare(old, new, {}))
        for old, new in itertools.permutations(states, 2)
    ]


CLOUD_CONFIG = '"#cloud-config\\nruncmd: [echo SECRET]\\n"'
MOUNTED = "volumes: [{name: token, secret: {secretName: token}}]"
IN_A_POD = "template: {template: {spec: %s}}"
PROBE = "{livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: token, value: SECRET}]}}}"
VOLUME = "{volumes: [{name: more, cloudInitNoCloud: {userData: SECRET}}]}"
# Every way in which a stack file holds a secret, by what it is called.
SECRETS = {
    "password": "password: SECRET",
    "a command": "password: x\ncloudInit: {runCommands: [SECRET]}",
    "a line of userData": f"cloudInit: {{userData: {CLOUD_CONFIG}}}",
    "networkData": "cloudInit: {networkData: {version: 2, ethernets: {SECRET: {dhcp4: true}}}}",
    "a replica's password": "perReplica: {password: SECRET}",
    "a replica's userData": f"perReplica: {{userData: {CLOUD_CONFIG}}}",
    "a replica's secret": f"perReplica: {{secrets: {{token: {{it: SECRET}}}}}}\n{MOUNTED}",
    "a replica's value": (
        "perReplica: {values: [{own: SECRET}, {own: SECRET}], spare: 0, "
        f"secrets: {{token: {{it: '{{{{ values.own }}}}'}}}}}}\n{MOUNTED}"
    ),
    "a probe's header": IN_A_POD % PROBE,
    "a document in a volume": IN_A_POD % VOLUME,
}


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_is_in_any_form_and_that_it_changes_is(kind: str, tmp_path: Path) -> None:
    base = stack_file(SECRETS[kind]).replace("  password: anything\n", "")
    assert MARKER in (one := base.replace("SECRET", MARKER))
    for found in compared(tmp_path, one, base.replace("SECRET", f"other-{MARKER}")):
        (change,) = found.comparison.changes
        shown = {form: write(found) for form, write in FORMS.items()}
        assert [form for form in shown if said_in(shown[form], MARKER)] == []
        if change.status is not Status.DELETED:
            assert all("[secret " in text for text in shown.values()), change.problems


def test_no_secret_is_in_any_form_of_a_stack_that_is_refused(tmp_path: Path) -> None:
    """User data and a password are too much; both are secrets, and so is a kubeconfig."""
    one, other = (
        f"{stack_file(f'cloudInit: {{userData: {text}}}', password=text)}"
        f"  kubernetes:kubeconfig: {text}\n"
        for text in (MARKER, f"other-{MARKER}")
    )
    for found in compared(tmp_path, one, other):
        for change in found.comparison.changes:
            assert change.problems or change.status is Status.DELETED
        assert not any(said_in(write(found), MARKER) for write in FORMS.values())


# --- text ----------------------------------------------------------------------------------------


def test_the_text_is_for_a_terminal() -> None:
    assert text(report(one(), unchanged=("bob",))) == (
        "main (0123456789) -> the working tree\n"
        "1 of 2 stacks changes\n"
        "\n"
        "restart n at a time: alice\n"
        "  2 VMs of web restart one by one\n"
        "\n"
        "Unchanged: bob\n"
        "\n"
        "--- alice (changed)\n"
        "VirtualMachinePool web\n"
        "  @@ spec @@\n"
        "  -a: 1\n"
        "  +a: 2\n"
    )


# --- the comment ---------------------------------------------------------------------------------


def test_the_comment_begins_with_what_it_is_found_by() -> None:
    assert markdown(report()).startswith(f"{COMMENT}\n")
    assert COMMENT.startswith("<!--")


def test_every_stack_is_in_the_table_and_has_details() -> None:
    parts = parsed(markdown(report(one("alice"), one("bob", lines=("+b: 1",)))))
    cells = [part.content for part in parts if part.type == "inline"]
    assert {"`alice`, `bob`", "**restart&nbsp;n&nbsp;at&nbsp;a&nbsp;time**"} <= set(cells)
    blocks = [part for part in parts if part.type == "fence"]
    assert [block.info for block in blocks] == ["diff", "diff"]
    summaries = [part.content for part in parts if "<summary>" in part.content]
    assert [("alice" in one, "bob" in one) for one in summaries] == [(True, False), (False, True)]


def test_the_same_change_of_many_stacks_is_shown_once() -> None:
    comment = markdown(report(*(one(f"user{number}") for number in range(100))))
    assert comment.count("+a: 2") == 1
    assert all(f"user{number}<" in comment or f"user{number}`" in comment for number in range(100))


@pytest.mark.parametrize(
    ("severity", "alert"),
    [
        (Severity.DISK_LOSS, "> [!CAUTION]\n> Disks are at stake: `alice`\n"),
        (Severity.REPLACED, "> [!CAUTION]\n> Disks are at stake: `alice`\n"),
        (Severity.SCALE_IN, None),
        (Severity.RESTART_ALL, None),
    ],
)
def test_disks_that_nobody_gave_away_stand_out(severity: Severity, alert: str | None) -> None:
    comment = markdown(report(one(severity=severity)))
    assert (alert in comment) if alert else ("[!" not in comment)


def test_a_broken_stack_and_one_that_is_not_known_stand_out() -> None:
    broken = one("alice", status=Status.BROKEN, effects=(), problems="no\nat all")
    unknown = one("bob", status=Status.NOT_KNOWN, effects=())
    comment = markdown(report(broken, unknown))
    assert "> [!WARNING]\n> Broken: `alice`\n" in comment
    assert "> [!WARNING]\n> Not known: `bob`\n" in comment


@pytest.mark.parametrize("count", [1, 50, 500, 5000])
@pytest.mark.parametrize("size", [3, 3000])
def test_the_comment_stays_below_githubs_limit(count: int, size: int) -> None:
    severities = list(Severity)
    changes = [
        one(
            f"user-with-a-long-name-{number}",
            severities[number % len(severities)],
            f"{number} VMs of web restart, and the disks ü-{number} stay",
            tuple(f"+ä{number}-{line}" for line in range(size if number < 50 else 3)),
        )
        for number in range(count)
    ]
    comment = markdown(report(*changes))
    assert len(comment.encode("utf-16-le")) // 2 < GITHUBS_LIMIT
    rows = [line for line in comment.splitlines() if line.startswith("| ")]
    named = set(re.findall("user-with-a-long-name-[0-9]+", "\n".join(rows)))
    assert len(named) == count if count <= 500 else all("more" in row for row in rows[-5:])


def test_every_effect_has_a_row_however_many_stacks_there_are() -> None:
    changes = [
        one(f"{severity}-{number}", severity, f"{number} VMs restart. " * 10)
        for severity in sorted(Severity, reverse=True)
        for number in range(2000)
    ]
    comment = markdown(report(*changes))
    assert all(f"**{label}**" in comment.replace("&nbsp;", " ") for label in LABELS.values())
    assert "2000 stacks, in too many ways for one comment" in comment


def test_details_that_have_no_room_are_the_least_and_are_named() -> None:
    def lines(name: str) -> tuple[str, ...]:
        return tuple(f"+{name}{line}: {'x' * 90}" for line in range(100))

    changes = [one(f"user{number}", lines=lines(f"u{number}x")) for number in range(20)]
    comment = markdown(report(*changes))
    shown = [number for number in range(20) if f"+u{number}x" in comment]
    assert shown == list(range(len(shown)))
    assert 2 < len(shown) < 20
    left_out = comment[comment.index("Left out, for GitHub's limit") :]
    assert all(f"`user{number}`" in left_out for number in range(len(shown), 20))


def test_one_stack_does_not_take_the_room_of_all() -> None:
    many = tuple(f"+line{number}: {'x' * 60}" for number in range(5000))
    comment = markdown(report(one("alice", lines=many), one("bob", lines=("+small: 1",))))
    assert "more lines @@\n```" in comment
    assert "+small: 1" in comment


def test_the_comment_says_what_was_compared_and_what_was_not() -> None:
    noted = Report("a", "b", Comparison(unchanged=("x",)), ("a has changes that b lacks",))
    comment = markdown(noted)
    assert "**No stack changes (1 stack)** from `a` to `b`." in comment
    assert "a has changes that b lacks" in comment
    assert "| stack |" not in comment


# --- previews on the cluster ---------------------------------------------------------------------

CHANGED = Step("updated", "Secret", "web-cloudinit", ("data.userdata",))
DRIFTED = Step("changed", "Service", "web", ("spec.type",))


def with_live(*previews: LivePreview) -> Report:
    """Return a report with the engine's previews."""
    return Report("main", "the working tree", Comparison((one(),)), live=previews)


@pytest.mark.parametrize("form", FORMS)
def test_drift_is_told_apart_from_change(form: str) -> None:
    shown = FORMS[form](with_live(LivePreview("alice", (CHANGED,), (DRIFTED,), ("3 VMs restart",))))
    assert "checked by the API server" in shown
    assert "3 VMs restart" in shown
    if form == "json":
        (live,) = json.loads(shown)["live"]
        assert [step["kind"] for step in live["changes"]] == ["Secret"]
        assert [step["kind"] for step in live["drift"]] == ["Service"]
    else:
        change, _, drift = shown.partition("Secret web-cloudinit updated (data.userdata)")
        assert "Service web changed" not in change
        assert "Service web changed (spec.type)" in drift


@pytest.mark.parametrize("form", FORMS)
def test_a_weak_preview_is_marked_with_the_reasons(form: str) -> None:
    shown = FORMS[form](with_live(LivePreview("alice", (CHANGED,), weak=("nobody answers",))))
    assert "weak" in shown
    assert "nobody answers" in shown
    assert "checked by the API server" not in shown


def test_the_previews_that_are_worth_less_come_first_in_the_comment() -> None:
    weak = LivePreview("bob", weak=("nobody answers",))
    failed = LivePreview("carol", failure="pulumi preview failed")
    comment = markdown(with_live(LivePreview("alice"), weak, failed))
    table = comment[comment.index("#### Previews on the cluster") :]
    assert table.index("`bob`") < table.index("`carol`") < table.index("`alice`")
    assert "| `alice` | checked by the API server | none | none |" in table
    assert "| `bob` | **weak**<br>nobody answers | none | none |" in table


def test_many_previews_leave_room_for_the_rest() -> None:
    previews = [LivePreview(f"user{number}", (CHANGED,) * 5) for number in range(500)]
    comment = markdown(with_live(*previews))
    assert len(comment) < GITHUBS_LIMIT
    assert "Previews left out, for GitHub's limit: `user" in comment
    assert "+a: 2" in comment


# --- hostile text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [HOSTILE, "@octocat", "``", "`", "</details><script>", "a\n# b\n| c", "![x](y)", "<!--", " "],
)
def test_a_text_is_shown_as_it_is(hostile: str) -> None:
    """Whatever stands in a name or a sentence is text, and nothing of the comment's own."""
    wanted = " ".join(hostile.split("\n"))
    cells = f"| a | b |\n| - | - |\n| {plain(hostile)} | {code_in_cell(hostile)} |"
    parts = [part for part in parsed(cells) if part.type == "inline"][2:]
    assert len(parts) == 2
    for inline in parts:
        kinds = {part.type for part in inline.children}
        assert kinds <= {"text", "text_special", "code_inline"}
        seen = "".join(part.content for part in inline.children).replace("\u200b", "")
        assert seen.strip() == wanted.strip()


def test_code_in_a_paragraph_is_shown_as_it_is() -> None:
    (inline,) = [part for part in parsed(code(HOSTILE)) if part.type == "inline"]
    assert [(part.type, part.content) for part in inline.children] == [("code_inline", HOSTILE)]


def test_nobody_is_called_and_no_issue_is_named() -> None:
    assert plain("@octocat #1 a@b") == "@&#8203;octocat #&#8203;1 a@&#8203;b"
    assert plain("# 1 &#39;") == "# 1 &amp;#&#8203;39;"


def test_html_stays_code_within_html() -> None:
    assert html_code("<b>\n&|") == "<code>&lt;b&gt; &amp;&#124;</code>"


@pytest.mark.parametrize("line", ["```", "+ ```diff", "-`````", "~~~", "</details>"])
def test_a_block_of_code_ends_where_it_should(line: str) -> None:
    (block,) = parsed(fenced(["+a", line, "+b"], "diff"))
    assert (block.type, block.info, block.content) == ("fence", "diff", f"+a\n{line}\n+b\n")


def test_a_comment_on_hostile_names_keeps_its_shape() -> None:
    broken = one(HOSTILE, status=Status.BROKEN, problems=f"{HOSTILE}\n``` {HOSTILE}", effects=())
    comment = markdown(report(broken, one(f"{HOSTILE}2", sentence=HOSTILE), unchanged=(HOSTILE,)))
    parts = parsed(comment)
    rows = [part for part in parts if part.type == "tr_open"]
    assert len(rows) == 3
    assert [part.type for part in parts if part.type in {"link_open", "image", "em_open"}] == []
    html = " ".join(part.content for part in parts if part.type.startswith("html"))
    assert set(re.findall(r"</?[a-z]+", html)) == {
        *("<details", "</details", "<summary", "</summary", "<code", "</code")
    }


# --- JSON ----------------------------------------------------------------------------------------


def test_the_document_has_the_shape_that_is_documented() -> None:
    made = objects(specification("autoscaling:"))
    base, head = (
        RenderedStack(made),
        RenderedStack(objects(specification("autoscaling:\nmemory: 3Gi"))),
    )
    both = Rendered({"a": base, "b": base}), Rendered({"a": head, "b": base})
    document = json.loads(as_json(Report("x", "y", compare(*both, {}), ("a note",))))
    (changed,) = document.pop("changes")
    (shown,) = changed.pop("objects")
    (effect,) = changed.pop("effects")
    assert document == {
        "version": 1,
        "base": "x",
        "head": "y",
        "headline": "1 of 2 stacks changes",
        "notes": ["a note"],
        "failures": [],
        "unchanged": ["b"],
        "stillBroken": [],
        "live": None,
    }
    assert changed == {
        "stack": "a",
        "before": "a",
        "status": "changed",
        "effect": "restart n at a time",
        "losesDisks": False,
        "problems": "",
        "remarks": [],
        "guardRails": [],
    }
    assert effect.keys() == {"effect", "text", "rule", "changed"}
    assert shown.keys() == {"kind", "name", "namespace", "fate", "diff"}


def test_what_nobody_knows_has_no_effect_and_may_lose_disks() -> None:
    document = json.loads(as_json(report(one(status=Status.NOT_KNOWN, effects=()))))
    assert [(one["effect"], one["losesDisks"]) for one in document["changes"]] == [(None, True)]
