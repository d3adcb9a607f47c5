"""Drawing on the canvas with real mouse events."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page

Stroke = Sequence[tuple[float, float]]  # points in shares of the canvas, from the top left
FOUR: list[Stroke] = [[(0.36, 0.2), (0.3, 0.5), (0.72, 0.5)], [(0.62, 0.2), (0.6, 0.85)]]
ONE: list[Stroke] = [[(0.5, 0.15), (0.5, 0.85)]]
SEVEN: list[Stroke] = [[(0.28, 0.2), (0.72, 0.2), (0.45, 0.85)]]


class Pen:
    """A mouse over the canvas of the draw page."""

    def __init__(self, page: Page):
        self._page = page
        box = page.locator("canvas").first.bounding_box()
        assert box, "the canvas is on the page"
        self._box = box

    def stroke(self, points: Stroke) -> None:
        """Press, move through the points, release."""
        mouse = self._page.mouse
        mouse.move(*self._place(points[0]))
        mouse.down()
        for point in points[1:]:
            mouse.move(*self._place(point), steps=6)
        mouse.up()

    def down(self, point: tuple[float, float]) -> None:
        """Begin a stroke."""
        self._page.mouse.move(*self._place(point))
        self._page.mouse.down()

    def move(self, point: tuple[float, float]) -> None:
        """Go on with it, in one move."""
        self._page.mouse.move(*self._place(point))

    def up(self) -> None:
        """End it."""
        self._page.mouse.up()

    def draw(self, strokes: Sequence[Stroke]) -> None:
        """A digit, with the pause of a hand between two strokes."""
        for stroke in strokes:
            self.stroke(stroke)
            self._page.wait_for_timeout(250)

    def hover(self) -> None:
        """Rest over the canvas, where its toolbar shows."""
        self._page.mouse.move(*self._place((0.5, 0.5)))

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        return self._box["x"] + point[0] * self._box["width"], self._box["y"] + point[1] * self._box["height"]
