"""One mechanism for every extension point: a name, a function, its options.

The name in an experiment file is the Python name; the options are the function's keyword-only
parameters.  So a file is checked against the signature, and no second schema is kept.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, overload

TARGETS = "targets"  # the parameter by which a function gets the pieces it compares with
PLUGIN = "evophrase_plugin_"  # begins the module names of users' files, of which a later may replace an earlier

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Between:
    """The closed range of a number, written in its annotation: `Annotated[int, Between(0, 127)]`."""

    low: float
    high: float

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Tell pydantic the bounds, without importing it here."""
        return handler(source) | {"ge": self.low, "le": self.high}


@dataclass(frozen=True)
class Matching:
    """The form of a text, written in its annotation: a regular expression, and the same in words."""

    pattern: str
    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Tell pydantic the pattern, without importing it here."""
        return handler(source) | {"pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True)
class Written:
    """How a value is written in a file: `Annotated[Key, Written(Key.parse)]` is a text that `parse` reads.

    `text` is its inverse.
    """

    parse: Callable[[str], Any]
    text: Callable[[Any], str] = str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Tell pydantic to read a text with `parse`, without importing it here."""
        read = {"type": "no-info", "function": self.parse}
        return {"type": "function-after", "function": read, "schema": {"type": "str", "strict": True}}


Semitones = Annotated[int, Between(0, 127)]
Leap = Annotated[int, Between(1, 127)]  # semitones that count as a leap
Ticks = Annotated[int, Between(1, 24 * 4096)]
Share = Annotated[float, Between(0.0, 1.0)]
Count = Annotated[int, Between(1, 10_000)]
Factor = Annotated[float, Between(0.01, 100.0)]
Template = Annotated[str, Matching(r"[A-Z](?:[A-Z.]{0,63})", "capital letters, one a bar or section, such as AABA")]


def near_miss(name: str, known: typing.Iterable[str]) -> str:
    """The end of an error message: a suggestion where a known name is close, else the names.

    >>> near_miss("leaps_recoverd", ["leaps_recovered", "in_key"])
    "did you mean 'leaps_recovered'?"
    """
    names = sorted(known)
    lower = {each.lower(): each for each in reversed(names)}
    if close := difflib.get_close_matches(name.lower(), lower, n=1):
        return f"did you mean '{lower[close[0]]}'?"
    return "known: " + ", ".join(names) if names else "none is known"


def plugin_place(error: BaseException) -> str:
    """The last line of a user's own file that an error came through, as `my_music.py:12: `; empty if it is ours."""
    place, trace = "", error.__traceback__
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).startswith(PLUGIN):
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}: "
        trace = trace.tb_next
    return place


@dataclass(frozen=True)
class Extension(Generic[F]):
    """A registered function with what an experiment file may say about it."""

    name: str
    function: F
    traits: dict[str, Any]

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def source(self) -> str:
        """The docstring's `Source:` paragraph as one line, or an empty string."""
        text = inspect.getdoc(self.function) or ""
        return " ".join(text.partition("Source: ")[2].split("\n\n")[0].split())

    @property
    def options(self) -> dict[str, tuple[Any, Any]]:
        """Option name -> (annotation, default); the default is `inspect.Parameter.empty` where required.

        `targets` is no option: whoever calls the function reads them from the files they are in.
        """
        hints = typing.get_type_hints(self.function, include_extras=True)
        return {
            name: (hints.get(name, Any), parameter.default)
            for name, parameter in inspect.signature(self.function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name != TARGETS
        }

    @property
    def takes_targets(self) -> bool:
        """Whether the function compares with pieces that it must be given."""
        return TARGETS in inspect.signature(self.function).parameters


class Catalogue(Generic[F]):
    """Name -> extension, filled by using the catalogue as a decorator.

    `package` holds the entries that come with evophrase; its modules are imported at the first look-up.
    `traits` are the names of what an entry may say of itself beside its function.
    """

    def __init__(self, what: str, package: str = "", traits: tuple[str, ...] = ()) -> None:
        self.what = what
        self._package = package
        self._traits = traits
        self._entries: dict[str, Extension[F]] = {}

    @overload
    def __call__(self, function: F) -> F: ...
    @overload
    def __call__(self, **traits: Any) -> Callable[[F], F]: ...
    def __call__(self, function: F | None = None, **traits: Any) -> F | Callable[[F], F]:
        """Register `function` under its own name and return it unchanged."""

        if unknown := [trait for trait in traits if trait not in self._traits]:
            raise ValueError(f"a {self.what} has no trait called '{unknown[0]}'; {near_miss(unknown[0], self._traits)}")

        def register(function: F) -> F:
            name, module = function.__name__, function.__module__
            if module.startswith(PLUGIN):
                self._load()  # what comes with evophrase is there first
            there = self._entries.get(name)
            other = module if there is None else there.function.__module__
            if other != module and not (other.startswith(PLUGIN) and module.startswith(PLUGIN)):
                raise ValueError(
                    f"{module}: a {self.what} called '{name}' exists already, in {other}; choose another name"
                )
            self._entries[name] = Extension(name, function, traits)
            return function

        return register if function is None else register(function)

    def _load(self) -> None:
        if self._package:
            package, self._package = importlib.import_module(self._package), ""
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{package.__name__}.{module.name}")

    def __getitem__(self, name: str) -> Extension[F]:
        self._load()
        if name not in self._entries:
            raise KeyError(f"no {self.what} is called '{name}'; {near_miss(name, self._entries)}")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        self._load()
        return isinstance(name, str) and name in self._entries

    def __iter__(self) -> Iterator[Extension[F]]:
        self._load()
        return iter([self._entries[name] for name in sorted(self._entries)])
