"""Own pictures: folders and zips decoded once, and every way in which they can be wrong."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cnnlab.cli.commands import main
from cnnlab.data import datasets, image_decoding
from cnnlab.data.datasets import custom, image_folders, registry
from cnnlab.data.datasets.image_folders import read_image_folders
from cnnlab.errors import CnnlabError
from tests.support.digit_folders import INK, coloured, write_digits

DIGITS = {4: "4", 7: "7", 10 - 1: "9"}


@pytest.fixture
def grey(mnist, tmp_path):
    """4, 7 and 9, ten pictures each, without train and test."""
    write_digits(tmp_path / "grey", mnist[1], 10, DIGITS)
    return tmp_path / "grey"


@pytest.fixture
def parted(mnist, tmp_path):
    """Colour pictures in train/ and test/."""
    names = dict(zip((4, 7, 9), INK, strict=True))
    write_digits(tmp_path / "parted" / "train", mnist[0], 8, names, colour=True)
    write_digits(tmp_path / "parted" / "Test", mnist[1], 3, names, colour=True)
    return tmp_path / "parted"


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """Own data sets land in a folder of the test's own."""
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "own"


def zipped(folder: Path, prefix: str = "", change=None, packing: int = zipfile.ZIP_STORED) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, prefix + file.relative_to(folder).as_posix())
        if change:
            change(archive)
    return content


def test_grey_digits_are_the_pixels_they_were_and_every_fifth_tests(grey, mnist):
    found = read_image_folders(grey, "grey")
    assert found.train.classes == ("4", "7", "9") and found.notes == ()
    assert found.train.image_shape == (1, 28, 28) and found.train.images.dtype == torch.uint8
    assert found.train.labels.bincount().tolist() == [8, 8, 8] and found.test.labels.bincount().tolist() == [2, 2, 2]
    labels = mnist[1].labels.numpy()
    for label, digit in enumerate((4, 7, 9)):
        real = {mnist[1].images[at].numpy().tobytes() for at in np.flatnonzero(labels == digit)[:10]}
        ours = [part.images[part.labels == label] for part in (found.train, found.test)]
        assert {image.numpy().tobytes() for part in ours for image in part} == real
    pixels = found.train.images.double() / 255
    assert (*found.train.mean, *found.train.std) == pytest.approx(
        (pixels.mean().item(), pixels.std(unbiased=False).item())
    )
    again = read_image_folders(grey, "grey")
    assert torch.equal(again.train.images, found.train.images) and torch.equal(again.test.labels, found.test.labels)
    assert found.train.labels.tolist() != sorted(found.train.labels.tolist()), "mixed, so that any part has all classes"


def test_train_and_test_folders_are_what_they_say_in_colour(parted, mnist):
    found = read_image_folders(parted, "parted")
    assert found.train.classes == tuple(sorted(INK)) and found.train.image_shape == (3, 32, 30)
    assert (len(found.train), len(found.test)) == (24, 9)
    fours = found.test.images[found.test.labels == found.test.classes.index("four")]
    first = mnist[1].images[np.flatnonzero(mnist[1].labels.numpy() == 4)[0], 0].numpy()
    assert any(np.array_equal(each.permute(1, 2, 0).numpy(), coloured(first, "four")) for each in fours)
    scaled = found.train.images.double() / 255
    assert found.train.mean == pytest.approx(scaled.mean((0, 2, 3)).tolist())
    assert found.train.std == pytest.approx(scaled.std((0, 2, 3), unbiased=False).tolist())


@pytest.mark.parametrize("prefix", ["", "download/", "a/b/"])
def test_a_zip_is_read_as_the_folder_whatever_lies_around_it(parted, prefix):
    content = zipped(parted, prefix, lambda archive: archive.writestr("__MACOSX/train/._x.png", b"?"))
    ours, theirs = read_image_folders(content, "parted.zip"), read_image_folders(parted, "parted")
    for part in ("train", "test"):
        assert torch.equal(getattr(ours, part).images, getattr(theirs, part).images)
        assert torch.equal(getattr(ours, part).labels, getattr(theirs, part).labels)


