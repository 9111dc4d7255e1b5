"""Texts that are short and ask for more than any machine has."""

from __future__ import annotations

# Nine levels of ten aliases each; and the same of objects that are merged.
ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 9)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 10)}]}}\n" for level in range(1, 9)
)
LONG_TEXTS = f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 1000)}]\n"

MANY = "{% for i in range(99999) %}"
END = "{% endfor %}"


def _doubled(step: str, *, told: str = "ns.x", first: str = "'ab'") -> str:
    """Return a template that doubles ns.x ninety-nine times."""
    loop = f"{{% for i in range(99) %}}{{% set ns.x = {step} %}}{{% endfor %}}"
    return f"{{% set ns = namespace(x={first}) %}}{loop}{{{{ {told} }}}}"


TEMPLATES: dict[str, str] = {
    "loops in a loop": f"{MANY}{MANY}{END}{END}",
    "loops that print": f"{MANY}{MANY}{{{{ i }}}}{END}{END}",
    "a long text in a loop": f"{MANY}{'x' * 10_000}{END}",
    "loops that take nothing": f"{MANY}{{% for j in range(99999) if false %}}x{END}{END}",
    "a long condition": f"{{% for i in range(99999) if {'index or ' * 150}i %}}{END}",
    "a loop that calls itself": (
        "{% for i in [1, 2] recursive %}{{ loop([1, 2]) if loop.depth < 50 else '' }}{% endfor %}"
    ),
    "a macro that calls itself twice": (
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(50) }}"
    ),
    "callers of callers": (
        "{% macro f() %}{{ caller() }}{{ caller() }}{% endmacro %}"
        f"{'{% call f() %}' * 25}x{'{% endcall %}' * 25}"
    ),
    "a macro with a long text": (
        f"{{% macro f() %}}{'x' * 10_000}{{% endmacro %}}{MANY}{{% set x = f() %}}{END}"
    ),
    "a text repeated": "{{ 'x' * 10 ** 9 }}",
    "a text repeated, in a text": "a{{ 10 ** 9 * 'x' }}",
    "a list repeated": "{{ [1] * 10 ** 9 }}",
    "bytes repeated": "{{ 'x'.encode() * 10 ** 9 }}",
    "a power of a power": "{{ 10 ** (10 ** 10) }}",
    "a power of a power, in a text": "a{{ 10 ** (10 ** 10) }}",
    "a number squared again and again": _doubled("ns.x * ns.x", told="ns.x > 1", first="3"),
    "a width of %": "{{ '%0999999999d' % 1 }}",
    "a precision of %": "{{ '%.999999999f' % 1 }}",
    "a width of % by an argument": "{{ '%*d' % (10 ** 9, 1) }}",
    "a width of % behind a key": "{{ '%(a(b)c)0999999999d' % {'a(b)c': 1} }}",
    "a width of % in bytes": "{{ '%0999999999d'.encode() % 1 }}",
    "many fields of %": "{{ ('%s' * 9999) % (('x' * 9999,) * 9999) }}",
    "a width of the filter format": "{{ '%0999999999d' | format(1) }}",
    "a width in a list": "{{ ['%0999999999d'] | format(1) }}",
    "a width of format": "{{ '{:>999999999}'.format(1) }}",
    "a width of format by an argument": "{{ '{:>9{}}'.format(1, '99999999') }}",
    "a width of format_map": "{{ '{a:>999999999}'.format_map({'a': 1}) }}",
    "a width of format, by name": "{{ 'x{:>999999999}'['format'](1) }}",
    "a width of format, as HTML": "{{ ('{:>999999999}' | safe).format(1) }}",
    "many fields of format": "{{ ('{0}' * 9999).format('x' * 9999) }}",
    "a width of center": "{{ 'x' | center(10 ** 9) }}",
    "a width of center, for each": "{{ ['x'] | map('center', 10 ** 9) | list }}",
    "a width of center, as a method": "{{ 'x'.center(10 ** 9) }}",
    "a width of center, as a block": "{% filter center(10 ** 9) %}x{% endfilter %}",
    "a width of center, while Jinja reads": (
        "{% autoescape 'x' | center(10 ** 9) %}x{% endautoescape %}"
    ),
    "a width of zfill": "{{ 'x'.zfill(10 ** 9) }}",
    "tabs": "{{ '\t'.expandtabs(10 ** 9) }}",
    "an indent": "{{ 'a\nb' | indent(10 ** 9) }}",
    "an indent of many lines": "{{ ('a\n' * 99999) | indent(9999) }}",
    "an indent of JSON": "{{ {'a': [1]} | tojson(indent=10 ** 9) }}",
    "a wrapped text": "{{ ('x' * 99999) | wordwrap(1, wrapstring='y' * 9999) }}",
    "a wrapped word": "{{ ('x' * 1000000) | wordwrap(1) }}",
    "a joined list": "{{ range(99999) | join('x' * 99999) }}",
    "a joined iterator": "{{ ('x' * 99999).join(range(99999) | map('string')) }}",
    "replacements": "{{ ('a' * 99999) | replace('a', 'b' * 99999) }}",
    "replacements of nothing": "{{ ('a' * 99999).replace('', 'b' * 99999) }}",
    "translations": "{{ ('a' * 99999).translate({97: 'b' * 99999}) }}",
    "a batch": "{{ [1] | batch(10 ** 9, 0) | list }}",
    "slices": "{{ [1] | slice(10 ** 9) | list }}",
    "digits": "{{ 5 | round(-(10 ** 9)) }}",
    "bytes of a number": "{{ (5).to_bytes(10 ** 9, 'big') }}",
    "lists added up": "{{ ([[1] * 9] * 9999) | sum(start=[]) }}",
    "a text doubled by ~": _doubled("ns.x ~ ns.x"),
    "a text doubled by +": _doubled("ns.x + ns.x"),
    "a text doubled by join": _doubled("[ns.x, ns.x] | join"),
    "lists in lists": _doubled("[ns.x, ns.x]"),
    "tuples for keys": _doubled("(ns.x, ns.x)", told="{ns.x: 1}"),
    "objects in objects": _doubled("{'a': ns.x, 'b': ns.x}"),
    "objects by dict": _doubled("dict(a=ns.x, b=ns.x)"),
    "namespaces in namespaces": _doubled("namespace(a=ns.x, b=ns.x)"),
    "a namespace in itself": "{% set a = namespace() %}{% set a.a = a %}{{ a }}",
    "long texts compared": (
        f"{{% set a, b = 'x' * 999999, 'x' * 999999 %}}{MANY}{{% if a == b %}}{{% endif %}}{END}"
    ),
    "long lists searched": (
        f"{{% set a = range(50000) | list %}}{MANY}{{% if -1 in a %}}{{% endif %}}{END}"
    ),
    "a long text cut": f"{{% set a = 'x' * 999999 %}}{MANY}{{% set b = a[1:] %}}{END}",
    "a long text searched from its end": "{{ ('a' * 999999).rfind('a' * 400000 ~ 'b') }}",
    "a long path": "{{ range(9999) | map(attribute='a.' * 9999, default={}) | list }}",
    "more than Jinja reads in time": "{{ index }}" * 100_000,
}
