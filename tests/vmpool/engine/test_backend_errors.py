"""Why a backend does not answer, in what the command line says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmpool.console import UserError
from vmpool.engine import inline
from vmpool.engine.inline import Engine

# As of S3 without credentials (Pulumi 3.274).
LOGGED = "SDK 2026/11/27 17:27:14 WARN falling back to IMDSv1: operation error ec2imds: getToken"
SAID = 'read ".pulumi/meta.yaml": blob (code=Unknown): get credentials: no EC2 IMDS role found'


def test_what_a_library_logs_is_not_the_reason(tmp_path: Path) -> None:
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\ncat >&2 <<'end'\n{LOGGED}\nerror: {SAID}\nend\nexit 255\n")
    program.chmod(0o755)
    with pytest.raises(UserError) as refused:
        Engine(str(program), {"PULUMI_BACKEND_URL": "s3://bucket"}).outputs("ann")
    assert refused.value.message == f"pulumi stack output: {SAID}"


def test_what_a_library_logs_is_not_told_while_the_engine_works() -> None:
    heard: list[str] = []
    inline._read([f"{LOGGED}\n", f"error: {SAID}\n"], heard.append)
    assert heard == [f"error: {SAID}"]
