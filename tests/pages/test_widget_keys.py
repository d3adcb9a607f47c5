"""Widget keys: a session has one state for all pages, so a key that two pages use is one page's fault on the other."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = {"state", "cache", "components", "shell"}  # what these draw is meant to be the same on every page


def keys(file: Path) -> set[str]:
    """The texts that a file gives to `key=` of a widget, as they stand or by a name, and those it remembers."""
    tree = ast.parse(file.read_text())
    named = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                for name, value in pairs:
                    if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                        named[name.id] = value.value
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", "") == "remember":
            found |= {each.arg for each in node.keywords if each.arg}
        for each in node.keywords:
            if each.arg == "key" and isinstance(each.value, ast.Constant):
                found.add(each.value.value)
            elif each.arg == "key" and isinstance(each.value, ast.Name) and each.value.id in named:
                found.add(named[each.value.id])
    return found


def test_no_key_belongs_to_two_pages():
    owners = defaultdict(set)
    for file in [*(ROOT / "pages").glob("*.py"), *(ROOT / "cnnlab" / "ui").rglob("*.py")]:
        page = file.stem if file.parent.name == "pages" else file.relative_to(ROOT / "cnnlab" / "ui").parts[0]
        if page not in SHARED:
            for key in keys(file):
                owners[key].add(page)
    assert len(owners) > 60  # it does find them
    assert not {key: pages for key, pages in owners.items() if len(pages) > 1}
