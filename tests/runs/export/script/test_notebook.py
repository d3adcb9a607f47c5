"""A program as a notebook: valid, the same code, and it runs from top to bottom."""

from __future__ import annotations

import nbformat

from cnnlab.runs.export.script.notebook import notebook_of
from cnnlab.runs.export.script.whole_script import recipe_script
from cnnlab.training.recipes import RECIPES


def test_it_is_valid_and_holds_every_line_of_the_program():
    script = recipe_script(RECIPES["gap"])
    text = notebook_of(script)
    found = nbformat.reads(text, 4)
    nbformat.validate(found)
    assert text == notebook_of(script)
    code = "\n".join(cell.source for cell in found.cells if cell.cell_type == "code")
    written = {line.strip() for line in script.python.split("\n")}
    assert {line.strip() for line in code.split("\n")} <= written
    assert [cell.source.split("\n")[0] for cell in found.cells if cell.cell_type == "markdown"] == [
        f"# {script.title}",
        *(f"## {section.title}" for section in script.sections),
    ]
    compile(code, "notebook", "exec")
