"""What a template may not do for its length, and that all else is as Jinja has it."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment
from kubevirt_vm_pool.guest.templates import TOO_MUCH, TemplateError, filled_in
from unbounded import TEMPLATES

from vmpool.stack.project import ROOT

VARIABLES: dict[str, Any] = {
    "index": 2,
    "name": "web-2",
    "count": 3,
    "generated": {"login": "s3cret"},
    "values": {
        "greeting": "Gruezi <all>",
        "address": "10.77.0.10",
        "roles": ["web", "db", "web"],
        "hosts": {"b": {"port": 80, "up": True}, "a": {"port": 22, "up": False}},
        "text": "one two\nthree  four\n",
        "number": -7.25,
    },
}


def mistake(template: Any) -> str:
    """Return what is said of a template that is refused."""
    with pytest.raises(TemplateError) as caught:
        filled_in({"config": template}, VARIABLES, ("perReplica",))
    (found,) = caught.value.mistakes
    assert found[0] == ("perReplica", "config")
    return found[1]


@pytest.mark.parametrize("what", TEMPLATES)
def test_a_template_is_refused_for(what: str) -> None:
    began = time.process_time()
    assert mistake(TEMPLATES[what]).endswith(f": {TOO_MUCH}")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("what", ["a text doubled by ~", "a joined iterator", "loops that print"])
def test_memory_is_paid_for_before_it_is_taken(what: str) -> None:
    tracemalloc.start()
    try:
        mistake(TEMPLATES[what])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100_000_000


def test_the_line_that_does_too_much_is_told() -> None:
    assert mistake("a\nb\n{{ 'x' * 10 ** 9 }}\n").startswith("line 3: ")


def test_what_follows_what_did_too_much_is_not_told_of() -> None:
    assert mistake("{{ 'x' * 10 ** 9 }}{{ unknown }}").endswith(TOO_MUCH)
    with pytest.raises(TemplateError) as caught:
        filled_in(["{{ 'x' * 10 ** 9 }}", "{{ index }}", "{{ unknown }}"], VARIABLES)
    assert [path for path, _ in caught.value.mistakes] == [(0,)]


def test_all_templates_of_a_document_have_one_account() -> None:
    one = "{% for i in range(20000) %}{{ i }}{% endfor %}"
    assert len(filled_in([one], VARIABLES)) == 1
    with pytest.raises(TemplateError, match="more than a template may"):
        filled_in([one] * 20, VARIABLES)


def test_each_document_has_an_account_of_its_own() -> None:
    mistake(TEMPLATES["a text repeated"])
    assert filled_in("{{ index }}", VARIABLES) == 2


def test_a_line_for_each_of_a_thousand_replicas_is_no_trap() -> None:
    hosts = "{% for i in range(1000) %}10.0.{{ i // 256 }}.{{ i % 256 }} web-{{ i }}\n{% endfor %}"
    assert filled_in(hosts, VARIABLES).count("\n") == 1000


def test_a_long_document_is_no_trap() -> None:
    assert len(filled_in("x" * 1_000_000 + "{{ name }}", VARIABLES)) == 1_000_005


# --- as Jinja has it -----------------------------------------------------------------------------

ORDINARY = [
    "{{ name }}-{{ index + 1 }}-{{ index * 2 }}-{{ 7 // 2 }}-{{ 7 % 4 }}-{{ 2 ** 10 }}-{{ 7 / 2 }}",
    "{{ 'ab' * 3 }} {{ [1, 2] + [3] }} {{ '%s-%03d' % (name, index) }} {{ '%d%%' % 5 }}",
    "{{ '%(a)s' % {'a': 1} }} {{ '%-8s|' | format(name) }} {{ '%.2f' | format(values.number) }}",
    "{{ '{:>8}|{!r}|{a[port]}'.format(name, 1, a=values.hosts.b) }}",
    "{{ '{x}'.format_map({'x': 1}) }} {{ ('<{}>' | safe).format('<') }}",
    "{{ name ~ index ~ '.' ~ values.address }} {{ values.address.split('.')[-1] }}",
    "{{ values.roles | unique | sort | join(', ') }} {{ values.roles[1:] }}",
    "{{ 'db' in values.roles }} {{ 3 in range(5) }} {{ range(3) | list }}",
    "{% for k, v in values.hosts | dictsort if v.up %}{{ loop.index }}{{ k }}{{ v }}{% endfor %}",
    "{% for k in values.hosts %}{{ k }}{{ ',' if not loop.last else 0 }}{% else %}none{% endfor %}",
    "{% for r in values.roles | select('ne', 'web') %}{{ loop.length }}{{ r }}{% endfor %}",
    "{% for g in values.roles | groupby('0') %}{{ g.grouper }}{{ g.list | length }}{% endfor %}",
    "{{ values.hosts.values() | map(attribute='port') | list }} {{ values.hosts.items() | list }}",
    "{{ values.hosts.values() | sum(attribute='port') }} {{ values.roles | batch(2, '-') | list }}",
    "{{ values.roles | reverse | list }} {{ values.roles | slice(2) | list }}",
    "{{ values.text | indent(4) }}{{ values.text | wordwrap(8) }}{{ values.text | trim | upper }}",
    "{{ values.text | replace('o', '0') | truncate(12) }} {{ values.text | wordcount }}",
    "{{ values.greeting | e }} {{ values.greeting | striptags }} {{ values.hosts | tojson(2) }}",
    "{{ values.number | round(1) }} {{ values.number | int }} {{ -values.number | abs }}",
    "{{ values.none | default('x') }} {{ values.none is defined }} {{ index is divisibleby 2 }}",
    "{% set n = namespace(x=0) %}{% for i in [1, 2] %}{% set n.x = i + 1 %}{% endfor %}{{ n.x }}",
    "{% macro m(a, b=2) %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, b=3) }}{{ m.name }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, c=4) }}",
    "{% macro m() %}<{{ caller('x') }}>{% endmacro %}{% call(a) m() %}{{ a }}{% endcall %}",
    "{% for i in [1, [2, [3]]] recursive %}{{ loop(i) if i is iterable else i }}{% endfor %}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}",
    "{% set j = joiner() %}{{ j() }}{{ j() }}",
    "{% set x %}{{ name }}!{% endset %}{{ x | upper }}{% filter upper %}a{% endfilter %}",
    "{% with a = 1, b = (2, 3) %}{{ a }}{{ b }}{% endwith %}{% block z %}{{ index }}{% endblock %}",
    "{% autoescape true %}{{ values.greeting ~ '&' }}{{ values.greeting }}{% endautoescape %}",
    "{{ 1 < index <= 2 and not false or none }} {{ index == 2 != 3 }} {{ [index] == [2] }}",
    "{{ 'a' if index > 5 else 'b' }}{{ dict(a=1).a }}{{ {'a': [1, (2,)]} }}{{ (1, 2)[0] }}",
    "{%- raw %}{{ x }}{% endraw -%} {# not shown #} x {{- ' y' -}} z\n",
]


def documented() -> list[str]:
    """Return the templates that the documentation and the examples show."""
    page = (ROOT / "docs" / "replicas.md").read_text(encoding="utf-8")
    shown = page[page.index("```yaml\nperReplica:") :].split("```")[1].removeprefix("yaml")
    example = (ROOT / "Pulumi.three-webservers.yaml").read_text(encoding="utf-8")
    found: list[str] = []
    todo = [yaml.safe_load(shown)["perReplica"], yaml.safe_load(example)["config"]["perReplica"]]
    while todo:
        match todo.pop():
            case dict() as members:
                todo += members.values()
            case list() as items:
                todo += items
            case str() as text if "{{" in text:
                found.append(text)
    return found


def test_the_documentation_shows_templates() -> None:
    assert len(documented()) > 5


@pytest.mark.parametrize("template", [*ORDINARY, *documented()])
def test_an_ordinary_template_gives_what_jinja_itself_gives(template: str) -> None:
    jinja = ImmutableSandboxedEnvironment(keep_trailing_newline=True, autoescape=False)
    wanted = jinja.from_string(template).render(VARIABLES)
    assert str(filled_in(template, VARIABLES)) == wanted