def test_validation_pictures_train_where_there_is_a_test_folder_and_test_where_there_is_none(parted):
    shutil.copytree(parted / "train", parted / "val")
    found = read_image_folders(parted, "parted")
    assert (len(found.train), len(found.test)) == (48, 9)
    shutil.rmtree(parted / "Test")
    found = read_image_folders(parted, "parted")
    assert (len(found.train), len(found.test)) == (24, 24)


def test_classes_are_in_the_order_people_count_in(grey, tmp_path):
    for name in ("10", "2", "zebra", "Ant"):
        shutil.copytree(grey / "4", tmp_path / "many" / name)
    assert read_image_folders(tmp_path / "many", "many").train.classes == ("2", "10", "Ant", "zebra")


def test_other_sizes_are_scaled_to_the_most_common_and_said(grey):
    wide = Image.open(grey / "4" / "000.png").resize((56, 40))
    wide.save(grey / "4" / "000.png")
    found = read_image_folders(grey, "grey")
    assert found.train.image_shape == (1, 28, 28)
    assert found.notes == ("One picture was of 30 scaled and cropped to 28×28 pixels: "
                           "they came in 2 sizes, most often 28×28.",)  # fmt: skip
    whole = read_image_folders(grey, "grey", size=16)
    assert whole.train.image_shape == (1, 16, 16) and "30 pictures were of 30 scaled" in whole.notes[0]


def test_large_photographs_become_small_ones(tmp_path):
    for name, ink in INK.items():
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(2):
            Image.new("RGB", (400, 300), ink).save(tmp_path / "photos" / name / f"{number}.jpg", quality=95)
    found = read_image_folders(tmp_path / "photos", "photos")
    assert found.train.image_shape == (3, 64, 64) and "they came in 400×300" in found.notes[0]
    for label, ink in enumerate(INK.values()):
        name = list(INK)[label]
        image = found.train.images[found.train.labels == found.train.classes.index(name)][0]
        assert image.float().mean((1, 2)).tolist() == pytest.approx(ink, abs=3)


def test_a_photograph_on_its_side_is_turned_and_a_transparent_one_laid_on_white(tmp_path):
    exif = Image.Exif()
    exif[274] = 6  # the camera was turned by 90 degrees
    picture = Image.new("L", (40, 20))
    picture.paste(255, (0, 0, 40, 10))
    content = io.BytesIO()
    picture.save(content, "PNG", exif=exif)
    assert image_decoding.size_of(content.getvalue(), "x") == (40, 20)
    turned = image_decoding.decoded(content.getvalue(), "x", 40, 20)
    assert turned[:, :, 15].min() == 255 and turned[:, :, 5].max() == 0
    content = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(content, "PNG")
    assert image_decoding.decoded(content.getvalue(), "x", 10, 10).min() == 255
    assert image_decoding.fitted(content.getvalue(), "x", (1, 12, 8)).shape == (1, 12, 8)


def cut(file: Path) -> None:
    Image.effect_noise((64, 64), 50).save(file.with_suffix(".jpg"), quality=90)
    file.with_suffix(".jpg").write_bytes(file.with_suffix(".jpg").read_bytes()[:1000])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: shutil.rmtree(f), "There is no .*grey: give a folder"),
        (lambda f: [shutil.rmtree(f / n) for n in ("4", "7", "9")], "grey holds no pictures"),
        (lambda f: [shutil.rmtree(f / n) for n in ("4", "7")], "grey has only one class, '9'"),
        (lambda f: cut(f / "7" / "zz.png"), r"7/zz.jpg could not be read as a picture \(.*truncated"),
        (lambda f: (f / "7" / "zz.png").write_bytes(b"this is text"), r"7/zz.png could not be read .* \(it is none"),
        (lambda f: (f / "7" / "zz.png").write_bytes(b""), "7/zz.png could not be read"),
        (lambda f: [file.rename(f / f"{file.parent.name}-{file.name}") for file in list(f.rglob("*.png"))],
         "grey has no class folders"),
        (lambda f: [file.unlink() for file in sorted((f / "4").iterdir())[1:]], "grey has one picture of '4'"),
        (lambda f: [shutil.copytree(f / "4", f / part / "x") for part in ("train", "test")]
         + [shutil.copytree(f / "4", f / "train" / "y"), shutil.copytree(f / "4", f / "test" / "z")],
         "grey tests the class 'z'"),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_one_sentence(grey, kept, spoil, said):
    spoil(grey)
    for act in (lambda: read_image_folders(grey, "grey"), lambda: custom.add(grey, "grey")):
        with pytest.raises(CnnlabError, match=said) as caught:
            act()
        assert "\n" not in str(caught.value)
    assert not list(kept.glob("*")), "nothing half-made is kept"


