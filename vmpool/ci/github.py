"""GitHub's API, as a job with its token asks it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

SECONDS_TO_ANSWER = 30
KNOWN = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")


def answer(path: str, environment: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what the API tells of the job's repository below a path.

    environment: with KNOWN, as a job has it. Raises ValueError without it, OSError (also
    urllib.error.HTTPError) or ValueError if the API does not tell.
    """
    if missing := [name for name in KNOWN if not environment.get(name)]:
        raise ValueError(f"{', '.join(missing)} not set")
    url, repository, token = (environment[name] for name in KNOWN)
    request = urllib.request.Request(
        f"{url}/repos/{repository}/{path}",
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as told:
        found: Mapping[str, Any] = json.load(told)
    return found
