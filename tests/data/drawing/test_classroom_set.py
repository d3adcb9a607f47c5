from __future__ import annotations

import io
import threading
import zipfile

import numpy as np
import pytest
from PIL import Image

from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.classroom_set import ClassroomSet, add, add_all, read, remove, upload, write_names
from cnnlab.errors import CnnlabError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "class_set" / "drawings.npz"


@pytest.fixture
def digits(small):
    """Ten prepared images with their labels."""
    return small.test.images[:10, 0].numpy(), small.test.labels[:10].tolist()


def zipped(files: dict[str, np.ndarray | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            if isinstance(content, np.ndarray):
                png = io.BytesIO()
                Image.fromarray(content).save(png, "PNG")
                content = png.getvalue()
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_is_kept_is_read_again(path, digits):
    images, labels = digits
    assert len(read(path)) == 0
    for image, label in zip(images, labels, strict=True):
        add(image, label, " Anna ", path)
    kept = read(path)
    assert np.array_equal(kept.images, images) and kept.labels.tolist() == labels
    assert set(kept.names) == {"Anna"} and len(set(kept.ids)) == 10
    dataset = kept.dataset()
    assert dataset.images.shape == (10, 1, 28, 28) and dataset.labels.tolist() == labels


def test_removing_takes_only_that_one(path, digits):
    images, labels = digits
    for image, label in zip(images[:3], labels, strict=False):
        add(image, label, path=path)
    middle = read(path).ids[1]
    remove(middle, path=path)
    remove(middle, path=path)
    assert np.array_equal(read(path).images, images[[0, 2]])


def test_several_are_kept_at_once_and_each_id_once(path, digits):
    images, labels = digits
    several = ClassroomSet(images, np.array(labels), ("",) * 10, (*"abcdefghi", "a"))
    assert len(add_all(several, path)) == 9
    assert len(add_all(several, path)) == 9
    kept = read(path)
    assert np.array_equal(kept.images, images[:9]) and kept.ids == tuple("abcdefghi")
    assert write_names({"b": "Ben", "unknown": "x"}, path).names == ("", "Ben", *[""] * 7)
    assert len(remove("a", "c", "unknown", path=path)) == 7


def test_a_part_keeps_what_belongs_together(digits):
    images, labels = digits
    part = ClassroomSet(images, np.array(labels), tuple(map(str, labels)), tuple("abcdefghij")).part([3, 1])
    assert np.array_equal(part.images, images[[3, 1]]) and part.ids == ("d", "b")
    assert list(map(str, part.labels)) == list(part.names)


def test_a_downloaded_set_can_be_brought_to_another_machine(path, digits, tmp_path):
    images, labels = digits
    for image, label in zip(images, labels, strict=True):
        add(image, label, "Zoë", path)
    other = tmp_path / "elsewhere.npz"
    add(images[0], labels[0], "mine", other)
    merged, new = upload("set.npz", read(path).to_bytes(), other)
    assert new == 9 and len(merged) == 10 and merged.names[0] == "mine" and merged.names[1] == "Zoë"
    assert upload("set.npz", read(path).to_bytes(), other)[1] == 0


def test_a_zip_of_pictures_is_understood_by_name_and_by_folder(path, digits):
    images, _ = digits
    large = np.asarray(Image.fromarray(images[2]).resize((200, 200)))
    content = zipped(
        {
            "4-anna.png": images[0],
            "set/7/bob.png": images[1],
            "set/1.PNG": large,
            "readme.txt": b"hi",
            "__MACOSX/4-anna.png": b"junk",
        }
    )
    kept, new = upload("ours.zip", content, path)
    assert new == 3 and kept.labels.tolist() == [4, 7, 1] and kept.names == ("anna", "bob", "")
    assert np.array_equal(kept.images[0], images[0])
    assert np.corrcoef(kept.images[2].ravel(), images[2].ravel())[0, 1] > 0.95


def broken_sets(images) -> dict[str, bytes]:
    def saved(**arrays) -> bytes:
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        return buffer.getvalue()

    names = np.array(["", ""])
    good = {"images": images[:2], "labels": np.array([1, 2]), "names": names, "ids": names}
    return {
        "text": b"hello",
        "nothing": b"",
        "cut short": saved(**good)[:300],
        "no labels": saved(images=images[:2]),
        "wrong size": saved(**{**good, "images": images[:2, :20]}),
        "floats": saved(**{**good, "images": images[:2] / 255}),
        "label 12": saved(**{**good, "labels": np.array([1, 12])}),
        "one name": saved(**{**good, "names": names[:1]}),
        "objects": saved(**{**good, "names": np.array([{}, {}], object)}),
        "empty zip": zipped({}),
        "zip without pictures": zipped({"a.txt": b"hello"}),
        "nameless picture": zipped({"anna.png": images[0]}),
        "broken picture": zipped({"4.png": b"no png"}),
        "blank picture": zipped({"4.png": np.zeros((90, 90), np.uint8)}),
        "bomb": zipped({"4.png": b"\0" * (classroom_set.LARGEST + 1)}),
    }


def test_a_bad_upload_is_a_sentence_and_changes_nothing(path, digits):
    images, labels = digits
    add(images[0], labels[0], "kept", path)
    before = path.read_bytes()
    for kind, content in broken_sets(images).items():
        with pytest.raises(CnnlabError) as caught:
            upload("bad file.npz", content, path)
        sentence = str(caught.value)
        assert sentence.startswith("bad file.npz") and "\n" not in sentence and len(sentence) < 400, kind
        assert path.read_bytes() == before, kind


def test_a_wrong_label_is_refused(path, digits):
    with pytest.raises(CnnlabError, match="label is 11"):
        add(digits[0][0], 11, path=path)


def test_a_damaged_file_is_named_and_never_overwritten(path, digits):
    images, labels = digits
    add(images[0], labels[0], path=path)
    path.write_bytes(path.read_bytes()[:100])
    damaged = path.read_bytes()
    for action in (lambda: read(path), lambda: add(images[1], labels[1], path=path), lambda: remove("x", path=path)):
        with pytest.raises(CnnlabError, match="drawings.npz is damaged"):
            action()
    assert path.read_bytes() == damaged


def test_tabs_that_keep_at_the_same_moment_lose_nothing(path, digits):
    images, labels = digits
    threads = [threading.Thread(target=add, args=(images[k], labels[k], str(k), path)) for k in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read(path).names) == [str(k) for k in range(10)]


def test_a_full_set_and_a_full_disk_are_sentences(path, digits, monkeypatch):
    images, labels = digits
    add(images[0], labels[0], path=path)
    monkeypatch.setattr(classroom_set, "MOST", 1)
    with pytest.raises(CnnlabError, match="at most 1 can be kept"):
        add(images[1], labels[1], path=path)
    monkeypatch.setattr(classroom_set, "MOST", 5)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CnnlabError, match="could not be saved .No space left on device.; the set is as it was"):
        add(images[1], labels[1], path=path)
    assert len(read(path)) == 1