def link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("4/evil.png")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda archive: archive.writestr("../evil.png", b"x"), "'../evil.png' points outside"),
        (lambda archive: archive.writestr("4/../../evil.png", b"x"), "points outside"),
        (lambda archive: archive.writestr("/evil.png", b"x"), "'/evil.png' points outside"),
        (lambda archive: archive.writestr("C:/evil.png", b"x"), "points outside"),
        (lambda archive: archive.writestr("..\\evil.png", b"x"), "points outside"),
        (link, "'4/evil.png' points outside"),
    ],
)
def test_a_zip_that_points_outside_is_refused(grey, change, said):
    with pytest.raises(CnnlabError, match=f"grey.zip was not added: its member .*{said}"):
        read_image_folders(zipped(grey, "", change), "grey.zip")


def test_zips_that_are_none_or_too_large_are_refused(grey, monkeypatch):
    for content in (b"", b"PK\x03\x04 cut", zipped(grey).getvalue()[:-30]):
        with pytest.raises(CnnlabError, match="grey.zip is neither a folder nor a whole zip"):
            read_image_folders(io.BytesIO(content), "grey.zip")
    monkeypatch.setattr(image_folders, "MOST_BYTES", 5_000)
    with pytest.raises(CnnlabError, match="too many at 28×28 pixels: choose a smaller size"):
        read_image_folders(grey, "grey")
    with pytest.raises(CnnlabError, match="size is 4: it must lie between 8 and 256"):
        read_image_folders(grey, "grey", size=4)


def huge(side: int, mode: str = "L") -> bytes:
    content = io.BytesIO()
    Image.new(mode, (side, side)).save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda z: z.writestr("4/huge.png", huge(9_000)), "4/huge.png has 9000 × 9000 pixels: make it smaller than 30"),
        (lambda z: [z.writestr(f"4/{n}.png", huge(4_000)) for n in range(8)], "more than .* million pixels in"),
        (lambda z: z.writestr("4/long.png", bytes(41_000_000)), "'4/long.png' has 41 MB, at most 40 MB are read"),
    ],
)
def test_a_small_zip_does_not_become_much(grey, change, said):
    with pytest.raises(CnnlabError, match=said):
        read_image_folders(zipped(grey, "", change, zipfile.ZIP_DEFLATED), "grey.zip")


@pytest.mark.parametrize("name", ["![x](http://evil.example/x.png)", "a`b", "<b>", "x" * 61, "$x$"])
def test_a_class_is_not_called_what_could_be_more_than_a_name(grey, name):
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w") as archive:
        for file in (grey / "4").iterdir():
            archive.write(file, f"4/{file.name}")
            archive.write(file, f"{name.replace('/', '-')}/{file.name}")
    with pytest.raises(CnnlabError, match="has a class called .*: rename its folder"):
        read_image_folders(source, "grey.zip")


def test_superscripts_and_endless_numbers_are_names_like_others(grey):
    (grey / "4").rename(grey / "²")
    (grey / "7").rename(grey / "x²")
    found = read_image_folders(grey, "grey")
    assert set(found.train.classes) == {"²", "x²", "9"}


def test_what_is_left_out_is_said(grey):
    (grey / "notes.txt").write_text("hello")
    (grey / ".DS_Store").write_text("hello")
    shutil.copy(grey / "4" / "000.png", grey / "stray.png")
    assert read_image_folders(grey, "grey").notes == (
        "One file was left out, for not being a picture.",
        "One picture was left out, for lying in no class folder.",
    )


