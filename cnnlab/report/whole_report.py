"""The report itself: its parts in order, as one HTML file that fetches nothing."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from cnnlab import models
from cnnlab.charts import confusion_heatmap, robustness_curves, run_comparison
from cnnlab.charts.mosaic import coloured, diverging
from cnnlab.charts.palette import BORDER, INK, PAPER, QUIET
from cnnlab.charts.robustness_curves import RobustnessLine
from cnnlab.charts.training_curves import Curve
from cnnlab.common.text import dimensions
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import class_report
from cnnlab.evaluation.confusion_matrix import biggest_mistake
from cnnlab.evaluation.shifts import by_distance
from cnnlab.inspection import kernel_weights
from cnnlab.report.again import command
from cnnlab.report.findings import REACH, Findings
from cnnlab.report.pictures import png, svg
from cnnlab.runs import compare
from cnnlab.runs.export.script.whole_script import run_script
from cnnlab.training.config import TrainConfig

WIDTH = 440  # pixels of a chart
SIDE = 84  # of a picture
MOST_KERNELS = 64
ALWAYS = (
    "recipe",
    "network",
    "dataset",
    "split",
    "epochs",
    "batch_size",
    "optimizer",
    "learning_rate",
    "schedule",
    "seed",
)
STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; color: {INK[False]}; background: {PAPER[False]}; max-width: 1080px;
  margin: 2rem auto; padding: 0 1.2rem; }}
h1 {{ margin-bottom: 0.2rem; }} h2 {{ margin-top: 2.2rem; border-bottom: 1px solid {BORDER}; }}
.row {{ display: flex; flex-wrap: wrap; gap: 1.2rem; }} .quiet, figcaption {{ color: {QUIET}; }}
table {{ border-collapse: collapse; }} th, td {{ padding: 0.15rem 0.8rem 0.15rem 0; text-align: left; }}
td.number, th.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
tr {{ border-bottom: 1px solid {BORDER}; }} figure {{ margin: 0; }} figcaption {{ font-size: 14px; }}
img {{ image-rendering: pixelated; display: block; }} svg {{ max-width: 100%; height: auto; }}
pre {{ overflow: auto; border: 1px solid {BORDER}; padding: 0.8rem; font-size: 13px; line-height: 1.35; }}
@media print {{ h2 {{ break-after: avoid; }} figure, tr {{ break-inside: avoid; }} }}
"""


def report_html(found: Findings) -> str:
    """The whole file as text."""
    parts = (_head, _curves, _confusion, _classes, _mistakes, _kernels, _shift, _settings, _again)
    body = "\n".join(line for part in parts for line in part(found))
    name = _plain(found.run.name)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{STYLE}</style></head>\n<body>\n{body}\n'
        "</body></html>\n"
    )


def _plain(value: object) -> str:
    return html.escape(str(value))


def _head(found: Findings) -> Iterator[str]:
    run, checkpoint, answers = found.run, found.checkpoint, found.predictions
    config, right = checkpoint.config, int(answers.right.sum())
    yield f"<h1>{_plain(run.name)}</h1>"
    yield (
        f'<p class="quiet">{_plain(config.network)}, {models.parameter_count(checkpoint.model):,} parameters, trained '
        f"on {_plain(config.dataset)}; after epoch {checkpoint.epoch}; made {run.record.created:%d %B %Y}</p>"
    )
    yield (
        f"<p><strong>{answers.accuracy:.2%}</strong> of {len(answers.labels):,} test images are classified correctly: "
        f"{right:,} right, {len(answers.labels) - right:,} wrong; mean cross-entropy {answers.loss:.4f}.</p>"
    )
    if run.outcome:
        yield f"<p>{_plain(run.outcome.sentence)}</p>"


def _curves(found: Findings) -> Iterator[str]:
    record = found.run.record
    points = np.array(record.losses, float).reshape(-1, 2)
    losses = Curve("training loss", points[:, 0], points[:, 1])
    measured = [each for each in record.evaluations if each.val_accuracy is not None]
    validation = Curve(
        "validation accuracy",
        np.array([each.step for each in measured], float),
        np.array([each.val_accuracy for each in measured], float),
    )
    drawn = []
    if len(losses.x):
        drawn.append(svg(run_comparison.losses([losses]).properties(height=300), "losses", WIDTH))
    if len(validation.x):
        drawn.append(svg(run_comparison.accuracies([validation]).properties(height=300), "accuracies", WIDTH))
    if drawn:
        yield "<h2>Curves</h2>"
        yield f'<div class="row">{"".join(f"<figure>{each}</figure>" for each in drawn)}</div>'
    changes = [f"{_plain(each.words)} from step {each.step + 1:,}" for each in record.events]
    if changes:
        yield f"<p>By hand or by itself: {'; '.join(changes)}.</p>"


