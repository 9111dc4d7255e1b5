"""What a person reads of the engine's events (as the Automation API has them, Pulumi 3.274)."""

from __future__ import annotations

import pytest
from configurations import MARKER
from engine_events import POOL, diagnostic, of_engine, step, summary
from pulumi.automation import EngineEvent

from vmpool.engine.events import Began, Ended, Report, in_our_words, told

PREVIEWED = summary(preview=True)
UPDATING = Began(preview=False)


# --- steps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "done"),
    [
        ("create", "created"),
        ("create-replacement", "created"),
        ("update", "updated"),
        ("delete", "deleted"),
        ("delete-replaced", "deleted"),
        ("import", "adopted"),
    ],
)
def test_what_was_done_to_an_object_is_a_line(op: str, done: str) -> None:
    assert list(told([step(op)])) == [f"{done} VirtualMachinePool web"]


@pytest.mark.parametrize("op", ["same", "refresh", "replace", "read", "discard"])
def test_what_changed_nothing_is_no_line(op: str) -> None:
    assert list(told([step(op)])) == []


@pytest.mark.parametrize(
    "type_",
    ["pulumi:pulumi:Stack", "pulumi:providers:kubernetes", "kubevirt-vm-pool:index:VmPool"],
)
def test_what_is_no_object_of_the_cluster_is_no_line(type_: str) -> None:
    assert list(told([step("create", type_)])) == []


def test_what_is_only_begun_is_no_line() -> None:
    assert list(told([step("create", event="resourcePreEvent")])) == []


OTHERS = {
    "preludeEvent": {"config": {"kubevirt-vm-pool:password": MARKER}},
    "policyEvent": {"message": MARKER},
    "stdoutEvent": {"message": MARKER, "color": "never"},
}


@pytest.mark.parametrize("event", [*OTHERS, "cancelEvent", "somethingNew"])
def test_other_events_are_no_line(event: str) -> None:
    assert list(told([of_engine({event: OTHERS.get(event, {})})])) == []


# --- the end -------------------------------------------------------------------------------------


def test_the_end_counts_what_was_done_to_objects_of_the_cluster() -> None:
    steps = [step("create"), step("update"), step("create"), step("create", "a:index:B")]
    assert list(told([*steps, *summary()]))[-1] == "done in 7 s: 2 created, 1 updated"


def test_the_end_says_so_where_nothing_changed() -> None:
    assert list(told([step("same"), *summary()])) == ["done in 7 s: nothing changed"]


def test_the_end_says_so_where_something_failed() -> None:
    lines = list(told([step("create"), *summary("failed")]))
    assert lines[-1] == "failed in 7 s: 1 created"


# --- the preview before an update ----------------------------------------------------------------


def test_a_preview_that_ends_well_is_not_told() -> None:
    preview = [diagnostic("no load", "warning"), step("create"), step("delete"), *PREVIEWED]
    assert list(told(preview)) == []


def test_what_the_update_says_again_is_told_once() -> None:
    both = [diagnostic("no load", "warning"), step("create")]
    assert list(told([*both, *PREVIEWED, UPDATING, *both, *summary()])) == [
        "warning: no load",
        "created VirtualMachinePool web",
        "done in 7 s: 1 created",
    ]


def test_a_preview_that_fails_is_told_without_what_it_would_have_done() -> None:
    events = [diagnostic("it shrinks", "info"), step("create"), diagnostic("no disk", "error")]
    assert list(told([*events, *summary("failed", preview=True)])) == [
        "it shrinks",
        "error: no disk",
        "refused in the preview: nothing was changed",
    ]


@pytest.mark.parametrize("preview", [True, False])
def test_what_a_hook_refuses_is_told_in_its_own_words(preview: bool) -> None:
    refusal = "refused: All 2 VMs of web are recreated. To allow it for one command, set A=web"
    before = "Preview failed: " if preview else ""
    event = diagnostic(f'{before}before hook "vms-pool-update" failed: {refusal}\n', "error")
    assert list(told([event])) == [f"error: {refusal}"]


@pytest.mark.parametrize(
    "end",
    [
        "Preview failed: no disk",
        "preview failed",
        "update failed",
        " update failed",
        "Resource monitor has terminated, shutting down",
    ],
)
def test_that_it_failed_is_no_news_after_the_reason(end: str) -> None:
    events = [diagnostic("no disk", "error"), diagnostic(end, "error")]
    assert list(told(events)) == ["error: no disk"]


