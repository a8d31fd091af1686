"""Names, attributes and calls: of the tree's own functions and classes, of plain values, and of libraries."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import libcst as cst

from porter.tree.evaluate import library, operators
from porter.tree.evaluate.builders import Builders
from porter.tree.evaluate.values import (
    PLAIN,
    Bound,
    Class,
    ExtensionValue,
    Ffi,
    Frame,
    Function,
    Instance,
    Library,
    OneOf,
    Partial,
    Raised,
    Super,
    Unknown,
    describe,
    is_known,
    merge,
)

CONSTANTS = {"True": True, "False": False, "None": None}
DEEPEST = 40  # calls within calls
LISTS = frozenset({"sources", "include_dirs", "define_macros", "undef_macros", "library_dirs", "libraries", "depends"})
LISTINGS = {
    "os.path.exists": "exists",
    "os.path.isfile": "isfile",
    "os.path.isdir": "isdir",
    "os.path.lexists": "exists",
}


class Calls(Builders):
    """The part of the evaluator that knows names, attributes and calls."""

    def lookup(self, frame: Frame, name: str) -> Any:
        """What a name stands for."""
        if name in CONSTANTS:
            return CONSTANTS[name]
        for each in frame.chain():
            if name in each.names and (each is frame or not each.is_class):
                return each.names[name]
        if name in library.BUILTINS:
            return Library(name)
        star = next((each.names["*"] for each in frame.chain() if "*" in each.names), None)
        if star:
            return self.attribute(star, name)
        return Unknown(name, "a name defined nowhere in what was read")

    def attribute(self, value: Any, name: str) -> Any:
        """``value.name``."""
        if isinstance(value, Library):
            dotted = f"{value.dotted}.{name}"
            return self.constants.get(dotted, Library(dotted)) if dotted in self.constants else Library(dotted)
        if isinstance(value, Frame):
            return value.names.get(name, Unknown(name, f"not defined in {value.script.file}"))
        if isinstance(value, ExtensionValue):
            return self._field(value, name)
        if isinstance(value, Instance):
            found = value.names[name] if name in value.names else self._bind(value.cls.find(name), value)
            return (
                Unknown(f"{value.cls.name}.{name}", "an attribute not set in what was read") if found is None else found
            )
        if isinstance(value, Class):
            return value.find(name) or Unknown(f"{value.name}.{name}", "not defined in what was read")
        if isinstance(value, (Super, Ffi)):
            return Bound(value, name)
        if isinstance(value, PurePosixPath) and name in library.PATH_ATTRIBUTES:
            return tuple(value.parents) if name == "parents" else getattr(value, name)
        if name in library.METHODS.get(type(value), ()):
            return Bound(value, name)
        if isinstance(value, tuple) and name in ("major", "minor", "micro") and len(value) == 5:
            return value[("major", "minor", "micro").index(name)]
        return Unknown(f"{describe(value)}.{name}", "not known without running it")

    def _field(self, value: ExtensionValue, name: str) -> Any:
        method = value.cls.find(name) if value.cls else None
        if isinstance(method, Function):
            return self._bind(method, value)
        if name not in value.fields and name in LISTS | {"extra_compile_args", "extra_link_args"}:
            value.fields[name] = []
        return value.fields.get(name, Unknown(f"Extension.{name}", "an attribute not set in what was read"))

    @staticmethod
    def _bind(found: Any, instance: Any) -> Any:
        if isinstance(found, Function):
            return Function(found.name, found.params, found.body, found.frame, found.defaults, found.owner, instance)
        return found

    def apply(self, frame: Frame, callee: Any, args: list[Any], kwargs: dict[str, Any], node: Any = None) -> Any:
        """Call a value; what cannot be called is unknown."""
        self.spend_on([*args, *kwargs.values()])
        if isinstance(callee, Function):
            return self._run(callee, args, kwargs)
        if isinstance(callee, Class):
            return self._instantiate(frame, callee, args, kwargs, node)
        if isinstance(callee, Partial):
            return self.apply(frame, callee.function, [*callee.args, *args], callee.kwargs | kwargs, node)
        if isinstance(callee, Bound):
            return self._method(frame, callee, args, kwargs, node)
        if isinstance(callee, Library):
            return self._library(frame, callee, args, kwargs, node)
        if isinstance(callee, OneOf):
            return self._apply_each(frame, callee, args, kwargs, node)
        return Unknown(f"{describe(callee)}()", "a call of something not known")

    def _apply_each(self, frame: Frame, callee: OneOf, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        found = [self.apply(frame, each, args, kwargs, node) for each in callee.values if is_known(each)]
        result = found[0] if found else Unknown(f"{describe(callee)}()", "a call of something not known")
        for value in found[1:]:
            result = merge(result, value)
        return result

    def _run(self, function: Function, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if self.depth >= DEEPEST:
            return Unknown(f"{function.name}()", "calls nested too deep")
        args = args if function.instance is None else [function.instance, *args]
        frame = Frame(self._arguments(function, args, kwargs), function.frame.script, function.frame, function)
        self.depth += 1
        try:
            return self.run_body(frame, function.body)
        finally:
            self.depth -= 1

    @staticmethod
    def _arguments(function: Function, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        params, rest = function.params, dict(kwargs)
        positional = [p.name.value for p in (*params.posonly_params, *params.params)]
        names = dict(function.defaults) | dict(zip(positional, args))
        for name in [*positional, *(p.name.value for p in params.kwonly_params)]:
            if name in rest:
                names[name] = rest.pop(name)
            names.setdefault(name, Unknown(name, f"an argument {function.name}() was called without"))
        if isinstance(params.star_arg, cst.Param):
            names[params.star_arg.name.value] = tuple(args[len(positional) :])
        if params.star_kwarg:
            names[params.star_kwarg.name.value] = rest
        return names

    def _instantiate(self, frame: Frame, cls: Class, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        base = cls.extension_base()
        if base is None:
            made: Any = Instance(cls)
        else:
            made = self.new_extension(frame, base.last, node, cls)
        init = cls.find("__init__")
        if isinstance(init, Function):
            self._run(self._bind(init, made), args, kwargs)
        elif base is not None:
            self.fill_extension(made, args, kwargs)
        return made

    def _method(self, frame: Frame, bound: Bound, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        owner, name = bound.owner, bound.name
        if isinstance(owner, Super):
            return self._super(frame, bound, args, kwargs, node)
        if isinstance(owner, Ffi):
            return self.ffi_method(frame, owner, name, args, kwargs, node)
        if isinstance(owner, PurePosixPath):
            return self._path_method(owner, name, args, kwargs)
        if isinstance(owner, list) and name in (
            "append",
            "extend",
            "insert",
            "remove",
            "sort",
            "index",
            "count",
            "pop",
        ):
            return self._list_method(frame, owner, name, args, kwargs)
        if isinstance(owner, dict) and name in (
            "get",
            "pop",
            "setdefault",
            "update",
            "items",
            "values",
            "keys",
            "copy",
        ):
            return self._dict_method(owner, name, args, kwargs)
        return self._plain_method(owner, name, args, kwargs)

    def _super(self, frame: Frame, bound: Bound, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        instance, owner = bound.owner.instance, bound.owner.owner
        for base in owner.bases:
            found = base.find(bound.name) if isinstance(base, Class) else None
            if isinstance(found, Function):
                return self._run(self._bind(found, instance), args, kwargs)
        if bound.name == "__init__" and isinstance(instance, ExtensionValue):
            self.fill_extension(instance, args, kwargs)
            return None
        return Unknown(f"super().{bound.name}()", "a method from outside the tree")

    def _path_method(self, path: PurePosixPath, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if not all(isinstance(arg, (str, PurePosixPath)) for arg in args):
            return Unknown(f"{path}.{name}()", "an argument is not known")
        if name in ("resolve", "absolute", "expanduser"):
            return PurePosixPath(self.listing.absolute(path))
        if name in ("exists", "is_file", "is_dir"):
            return self.listing.test(path, name.replace("_", ""))
        if name in ("glob", "rglob", "iterdir"):
            pattern = {"glob": args[:1], "rglob": ["**", *args[:1]], "iterdir": ["*"]}[name]
            found = self.listing.glob(path.joinpath(*pattern), recursive=True)
            return [PurePosixPath(each) for each in found] if isinstance(found, list) else found
        return operators.guarded(f"{path}.{name}()", getattr(path, name), *args, **kwargs)

    def _list_method(self, frame: Frame, owner: list[Any], name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        self.spend_on(owner)
        if name == "extend" and len(args) == 1:
            items = operators.iterate(args[0])
            owner += [args[0]] if items is None else items
            return None
        if name == "sort":
            found = self.sort(frame, owner, kwargs)
            owner[:] = found if isinstance(found, list) else owner
            return None
        return self.attempt(f"list.{name}()", getattr(owner, name), *args)

    def attempt(self, label: str, function: Any, *args: Any) -> Any:
        """An operation that a script may expect to fail. Raises Raised where it does and a ``try`` stands around it."""
        found = operators.outcome(function, *args)
        if not isinstance(found, operators.Failure):
            return found
        if self.trying and all(isinstance(arg, PLAIN) for arg in args):
            raise Raised
        return Unknown(label, f"raises {type(found.problem).__name__}")

    def _dict_method(self, owner: dict[Any, Any], name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        self.spend_on(owner)
        if name in ("get", "pop", "setdefault") and not kwargs:
            if args and isinstance(args[0], PLAIN):
                return self.attempt(f"dict.{name}()", getattr(owner, name), *args)
            return Unknown(f"dict.{name}()", "its key is not known")
        if name == "update":
            known = [arg for arg in args if is_known(arg)]
            return operators.guarded("dict.update()", owner.update, *known, **kwargs)
        found = operators.guarded(f"dict.{name}()", getattr(owner, name))
        return found if name == "copy" or not is_known(found) else list(found)

    @staticmethod
    def _plain_method(owner: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        label = f"{describe(owner)}.{name}()"
        values = [*args, *kwargs.values()]
        if not all(isinstance(v, PLAIN) and not operators.has_unknown(v) for v in values):
            return next((v for v in values if isinstance(v, Unknown)), Unknown(label, "an argument is not known"))
        if isinstance(owner, str) and name in ("format", "replace", "join"):
            longest = max([len(str(v)) for v in values], default=1)
            if operators.is_wide(owner) or (len(owner) + 1) * max(longest, 1) > operators.LONGEST * 10:
                return Unknown(label, "too large")
            values = [str(v) if isinstance(v, PurePosixPath) else v for v in args]
            return operators.guarded(label, getattr(owner, name), *values, **kwargs)
        return operators.guarded(label, getattr(owner, name), *args, **kwargs)

    def _library(self, frame: Frame, callee: Library, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
        made = self.build(frame, callee, args, kwargs, node)
        if made is not NotImplemented:
            return made
        name = library.canonical(callee.dotted)
        if name in library.ANSWERS:
            return library.ANSWERS[name]
        found = self._look(name, args, kwargs)
        if found is not NotImplemented:
            return found
        if name in library.CALLBACKS:
            return self._callback(frame, name, args, kwargs)
        if name == "super":
            return self._super_value(frame, args)
        if name == "hasattr" and len(args) == 2 and isinstance(args[0], Library):
            absent = f"{args[0].dotted}.{args[1]}" in library.ABSENT
            return False if absent else Unknown(f"hasattr({args[0].dotted}, …)", "a property of what is installed")
        if name == "getattr" and len(args) > 1 and isinstance(args[1], str):
            found = self.attribute(args[0], args[1])
            return args[2] if len(args) > 2 and isinstance(found, Unknown) else found
        return self._function(name, args, kwargs)

    @staticmethod
    def _function(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        function = library.FUNCTIONS.get(name)
        label = f"{name}({', '.join(describe(a) for a in args if not isinstance(a, PLAIN))})"
        if function is None:
            return Unknown(label, "not known without running it")
        if name in library.LENIENT:
            known = name in library.LISTS or all(isinstance(arg, PLAIN) for arg in args)
        else:
            known = all(isinstance(v, PLAIN) and not operators.has_unknown(v) for v in [*args, *kwargs.values()])
        if not known:
            return Unknown(label, "an argument is not known")
        return operators.guarded(label, function, *args, **kwargs)

    def _look(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The functions that look at the tree."""
        path = args[0] if args else kwargs.get("path", kwargs.get("pathname", "."))
        if not isinstance(path, (str, PurePosixPath)):
            return NotImplemented
        if name in LISTINGS:
            return self.listing.test(path, LISTINGS[name])
        if name in ("glob.glob", "glob.iglob"):
            return self.listing.glob(path, kwargs.get("recursive") is True)
        if name == "os.listdir":
            return self.listing.names(path)
        if name == "os.walk":
            return self.listing.walk(path)
        if name in ("os.path.abspath", "os.path.realpath"):
            return self.listing.absolute(path)
        if name in ("os.getcwd", "pathlib.Path.cwd"):
            return self.listing.base if name == "os.getcwd" else PurePosixPath(self.listing.base)
        if name == "os.path.relpath":
            start = args[1] if len(args) > 1 and isinstance(args[1], (str, PurePosixPath)) else "."
            return str(self.relative(self.listing.absolute(path), self.listing.absolute(start)))
        return NotImplemented

    def _callback(self, frame: Frame, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if not args:
            return Unknown(f"{name}()", "called without arguments")
        if name == "functools.partial":
            return Partial(args[0], tuple(args[1:]), kwargs)
        if name == "sorted":
            items = operators.iterate(args[0])
            return (
                Unknown(f"sorted({describe(args[0])})", "not known")
                if items is None
                else self.sort(frame, items, kwargs)
            )
        lists = [operators.iterate(arg) for arg in args[1:]]
        if not lists or None in lists:
            return Unknown(f"{name}()", "what it goes over is not known")
        rows = list(zip(*lists))  # type: ignore[arg-type]
        if name == "map":
            return [self.apply(frame, args[0], list(row), {}) for row in rows]
        keep = [row[0] if args[0] is None else self.apply(frame, args[0], list(row), {}) for row in rows]
        return [row[0] for row, kept in zip(rows, keep) if operators.truth(kept) is not False]

    def sort(self, frame: Frame, items: list[Any], kwargs: dict[str, Any]) -> Any:
        """``sorted``; a list that cannot be ordered stays as it is."""
        key = kwargs.get("key")
        keys = [self.apply(frame, key, [item], {}) for item in items] if key is not None else list(items)
        order = operators.guarded("sorted()", sorted, range(len(items)), key=keys.__getitem__)
        found = [items[i] for i in order] if isinstance(order, list) else list(items)
        return found[::-1] if kwargs.get("reverse") is True else found

    def _super_value(self, frame: Frame, args: list[Any]) -> Any:
        for each in frame.chain():
            function = each.function
            if function and function.owner and function.instance is not None:
                owner = args[0] if args and isinstance(args[0], Class) else function.owner
                return Super(function.instance, owner)
        return Unknown("super()", "outside a method")
