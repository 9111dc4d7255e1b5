"""Words that people know from elsewhere: told where they belong, not what they look like."""

from __future__ import annotations

from configurations import specification
from kubevirt_vm_pool.validation.warnings import warnings


def test_a_name_for_the_secret_alone_is_told_to_be_no_existing_one() -> None:
    told = warnings(specification("password:\ncloudInit: {secretName: theirs}"))
    assert told[0] == (
        "cloudInit.secretName is the name of the Secret that the stack makes; one that somebody "
        "else makes is cloudInit.existingSecret"
    )
