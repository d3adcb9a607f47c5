"""Functions and classes taken out of cnnlab by their source, with all that they need, so that they stand alone."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from functools import lru_cache
from typing import NamedTuple

PACKAGE = "cnnlab"
# What is worked out with SciPy there is worked out with torch in a program that has nothing else.
WITHOUT_SCIPY = f"{PACKAGE}.runs.export.script.pen_curves"
INSTEAD = {
    (f"{PACKAGE}.data.augment.pen_strokes", "segments"): (WITHOUT_SCIPY, "segments"),
    (f"{PACKAGE}.data.augment.outliers", "_smooth"): (WITHOUT_SCIPY, "smooth"),
}
WIDEST = 120  # characters of a line
Key = tuple[str, str]  # a module's full name, and what it defines


class _Edit(NamedTuple):
    """Replace the bytes start..stop-1 of a line, both numbered from 0."""

    line: int
    start: int
    stop: int
    text: str


class Bundle:
    """Collects definitions in an order in which each stands below those that it needs.

    Left out of layers are methods that nobody calls, attributes that nobody reads and checks that raise cnnlab's error.
    `imports`: the import statements that the collected ones need; `text`: their source.
    """

    def __init__(self, methods: tuple[str, ...] = ()):
        """methods: names of methods to keep although no collected definition calls them."""
        self._methods = methods
        self._names: dict[Key, str] = {}
        self._pieces: dict[tuple[str, int], str] = {}
        self.imports: set[str] = set()

    @property
    def text(self) -> str:
        """The collected source, two empty lines between functions and classes, none between constants."""
        text, block = "", False
        for piece in self._pieces.values():
            after, block = block, piece.startswith(("def ", "class ", "@"))
            text += ("\n\n\n" if after or block else "\n") * bool(text) + piece
        return text

    def add(self, item: type | object) -> str:
        """Collect a function or class; return the name it has in the text."""
        return self._collect((inspect.getmodule(item).__name__, item.__name__))  # type: ignore[union-attr, attr-defined]

    def _collect(self, key: Key) -> str:
        key = INSTEAD.get(key, key)
        if key in self._names:
            return self._names[key]
        module, name = key
        lines, defined = _parsed(module)
        node = defined[name]
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            original = next(each.name for each in node.names if (each.asname or each.name) == name)
            self._names[key] = self._collect((str(node.module), original))
            return self._names[key]
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._names[key] = name
            self.imports.add(_import_of(node, name))
            return name
        self._names[key] = (
            name if name not in self._names.values() else f"{module.rpartition('.')[2]}_{name.strip('_')}"
        )
        if (module, node.lineno) not in self._pieces:
            self._define(module, lines, node, defined)
        return self._names[key]

    def _define(self, module: str, lines: list[str], node: ast.stmt, defined: dict[str, ast.stmt]) -> None:
        source = "\n".join(lines[_first_line(node) - 1 : node.end_lineno])
        if isinstance(node, ast.ClassDef) and _is_layer(module, node):
            source = _without_unused(source, {*self._methods, *_read_by_bases(module, node)})
        source = _short_docstrings(source)
        tree = ast.parse(source)
        renamed = {name: self._names[module, name] for name in [getattr(node, "name", "")] if name}
        for used in sorted(_names_in(tree) & defined.keys()):
            renamed[used] = self._collect((module, used))
        self._pieces[module, node.lineno] = _renamed(source, tree, {a: b for a, b in renamed.items() if a != b})


@lru_cache(maxsize=64)
def _parsed(module: str) -> tuple[list[str], dict[str, ast.stmt]]:
    """(a module's lines, its top-level statements by the names that they define)."""
    source = inspect.getsource(importlib.import_module(module))
    defined: dict[str, ast.stmt] = {}
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined[node.name] = node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            if getattr(node, "module", "") != "__future__":
                defined |= {(each.asname or each.name).split(".")[0]: node for each in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found = {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            defined |= dict.fromkeys(found, node)
    return source.split("\n"), defined


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _import_of(node: ast.Import | ast.ImportFrom, name: str) -> str:
    alias = next(each for each in node.names if (each.asname or each.name).split(".")[0] == name)
    renamed = f" as {alias.asname}" if alias.asname else ""
    if isinstance(node, ast.Import):
        return f"import {alias.name}{renamed}"
    return f"from {node.module} import {alias.name}{renamed}"


def _names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _renamed(source: str, tree: ast.Module, names: dict[str, str]) -> str:
    """`source`, of which `tree` is the syntax, with names changed."""
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            assert node.end_col_offset is not None
            edits.append(_Edit(node.lineno - 1, node.col_offset, node.end_col_offset, names[node.id]))
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in names:
            start = node.col_offset + len("def " if isinstance(node, ast.FunctionDef) else "class ")
            edits.append(_Edit(node.lineno - 1, start, start + len(node.name.encode()), names[node.name]))
    lines = [line.encode() for line in source.split("\n")]
    for edit in sorted(edits, reverse=True):
        line = lines[edit.line]
        lines[edit.line] = line[: edit.start] + edit.text.encode() + line[edit.stop :]
    return "\n".join(_narrow(line.decode()) for line in lines)


def _narrow(line: str) -> str:
    """A remark that makes a line too long goes above it."""
    code, hash_sign, remark = line.rpartition("  # ")
    if len(line) <= WIDEST or not hash_sign:
        return line
    return f"{code[: len(code) - len(code.lstrip())]}# {remark}\n{code}"


def _cut(source: str, nodes: list[ast.stmt]) -> str:
    """`source` without these statements, and without the empty lines before them."""
    lines = source.split("\n")
    for node in sorted(nodes, key=lambda each: each.lineno, reverse=True):
        first = _first_line(node) - 1
        del lines[first : node.end_lineno]
        while first > 0 and not lines[first - 1].strip() and (first == len(lines) or not lines[first].strip()):
            first -= 1
            del lines[first]
    return "\n".join(lines).rstrip()


def _is_layer(module: str, node: ast.ClassDef) -> bool:
    parents = [_parsed(module)[1].get(base.id) for base in node.bases if isinstance(base, ast.Name)]
    if any(ast.unparse(base) == "nn.Module" for base in node.bases):
        return True
    return any(isinstance(parent, ast.ClassDef) and _is_layer(module, parent) for parent in parents)


def _read_by_bases(module: str, node: ast.ClassDef) -> set[str]:
    """The attributes that the classes which this one extends read, where they are cnnlab's too."""
    defined, found = _parsed(module)[1], set()
    for base in node.bases:
        parent = defined.get(base.id) if isinstance(base, ast.Name) else None
        if isinstance(parent, ast.ClassDef):
            found |= _read(parent) | _read_by_bases(module, parent)
    return found


def _read(tree: ast.AST) -> set[str]:
    """The attributes that are read in `tree`."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return {node.attr for node in nodes if isinstance(node.ctx, ast.Load)}


def _without_unused(source: str, needed: set[str]) -> str:
    """A class without methods that nobody calls, attributes that nobody reads and cnnlab's own errors."""
    while True:
        node = _class(source)
        used = _read(node) | needed
        methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
        cut: list[ast.stmt] = [each for each in methods if not _is_called(each.name, used)]
        if not cut:
            init = next((each for each in methods if each.name == "__init__"), None)
            cut = [each for each in init.body if _is_check(each) or _is_unread(each, init, used)] if init else []
        if not cut:
            return source
        source = _cut(source, cut)


def _is_called(method: str, used: set[str]) -> bool:
    return method in used or method == "forward" or (method.startswith("__") and method != "__post_init__")


def _class(source: str) -> ast.ClassDef:
    return next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))


def _is_check(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise) and "CnnlabError" in ast.unparse(node)


def _is_unread(node: ast.stmt, method: ast.FunctionDef, used: set[str]) -> bool:
    """Whether it only sets an attribute, or variables of `method`, that nobody reads."""
    if not isinstance(node, ast.Assign):
        return False
    target = node.targets[0]
    if isinstance(target, ast.Attribute):
        return target.attr not in used
    loaded = {each.id for each in ast.walk(method) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    return not _names_in(target) & loaded


def _short_docstrings(source: str) -> str:
    """`source` with the first paragraph of each docstring; one about cnnlab itself, or about an error, is left out."""
    lines = source.split("\n")
    found = [
        node.body[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and ast.get_docstring(node) is not None
        and len(node.body) > 1
    ]
    for statement in sorted(found, key=lambda each: each.lineno, reverse=True):
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        said = inspect.cleandoc(str(statement.value.value)).split("\n\n")[0].replace("\n", " ")
        left_out = PACKAGE in said.lower() or said.startswith(("See ", "Raises"))
        indent = " " * statement.col_offset
        new = [] if left_out else _wrapped(said, indent)
        lines[statement.lineno - 1 : statement.end_lineno] = new
    return "\n".join(lines)


def _wrapped(said: str, indent: str) -> list[str]:
    if len(line := f'{indent}"""{said}"""') <= WIDEST:
        return [line]
    first, *more = textwrap.wrap(f'"""{said}', WIDEST - len(indent) - len('"""'))
    return [f"{indent}{each}" for each in (first, *more, '"""')]
