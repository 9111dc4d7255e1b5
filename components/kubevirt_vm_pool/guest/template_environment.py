"""Jinja's sandbox, in which a template pays for what it does (template_work).

The sandbox has a say in operators, calls, filters, tests and subscripts. Prices of all else are put
into the template itself before Jinja makes Python of it: as filters, under names that no template
can write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, update_wrapper
from itertools import islice
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import (
    ImmutableSandboxedEnvironment,
    SandboxedEscapeFormatter,
    SandboxedFormatter,
)
from jinja2.visitor import NodeTransformer

from .template_work import (
    AT_ONCE,
    MOST_WORK,
    STEP,
    TOKEN,
    finite,
    pay,
    pay_for,
    pay_for_call,
    pay_for_operator,
    pay_for_percent,
    pay_linear,
    size,
    sizes,
)

# No name of a template's has a space.
PAID, COMPARED, STEPS = "paid for", "compared for", "steps paid for"

Function = Callable[..., Any]


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, with a price for everything; its finalize must pay for what it prints.

    Whatever is done with it is done inside template_work.account.
    """

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, **options: Any) -> None:
        # The optimizer would do what is constant at once, whatever it takes.
        super().__init__(optimized=False, **options)
        self.filters = {name: _filter(name, one) for name, one in self.filters.items()}
        self.tests = {name: _test(name, one) for name, one in self.tests.items()}
        self.filters |= {PAID: _paid, COMPARED: _compared, STEPS: _steps_paid}
        # Text at random, as much as is asked for: no preview would be what is made then.
        del self.globals["lipsum"]

    def pay_for_making(self, source: str) -> None:
        """Pay for the Python of a template, whether or not it is there already."""
        pay(TOKEN * self._tokens(source))

    @lru_cache(maxsize=1024)  # noqa: B019  there is one environment
    def _tokens(self, source: str) -> int:
        """Return how many tokens a template has, or enough that nobody can pay for them."""
        try:
            return sum(
                1 for _ in islice(self.lexer.tokeniter(source, None), MOST_WORK // TOKEN + 1)
            )
        except TemplateSyntaxError:
            return 0  # where Jinja stops, too

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """Put prices into a template before there is Python of it."""
        _Prices().visit(source)
        source.set_environment(self)
        return super()._generate(source, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Do what left operator right says."""
        pay_for_operator(operator, left, right)
        return self.binop_table[operator](left, right)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a member of an object."""
        if not isinstance(argument, str | int):
            pay_for(argument)  # Python goes through all of it to find it
        return super().getitem(obj, argument)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call a function, a macro or a method."""
        given = [finite(one) for one in args]
        owner, name = getattr(__obj, "__self__", None), getattr(__obj, "__name__", "")
        if isinstance(owner, str | bytes | int):
            pay_for_call(name, owner, [*given, *kwargs.values()])
        else:
            pay(STEP + sizes([*given, *kwargs.values()]))
            pay_for(None if name in AT_ONCE else owner)
        return super().call(__context, __obj, *given, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return what is called instead of a text's format or format_map, None for all else."""
        if super().wrap_str_format(value) is None:
            return None
        text = value.__self__
        formatter: SandboxedFormatter = _Formatter(self)
        if hasattr(text, "__html__"):
            formatter = _EscapeFormatter(self, escape=text.escape)
        kind: type[str] = type(text)

        def format(*args: Any, **kwargs: Any) -> str:
            return kind(formatter.vformat(text, args, kwargs))

        def format_map(mapping: Mapping[str, Any]) -> str:
            return kind(formatter.vformat(text, (), mapping))

        return format if value.__name__ == "format" else format_map


class _Formatter(SandboxedFormatter):
    """Formats as str.format does, and pays for each field and its width."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        pay(STEP + size(value) + sum(map(int, re.findall("[0-9]+", format_spec))))
        found = super().format_field(value, format_spec)
        pay_for(found)
        return found


class _EscapeFormatter(_Formatter, SandboxedEscapeFormatter):
    pass


def _filter(name: str, function: Function) -> Function:
    if name != "format":
        return _priced(name, function, pay_for_call)

    def format(text: Any, *args: Any, **kwargs: Any) -> Any:
        pay_for_percent(str(text), kwargs or args)
        return function(text, *args, **kwargs)

    return _priced(name, format, pay_for_call)


def _test(name: str, function: Any) -> Function:
    return _priced(name, function, pay_linear)


def _priced(
    name: str, function: Function, price: Callable[[str, Any, list[Any]], None]
) -> Function:
    """Return a filter or a test that is paid for."""
    # Jinja gives some of them an environment or a context before the value.
    at = int(hasattr(function, "jinja_pass_arg"))

    def priced(*args: Any, **kwargs: Any) -> Any:
        value, *given = map(finite, args[at:])
        price(name, value, [*given, *kwargs.values()])
        return function(*args[:at], value, *given, **kwargs)

    return update_wrapper(priced, function)


def _paid(value: Any) -> Any:
    value = finite(value)
    pay_for(value)
    return value


def _compared(value: Any) -> Any:
    # Python does not go through a range to compare it, or to look for a number in it.
    pay_for(None if isinstance(value, range) else value)
    return value


def _steps_paid(steps: int) -> bool:
    pay(steps)
    return True


class _Prices(NodeTransformer):
    """Puts prices into a template, from its innermost parts outwards."""

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        self.generic_visit(node, *args, **kwargs)
        return _with_price(node)


def _with_price(node: nodes.Node) -> nodes.Node:
    match node:
        case nodes.Concat():
            node.nodes = [_by(PAID, one) for one in node.nodes]
        case nodes.Compare():
            node.expr = _by(COMPARED, node.expr)
            for operand in node.ops:
                operand.expr = _by(COMPARED, operand.expr)
        case nodes.Getitem(arg=nodes.Slice()):
            node.node = _by(PAID, node.node)
        case nodes.Tuple(ctx="store"):
            pass  # what a loop gives its values to
        case nodes.List() | nodes.Tuple() | nodes.Dict():
            # What is in it twice is paid for twice: it grows by doubling, too.
            return _by(PAID, node)
        case nodes.For():
            node.iter = _by(PAID, node.iter)
            if node.test is not None:
                node.test = _tested(node.test)
            node.body = _body(node)
        case nodes.Macro() | nodes.CallBlock() | nodes.Block():
            node.body = _body(node)
    return node


def _tested(test: nodes.Node) -> nodes.Expr:
    return nodes.And(_steps([test], test.lineno), test, lineno=test.lineno)


def _body(node: nodes.For | nodes.Macro | nodes.CallBlock | nodes.Block) -> list[nodes.Node]:
    return [nodes.ExprStmt(_steps(node.body, node.lineno), lineno=node.lineno), *node.body]


def _steps(parts: list[nodes.Node], line: int) -> nodes.Filter:
    """Return what pays for parts of a template each time, but not for their values."""
    steps, todo = STEP, [*parts]
    while todo:
        one = todo.pop()
        steps += len(one.data) if isinstance(one, nodes.TemplateData) else STEP
        todo.extend(one.iter_child_nodes())
    return _by(STEPS, nodes.Const(steps, lineno=line))


def _by(name: str, value: nodes.Node) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno)
