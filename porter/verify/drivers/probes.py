"""What is asked of a type, an instance and a function to know how it behaves: one name for each question."""

import copy
import inspect
import operator
import pickle
import weakref

ARGUMENTS = ((), (1,), ("a",), (b"a",), ([],), ({},), (print,), (1, 1), ("a", "a"), (b"a", b"a"))
TOO_MANY = tuple(range(40))


class Other:
    """Something no extension knows."""

    def __repr__(self):
        return "Other"


def instance(kind):
    """The first instance that simple arguments make."""
    for arguments in ARGUMENTS:
        try:
            return kind(*arguments)
        except Exception:  # the next arguments may do
            pass
    raise LookupError("no simple arguments make an instance")


def with_it(thing):
    """Enter and leave it."""
    with thing as entered:
        return type(entered).__name__


def set_item(thing):
    """Set an item by number."""
    thing[0] = 1


def pickled(thing, protocol):
    """What comes back from a pickle."""
    return type(pickle.loads(pickle.dumps(thing, protocol))).__qualname__


# Slots of a type, each used through the operation of the language that reaches it, on one instance.
SLOTS = {
    "repr": repr,
    "str": str,
    "bool": bool,
    "hash": lambda x: isinstance(hash(x), int),
    "len": len,
    "iter": lambda x: type(iter(x)).__name__,
    "next": next,
    "call": lambda x: x(),
    "contains": lambda x: "a" in x,
    "item by number": lambda x: x[0],
    "item by text": lambda x: x["a"],
    "slice": lambda x: x[0:1],
    "set item": set_item,
    "delete item": lambda x: operator.delitem(x, 0),
    "equal to itself": lambda x: x == x,  # noqa: PLR0124  the slot is what is asked about
    "equal to another": lambda x: x == Other(),
    "less than another": lambda x: x < Other(),
    "add": lambda x: x + x,
    "add a number": lambda x: x + 1,
    "add to a number": lambda x: 1 + x,
    "subtract": lambda x: x - x,
    "multiply": lambda x: x * 2,
    "divide": lambda x: x / 2,
    "remainder": lambda x: x % 2,
    "or": lambda x: x | x,
    "negative": lambda x: -x,
    "absolute": abs,
    "int": int,
    "float": float,
    "index": operator.index,
    "bytes": lambda x: bytes(memoryview(x)),
    "await": lambda x: type(x.__await__()).__name__,
    "with": with_it,
    "missing attribute": lambda x: x.porter_missing,
    "set attribute": lambda x: setattr(x, "porter_attribute", 1),
    "delete attribute": lambda x: delattr(x, "porter_missing"),
    "weak reference": lambda x: type(weakref.ref(x)).__name__,
    "copy": lambda x: type(copy.copy(x)).__qualname__,
    "deep copy": lambda x: type(copy.deepcopy(x)).__qualname__,
    "reduce": lambda x: x.__reduce_ex__(2),
    "format": lambda x: format(x, "x"),
}


def of_type(kind):
    """Questions about the type itself."""
    return {
        "called without arguments": lambda: "works" if kind() is not None else "None",
        "called with too many arguments": lambda: type(kind(*TOO_MANY)).__name__,
        "called with an unknown keyword": lambda: type(kind(porter_unknown=1)).__name__,
        "attribute set on the type": lambda: setattr(kind, "porter_attribute", 1) or "works",
        "subclassed": lambda: type(kind)("Derived", (kind,), {}) and "works",
    }


def of_instance(kind):
    """Questions about an instance; each makes its own."""
    asked = {name: lambda ask=ask: ask(instance(kind)) for name, ask in SLOTS.items()}
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        asked[f"pickle protocol {protocol}"] = lambda p=protocol: pickled(instance(kind), p)
    return asked


def of_methods(kind):
    """Wrong calls of the public methods and attributes."""
    asked = {}
    for name in (n for n in dir(kind) if not n.startswith("_") and n.isidentifier()):
        asked[f".{name}"] = lambda n=name: type(getattr(instance(kind), n)).__name__
        if callable(inspect.getattr_static(kind, name)):
            asked[f".{name} with too many arguments"] = lambda n=name: getattr(instance(kind), n)(*TOO_MANY)
            asked[f".{name} with an unknown keyword"] = lambda n=name: getattr(instance(kind), n)(porter_unknown=1)
            asked[f".{name} of another type"] = lambda n=name: getattr(kind, n)(Other())
    return asked


def of_function(name, function):
    """Wrong calls of a function of the module."""
    return {
        f"{name} with too many arguments": lambda: function(*TOO_MANY),
        f"{name} with an unknown keyword": lambda: function(porter_unknown=1),
        f"{name} with another object": lambda: function(Other()),
    }