def test_why_a_preview_failed_is_told_also_where_the_engine_says_it_only_so() -> None:
    events = [
        diagnostic("Preview failed: no rights", "error"),
        diagnostic("preview failed", "error"),
    ]
    assert list(told([*events, *summary("failed", preview=True)])) == [
        "error: no rights",
        "refused in the preview: nothing was changed",
    ]


@pytest.mark.parametrize("preview", [True, False])
def test_of_a_run_that_did_not_begin_there_is_nothing_to_say(preview: bool) -> None:
    """The command line itself has said why."""
    assert list(told([Ended(preview=preview, failed=True)])) == []


# --- messages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("severity", "line"),
    [
        ("error", "error: the cluster is away"),
        ("warning", "warning: the cluster is away"),
        ("info", "the cluster is away"),
        ("info#err", "the cluster is away"),
    ],
)
def test_a_message_is_a_line(severity: str, line: str) -> None:
    assert list(told([diagnostic("the cluster is away\n", severity)])) == [line]


@pytest.mark.parametrize(
    "event",
    [
        diagnostic("beginning rpc register resource\n", "debug"),
        diagnostic(
            "still waiting\n",
            "info",
            ephemeral=True,
            urn=f"urn:pulumi:dev::kubevirt-vm-pool::kubevirt-vm-pool:index:VmPool${POOL}::vms-pool",
        ),
        diagnostic("\n", "info"),
        diagnostic(" \n", "error"),
    ],
    ids=["debug", "passing", "empty", "blank"],
)
def test_a_message_that_says_nothing_to_a_person_is_no_line(event: EngineEvent) -> None:
    assert list(told([event])) == []


def test_how_far_the_program_has_come_with_waiting_is_a_line() -> None:
    urn = "urn:pulumi:dev::kubevirt-vm-pool::kubevirt-vm-pool:index:VmPool::vms"
    event = diagnostic("pool web: 1 of 2 VMs ready\n", "info", ephemeral=True, urn=urn)
    assert list(told([event])) == ["pool web: 1 of 2 VMs ready"]


def test_the_lines_of_a_report_stay_in_their_order_and_shape() -> None:
    report = "The configuration has 1 problem:\n  memory: 2GB\n      has a unit"
    assert list(told([diagnostic(f"{report}\n", "error")])) == [f"error: {report}"]


@pytest.mark.parametrize("end", ["no\nnot at all", "program exited with non-zero exit code: 1"])
def test_the_end_of_the_program_is_no_news_after_its_error(end: str) -> None:
    said = diagnostic("no\nnot at all\n", "error")
    again = diagnostic(f"an unhandled error occurred: {end}\n", "error")
    assert list(told([said, again])) == ["error: no\nnot at all"]


# What a program prints that the engine ends because an object failed.
INTERRUPTED = [
    "Traceback (most recent call last):",
    '  File "/root/bin/pulumi-language-python-exec", line 232, in <module>',
    "    loop.run_until_complete(coro)",
    "               ^^^^^^^^^^^^^^^^^^^^",
    "KeyboardInterrupt",
    "During handling of the above exception, another exception occurred:",
    "Traceback (most recent call last):",
    '  File "/usr/lib/python3.11/threading.py", line 1139, in _wait_for_tstate_lock',
    "    if lock.acquire(block, timeout):",
    "KeyboardInterrupt",
]
CRASHED = [
    "Traceback (most recent call last):",
    '  File "/project/__main__.py", line 9, in <module>',
    "    pool = VmPool(1)",
    "TypeError: missing argument",
]


def test_the_trace_of_a_program_that_the_engine_ended_is_dropped() -> None:
    events = [diagnostic("no", "error"), diagnostic("\n".join(INTERRUPTED))]
    assert list(told(events)) == ["error: no"]


def test_a_message_of_the_engine_is_told_after_an_error_too() -> None:
    events = [diagnostic("no", "error"), diagnostic("bye", "info"), diagnostic("away", "error")]
    assert list(told(events)) == ["error: no", "bye", "error: away"]


def test_the_trace_of_a_program_that_the_engine_ended_is_dropped_if_it_comes_by_line() -> None:
    events = [diagnostic(f"{line}\n\n") for line in INTERRUPTED]
    assert list(told([diagnostic("no", "error"), *events, *summary("failed")])) == [
        "error: no",
        "failed in 7 s: nothing changed",
    ]


def test_the_trace_of_a_program_that_crashed_is_shown_whole() -> None:
    """The language host has it in one message, as an error."""
    trace = "\n".join(["Program failed with an unhandled exception:", *CRASHED])
    assert list(told([diagnostic(f"{trace}\n", "error")])) == [f"error: {trace}"]


