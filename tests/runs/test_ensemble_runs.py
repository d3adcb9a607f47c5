from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.ensemble import VotingClassifier

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.evaluation.joint_predictions import joint_predictions
from cnnlab.evaluation.predictions import predict
from cnnlab.models.families.ensemble_net import MEAN, VOTE, Ensemble, joint
from cnnlab.runs import ensemble_runs, launch, store
from cnnlab.runs.store import find_run, load, open_run
from cnnlab.training.config import TrainConfig
from tests.pages.test_every_page import open_page
from tests.support.prepared import trained_to_the_end

pytestmark = pytest.mark.usefixtures("through_app")


class Told:
    """A member for scikit-learn that has its probabilities already."""

    def __init__(self, probabilities):
        self.probabilities = probabilities

    def predict(self, x):
        return self.probabilities.argmax(1)

    def predict_proba(self, x):
        return self.probabilities


def random_members(count=3, images=400, classes=5):
    generator = torch.Generator().manual_seed(1)
    return (torch.randn(count, images, classes, generator=generator) * 2).log_softmax(2)


@pytest.mark.parametrize("rule", [MEAN, VOTE])
def test_the_answers_are_scikit_learns(rule):
    """Soft and hard voting; hard voting breaks ties by the lower class, ours by the mean: there they are left out."""
    members = random_members()
    probabilities = [each.exp().double().numpy() for each in members]
    oracle = VotingClassifier([(str(n), None) for n in range(3)], voting="soft" if rule == MEAN else "hard")
    oracle.estimators_ = [Told(each) for each in probabilities]
    oracle.le_ = type("Names", (), {"inverse_transform": staticmethod(lambda numbers: numbers)})
    ours = joint(members, rule).argmax(1).numpy()
    votes = np.stack([each.argmax(1) for each in probabilities])
    decided = stats.mode(votes, axis=0).count > 1
    chosen = decided if rule == VOTE else np.ones(len(ours), bool)
    assert np.array_equal(ours[chosen], oracle.predict(np.zeros(400))[chosen]) and decided.mean() > 0.5
    if rule == MEAN:
        np.testing.assert_allclose(joint(members, MEAN).exp(), oracle.predict_proba(np.zeros(400)), atol=1e-6)


def test_a_tied_vote_goes_to_the_larger_mean():
    members = torch.tensor([[[0.6, 0.4, 0.0]], [[0.1, 0.9, 0.0]]]).clamp_min(1e-6).log()
    shares = joint(members, VOTE).exp()[0]
    assert shares.argmax() == 1 and shares.tolist() == pytest.approx([0.5, 0.5, 0], abs=1e-3)
    assert shares.sum().item() == pytest.approx(1)


def test_its_logits_are_log_probabilities_of_the_members():
    nets = [models.build("simple-cnn", seed=seed).eval() for seed in (0, 1)]
    images = torch.rand(4, 1, 28, 28)
    with torch.no_grad():
        expected = (nets[0](images).softmax(1) + nets[1](images).softmax(1)) / 2
        torch.testing.assert_close(Ensemble(nets, MEAN)(images).softmax(1), expected)


@pytest.fixture(scope="module")
def trained(small, tmp_path_factory):
    """Instead of the usual run, one of a narrow network: here whole ensembles are shown all images many times."""
    root = tmp_path_factory.mktemp("narrow")
    config = TrainConfig(recipe="small", options={"channels": (4, 8)}, epochs=2, batch_size=100, device="cpu")
    return root, trained_to_the_end(config, small, root)


@pytest.fixture(scope="module")
def made(trained, tmp_path_factory):
    """(folder, name) of an ensemble of the two epochs of a small run, kept beside it."""
    run = find_run("small", trained[0])[0]
    name, _ = ensemble_runs.save([load(run, 1), load(run, 2)], MEAN, "our team", trained[0])
    yield trained[0], name
    shutil.rmtree(trained[0] / name)


@pytest.mark.slow
def test_an_ensemble_is_a_run_like_any_other(made, mnist):
    root, name = made
    run = open_run(root / name)
    checkpoint = load(run, run.epochs[-1])
    assert name == "our-team" and run.epochs == (1,) and run.config.network == "ensemble"
    assert [each["run"] for each in run.config.options["members"]] == ["small@1", "small@2"]
    small = find_run("small", root)[0]
    networks = [load(small, epoch).model for epoch in (1, 2)]
    images, labels = mnist[1].images.float() / 255, mnist[1].labels
    with torch.no_grad():
        mean = sum(torch.cat([net(part).softmax(1) for part in images.split(1000)]) for net in networks) / 2
    right = (mean.argmax(1) == labels).sum().item()
    assert run.outcome.test_accuracy == right / 10_000
    assert predict(checkpoint.model, mnist[1]).accuracy == right / 10_000


