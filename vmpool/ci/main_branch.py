"""What a remote's branch has by now: a job may have waited for days, and prepared for minutes."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from pathlib import Path

from ..console import UserError
from ..diff import revisions
from ..stack.project import ROOT
from .programs import NotAskedError, said

REMOTE = "refs/remotes/"
# Of an address: who logs in, and by what.
LOGIN = re.compile(r"//[^/@\s]+@")


def fetch(main: str, environment: Mapping[str, str], root: Path = ROOT) -> None:
    """Fetch a remote's branch, named as the clone knows it (origin/main); no other is fetched.

    environment: git's. With GITHUB_TOKEN and GITHUB_SERVER_URL of a job it logs in there: the
    checkout has left no token behind. Raises UserError if nobody knows what the branch has now.
    """
    known = _asked(["rev-parse", "--verify", "--quiet", "--symbolic-full-name", main], root)
    if not known.startswith(REMOTE):
        return
    name = known.removeprefix(REMOTE)
    remotes = _asked(["remote"], root).split()
    remote = next((one for one in remotes if name.startswith(f"{one}/")), None)
    if remote is None:
        return
    refs = f"+refs/heads/{name.removeprefix(f'{remote}/')}:{known}"
    try:
        said("git", ["fetch", "--quiet", remote, refs], root, _logged_in(environment))
    except NotAskedError as reason:
        raise UserError(
            f"refused: nobody can tell what {main} has now: {LOGIN.sub('//', str(reason))}"
        ) from None


def _asked(args: list[str], root: Path) -> str:
    """Return what git knows without asking anybody; "" if it knows nothing of it."""
    try:
        return said("git", args, root, _own(os.environ)).strip()
    except NotAskedError:
        return ""


def _own(environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables without those by which a git hook says where its own repository is."""
    own = {key: value for key, value in environment.items() if key not in revisions.OF_A_HOOK}
    return {**own, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def _logged_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Return git's variables; by arguments others could see the token."""
    own = _own(environment)
    token, server = environment.get("GITHUB_TOKEN"), environment.get("GITHUB_SERVER_URL")
    if not (token and server):
        return own
    number = int(own.get("GIT_CONFIG_COUNT") or 0)
    login = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        **own,
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": f"http.{server}/.extraheader",
        f"GIT_CONFIG_VALUE_{number}": f"Authorization: Basic {login}",
    }