def test_a_kept_set_is_loaded_by_its_name_and_described(parted, kept):
    told = []
    about = custom.add(parted, "My parted set!.zip", progress=lambda *now: told.append(now))
    assert about.name == "folder:my-parted-set" and custom.names() == ["folder:my-parted-set"]
    assert told[-1][1:] == (33, 33)
    train, test = datasets.load("folder:my-parted-set")
    whole = read_image_folders(parted, "parted")
    assert torch.equal(train.images, whole.train.images) and torch.equal(test.labels, whole.test.labels)
    assert (train.mean, train.std, train.classes) == (whole.train.mean, whole.train.std, whole.train.classes)
    assert datasets.load("folder:my-parted-set")[0] is train, "decoded once a process"
    assert about == custom.describe(about.name) and about.train == (8, 8, 8) and about.test == (3, 3, 3)
    assert about.sentence == "folder:my-parted-set: 24 colour pictures to train and 9 to test, 30×32 pixels, 3 classes"
    assert custom.listed(about.test, about.classes) == "four 3, nine 3, seven 3"
    with pytest.raises(CnnlabError, match="already a data set folder:my-parted-set"):
        custom.add(parted, "my-parted-set")
    with pytest.raises(CnnlabError, match="cannot be called"):
        custom.add(parted, "x", name="a/b")


def test_a_set_that_is_missing_or_damaged_is_one_sentence(parted, kept):
    with pytest.raises(CnnlabError, match="'folder:nope': there is no such data set here.*add-data FOLDER --name nope"):
        datasets.load("folder:nope")
    known = ", ".join(each.name for each in datasets.specs())
    with pytest.raises(CnnlabError, match=f"'folder:../x': choose one of {known}, or folder:"):
        datasets.check("folder:../x")
    custom.add(parted, "p")
    whole = (kept / "p.safetensors").read_bytes()
    for damaged in (whole[:1000], b"", whole[:8] + b"\xff" * 100):
        (kept / "p.safetensors").write_bytes(damaged)
        with pytest.raises(CnnlabError, match="p.safetensors is damaged") as caught:
            datasets.load("folder:p")
        assert "\n" not in str(caught.value)


def test_only_so_many_bytes_of_sets_are_held_in_memory_but_the_last_set_is(grey, monkeypatch):
    monkeypatch.setattr(registry, "KEPT_BYTES", 60_000)  # a set of 30 pictures with its labels has 23,760
    for number in range(4):
        custom.add(grey, f"set{number}")
        datasets.load(f"folder:set{number}")
    assert [name for name, _ in registry._loaded][-2:] == ["folder:set2", "folder:set3"]
    assert sum(map(registry._bytes, registry._loaded.values())) <= 60_000
    monkeypatch.setattr(registry, "KEPT_BYTES", 10)
    custom.add(grey, "large")
    datasets.load("folder:large")
    assert [name for name, _ in registry._loaded] == ["folder:large"]


def test_the_command_line_adds_lists_and_refuses(grey, parted, tmp_path, capsys):
    (tmp_path / "colours.zip").write_bytes(zipped(parted).getvalue())
    assert main(["add-data", str(tmp_path / "colours.zip"), "--size", "24"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert about["dataset"] == "folder:colours" and about["shape"] == [3, 24, 24] and len(about["mean"]) == 3
    assert about["classes"] == dict.fromkeys(sorted(INK), {"train": 8, "test": 3})
    assert main(["add-data", str(grey), "--name", "nine"]) == 0
    capsys.readouterr()
    assert main(["data", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert Counter(row["dataset"] for row in rows) == Counter(
        [*(each.name for each in datasets.specs()), "folder:colours", "folder:nine"]
    )
    assert main(["data"]) == 0
    capsys.readouterr()
    assert main(["add-data", str(tmp_path / "nothing")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("cnnlab: There is no ") and said.count("\n") == 1