def test_members_that_do_not_go_together_are_a_sentence(trained):
    run = find_run("small", trained[0])[0]
    one = load(run, 1)
    halves = store.dataclasses.replace(one, config=one.config.replace(split="test-halves"))
    small = store.dataclasses.replace(one, image_shape=(1, 14, 14))
    for members, said in (
        ([one], "has 2 to 20 members, not 1"),
        ([one, halves], "its split is test-halves, not holdout"),
        ([one, small], "its image size is 1×14×14, not 1×28×28"),
    ):
        with pytest.raises(CnnlabError, match=said):
            ensemble_runs.together(members, MEAN)
    with pytest.raises(CnnlabError, match=r"A run cannot be called '../x': use up to 60 letters"):
        ensemble_runs.save([one, one], MEAN, "../x", trained[0])


@pytest.mark.slow
def test_an_ensemble_of_ensembles_is_refused(made):
    root, name = made
    member = load(*find_run(name, root))
    with pytest.raises(CnnlabError, match="our-team@1 is an ensemble itself: take its members instead"):
        ensemble_runs.together([member, member], MEAN)


@pytest.mark.slow
def test_an_ensemble_can_teach(made, config, small):
    root, name = made
    teacher = launch.sources(config.replace(teacher=name), small, root).teacher
    assert isinstance(teacher, Ensemble)


def test_it_is_no_network_to_choose_for_training():
    assert "ensemble" not in [each.name for each in models.specs()]
    with pytest.raises(CnnlabError, match="network is 'ensembles': choose one of simple-cnn"):
        models.spec("ensembles")


@pytest.mark.slow
def test_a_council_counts_what_being_many_changes(trained, mnist):
    run = find_run("small", trained[0])[0]
    test = mnist[1].part(0, 3_000)
    told = [predict(load(run, epoch).model, test) for epoch in run.epochs]
    found = joint_predictions(told, VOTE)
    model = Ensemble([load(run, epoch).model for epoch in run.epochs], VOTE)
    assert np.array_equal(found.common.predicted, predict(model, test).predicted)
    best = max(told, key=lambda each: each.accuracy)
    assert found.members[found.best] is best
    better, worse = len(found.corrected), len(found.spoilt)
    assert better - worse == round((found.common.accuracy - best.accuracy) * 3_000)
    answers = [each.predicted for each in told]
    assert len(found.disputed) == ((answers[0] != answers[1]) | (answers[1] != answers[2])).sum()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kernels.py", "feature_maps.py", "anatomy.py"])
def test_pages_that_look_inside_say_why_they_do_not_apply(name, made, monkeypatch, through_app):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(made[0]))
    app = open_page(name)
    app.sidebar.selectbox(key="shared_run").set_value(made[1]).run()
    assert not app.exception and "asks 2 networks (small@1, small@2) and has no layers" in app.info[0].value


@pytest.mark.slow
@pytest.mark.parametrize("name", ["confusion.py", "shift.py", "draw.py", "train.py", "ensemble.py"])
def test_the_other_pages_take_an_ensemble_for_a_network(name, made, monkeypatch, through_app):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(made[0]))
    app = open_page(name)
    app.sidebar.selectbox(key="shared_run").set_value(made[1]).run()
    assert not app.exception and not app.error


@pytest.mark.slow
def test_the_page_compares_and_keeps(trained, tmp_path, monkeypatch, through_app):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        for file in (trained[0] / "small").iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
    (tmp_path / "second" / "epoch-002.safetensors").unlink()  # so that they differ
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = open_page("ensemble.py")
    assert not app.exception and app.multiselect(key="ensemble_members").value == ["first", "second"]
    assert "Together" in app.subheader[0].value
    app.button_group(key="ensemble_rule").set_value(VOTE).run()
    app.text_input(key="ensemble_name").set_value("two of us").run()
    app.button(key="ensemble_keep").click().run()
    assert not app.exception and "Kept as **two-of-us**" in app.success[0].value
    record = json.loads((tmp_path / "two-of-us" / "run.json").read_text())
    assert record["config"]["options"]["rule"] == VOTE
    app.multiselect(key="ensemble_members").set_value(["first"]).run()
    assert "choose two or more" in app.subheader[0].value
