"""Fashion-MNIST, KMNIST and CIFAR-10: downloaded from a server of the test's own, and one sentence without any."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import tarfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
from torchvision.datasets import CIFAR10, KMNIST, FashionMNIST

from cnnlab.cli.commands import main
from cnnlab.data import datasets
from cnnlab.data.datasets import registry
from cnnlab.errors import CnnlabError

IDX = {"fashion-mnist": FashionMNIST, "kmnist": KMNIST}
COUNTS = {"train": 30, "t10k": 20}


@pytest.fixture(autouse=True)
def empty(tmp_path, monkeypatch):
    """Nothing has been downloaded or loaded yet."""
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(registry, "_loaded", type(registry._loaded)())


@pytest.fixture
def server(tmp_path):
    """(folder, its address)."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    folder = tmp_path / "server"
    folder.mkdir()
    serving = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=serving.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{serving.server_port}/"
    serving.shutdown()


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def offer_idx(kind, folder, address, monkeypatch) -> dict[str, np.ndarray]:
    """Put small files in MNIST's format on the server and have torchvision believe in them."""
    chance, resources, arrays = np.random.default_rng(1), [], {}
    for name, _ in kind.resources:
        count = COUNTS[name.split("-")[0]]
        images = "images" in name
        shape = (count, 28, 28) if images else (count,)
        arrays[name] = chance.integers(0, 256 if images else 10, shape, np.uint8)
        header = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
        content = gzip.compress(header + arrays[name].tobytes())
        (folder / name).write_bytes(content)
        resources.append((name, md5(content)))
    monkeypatch.setattr(kind, "resources", resources)
    monkeypatch.setattr(kind, "mirrors", [address])
    return arrays


def offer_cifar(folder, address, monkeypatch) -> dict[str, dict]:
    chance, batches, content = np.random.default_rng(2), {}, io.BytesIO()
    names = [name for name, _ in (*CIFAR10.train_list, *CIFAR10.test_list)]
    with tarfile.open(fileobj=content, mode="w:gz") as archive:

        def add(name: str, value: dict) -> str:
            packed = pickle.dumps(value)
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(packed)
            archive.addfile(entry, io.BytesIO(packed))
            return md5(packed)

        sums = []
        for name in names:
            batches[name] = {
                "data": chance.integers(0, 256, (6, 3072), np.uint8),
                "labels": chance.integers(0, 10, 6).tolist(),
            }
            sums.append(add(name, batches[name]))
        classes = [f"thing {number}" for number in range(10)]
        meta = {**CIFAR10.meta, "md5": add("batches.meta", {"label_names": classes})}
    (folder / CIFAR10.filename).write_bytes(content.getvalue())
    pairs = [list(pair) for pair in zip(names, sums, strict=True)]
    for field, value in (
        ("url", address + CIFAR10.filename),
        ("tgz_md5", md5(content.getvalue())),
        ("train_list", pairs[:-1]),
        ("test_list", pairs[-1:]),
        ("meta", meta),
    ):
        monkeypatch.setattr(CIFAR10, field, value)
    return batches


@pytest.mark.parametrize("name", IDX)
def test_sets_in_mnists_format_are_downloaded_when_first_asked_for(name, server, monkeypatch, tmp_path):
    kind, told = IDX[name], []
    arrays = offer_idx(kind, *server, monkeypatch)
    train, test = datasets.load(name, lambda *now: told.append(now))
    for part, prefix in ((train, "train"), (test, "t10k")):
        assert np.array_equal(part.images[:, 0].numpy(), arrays[f"{prefix}-images-idx3-ubyte.gz"])
        assert np.array_equal(part.labels.numpy(), arrays[f"{prefix}-labels-idx1-ubyte.gz"])
    pixels = arrays["train-images-idx3-ubyte.gz"] / 255
    assert (train.mean[0], train.std[0]) == pytest.approx((pixels.mean(), pixels.std()))
    assert len(train.classes) == 10 and {file for file, _, _ in told} == set(arrays)
    assert (tmp_path / "data" / kind.__name__ / "raw").is_dir()
    told.clear()
    registry._loaded.clear()
    assert len(datasets.load(name, lambda *now: told.append(now))[1]) == 20 and not told, "once is enough"


def test_cifar10_is_downloaded_unpacked_and_decoded(server, monkeypatch, tmp_path):
    batches, told = offer_cifar(*server, monkeypatch), []
    train, test = datasets.load("cifar10", lambda *now: told.append(now))
    pixels = np.concatenate([batch["data"] for name, batch in batches.items() if name != "test_batch"])
    assert np.array_equal(train.images.numpy(), pixels.reshape(-1, 3, 32, 32)) and train.image_shape == (3, 32, 32)
    assert test.labels.tolist() == batches["test_batch"]["labels"] and train.classes[3] == "thing 3"
    scaled = train.images.double() / 255
    assert train.mean == pytest.approx(scaled.mean((0, 2, 3)).tolist()) and told[-1][1] == told[-1][2]
    (tmp_path / "data" / "cifar-10-batches-py" / "data_batch_2").write_bytes(b"cut short")
    registry._loaded.clear()
    told.clear()
    assert len(datasets.load("cifar10", lambda *now: told.append(now))[0]) == 30 and not told, "mended from the archive"


@pytest.mark.parametrize("name", [*IDX, "cifar10"])
def test_offline_it_is_one_sentence_on_the_command_line_too(name, monkeypatch, capsys, tmp_path):
    for kind in IDX.values():
        monkeypatch.setattr(kind, "mirrors", ["http://127.0.0.1:9/"])  # the discard port: nobody answers
    monkeypatch.setattr(CIFAR10, "url", "http://127.0.0.1:9/cifar-10-python.tar.gz")
    with pytest.raises(CnnlabError, match="is missing and could not be downloaded .*connect to the network") as caught:
        datasets.load(name)
    assert "\n" not in str(caught.value)
    recipe = ["train", "--recipe", "a0-simple-cnn", "--set", f"dataset={name}", "--out", str(tmp_path / "runs")]
    assert main(recipe) == 1
    said = capsys.readouterr().err
    assert said.startswith("cnnlab: ") and said.count("\n") == 1 and "could not be downloaded" in said
    assert not (tmp_path / "runs").exists(), "no empty run is left behind"


def test_a_server_that_delivers_something_else_is_refused(server, monkeypatch):
    offer_cifar(*server, monkeypatch)
    (server[0] / CIFAR10.filename).write_bytes(b"an error page")
    with pytest.raises(CnnlabError, match="delivered a different or incomplete file"):
        datasets.load("cifar10")
