from __future__ import annotations

import gzip
import shutil
import threading
import time
import urllib.request
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST

from cnnlab.common.paths import shipped_data
from cnnlab.data.dataset import as_input, channel_statistics
from cnnlab.data.datasets import load
from cnnlab.data.datasets.download import fetch
from cnnlab.data.datasets.mnist import present, read_mnist
from cnnlab.errors import CnnlabError

RAW = shipped_data() / "MNIST" / "raw"
NAMES = [name for name, _ in MNIST.resources]


@pytest.fixture
def copy(tmp_path):
    """A data folder of its own with the four archives."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        shutil.copy(RAW / name, raw / name)
    return tmp_path


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise urllib.request.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


def test_present_means_all_four_files(copy):
    assert present() and present(copy)
    (copy / "MNIST" / "raw" / NAMES[2]).unlink()
    assert not present(copy)


def test_pixels_and_labels_equal_the_files_read_by_hand(mnist):
    for part, prefix in zip(mnist, ("train", "t10k"), strict=True):
        pixels = np.frombuffer(gzip.decompress((RAW / f"{prefix}-images-idx3-ubyte.gz").read_bytes()), np.uint8, -1, 16)
        labels = np.frombuffer(gzip.decompress((RAW / f"{prefix}-labels-idx1-ubyte.gz").read_bytes()), np.uint8, -1, 8)
        assert part.images.dtype == torch.uint8
        assert np.array_equal(part.images.numpy().ravel(), pixels)
        assert np.array_equal(part.labels.numpy(), labels)
        assert part.images.shape[1:] == part.image_shape == (1, 28, 28)


@pytest.mark.slow
def test_mean_and_std_are_those_of_the_article(mnist):
    train, _ = mnist
    assert train.mean == pytest.approx((0.130660,), abs=5e-7)
    assert train.std == pytest.approx((0.308108,), abs=5e-7)
    pixels = train.images.numpy().astype(np.float64) / 255
    assert (train.mean[0], train.std[0]) == pytest.approx((pixels.mean(), pixels.std()), rel=1e-12)


def test_statistics_of_colour_images_are_by_channel():
    images = torch.randint(0, 256, (5, 3, 8, 8), dtype=torch.uint8)
    mean, std = channel_statistics(images)
    scaled = images.double() / 255
    assert mean == pytest.approx(scaled.mean((0, 2, 3)).tolist())
    assert std == pytest.approx(scaled.std((0, 2, 3), unbiased=False).tolist())


def test_input_is_pixels_over_255(mnist):
    image = mnist[1].images[:1]
    assert torch.equal(as_input(image), image.float() / 255)


def test_decoded_once_a_process(mnist):
    assert load("mnist") is load("mnist")


def test_unknown_dataset_is_named():
    with pytest.raises(CnnlabError, match="'minst'.*mnist"):
        load("minst")


def test_an_extracted_file_cut_short_or_altered_is_mended(copy, mnist):
    raw = copy / "MNIST" / "raw"
    read_mnist(root=copy)
    extracted = raw / "t10k-images-idx3-ubyte"
    whole = extracted.read_bytes()
    for damaged in (whole[:1_000_000], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        extracted.write_bytes(damaged)
        _, test = read_mnist(root=copy)
        assert torch.equal(test.images, mnist[1].images)


@pytest.mark.parametrize(
    "damage",
    [lambda whole: whole[:-100], lambda whole: whole[:500] + b"\0" + whole[501:]],
    ids=["cut short", "altered"],
)
def test_a_damaged_archive_is_named_with_what_to_do(copy, damage, no_network):
    archive = copy / "MNIST" / "raw" / NAMES[2]
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(CnnlabError) as caught:
        read_mnist(root=copy)
    sentence = str(caught.value)
    assert str(archive) in sentence
    assert "damaged" in sentence and "put the official" in sentence


def test_a_missing_archive_without_a_network_is_named_with_what_to_do(copy, no_network):
    archive = copy / "MNIST" / "raw" / NAMES[1]
    archive.unlink()
    with pytest.raises(CnnlabError) as caught:
        read_mnist(root=copy)
    sentence = str(caught.value)
    assert str(archive) in sentence and "missing" in sentence and "no network" in sentence
    assert f"put the official {archive.name} into {archive.parent}" in sentence
    assert "\n" not in sentence


@pytest.fixture
def mirror(monkeypatch):
    """A mirror on this machine that serves the four archives."""

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, directory=str(RAW), **kwargs)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    yield
    server.shutdown()


def test_missing_archives_are_downloaded_and_progress_is_told(tmp_path, mirror, mnist):
    told = []
    _, test = read_mnist(lambda *args: told.append(args), tmp_path)
    assert torch.equal(test.images, mnist[1].images)
    assert {name for name, _, _ in told} == set(NAMES)
    for name in NAMES:
        size = (RAW / name).stat().st_size
        done = [sofar for each, sofar, total in told if each == name and total == size]
        assert done == sorted(done) and done[-1] == size


def test_a_download_that_stalls_ends_when_it_is_given_up(tmp_path):
    """Whoever presses Cancel is not held by a server that sends nothing more."""

    class Stalling(SimpleHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "100000000")
            self.end_headers()
            self.wfile.write(bytes(100_000))
            released.wait(30)

        def log_message(self, *args):
            pass

    released, told = Event(), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stalling)
    Thread(target=server.serve_forever, daemon=True).start()

    def give_up(name: str, done: int, total: int) -> None:
        told.append((name, done, total))
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path / "set.gz", [f"http://127.0.0.1:{server.server_port}/"], "0" * 32, give_up)
    assert not released.is_set() and {name for name, _, _ in told} == {"set.gz"}
    released.set()
    for thread in threading.enumerate():
        if thread.name == "download set.gz":
            thread.join(20)
    assert list(tmp_path.iterdir()) == [], "nor is a part of it left"
    server.shutdown()


def test_a_mirror_that_delivers_something_else_leaves_nothing_behind(tmp_path, mirror, monkeypatch):
    monkeypatch.setattr(MNIST, "resources", [(NAMES[3], "0" * 32)])
    with pytest.raises(CnnlabError, match="delivered a different or incomplete file"):
        read_mnist(root=tmp_path)
    assert list((tmp_path / "MNIST" / "raw").iterdir()) == []


def test_loading_reports_its_time(copy, record_property):
    """The figure is for the README (goal: under 1.5 s cold); machines are noisy, so it is recorded, not asserted."""
    started = time.perf_counter()
    read_mnist(root=copy)
    record_property("cold_seconds", round(time.perf_counter() - started, 3))
    assert all((copy / "MNIST" / "raw" / name.removesuffix(".gz")).exists() for name in NAMES)
