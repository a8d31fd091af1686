"""Prints what a type or a call does, in words that do not depend on addresses or on how the type was made.

Runs inside every Python under test (3.9 and up), in sub-interpreters too: only the standard library.
"""

import copy
import gc
import pickle
import re
import sys
import weakref

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
# Every object has these, or gets them when it is copied: what they give is said, not whose dict holds them.
_NOT_SAID = {"__module__", "__reduce_ex__", "__slotnames__"}


def say(*words):
    """One line of the account."""
    print(_ADDRESS.sub("0x", " ".join(str(word) for word in words)))


def outcome(function, *arguments, **named):
    """What a call gives, or the error it raises, as text."""
    try:
        return _ADDRESS.sub("0x", repr(function(*arguments, **named)))
    except BaseException as problem:
        return f"{type(problem).__module__}.{type(problem).__qualname__}: {problem}"


def call(words, function, *arguments, **named):
    """Say what a call gives."""
    say(words, "->", outcome(function, *arguments, **named))


def module(mod):
    """The module's name, documentation and public names with what kind of thing each is."""
    say("module", mod.__name__, repr(mod.__doc__))
    for name in sorted(vars(mod)):
        if not name.startswith("__"):
            value = getattr(mod, name)
            say(" ", name, type(value).__name__, value if isinstance(value, (int, str, float, type)) else "")


def type_(cls, make=None, pickles=True):
    """Everything about a type that a user can see; ``make`` gives an instance (default: the type called)."""
    say("type", cls, repr(cls.__name__), repr(cls.__qualname__), repr(cls.__module__))
    if sys.version_info >= (3, 10):  # 3.9 leaves the signature of a heap type in its __doc__
        say("  doc", repr(cls.__doc__), cls.__text_signature__)
    say("  bases", cls.__bases__, "mro", [c.__name__ for c in cls.__mro__])
    say("  sizes", cls.__itemsize__, bool(cls.__dictoffset__), bool(cls.__weakrefoffset__))
    say("  names", " ".join(sorted(set(vars(cls)) - _NOT_SAID)))
    if sys.version_info >= (3, 10):
        say("  setattr", outcome(setattr, cls, "porter", 1), "delattr", outcome(delattr, cls, "porter"))
        say("  call", _kind(outcome(cls)), "object.__new__", _kind(outcome(object.__new__, cls)))
    say("  subclass", outcome(type, "Sub", (cls,), {}))
    try:
        one = (make or cls)()
    except TypeError:
        return
    instance(one, pickles)
    if gc.is_tracked(one):  # then the collector has to find its way from the module over it and its type to the module
        vars(sys.modules[cls.__module__]).setdefault("__kept__", []).append(one)


def _kind(text):
    return text if "Error" in text else "an instance"


def instance(one, pickles=True):
    """What can be done with an instance of any type."""
    say("  instance", _kind_of(one), "setattr", outcome(setattr, one, "porter_attribute", 1))
    say(
        "  hash",
        "own" if outcome(hash, one) == outcome(object.__hash__, one) else _same(hash, one),
        "eq",
        one == one,
        one != one,
    )
    say("  weakref", _kind(outcome(weakref.ref, one)))
    if not pickles:
        return
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        say("  pickle", protocol, _pickled(one, protocol))
    say("  copy", _kind(outcome(copy.copy, one)), "deepcopy", _kind(outcome(copy.deepcopy, one)))


def _same(function, one):
    return outcome(function, one) if outcome(function, one) == outcome(function, one) else "changes"


def _kind_of(one):
    return f"of {type(one).__name__}"


def _pickled(one, protocol):
    try:
        text = pickle.dumps(one, protocol)
    except Exception as problem:
        return f"{type(problem).__name__}: {_ADDRESS.sub('0x', str(problem))}"
    try:
        return f"and back: {type(pickle.loads(text)).__name__}"
    except Exception as problem:
        return f"not back: {type(problem).__name__}: {problem}"
