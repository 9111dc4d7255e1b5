"""Templates: what they give, and what is said of one that cannot be filled in."""

from __future__ import annotations

from typing import Any

import pytest
from configurations import MARKER
from kubevirt_vm_pool.guest.templates import TemplateError, filled_in

VARIABLES: dict[str, Any] = {
    "index": 2,
    "name": "web-2",
    "values": {
        "address": "10.0.0.12",
        "port": 8080,
        "ratio": 0.5,
        "on": True,
        "off": False,
        "nothing": None,
        "roles": ["a", "b"],
        "nested": {"x": {"y": 1}},
        "items": "a member",
        "keys": ["k"],
        "html": "<b>&",
    },
}

# A template, and what it gives.
GIVES: list[tuple[Any, Any]] = [
    ("plain", "plain"),
    ("", ""),
    (5, 5),
    (None, None),
    (True, True),
    ("web{{ index }}", "web2"),
    ("{{ name }}", "web-2"),
    # One expression and nothing else keeps its type.
    ("{{ index }}", 2),
    ("{{index+1}}", 3),
    ("{{- index -}}", 2),
    ("{{ values.port }}", 8080),
    ("{{ values.ratio }}", 0.5),
    ("{{ values.on }}", True),
    ("{{ values.off }}", False),
    ("{{ values.roles }}", ["a", "b"]),
    ("{{ values.nested }}", {"x": {"y": 1}}),
    ("{{ [1, 2][0] }}", 1),
    ("{{ '2' }}", "2"),
    # Anything around it makes it text.
    (" {{ index }}", " 2"),
    ("{{ index }}\n", "2\n"),
    ("{{ index }}{{ index }}", "22"),
    ("{{ values.on }}!", "True!"),
    # Members of an object go before the methods of Python's.
    ("{{ values.items }}", "a member"),
    ("x {{ values.keys[0] }}", "x k"),
    ("{{ values['items'] }}", "a member"),
    # Jinja's language.
    ("{% if index == 2 %}two{% else %}other{% endif %}", "two"),
    ("{% for role in values.roles %}{{ role }},{% endfor %}", "a,b,"),
    ("{% for key, one in values.nested.items() %}{{ key }}={{ one.y }}{% endfor %}", "x=1"),
    ("{{ values.missing | default('none') }}", "none"),
    ("{{ values.roles | join('-') }}", "a-b"),
    ("{{ '%02d' | format(index) }}", "02"),
    ("{{ values.missing is defined }}", False),
    ("{# a remark #}a", "a"),
    ("{% raw %}{{ index }}{% endraw %}", "{{ index }}"),
    ("{ index }", "{ index }"),
    ("a\nb {{ index }}\n", "a\nb 2\n"),
    # It makes documents, not web pages.
    ("{{ values.html }}", "<b>&"),
    ("x{{ values.html }}", "x<b>&"),
    ("{{ values.html | e }}", "&lt;b&gt;&amp;"),
    # Documents, keys too.
    (
        {"{{ name }}": ["{{ index }}", {"a": "x{{ index }}"}], 5: "{{ name }}"},
        {"web-2": [2, {"a": "x2"}], 5: "web-2"},
    ),
    ({"{{ index }}": 1}, {"2": 1}),
]


@pytest.mark.parametrize(("template", "gives"), GIVES, ids=str)
def test_a_template_gives(template: Any, gives: Any) -> None:
    found = filled_in(template, VARIABLES)
    assert (found, type(found)) == (gives, type(gives))


UNDEFINED = "is not defined"
GRAMMAR = "is no template of Jinja's"
NO_TEXT = "a value in it is null or a function, which is no text"
SANDBOX = "does what a template must not (Jinja's sandbox)"

