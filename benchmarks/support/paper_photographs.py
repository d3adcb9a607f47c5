"""Photographs of a digit on paper, made up with known ink: the paper, the light on it, a shadow, blur and noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from benchmarks.support.hand_drawing import draw_digit, render

SIDE = 600  # pixels
PAPERS = ("white", "grey", "squared")
PENS = ((0.12, 0.12, 0.12), (0.12, 0.18, 0.5), (0.55, 0.12, 0.12))  # black, blue and red: what they reflect


@dataclass(frozen=True)
class Scene:
    """One photograph: what is drawn, on what, and in which light. Lengths in pixels, fractions of 1."""

    digit: int
    paper: str
    pen: tuple[float, float, float]
    stroke: float  # its width
    height: float  # of the digit, a fraction of the picture's
    turn: float  # degrees
    gradient: float  # how much darker the far end of the picture is
    shadow: float  # how much darker it is beyond a straight edge
    softness: float  # of that edge
    blur: float
    noise: float  # grey levels
    seed: int  # of the hand, the place, the directions and the noise

    def in_even_light(self) -> Scene:
        """The same photograph without gradient and shadow."""
        return replace(self, gradient=0.0, shadow=0.0)


def scenes(count: int, seed: int) -> list[Scene]:
    """`count` scenes, digits and papers in turn, everything else drawn evenly from what a classroom brings."""
    generator = np.random.default_rng(seed)
    return [
        Scene(
            digit=number % 10,
            paper=PAPERS[number // 10 % 3],
            pen=PENS[generator.integers(3)],
            stroke=generator.uniform(6, 30),
            height=generator.uniform(0.25, 0.9),
            turn=generator.uniform(-15, 15),
            gradient=generator.uniform(0, 0.7),
            shadow=generator.uniform(0, 0.4),
            softness=generator.uniform(1, 12),
            blur=generator.uniform(0.5, 1.5),
            noise=generator.uniform(1, 6),
            seed=int(generator.integers(2**31)),
        )
        for number in range(count)
    ]


def photograph(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """(uint8 [600, 600, 3], the ink in it: bool [600, 600])."""
    generator = np.random.default_rng(scene.seed)
    ink = _ink(scene, generator)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    reflected = _paper(scene.paper, generator)
    reflected = reflected * (1 - ink[..., None]) + np.array(scene.pen) * ink[..., None]
    towards, across = generator.uniform(0, 2 * np.pi, 2)
    far = 0.5 + ((x - 0.5) * np.cos(towards) + (y - 0.5) * np.sin(towards)) / np.sqrt(2)
    side = (x - 0.5) * np.cos(across) + (y - 0.5) * np.sin(across) > generator.uniform(-0.3, 0.3)
    light = (1 - scene.gradient * far) * (1 - scene.shadow * ndimage.gaussian_filter(side * 1.0, scene.softness))
    seen = ndimage.gaussian_filter(reflected * light[..., None] * 255, (scene.blur, scene.blur, 0))
    seen += generator.normal(0, scene.noise, seen.shape)
    return np.clip(seen, 0, 255).round().astype(np.uint8), ink > 0.5


def _ink(scene: Scene, generator: np.random.Generator) -> np.ndarray:
    """float [600, 600] in 0 … 1: the digit turned, as tall as it is to be, somewhere on the paper."""
    strokes = draw_digit(scene.digit, generator)
    points = np.concatenate(strokes)
    angle = np.deg2rad(scene.turn)
    turned = [
        stroke @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) for stroke in strokes
    ]
    points = np.concatenate(turned)
    low, extent = points.min(0), np.ptp(points, 0)
    room = SIDE - scene.stroke - 8
    factor = min((scene.height * SIDE - scene.stroke) / extent[1], room / extent[0])
    corner = generator.uniform(0, 1, 2) * np.maximum(room - extent * factor, 0) + scene.stroke / 2 + 4
    placed = [(stroke - low) * factor + corner for stroke in turned]
    return render(placed, pen=scene.stroke, size=SIDE) / 255


def _paper(kind: str, generator: np.random.Generator) -> np.ndarray:
    """float [600, 600, 3]: how much of red, green and blue the empty paper reflects, its grain included."""
    tint = np.array([1.0, 0.98, 0.94]) if kind != "grey" else np.array([0.62, 0.62, 0.6])
    grain = 1 + 0.08 * ndimage.gaussian_filter(generator.normal(0, 1, (SIDE, SIDE)), 2)
    paper = tint * generator.uniform(0.85, 0.97) * grain[..., None]
    if kind == "squared":
        every, first = generator.integers(18, 40), generator.integers(0, 18)
        lines = np.zeros(SIDE, bool)
        lines[first::every] = lines[first + 1 :: every] = True
        paper[lines[:, None] | lines[None]] *= [0.72, 0.78, 0.88]  # a light blue
    return paper
