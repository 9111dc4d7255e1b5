"""The Pulumi engine, with the stack's program inside of this process: the SDK's Automation API.

The engine is a process, and calls back: for the program, for its hooks, and with events of what it
does. Nothing here changes this process's environment or folder, so that several stacks can be under
way at once, each in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import os
import shlex
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import metadata
from typing import Any

import click
import grpc
from kubevirt_vm_pool import program
from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS, Judge
from kubevirt_vm_pool.outputs import REVISION
from pulumi import automation
from pulumi.automation._stack import StackInitMode
from pulumi.runtime.settings import get_engine
from semver import VersionInfo

from ..console import Say, UserError, tell
from ..stack import decryption
from ..stack.project import ROOT
from ..stack.stack_files import Stack
from . import events, file_backend, interruption, preview_report, stack_file
from .own_sentences import OwnSentences
from .signs_of_life import SignsOfLife

# Exit codes of the engine: where --expect-no-changes is not kept, and for a name it does not know.
CHANGES = 7
NO_SUCH_STACK = 6
# What it says where another update holds a stack.
LOCKED = "currently locked by"
PASSPHRASE = "incorrect passphrase"
RESOURCES_LEFT = "still has resources"
# How long a program may take to end by itself.
SECONDS_TO_END = 1

Line = Callable[[str], Any]
Hear = Callable[[events.Event], None]

# For an event that the SDK cannot read it prints the whole event, and with it whole objects.
warnings.filterwarnings("ignore", message="Failed to parse engine event")


@dataclass(frozen=True)
class Run:
    """A preview: its events, and what the command line itself said beside them, by line."""

    events: list[events.Event] = field(repr=False)
    errors: list[str] = field(repr=False)


@dataclass(frozen=True)
class Engine:
    """A Pulumi CLI that has the Kubernetes provider.

    environment: all its variables, and the program's. say: takes what there is to say. judge: who
    judges what becomes of disks; None is the disk guard, by the variables. last_look: called where
    an up has been previewed and changes nothing yet; it may raise.
    """

    program: str
    environment: Mapping[str, str] = field(repr=False)
    say: Say = field(default=tell, repr=False)
    judge: Judge | None = None
    last_look: Callable[[], None] | None = None

    def with_revision(self, commit: str) -> Engine:
        """Return the engine whose updates say that they are of a commit."""
        return replace(self, environment={**self.environment, REVISION: commit})

    def judged(self, judge: Judge) -> Engine:
        """Return the engine with somebody else who judges what becomes of disks."""
        return replace(self, judge=judge)

    def asking_before_updates(self, last_look: Callable[[], None]) -> Engine:
        """Return the engine that calls a function between the preview and the update of an up."""
        return replace(self, last_look=last_look)

    def preview(self, stack: Stack) -> int:
        """Say what an up would change, and to which VMs; return the engine's exit code."""
        return self.previewed(stack, self._said(preview_report.PreviewReport()))

    def preview_diff(self, stack: Stack) -> int:
        """Show the engine's own diff of what an up would change; return its exit code."""
        known = self._known(stack)
        return known.ran(
            known.stack.preview,
            diff=True,
            color=_color(),
            on_output=click.echo,
            on_error=self._saying(stack),
        )

    def preview_events(self, stack: Stack, *, refresh: bool) -> Run:
        """Return what a preview tells. refresh: whether the live objects count as well."""
        known, run = self._known(stack), Run([], [])
        known.told(
            known.stack.preview,
            run.events.append,
            preview=True,
            refresh=refresh,
            on_error=run.errors.append,
        )
        return run

    def previewed(self, stack: Stack, hear: Hear) -> int:
        """Compare a stack with its cluster, pass on what the engine tells; return its exit code."""
        known = self._known(stack)
        return known.told(known.stack.preview, hear, preview=True, on_error=self._saying(stack))

    def update(self, stack: Stack, hear: Hear) -> int:
        """Bring a stack up that was previewed, pass on what is told, and return the exit code."""
        known = self._known(stack)
        return known.told(known.stack.up, hear, on_error=self._saying(stack))

    def refresh(self, stack: Stack, hear: Hear) -> int:
        """Take the live objects into the state, pass on what is told, and return the exit code."""
        known = self._known(stack)
        return known.told(known.stack.refresh, hear, on_error=self._saying(stack), refresh=None)

    def up(self, stack: Stack) -> int:
        """Bring a stack up, say what happens, and return the exit code.

        Nothing is changed unless a preview ends well: it is there that the disk guard refuses.
        """
        known, hear, say_error = self._known(stack), self._said(), self._saying(stack)
        code = known.told(known.stack.preview, hear, preview=True, on_error=say_error)
        if not code and self.last_look:
            self.last_look()
        return code or known.told(known.stack.up, hear, on_error=say_error)

    def destroy(self, stack: Stack, pools: Iterable[str], hear: Hear | None = None) -> int:
        """Take a stack down with its pools' disks, say what happens, and return the exit code.

        hear: takes what the engine tells, in place of saying it.
        """
        known = self.giving_away(pools)._known(stack)
        hear = hear or self._said()
        # Only a running program has the hooks of the disk guard.
        own: dict[str, Any] = {"run_program": True, "on_error": self._saying(stack)}
        code = known.told(known.stack.preview_destroy, hear, preview=True, **own)
        return code or known.told(known.stack.destroy, hear, **own)

    def giving_away(self, pools: Iterable[str]) -> Engine:
        """Return the same engine, allowed to lose the disks of some pools."""
        allowed = ",".join(filter(None, [self.environment.get(DISK_LOSS, ""), *sorted(pools)]))
        return replace(self, environment={**self.environment, DISK_LOSS: allowed})

    def finds_drift(self, stack: Stack) -> bool:
        """Tell whether an up would change anything in the cluster, and show what.

        Raises UserError if that cannot be told.
        """
        known, shown = self._known(stack), list[str]()
        code = known.ran(
            known.stack.preview,
            expect_no_changes=True,
            suppress_outputs=True,
            suppress_progress=True,
            color=_color(),
            on_output=shown.append,
            on_error=self._saying(stack),
        )
        # Where nothing differs it tells what it has looked at, object by object.
        for line in shown if code else ():
            click.echo(line)
        if code not in (0, CHANGES):
            raise UserError(f"pulumi preview of stack {stack.name} fails (exit code {code})")
        return code == CHANGES

    def outputs(self, stack: str) -> dict[str, Any] | None:
        """Return what a stack told when it was last up; None if the backend knows no such stack.

        Raises UserError if the backend does not say.
        """
        if file_backend.lacks(self.environment, stack):
            return None
        found = file_backend.outputs(self.environment, stack)
        if found is not None:
            return found
        done = self._quietly("stack", "output", "--json", "--stack", stack)
        if done.returncode == NO_SUCH_STACK:
            return None
        if done.returncode:
            raise UserError(f"pulumi stack output: {_why(done)}")
        told: dict[str, Any] = json.loads(done.stdout or "{}")
        return told

    def has_objects(self, stack: str) -> bool:
        """Tell whether the backend knows of any object of a stack (file_backend.has_objects)."""
        place = ["--stack", stack, "--cwd", str(stack_file.project())]
        done = self._quietly("stack", "export", *place)
        if done.returncode:
            return self.outputs(stack) is not None
        return file_backend.has_objects(json.loads(done.stdout)["deployment"])

    def create(self, stack: str) -> None:
        """Make the backend know a stack."""
        # In a folder of its own: the engine would write its encryption salt into the stack file.
        place = ["--cwd", str(stack_file.project())]
        done = self._quietly("stack", "init", stack, "--no-select", *place)
        if done.returncode:
            raise UserError(f"pulumi stack init: {_why(done)}")

    def forget(self, stack: str) -> None:
        """Make the backend forget a stack that has no objects (has_objects).

        Raises UserError if the backend does not do it.
        """
        place = ["--stack", stack, "--cwd", str(stack_file.project())]
        command = ("stack", "rm", "--yes", "--preserve-config", *place)
        done = self._quietly(*command)
        if RESOURCES_LEFT in done.stderr and not self.has_objects(stack):
            # Its provider, of an up that failed before the first object.
            done = self._quietly(*command, "--force")
        if done.returncode not in (0, NO_SUCH_STACK):
            raise UserError(f"pulumi stack rm: {_why(done) or done.stdout.strip()}")

    def without_pending_operations(self, stack: str) -> None:
        """Forget what an update has begun and nobody has seen the end of."""
        # In a folder of its own: the engine would write its encryption salt into the stack file.
        place = ["--stack", stack, "--cwd", str(stack_file.project())]
        exported = self._quietly("stack", "export", *place)
        # An import leaves them out.
        done = self._quietly("stack", "import", *place, stdin=exported.stdout)
        if exported.returncode or done.returncode:
            raise UserError(f"pulumi stack import: {_why(exported, done)}")

    def command(self, *args: str) -> str:
        """Return how a person runs the engine in the project's folder."""
        backend = self.environment.get("PULUMI_BACKEND_URL")
        own = [f"PULUMI_BACKEND_URL={backend}"] if backend else []
        return " ".join(map(shlex.quote, [*own, "pulumi", *args]))

    def _said(self, report: events.Report | preview_report.PreviewReport | None = None) -> Hear:
        """Return what takes events and says them, by default those of an update."""
        report = report or events.Report()

        def hear(event: events.Event) -> None:
            for line in report.heard(event):
                self.say(line)

        return hear

    def _saying(self, stack: Stack) -> Line:
        """Return what says what the command line has to say, but for what the events have said."""
        damaged = False

        def say_error(line: str) -> None:
            nonlocal damaged
            prefix = "error: " if line.startswith("error: ") else ""
            text = events.in_our_words(line.removeprefix(prefix))
            if not text.strip() or damaged:
                return
            if events.DAMAGED in text:
                damaged = True
                mend = self.command("state", "repair", "--stack", stack.name)
                self.say(f"error: the state of stack {stack.name} is damaged. Mend it: {mend}")
                return
            if PASSPHRASE in text:
                said = decryption.source(self.environment)
                text = (
                    f"{PASSPHRASE}: {said} is not the one with which {stack.file.name} or the "
                    "stack's state was encrypted; set PULUMI_CONFIG_PASSPHRASE to that"
                )
            self.say(f"{prefix}{text}")
            if LOCKED in text:
                again = self.command("cancel", "--yes", "--stack", stack.name)
                self.say(f"Only if that update is dead, free the stack, and try again: {again}")

        return say_error

    def _known(self, stack: Stack) -> _Known:
        backend = self.environment.get("PULUMI_BACKEND_URL", "")
        file = stack_file.given(stack, self._quietly, backend)
        own = OwnSentences(self.judge)
        inline = _Program(self.environment, own.judge)
        workspace = _Workspace(
            work_dir=str(ROOT),
            program=inline,
            env_vars=self.environment,
            pulumi_command=_Command(self.program),
        )
        return _Known(
            _Stack(stack.name, workspace, StackInitMode.SELECT),
            inline,
            {"refresh": True, "config_file": str(file)},
            self.say,
            own,
        )

    def _quietly(self, *args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *args],
            cwd=ROOT,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            env=self.environment,
            process_group=0,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@dataclass(frozen=True)
