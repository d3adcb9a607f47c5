"""A program as a Jupyter notebook: the words as cells of text, each part as a cell of code."""

from __future__ import annotations

from cnnlab.runs.export.script.whole_script import Script, sorted_imports


def notebook_of(script: Script) -> str:
    """The notebook's file as text (nbformat 4)."""
    from nbformat import v4, writes  # here: it takes a tenth of a second, and few ask for it

    cells = [v4.new_markdown_cell("\n\n".join([f"# {script.title}", *script.about]))]
    cells.append(v4.new_code_cell("\n".join(sorted_imports(script))))
    for section in script.sections:
        cells.append(v4.new_markdown_cell(f"## {section.title}\n\n{section.about}"))
        cells.append(v4.new_code_cell(section.code))
    for number, cell in enumerate(cells):
        cell["id"] = f"part-{number}"  # nbformat draws them at random: the same run gives the same file
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return writes(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}))
