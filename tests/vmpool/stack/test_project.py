"""Which folder is the project's."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmpool.stack import project


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a folder in it."""
    folder = tmp_path / "checkout"
    (folder / "below").mkdir(parents=True)
    (folder / "Pulumi.yaml").touch()
    return folder


def test_a_package_in_a_checkout_has_that_one_wherever_it_is_called(
    checkout: Path, tmp_path: Path
) -> None:
    assert project.root(checkout / "vmpool", tmp_path) == checkout


def test_an_installed_package_has_the_checkout_around_the_folder_that_it_is_called_in(
    checkout: Path, tmp_path: Path
) -> None:
    installed = tmp_path / "site-packages" / "vmpool"
    assert project.root(installed, checkout / "below") == checkout


def test_without_a_checkout_it_is_the_folder_itself(tmp_path: Path) -> None:
    assert project.root(tmp_path / "site-packages" / "vmpool", tmp_path) == tmp_path
