"""How much templates may do: everything that they do is paid for from one account, and that ends.

Nothing here measures time, which differs from machine to machine. A character costs 1, a member of
a list or an object more, a step (one expression, each time that a loop comes to it) more again.
What can make more than it is given (a width, a repetition, a replacement) is paid for before it is
done, so that neither time nor memory has a way past the account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set, ValuesView
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from typing import Any

from jinja2.runtime import LoopContext
from jinja2.utils import Namespace

# For what stands at one key, for one replica: less than a second. No ordinary document takes a
# twentieth; a line with three values for each of 1,000 replicas takes a tenth.
MOST_WORK = 5_000_000
MEMBER = 4
STEP = 16
TOKEN = 250  # of a template, of which Jinja makes Python
MOST_BITS = 10_000  # of a number; Python prints none of more than 4,300 digits

# Filters and methods that go through what they are given once, and make no more of it.
LINEAR = frozenset(
    {"count", "d", "default", "endswith", "find", "float", "format", "index", "int"}
    | {"removeprefix", "removesuffix", "split", "startswith", "truncate"}
)
# Those that at worst go through it once for each part of it.
SQUARE = frozenset({"decode", "encode", "pprint", "striptags", "sum", "urlize", "wordwrap"})
SQUARE_STEPS = 1000  # of those for 1: they copy memory
# Methods of objects that do not go through them.
AT_ONCE = frozenset({"get", "items", "keys", "values"})


class TooMuchWorkError(Exception):
    """The account is empty."""


_left: ContextVar[list[int]] = ContextVar("_left")


@contextmanager
def account() -> Iterator[None]:
    """Open the account that all templates inside pay from."""
    token = _left.set([MOST_WORK])
    try:
        yield
    finally:
        _left.reset(token)


def is_empty() -> bool:
    """Tell whether there is nothing left to pay with."""
    return _left.get()[0] < 0


def pay(work: int) -> None:
    """Raise TooMuchWorkError if it is more than is left."""
    left = _left.get()
    left[0] -= work
    if left[0] < 0:
        raise TooMuchWorkError


def pay_for(value: Any) -> None:
    """Pay for one step with a value."""
    pay(STEP + size(value))


def _one(_: int) -> int:
    return 1


def size(value: Any, of_number: Callable[[int], int] = _one) -> int:
    """Return how much a value is, with everything in it as often as it is in it.

    of_number: what a number counts. Raises TooMuchWorkError for more than is left, which is how a
    value ends that is a part of itself.
    """
    # Nearly all that is printed, and a microsecond less.
    if type(value) is str:
        return 1 + len(value)
    if type(value) is int and of_number is _one and value.bit_length() <= MOST_BITS:
        return 1
    left = _left.get()
    found, todo = 0, [value]
    while todo:
        one = todo.pop()
        if isinstance(one, str | bytes):
            found += 1 + len(one)
        elif isinstance(one, int):
            found += left[0] + 1 if one.bit_length() > MOST_BITS else of_number(one)
        elif isinstance(one, range):
            found += 1 + MEMBER * len(one)
        else:
            before = len(todo)
            todo.extend(_members(one))
            found += 1 + MEMBER * (len(todo) - before)
        if found > left[0]:
            pay(found)
    return found


def _members(value: Any) -> Iterable[Any]:
    if value is None or isinstance(value, float):
        return ()
    if isinstance(value, Namespace):
        # Slow to go through, and rarely in another one.
        return [*value._Namespace__attrs.values(), " " * STEP * STEP]
    # The usual ones first: Python takes long to see that something is no Set.
    if isinstance(value, dict | Mapping):
        return chain.from_iterable(value.items())
    return value if isinstance(value, list | tuple | Set | ValuesView) else ()


def sizes(values: Iterable[Any], of_number: Callable[[int], int] = _one) -> int:
    return sum(size(value, of_number) for value in values)


def finite(value: Any) -> Any:
    """Return a value, or a list of what an iterator gives: that has no size before."""
    if not isinstance(value, Iterator) or isinstance(value, LoopContext):
        return value
    found = []
    for one in value:
        pay_for(one)
        found.append(one)
    return found


def pay_linear(_: str, value: Any, given: list[Any]) -> None:
    """Pay for what goes through a value and what else is given once."""
    pay(STEP + size(value) + sizes(given))


def pay_for_call(name: str, value: Any, given: list[Any]) -> None:
    """Pay for a filter of a value, or for a method of a text or number."""
    own = 1 + size(value)
    if name in LINEAR:
        pay(STEP + own + sizes(given))
    else:
        # At most each part of the one for each of the other, or as often as a number says.
        pay(STEP + own * (1 + sizes(given, abs)))
    if name in SQUARE:
        pay(own * own // SQUARE_STEPS)


def pay_for_percent(text: str | bytes, given: Any) -> None:
    """Pay for text % given: each field may hold everything, and be as wide as it says."""
    shown = text if isinstance(text, str) else text.decode("latin-1")
    indirect = "*" in shown
    fields = shown.count("%")
    pay(fields * size(given, abs if indirect else int.bit_length) + sum(_widths(shown)))


def pay_for_operator(operator: str, left: Any, right: Any) -> None:
    """Pay for left operator right."""
    pay(STEP + size(left) + size(right))
    if operator == "**" and isinstance(left, int) and isinstance(right, int):
        pay(MOST_WORK + 1 if left.bit_length() * right > MOST_BITS else 0)
    elif operator == "*":
        for many, times in ((left, right), (right, left)):
            if isinstance(times, int) and isinstance(many, str | bytes | list | tuple):
                pay(size(many) * abs(times))
    elif operator == "%" and isinstance(left, str | bytes):
        pay_for_percent(left, right)


_WIDTHS = re.compile(r"[#0\- +]*([0-9]*)(?:\.([0-9]*))?")


def _widths(text: str) -> Iterator[int]:
    """Yield every width and precision of a text for Python's operator %."""
    at = text.find("%") + 1
    while at:
        if text[at : at + 1] == "(":
            # A key may hold brackets of its own.
            depth = 0
            while at < len(text):
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at += 1
                if not depth:
                    break
        found = _WIDTHS.match(text, at)
        if found is not None:
            yield from (int(number) for number in found.groups() if number)
            at = found.end() + 1
        at = text.find("%", at) + 1