class _Known:
    """A stack that the backend knows, and its program; common: options of all that it is told."""

    stack: _Stack
    program: _Program
    common: Mapping[str, Any]
    say: Say
    own: OwnSentences

    def ran(self, operation: Callable[..., object], **options: Any) -> int:
        """Run the engine to its end; return its exit code. Exits if this process is interrupted."""
        code = self._ran(operation, **options)
        interruption.require_none()
        return code

    def told(
        self, operation: Callable[..., object], hear: Hear, *, preview: bool = False, **options: Any
    ) -> int:
        """Do the same, and pass on what the engine tells."""
        quiet = {"suppress_progress": True, "suppress_outputs": True}
        signs = SignsOfLife()

        def heard(event: automation.EngineEvent) -> None:
            signs.heard(event)
            if said := event.diagnostic_event:
                said.message = self.own.restored(said.message)
            hear(event)

        hear(events.Began(preview))
        with signs.said(self.say):
            code = self._ran(operation, on_event=heard, **quiet, **options)
        if preview:
            # An interrupted preview has nothing to say.
            interruption.require_none()
        hear(events.Ended(preview=preview, failed=bool(code)))
        interruption.require_none()
        return code

    def _ran(self, operation: Callable[..., object], **options: Any) -> int:
        interruption.require_none()
        try:
            given = {**self.common, **options}
            operation(**{key: value for key, value in given.items() if value is not None})
        except _EngineFailedError as failed:
            code = failed.code
        except RuntimeError:
            # A preview that ends well and without the event of its end.
            raise UserError(
                "the Pulumi engine tells nothing of what it does; versions before 3.206 do not: "
                "install a newer one, or take pulumi off PATH"
            ) from None
        else:
            code = 0
        finally:
            self.program.stop()
        return code