# A template that cannot be filled in, and what is said of it.
MISTAKES: list[tuple[str, str]] = [
    ("{{ indx }}", f"line 1: indx {UNDEFINED}"),
    ("a\nb\n{{ indx }}\n", f"line 3: indx {UNDEFINED}"),
    ("{{ values.missing }}", f"line 1: missing {UNDEFINED}"),
    ("{{ values['missing'] }}", f"line 1: missing {UNDEFINED}"),
    ("{{ values.missing.more }}", f"line 1: missing {UNDEFINED}"),
    ("{{ values.roles[7] }}", f"line 1: something in it {UNDEFINED}"),
    ("{{ indx() }}", f"line 1: indx {UNDEFINED}"),
    ("{{ indx + 1 }}", f"line 1: indx {UNDEFINED}"),
    ("a\n{% for x in rolls %}{{ x }}{% endfor %}", f"line 2: rolls {UNDEFINED}"),
    ("{% for x in values.roles %}\n{{ y }}{% endfor %}", f"line 2: y {UNDEFINED}"),
    ("{% if indx %}a{% endif %}", f"line 1: indx {UNDEFINED}"),
    ("{{ indx == 2 }}", f"line 1: indx {UNDEFINED}"),
    ("{{ values.nothing }}", f"line 1: {NO_TEXT}"),
    ("a\nb{{ values.nothing }}", f"line 2: {NO_TEXT}"),
    ("{{ none }}", f"line 1: {NO_TEXT}"),
    ("{{ name.upper }}", f"line 1: {NO_TEXT}"),
    ("x{{ values.get }}", f"line 1: {NO_TEXT}"),
    ("{{ range }}", f"line 1: {NO_TEXT}"),
    (
        "{{ index",
        f"line 1: {GRAMMAR} (unexpected end of template, expected 'end of print statement')",
    ),
    (
        "{% if index %}a",
        f"line 1: {GRAMMAR} (Unexpected end of template. Jinja was looking for the following tags: "
        "'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if')",
    ),
    ("a\n{% fi %}", f"line 2: {GRAMMAR} (Encountered unknown tag 'fi')"),
    ("{{ index | uper }}", f"line 1: {GRAMMAR} (No filter named 'uper')"),
    ("{{ index is big }}", f"line 1: {GRAMMAR} (No test named 'big')"),
    ("{{ index $ }}", f"line 1: {GRAMMAR} (unexpected char '$' at 9)"),
    ("{% include 'x' %}", "line 1: cannot be filled in (TypeError)"),
    ("{{ index + name }}", "line 1: cannot be filled in (TypeError)"),
    ("a\n{{ 1 / 0 }}", "line 2: cannot be filled in (ZeroDivisionError)"),
    ("{{ ().__class__ }}", f"line 1: {SANDBOX}"),
    ("{{ ''.__class__.__mro__ }}", f"line 1: {SANDBOX}"),
    ("a\n{{ values.roles.append(1) }}", f"line 2: {SANDBOX}"),
    ("{{ values.roles.__init__.__globals__ }}", f"line 1: {SANDBOX}"),
    ("{{ '{0.__class__}'.format(index) }}", f"line 1: {SANDBOX}"),
    ("{{ range(10 ** 9) | list }}", "line 1: cannot be filled in (OverflowError)"),
]


@pytest.mark.parametrize(("template", "rule"), MISTAKES, ids=lambda text: text)
def test_a_mistake_is_told_with_its_line(template: str, rule: str) -> None:
    (found,) = mistakes({"perReplica": {"config": [template]}})
    assert found == (("perReplica", "config", 0), rule)


def mistakes(document: Any, variables: dict[str, Any] = VARIABLES) -> list[tuple[Any, str]]:
    """Return what is said of a document that cannot be filled in."""
    with pytest.raises(TemplateError) as caught:
        filled_in(document, variables)
    return caught.value.mistakes


def test_all_mistakes_are_told_at_once_where_they_stand() -> None:
    document = {"a": "{{ x }}", "b": ["fine", "{{ y }}"], "{{ z }}": "{{ index }}"}
    assert mistakes(document) == [
        (("a",), "line 1: x is not defined"),
        (("b", 1), "line 1: y is not defined"),
        (("{{ z }}",), "line 1: z is not defined"),
    ]


def test_two_keys_that_become_one_are_a_mistake() -> None:
    assert mistakes({"{{ name }}": 1, "web-2": 2}) == [
        (("web-2",), "makes a key that another one beside it makes too")
    ]


def test_the_text_of_the_error_says_where() -> None:
    with pytest.raises(TemplateError, match=r"^config\[0\]: line 1: x is not defined$"):
        filled_in(["{{ x }}"], {}, ("config",))


@pytest.mark.parametrize(
    "template",
    [
        "{{ values.secret.missing }}",
        "{{ values[values.secret] }}",
        "{{ values.secret + 1 }}",
        "{{ values.secret | round }}",
        "{{ values.secret() }}",
        "{{ {}[values.secret] }}",
        "{{ values.numbers | sum(start=values.secret) }}",
        "{{ ''[values.secret] }}",
        "{{ values.secret | format(1, 2) }}",
        "{{ values.secret | xmlattr }}",
        "{% for a, b in values.secret %}{% endfor %}",
        "{{ values.numbers[values.secret].more }}",
        "{{ values.secret.__class__ }}",
        "{% include values.secret %}",
        "{% extends values.secret %}",
        "{% import values.secret as x %}",
        f"{{{{ index | {MARKER} }}",
        f"{{{{ '{MARKER}' '{MARKER}",
        f"{{% if '{MARKER}' = 5 %}}",
        f"{{{{ {{'{MARKER}' }}}}",
    ],
)
def test_no_value_is_in_what_is_said(template: str) -> None:
    variables = {"values": {"secret": MARKER, "numbers": [1]}, "index": 1}
    (found,) = mistakes(template, variables)
    assert MARKER not in str(found)


def test_a_template_cannot_change_the_values_of_others() -> None:
    values = {"roles": ["a"], "port": 1}
    for template in ("{{ values.update({'port': 2}) }}", "{{ values.roles.append('b') }}"):
        assert SANDBOX in mistakes(template, {"values": values})[0][1]
    assert values == {"roles": ["a"], "port": 1}
