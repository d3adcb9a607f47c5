"""The articles' results: does each recipe reach what its article reports?

    python -m benchmarks.reproduce [--recipes a0-simple-cnn,a1-batch-norm …] [--seeds 0,1,2] [--epochs N]
                                   [--device auto|cpu|cuda|mps] [--out results.json]

Claim: the mean test accuracy over the seeds lies at most 0.15 points below the article's, or above it. A recipe that
keeps its best weights is measured with them, chosen on its validation images; the others with their last ones. Without
--recipes every recipe of an article on MNIST is trained. --epochs shortens them: then nothing is claimed. With --out
each finished training is kept in that file at once, and what it holds already is not trained again.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.support.best_weights import BestWeights
from benchmarks.support.kept_trainings import Results
from benchmarks.support.machine import describe_machine
from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch
from cnnlab.training.config import TrainConfig
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.recipes import RECIPES, Recipe, recipe

TOLERANCE = 0.0015
ARTICLES = ("a0-", "a1-", "a2-", "a3-", "a4-")
COLUMNS = ("recipe", "article", "measured", "within 0.15", "each seed", "epochs", "minutes")


def train(config: TrainConfig) -> dict[str, Any]:
    """One training: test accuracy (0..1) with the last and with the best weights, and how long it took."""
    best = BestWeights()
    loop = TrainingLoop(launch.prepare(config, Path()).trainer(), best)
    loop.begin()
    with tqdm(total=loop.trainer.total_steps, desc=f"{config.recipe} seed {config.seed}", file=sys.stderr) as bar:
        while not loop.trainer.done:
            loop.advance()
            bar.update()
    outcome = loop.finish(stopped=False)
    loop.trainer.model.load_state_dict(best.weights)
    return {
        "config": config.as_dict(),
        "last": outcome.test_accuracy,
        "best": models.score(loop.trainer.model, loop.trainer.split.test).accuracy,
        "best_epoch": best.epoch,
        "epochs": outcome.epochs,
        "seconds": round(outcome.seconds, 1),
        "machine": describe_machine(),
    }


def summary(which: Recipe, trainings: list[dict[str, Any]]) -> dict[str, Any]:
    """Article against measured. `within` is None where the article gives no figure or the trainings were shortened."""
    best = bool(which.config.keep)
    seeds = {str(each["config"]["seed"]): each["best" if best else "last"] for each in trainings}
    mean = sum(seeds.values()) / len(seeds)
    shortened = any(each["config"]["epochs"] != which.config.epochs for each in trainings)
    reported = None if shortened else which.reported
    return {
        "recipe": which.name,
        "article": which.reported,
        "mean": mean,
        "within": None if reported is None else mean >= reported - TOLERANCE,
        "seeds": seeds,
        "weights": "best" if best else "last",
        "epochs": trainings[0]["config"]["epochs"],
        "epochs_of_recipe": which.config.epochs,
        "shortened": shortened,
        "minutes": sum(each["seconds"] for each in trainings) / 60,
    }


def row(found: dict[str, Any]) -> list[str]:
    """A summary as a line of the table."""
    within = {None: "–", True: "yes", False: "NO"}[found["within"]]
    epochs = f"{found['epochs']} of {found['epochs_of_recipe']}: SHORTENED" if found["shortened"] else found["epochs"]
    article = "–" if found["article"] is None else f"{found['article']:.2%}"
    each = ", ".join(f"{accuracy:.2%}" for accuracy in found["seeds"].values())
    return [found["recipe"], article, f"{found['mean']:.2%}", within, each, str(epochs), f"{found['minutes']:.1f}"]


def chosen(names: str | None) -> list[Recipe]:
    """The named recipes, by default those of the articles on MNIST. Raises CnnlabError for an unknown one."""
    if names:
        return [recipe(name.strip()) for name in names.split(",")]
    return [each for each in RECIPES.values() if each.name.startswith(ARTICLES) and each.config.dataset == "mnist"]


def main(arguments: list[str] | None = None) -> None:
    """Train and print the table, one JSON line last."""
    parser = argparse.ArgumentParser(description="The articles' results against ours.")
    parser.add_argument("--recipes", help="names from `python -m cnnlab recipes`, separated by commas")
    parser.add_argument("--seeds", default="0,1,2", help="separated by commas (default: 0,1,2)")
    parser.add_argument("--epochs", type=int, help="shorten every recipe to so many at most; then nothing is claimed")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--out", type=Path, help="file in which finished trainings are kept, to go on after a cut")
    options = parser.parse_args(arguments)
    try:
        results, found = Results(options.out), []
        for which in chosen(options.recipes):
            epochs = min(which.config.epochs, options.epochs or which.config.epochs)
            configs = [
                which.config.replace(seed=seed, epochs=epochs, device=options.device)
                for seed in options.seeds.split(",")
            ]
            found.append(summary(which, [results.of(config, train) for config in configs]))
            print("  ".join(row(found[-1])), file=sys.stderr)
    except CnnlabError as error:
        parser.exit(1, f"reproduce: {error}\n")
    table = [list(COLUMNS), *map(row, found)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    if any(each["shortened"] for each in found):
        print("SHORTENED: fewer epochs than the recipe has; its accuracy says nothing about the article's.")
    print(describe_machine())
    print(json.dumps({"machine": describe_machine(), "results": found}))


if __name__ == "__main__":
    main()