class _Program:
    """The program as the SDK calls it, in a thread of its own and an event loop of its own."""

    __name__ = "program"

    def __init__(self, environment: Mapping[str, str], judge: Judge | None) -> None:
        self._environment = environment
        self._judge = judge
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = contextvars.Context()

    async def __call__(self) -> None:
        self._loop, self._context = asyncio.get_running_loop(), contextvars.copy_context()
        _spare_the_engine_that_is_gone()
        program.run(self._environment, self._judge)

    def stop(self) -> None:
        """End what the program still does when the engine is gone, such as waiting for VMs."""
        # Not when all is collected: gRPC holds on to the last program of several at once.
        context, self._context = self._context, contextvars.Context()
        context.run(program.end)
        loop, self._loop = self._loop, None
        if loop is None or _closed(loop):
            return

        def cancel() -> None:
            for task in asyncio.all_tasks(loop):
                task.cancel()

        try:
            loop.call_soon_threadsafe(cancel)
        except RuntimeError:
            # It has closed meanwhile.
            return


def _closed(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop is closed, as it mostly is by itself when the engine is gone.

    To cancel its tasks before would keep the SDK from stopping some of its servers.
    """
    end = time.monotonic() + SECONDS_TO_END
    while not loop.is_closed() and time.monotonic() < end:
        time.sleep(0.01)
    return loop.is_closed()


def _spare_the_engine_that_is_gone() -> None:
    """Let the SDK close the program's loop, with its threads and files, in any case.

    At its end it logs to the engine, and where that is gone by then, the error keeps it from doing
    more.
    """
    engine: Any = get_engine()
    log = engine.Log

    def logged(request: Any) -> Any:
        with contextlib.suppress(grpc.RpcError):
            return log(request)
        return None

    engine.Log = logged


class _EngineFailedError(Exception):
    """The engine failed, and has said why; code: its exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code


class _Command(automation.PulumiCommand):
    """The CLI, with signals passed on to it, and without a start that asks for its version."""

    def __init__(self, program: str) -> None:
        self.command = program
        # Decides how events come; the CLI and its SDK are of about one age.
        self.version = VersionInfo.parse(metadata.version("pulumi"))

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Line | None = None,
        on_error: Line | None = None,
    ) -> automation.CommandResult:
        """Run the CLI to its end; additional_env: all its variables."""
        if args[:1] == ["preview"] and "--refresh" not in args:
            # The SDK does not say that it wants none, and Pulumi.yaml asks for one.
            args = [*args, "--refresh=false"]
        with (
            subprocess.Popen(
                [self.command, "--non-interactive", *args],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env={**additional_env, "PULUMI_AUTOMATION_API": "true"},
                encoding="utf-8",
                process_group=0,
            ) as process,
            interruption.told(process),
        ):
            readers = [
                threading.Thread(target=_read, args=(stream, hear))
                for stream, hear in ((process.stdout, on_output), (process.stderr, on_error))
            ]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
        if process.returncode:
            raise _EngineFailedError(process.returncode)
        return automation.CommandResult(stdout="", stderr="", code=0)


def _read(stream: Any, hear: Line | None) -> None:
    for line in stream:
        if hear and not events.is_log(line):
            hear(line.rstrip())


def _why(*ran: subprocess.CompletedProcess[str]) -> str:
    """Return why the command line says that it failed."""
    lines = [line for done in ran for line in done.stderr.splitlines() if not events.is_log(line)]
    return "\n".join(lines).strip().removeprefix("error: ")


class _Workspace(automation.LocalWorkspace):
    """The checkout, for stacks that are known to be there: every command names its own."""

    def select_stack(self, stack_name: str) -> None:
        """Do nothing: it would take two starts of the engine, and be the same for all threads."""

    def stack_outputs(self, stack_name: str) -> automation.OutputMap:
        """Return none: after an up they would cost two starts of the engine."""
        return {}


class _Stack(automation.Stack):
    """A stack whose history nobody asks for."""

    def info(self, show_secrets: bool = True) -> automation.UpdateSummary:
        """Return no more than that there was an update: to look would cost a start."""
        return _NOT_ASKED


_NOT_ASKED = automation.UpdateSummary("", datetime.min, "", {}, {}, "")


def _color() -> str:
    return "always" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else "never"
