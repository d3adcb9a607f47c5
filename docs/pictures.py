"""Makes the README's pictures anew: `python docs/pictures.py`, in a minute and with a browser at hand."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from benchmarks.support.browser import chromium, serve, settled  # noqa: E402
from benchmarks.support.mouse import FOUR, Pen  # noqa: E402
from cnnlab.data import datasets  # noqa: E402
from cnnlab.data.drawing import classroom_set  # noqa: E402

WINDOW = {"width": 1366, "height": 768}
GALLERY = {
    "lessons": "lessons",
    "convolution": "convolution?view=a-digit",
    "architectures": "architectures",
    "draw": "draw",
    "wall": "classroom?view=wall",
    "kernels": "kernels?run=a0-simple-cnn&epoch=3",
    "feature-maps": "feature_maps?run=a0-simple-cnn&epoch=3&view=all-layers",
    "shift": "shift?view=side-by-side",
    "confusion": "confusion?run=a0-simple-cnn&epoch=3",
    "points": "confusion?run=draw&epoch=20&view=map-of-points",
    "ensemble": "ensemble",
    "runs": "runs",
}
SMALL, FILM = (480, 270), (800, 450)
FRAMES, EVERY = 28, 700  # of the animation; milliseconds between two of its pictures


def main() -> None:
    """Photograph the pages, then a training from its start."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        runs = Path(folder)
        for run in (DOCS.parent / "checkpoints").glob("*/run.json"):
            shutil.copytree(run.parent, runs / run.parent.name)
        _, test = datasets.load("mnist")
        for image, label in zip(test.images[:24, 0].numpy(), test.labels[:24].tolist(), strict=True):
            classroom_set.add(image, label, path=runs / "drawings.npz")
        with serve(runs) as address:
            page = browser.new_page(viewport=WINDOW)
            for name, where in GALLERY.items():
                gallery_picture(
                    page, f"{address}/{where}{'&' if '?' in where else '?'}present=1", DOCS / "gallery" / f"{name}.png"
                )
            animation(browser.new_page(viewport=WINDOW), address, DOCS / "learning.gif")


def gallery_picture(page: Page, address: str, file: Path) -> None:
    """One page as a small picture: as it is projected, or it could not be read."""
    page.goto(address)
    page.locator('[data-testid="stMain"] [data-testid="stElementContainer"]').first.wait_for(state="attached")
    settled(page, 2.5)
    if file.stem == "draw":
        Pen(page).draw(FOUR)
        settled(page, 1.5)
    file.parent.mkdir(exist_ok=True)
    _photograph(page, SMALL).save(file, optimize=True)


def animation(page: Page, address: str, file: Path) -> None:
    """The training page from Start on."""
    page.goto(address)
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator(".progress").get_by_text("running", exact=False).wait_for()
    frames = []
    for _ in range(FRAMES):
        frames.append(_photograph(page, FILM))
        page.wait_for_timeout(EVERY)
    page.get_by_role("button", name="Stop", exact=True).click()
    frames[0].save(file, save_all=True, append_images=frames[1:], duration=250, loop=0, optimize=True)


def _photograph(page: Page, size: tuple[int, int]) -> Image.Image:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    return picture.quantize(96)


if __name__ == "__main__":
    main()
