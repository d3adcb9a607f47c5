"""Races that are ready to start."""

from cnnlab.training.config import TrainConfig
from cnnlab.training.races import Entry, ReadyRace

A0 = TrainConfig(recipe="a0-simple-cnn", epochs=1)
RACES = {
    "optimisers": ReadyRace(
        "optimisers",
        "Optimisers",
        "Watch the first hundred steps.",
        "train",
        (Entry(A0.replace(optimizer="sgd", learning_rate=0.01), "SGD"), Entry(A0, "Adam")),
        40.0,
    )
}
