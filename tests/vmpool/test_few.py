"""Many lines that are alike become few."""

from __future__ import annotations

from vmpool.abbreviate import abbreviate


def test_few_lines_stay_as_they_are() -> None:
    lines = ["created Secret web-0", "created Secret web-1", "created Secret web-2"]
    assert list(abbreviate(lines)) == lines


def test_many_alike_are_counted_where_all_else_is_told() -> None:
    lines = [f"secret/web-cloudinit-{index} serverside-applied" for index in range(200)]
    lines.insert(100, "service/web-1 serverside-applied")
    lines += ["secret/web-cloudinit-7 unchanged"]
    assert list(abbreviate(lines)) == [
        *lines[:3],
        "service/web-1 serverside-applied",
        "secret/web-cloudinit-7 unchanged",
        "secret/web-cloudinit-* serverside-applied: 197 more",
    ]
