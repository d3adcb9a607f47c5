"""A new learning rate is checked when the command is made, with the sentence that the settings have for it."""

from __future__ import annotations

import pytest

from cnnlab.errors import CnnlabError
from cnnlab.training.config import LIMITS, TrainConfig
from cnnlab.training.runner_commands import SetLearningRate


@pytest.mark.parametrize("value", [-1, 0, 101.0, float("nan"), float("inf")])
def test_a_rate_that_no_run_may_have_is_refused_as_the_settings_refuse_it(value):
    with pytest.raises(CnnlabError) as of_settings:
        TrainConfig(learning_rate=value)
    with pytest.raises(CnnlabError, match=f"learning_rate is {value:g}: it must lie between") as of_command:
        SetLearningRate(value)
    assert str(of_command.value) == str(of_settings.value)


def test_both_ends_of_the_limits_are_allowed():
    limits = LIMITS["learning_rate"]
    assert [SetLearningRate(value).value for value in (limits.low, limits.high)] == [limits.low, limits.high]
