"""What the speed benchmarks compare: the article's loop alone and in a process of its own, cnnlab's trainer."""

from functools import partial

import pytest
import torch

from benchmarks.support.article_loop import ArticleLoop, SimpleCNN
from benchmarks.support.contest import Cnnlab, train
from benchmarks.support.other_process import OtherProcess
from cnnlab import models
from cnnlab.training.recipes import recipe

CPU = torch.device("cpu")


@pytest.mark.slow
def test_the_loop_in_its_own_process_trains_as_it_does_here():
    here, apart = ArticleLoop(0, CPU), OtherProcess(partial(ArticleLoop, 1, CPU))
    apart.become(partial(ArticleLoop, 0, CPU))
    assert train(here, 640) > 0 and apart.train(640) > 0
    assert apart.accuracy() == here.accuracy() > 0.2
    apart.close()


def test_both_sides_train_the_same_network():
    ours = Cnnlab(recipe("a0-simple-cnn").config.replace(split="none"), CPU)
    assert models.parameter_count(ours.trainer.model) == models.parameter_count(SimpleCNN()) == 215_370
    ours.train(640)
    assert ours.trainer.step_count == 10 and not ours.done
