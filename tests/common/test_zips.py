"""What a zip says of itself."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from cnnlab.common import zips


def made(*members: tuple[str, bytes]) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED)
    for name, content in members:
        archive.writestr(name, content)
    return archive


def test_folders_do_not_count_and_bytes_are_those_unpacked():
    with made(("a/", b""), ("a/one.txt", b"x" * 1000), ("two.txt", b"y")) as archive:
        entries = zips.files(archive)
    assert [entry.filename for entry in entries] == ["a/one.txt", "two.txt"]
    assert zips.unpacked_bytes(entries) == 1001 > entries[0].compress_size + entries[1].compress_size


@pytest.mark.parametrize(
    ("name", "elsewhere"),
    [
        ("4/anna.png", False),
        ("4/..anna.png", False),
        ("4\\anna.png", False),
        ("../evil.png", True),
        ("4/../../evil.png", True),
        ("..\\evil.png", True),
        ("/evil.png", True),
        ("\\evil.png", True),
        ("//host/evil.png", True),
        ("C:/evil.png", True),
        ("c:evil.png", True),
    ],
)
def test_a_member_that_points_elsewhere_is_told(name, elsewhere):
    assert zips.points_elsewhere(zipfile.ZipInfo(name)) == elsewhere


def test_a_link_points_elsewhere_and_a_file_with_rights_does_not():
    link, file = zipfile.ZipInfo("link"), zipfile.ZipInfo("file")
    link.external_attr, file.external_attr = (stat.S_IFLNK | 0o777) << 16, (stat.S_IFREG | 0o644) << 16
    assert zips.points_elsewhere(link) and not zips.points_elsewhere(file)


def test_either_slash_parts_a_name():
    assert zips.parts(zipfile.ZipInfo("4\\b/anna.png")) == ("4", "b", "anna.png")
