"""Distillation against its formula, and the sentences for a teacher that does not fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import log_softmax
from scipy.stats import entropy

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch
from cnnlab.training.methods.distillation import Teacher, distillation_loss
from cnnlab.training.methods.transfer_learning import Sources
from cnnlab.training.trainer import Trainer

CPU = torch.device("cpu")


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_the_loss_is_scipys_relative_entropy(temperature):
    generator = torch.Generator().manual_seed(0)
    student, teacher = (torch.randn(6, 10, generator=generator) * 5 for _ in range(2))
    taught, wanted = (np.exp(log_softmax(each.double().numpy() / temperature, 1)) for each in (student, teacher))
    expected = entropy(wanted, taught, axis=1).mean() * temperature**2
    assert distillation_loss(student, teacher, temperature).item() == pytest.approx(expected, rel=1e-5)
    assert distillation_loss(teacher, teacher, temperature).item() == pytest.approx(0, abs=1e-6)


def test_the_gradient_grows_with_the_temperature_as_the_labels_does():
    """At a high temperature it tends to (student - teacher) / classes: that is what the factor T² is for."""
    student = torch.tensor([[1.0, -1.0, 0.0]], requires_grad=True)
    teacher = torch.tensor([[0.5, 0.5, -1.0]])
    distillation_loss(student, teacher, 100.0).backward()
    torch.testing.assert_close(student.grad, (student.detach() - teacher) / 3, atol=5e-3, rtol=0)


def test_weight_0_is_the_labels_alone_and_1_the_teacher_alone(small, config):
    teacher = models.build("simple-cnn", seed=9)

    def losses(**settings):
        trainer = Trainer(config.replace(**settings), small, CPU, Sources(teacher=teacher))
        for _ in range(3):
            trainer.step()
        return trainer.read_steps(force=True).losses

    plain = Trainer(config, small, CPU)
    for _ in range(3):
        plain.step()
    assert losses(distill_weight=0) == plain.read_steps(force=True).losses
    images = small.train.images[:8].float() / 255
    logits = torch.randn(8, 10)
    blended = Teacher(teacher, 3.0, 0.25).blend(torch.tensor(2.0), logits, images)
    taught = distillation_loss(logits, teacher.eval()(images), 3.0)
    torch.testing.assert_close(blended, 0.75 * 2 + 0.25 * taught)
    assert losses(distill_weight=1) != losses(distill_weight=0.5)


@pytest.mark.slow
def test_a_student_comes_to_answer_like_its_teacher(small, config, trained):
    settings = config.replace(teacher="small@2", distill_weight=1, temperature=2)
    sources = launch.sources(settings, small, trained[0])
    before = {name: value.clone() for name, value in sources.teacher.state_dict().items()}
    trainer = Trainer(settings, small, CPU, sources)
    images = small.test.images
    wanted = models.logits_of(sources.teacher, images).argmax(1)

    def agreement():
        return (models.logits_of(trainer.model, images).argmax(1) == wanted).float().mean().item()

    first = agreement()
    for _ in range(25):
        trainer.step()
    assert first < 0.4 and agreement() > 0.8
    assert all(torch.equal(value, before[name]) for name, value in sources.teacher.state_dict().items())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"teacher": "nobody"}, "There is no run 'nobody'"),
        ({"teacher": "small@9"}, "small has no epoch '9'"),
        ({"temperature": 0}, "temperature is 0"),
        ({"distill_weight": 1.5}, "distill_weight is 1.5"),
    ],
)
def test_a_teacher_that_cannot_be_is_a_sentence(settings, said, config, small, trained):
    with pytest.raises(CnnlabError, match=said):
        launch.sources(config.replace(**settings), small, trained[0])


def test_a_teacher_of_other_images_is_a_sentence(config, small, trained):
    train = small.train
    colour = small._replace(train=train.__class__(train.images.repeat(1, 3, 1, 1), *list(vars(train).values())[1:]))
    with pytest.raises(CnnlabError, match="teacher is 'small': it was trained on mnist, not on images and classes"):
        launch.sources(config.replace(teacher="small"), colour, trained[0])