def _confusion(found: Findings) -> Iterator[str]:
    matrix, classes = found.predictions.confusion, found.predictions.classes
    yield "<h2>Confusion matrix</h2>"
    yield f"<p>{_plain(biggest_mistake(matrix, classes)).replace('**', '')}</p>"
    yield f"<figure>{svg(confusion_heatmap.matrix_chart(matrix, classes), 'confusion', 590)}</figure>"


def _classes(found: Findings) -> Iterator[str]:
    rows = class_report.as_table(class_report.report(found.predictions))
    yield "<h2>Each class</h2>"
    yield from _table(list(rows[0]), (list(row.values()) for row in rows))


def _mistakes(found: Findings) -> Iterator[str]:
    answers, worst = found.predictions, found.worst
    yield "<h2>Worst mistakes</h2>"
    if not len(worst):
        yield "<p>There is none.</p>"
        return
    yield "<p>The wrong answers of which the network was surest: true class → answer, its probability.</p>"
    figures = []
    for place in worst:
        true, said = (answers.classes[int(each[place])] for each in (answers.labels, answers.predicted))
        words = f"{_plain(true)} → {_plain(said)}, {answers.confidence[place]:.1%}"
        picture = png(found.test.images[int(place)].numpy(), SIDE, f"test image {place}")
        figures.append(f"<figure>{picture}<figcaption>{words}</figcaption></figure>")
    yield f'<div class="row">{"".join(figures)}</div>'


def _kernels(found: Findings) -> Iterator[str]:
    model = found.checkpoint.model
    layers = kernel_weights.convolutions(model)
    if not layers:
        return
    layer = next(iter(layers))
    kernels = kernel_weights.weights(model, layer)
    scale = diverging(kernels, "weight")
    yield "<h2>Kernels</h2>"
    shown = kernels[:MOST_KERNELS]
    some = f"the first {MOST_KERNELS} of them, " if len(kernels) > MOST_KERNELS else ""
    yield (
        f"<p>{_plain(layer)}: {_plain(kernel_weights.in_words(layers[layer]))}; {some}of each the weights "
        f"for its first input channel, from {scale.low:.3g} (blue) over 0 (white) to {scale.high:.3g} (red).</p>"
    )
    figures = [
        f"<figure>{png(coloured(kernel[0], scale), SIDE, f'kernel {number}')}<figcaption>{number}</figcaption></figure>"
        for number, kernel in enumerate(shown)
    ]
    yield f'<div class="row">{"".join(figures)}</div>'


def _shift(found: Findings) -> Iterator[str]:
    line = by_distance(found.sweep.accuracy)
    lines = [RobustnessLine("mean of 8 directions", line.mean), RobustnessLine("worst of them", line.worst, 0, True)]
    chart = robustness_curves.curves(lines, range(REACH + 1), "pixels moved", "classified correctly", 300)
    yield "<h2>Moved images</h2>"
    yield (
        f"<p>{len(found.sweep.labels):,} test images moved by some pixels, black following: {line.mean[0]:.1%} right "
        f"where they are, {line.mean[-1]:.1%} when moved by {REACH}.</p>"
    )
    yield f"<figure>{svg(chart, 'shift', WIDTH)}</figure>"


def _settings(found: Findings) -> Iterator[str]:
    yield "<h2>Settings</h2>"
    usual, chosen = TrainConfig().as_dict(), found.checkpoint.config.as_dict()
    rows = [(row.name, row.name.replace("_", " "), row.values[0]) for row in compare.settings([found.run])]
    columns = ["setting", "value"]
    yield from _table(columns, (row[1:] for row in rows if row[0] in ALWAYS or chosen[row[0]] != usual[row[0]]))
    yield "<details><summary>All settings</summary>"
    yield from _table(columns, (row[1:] for row in rows))
    yield "</details>"


def _again(found: Findings) -> Iterator[str]:
    config = found.checkpoint.config
    yield "<h2>To make it again</h2>"
    yield f"<pre>{_plain(command(config))}</pre>"
    try:
        code = run_script(found.run).python
    except CnnlabError as error:
        yield f"<p>{_plain(error)}</p>"
        return
    yield "<p>Or, on torch and torchvision alone:</p>"
    yield f"<details><summary>The program, {code.count(chr(10)):,} lines</summary><pre>{_plain(code)}</pre></details>"
    yield f'<p class="quiet">Images of {dimensions(found.checkpoint.image_shape)}.</p>'


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table; numbers stand to the right, fractions with four digits."""
    body = [[_cell(value) for value in row] for row in rows]
    yield "<table><tr>" + "".join(f"<th>{_plain(name)}</th>" for name in columns) + "</tr>"
    for row in body:
        yield f"<tr>{''.join(row)}</tr>"
    yield "</table>"


def _cell(value: object) -> str:
    if value is None:
        return '<td class="number">–</td>'
    if isinstance(value, float):
        return f'<td class="number">{value:.4f}</td>'
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{_plain(value)}</td>"
