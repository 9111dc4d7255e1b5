"""URLs of repositories and states: what the operator can do with them, and what they would show."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, urlsplit

SCHEMES = ("https", "ssh")
# Hosts of whose URLs the operator takes the whole for the repository.
WHOLE = ("dev.azure.com", "gist.github.com")
ENDING = ".git"
# In names of parameters, without - and _.
SECRET_WORDS = ("accesskey", "credential", "passphrase", "passw", "pwd", "secret", "token")
SIGNATURE = "sig"


def by_ssh(repository: str) -> bool:
    """Tell whether a repository is fetched by SSH, as of ssh://git@host/path or git@host:path."""
    return _repository(repository).scheme == "ssh"


def repository_problem(url: str) -> str:
    """Return why the operator cannot fetch a repository, or should not, "" if it can.

    The rules are those by which it finds the repository in a URL.
    """
    try:
        parts = _repository(url)
    except ValueError:
        return "is no URL"
    if _shows_secret(parts) or (parts.username and parts.scheme != "ssh"):
        return "holds a password, which a file would show: use --git-secret"
    if parts.scheme not in SCHEMES:
        return f"is {url}: the operator fetches by https and SSH alone"
    path = parts.path.strip("/")
    names = path.split("/")
    if parts.hostname in WHOLE:
        return ""
    if len(names) < 2:
        return f"is {url}: the operator takes no repository without an owner (HOST/OWNER/NAME)"
    if len(names) > 2 and ENDING not in path:
        return (
            f"is {url}, of which the operator would take {'/'.join(names[:2])} for the repository: "
            f"let it end with {ENDING}; a folder in it is --dir, and a branch --branch"
        )
    return ""


def backend_problem(url: str) -> str:
    """Return why a state cannot be at a URL that everybody reads, "" if it can."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "is no URL"
    if _shows_secret(parts):
        return "holds a password, which a file would show: put the URL into the Secret"
    if parts.scheme == "file":
        return (
            f"is {url}, a folder of the pod that works on a stack, and is gone with it: "
            "use S3-compatible storage or Postgres"
        )
    return ""


def _repository(url: str) -> SplitResult:
    """Return the parts of a URL, or of host:path in its place, as git has it too."""
    host, colon, path = url.partition(":")
    if colon and "/" not in host and not path.startswith("//"):
        return urlsplit(f"ssh://{host}/{path}")
    return urlsplit(url)


def _shows_secret(parts: SplitResult) -> bool:
    return bool(parts.password) or any(
        value and _is_secret(name.lower().replace("-", "").replace("_", ""))
        for name, value in parse_qsl(parts.query)
    )


def _is_secret(name: str) -> bool:
    return name == SIGNATURE or any(word in name for word in SECRET_WORDS)