def test_the_lines_of_a_trace_that_a_program_prints_stay_indented() -> None:
    assert list(told(diagnostic(f"{line}\n\n") for line in CRASHED)) == CRASHED


# --- everything else -----------------------------------------------------------------------------


def test_an_update_is_told_as_it_comes() -> None:
    following = step("update")
    events = iter([Began(preview=True), *PREVIEWED, UPDATING, step("create"), following])
    lines = told(events)
    assert next(lines) == "created VirtualMachinePool web"
    assert next(events) is following


def test_an_update_without_a_preview_of_its_own_is_told_as_it_comes() -> None:
    report = Report()
    assert not list(report.heard(UPDATING))
    assert list(report.heard(step("create"))) == ["created VirtualMachinePool web"]
    assert list(report.heard(diagnostic("no quota", "error"))) == ["error: no quota"]


def test_nothing_that_an_event_holds_comes_out() -> None:
    ops = ("create", "update", "delete", "same", "refresh")
    events = [step(op, "kubernetes:core/v1:Secret") for op in ops]
    others = [of_engine({event: said}) for event, said in OTHERS.items()]
    lines = list(told([*others, *events, *summary()]))
    assert len(lines) == 4
    assert MARKER not in "\n".join(lines)


URN = "urn:pulumi:dev::kubevirt-vm-pool::VmPool$kubernetes:core/v1:Secret::vms-cloud-init"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            f'resource "{URN}" was not successfully created by the Kubernetes API server: no such',
            "Secret (vms-cloud-init) could not be created; the API server says: no such",
        ),
        ('Preview failed: before hook "vms-pool-update" failed: refused: no', "refused: no"),
        (
            "python inline source runtime error: adopt: no kubectl\n"
            'Traceback (most recent call last):\n  File "a"\npulumi.errors.RunError: adopt',
            "adopt: no kubectl",
        ),
        # A mistake of the program's own is told in full.
        (
            "boom\nTraceback (most recent call last):\n  File\nValueError: boom",
            "boom\nTraceback (most recent call last):\n  File\nValueError: boom",
        ),
        ("update failed", ""),
        (
            "configured Kubernetes cluster is unreachable: unable to load schema information from "
            "the API server: dial tcp: connection refused",
            "the API server does not answer: dial tcp: connection refused",
        ),
        (
            "failed to read resource state due to unreachable cluster. If the cluster was deleted, "
            "you can remove this resource",
            "the API server does not answer, so that nobody knows what is there: see KUBECONFIG "
            "and the network. Only if the cluster is gone for good, "
            "PULUMI_K8S_DELETE_UNREACHABLE=true lets the engine forget what it had there",
        ),
        # The engine's own way out leads round the stack file.
        (
            f'resource "{URN}" cannot be deleted\nbecause it is protected. To unprotect the '
            f"resource, remove the flag, or use:\n`pulumi state unprotect '{URN}'`",
            "Secret (vms-cloud-init) is protected: first set protect to false in the stack file",
        ),
        (
            f'unable to replace resource "{URN}"\nas it is currently marked for protection. To '
            "unprotect the resource, remove the flag",
            "Secret (vms-cloud-init) is protected: first set protect to false in the stack file",
        ),
        (
            'no vmpools.pool.[secret].io "web" for [secret]',
            'no vmpools.pool.kubevirt.io "web" for [secret]',
        ),
    ],
)
def test_what_the_engine_says_is_said_in_our_words(message: str, said: str) -> None:
    assert in_our_words(message) == said


@pytest.mark.parametrize("ending", ["", "\n"])
def test_what_a_provider_says_of_an_object_has_the_object_in_front(ending: str) -> None:
    said = [diagnostic(f"no route to host{ending}", "error", urn=URN), *summary("failed")]
    assert "error: Secret (vms-cloud-init) is not as it should be: no route to host" in told(said)


def test_the_name_of_a_group_that_lost_a_word_is_no_word_of_our_own() -> None:
    said = [diagnostic("pool.[secret].io is gone", "error", urn=URN), *summary("failed")]
    told_of = "error: Secret (vms-cloud-init) is not as it should be: pool.kubevirt.io is gone"
    assert told_of in told(said)


def test_what_a_provider_warns_of_for_each_object_is_told_once() -> None:
    warned = [diagnostic("nobody answers", "warning", urn=URN)] * 3
    assert list(told([*warned, *summary("failed")])).count("warning: nobody answers") == 1
