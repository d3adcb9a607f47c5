"""Runs that are broken on purpose, beside the healthy one."""

from cnnlab.training.config import TrainConfig
from cnnlab.training.races import Entry, ReadyRace

A0 = TrainConfig(recipe="a0-simple-cnn", epochs=1)
SABOTAGES = {
    "rate-x100": ReadyRace(
        "rate-x100",
        "Learning rate × 100",
        "The ReLUs die in the first steps.",
        "anatomy",
        (Entry(A0, "healthy"), Entry(A0.replace(learning_rate=0.1), "learning rate 0.1")),
        20.0,
    )
}
