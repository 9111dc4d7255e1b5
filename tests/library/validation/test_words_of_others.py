"""Words that people know from elsewhere: told where they belong, not what they look like."""

from __future__ import annotations

import pytest
from bad_words import BAD_WORDS
from configurations import problems, specification
from kubevirt_vm_pool.validation.warnings import warnings


@pytest.mark.parametrize(("written", "title", "explanation"), BAD_WORDS)
def test_a_word_of_others_is_reported_once_with_its_place(
    written: str, title: str, explanation: str
) -> None:
    assert [str(problem) for problem in problems(written)] == [f"{title}\n    {explanation}"]


def test_a_name_for_the_secret_alone_is_told_to_be_no_existing_one() -> None:
    told = warnings(specification("password:\ncloudInit: {secretName: theirs}"))
    assert told[0] == (
        "cloudInit.secretName is the name of the Secret that the stack makes; one that somebody "
        "else makes is cloudInit.existingSecret"
    )
