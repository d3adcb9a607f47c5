"""Where the ink is in a picture: a clean drawing, or a photograph of paper in whatever light."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

FLAT = 3  # grey levels by which the background of a clean drawing may stray
NOISY = 12  # the same for a JPEG of one
FINE = 400  # a photograph is reduced to this longer side: its noise averages out, and a digit needs no more
COARSE = 96  # longer side of the picture in which a photograph's background is estimated
PEN = 0.2  # a stroke is narrower than this fraction of a photograph's longer side
THINNEST = 0.1  # percent of a photograph that the ink of the thinnest, smallest digit covers
FAINTEST = 0.15  # ink differs from its paper by this fraction of the paper's brightness,
TYPICAL = 0.25  # … and half of it by this; a pencil does, the grain of paper and the edge of a shadow do not
HALF = 0.5  # ink begins at this fraction of the strongest contrast: printed squares and shadows stay below
SPECK = 0.04  # pieces with less than this fraction of the largest one's area are dirt
CRUMB = 0.01  # … or less than this fraction of the paper's edge, where that is larger
SHADE = 0.5  # a piece at the picture's edge with less contrast than this is a shadow
BLACK = 16  # grey levels of stray light: below it nothing can be told
LINE = 0.35  # a piece that runs along so much of the picture's edge is no digit but the edge of the paper


def find_ink(pixels: np.ndarray) -> np.ndarray:
    """uint8 [h, w], white ink on black, of uint8 [h, w] or [h, w, 3], dark on light or light on dark.

    All 0 where no ink is found.
    """
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    ground, strays = _background(pixels)
    if strays <= NOISY:
        return _of_drawing(pixels, ground, 0 if strays <= FLAT else NOISY)
    return _of_photograph(pixels)


def _background(pixels: np.ndarray) -> tuple[np.ndarray, float]:
    """(the colour [C] of the picture's border, how far nine tenths of the border stray from it at most)."""
    deep = max(1, min(pixels.shape[:2]) // 40)
    sides = (pixels[:deep], pixels[-deep:], pixels[:, :deep], pixels[:, -deep:])
    border = np.concatenate([part.reshape(-1, pixels.shape[2]) for part in sides]).astype(np.int16)
    ground = np.median(border, 0).astype(np.int16)
    return ground, float(np.percentile(np.abs(border - ground).max(1), 90))


def _of_drawing(pixels: np.ndarray, ground: np.ndarray, noise: int) -> np.ndarray:
    """How far each pixel is from the background's colour: exact for black on white and white on black."""
    distance = np.abs(pixels - ground).max(2)
    reach = int(distance.max())
    if reach <= max(noise, 2 * FLAT):
        # one even colour: nothing on dark paper, a blot on a sheet that is white from edge to edge
        return np.full(distance.shape, 0, np.uint8)
    distance = np.where(distance > noise, distance, 0)
    return (distance * (255 / reach)).round().astype(np.uint8) if reach < 250 else distance.astype(np.uint8)


def _of_photograph(pixels: np.ndarray) -> np.ndarray:
    """Ink by its contrast to the paper around it; dirt, the paper's edges and what lies beyond them left out."""
    pixels = _reduced(pixels)
    contrast = _contrast(pixels, brighter=_is_dark_ink(pixels))
    level = max(HALF * float(np.percentile(contrast, 100 - THINNEST)), FAINTEST)
    mask = _pieces_of_digit(contrast > level, contrast)
    full = np.median(contrast[mask]) if mask.any() else 0  # of plain ink; edges rise to it from half the threshold
    if full < TYPICAL:
        return np.zeros(contrast.shape, np.uint8)
    soft = np.clip((contrast - level / 2) / max(full - level / 2, 1e-6), 0, 1)
    return (255 * soft * ndimage.binary_dilation(mask, iterations=2)).round().astype(np.uint8)


def _is_dark_ink(pixels: np.ndarray) -> bool:
    """Whether what stands out most from the picture's local median is darker than it, counted in ratios of light.

    Ink covers little of a photograph, so a fraction of a per cent decides, and the median follows light and shadow.
    """
    grey = _coarse(pixels.mean(2, dtype=np.float32), FINE // 2)
    ground = ndimage.median_filter(_coarse(grey, COARSE // 2), round(PEN * COARSE))
    ground = np.asarray(Image.fromarray(ground).resize(grey.shape[::-1], Image.Resampling.BILINEAR))
    ratio = np.log((grey + BLACK) / (ground + BLACK))
    darkest, lightest = np.percentile(ratio, (THINNEST, 100 - THINNEST))
    return -darkest >= lightest


def _reduced(pixels: np.ndarray) -> np.ndarray:
    channels = pixels.shape[2]
    picture = Image.fromarray(pixels if channels == 3 else pixels[..., 0])
    picture.thumbnail((FINE, FINE), Image.Resampling.BOX)
    return np.asarray(picture).reshape(picture.height, picture.width, channels)


def _contrast(pixels: np.ndarray, brighter: bool) -> np.ndarray:
    """float [h, w]: how much darker (`brighter` background) or lighter each pixel is than around it, a fraction.

    The background is a grey closing (opening), which fills everything narrower than a pen stroke may be and follows
    light and shadow otherwise; it is taken from a coarse copy because only slow changes matter.
    """
    values = ndimage.gaussian_filter(pixels.astype(np.float32), (0.8, 0.8, 0))
    grey = values.min(2) if brighter else values.max(2)  # the channel in which coloured ink shows most
    height, width = grey.shape
    coarse = _coarse(grey, COARSE)
    window = max(3, round(PEN * COARSE))
    fill = ndimage.grey_closing if brighter else ndimage.grey_opening
    ground = ndimage.gaussian_filter(fill(coarse, (window, window), mode="nearest"), 1.5)
    ground = np.asarray(Image.fromarray(ground).resize((width, height), Image.Resampling.BILINEAR))
    if brighter:
        return np.clip(1 - grey / np.maximum(ground, 1), 0, 1)
    return np.clip((grey - ground) / np.maximum(255 - ground, 40), 0, 1)


def _coarse(grey: np.ndarray, longer: int) -> np.ndarray:
    """float32 [h, w] with the longer side reduced to `longer` pixels, each the mean of what it covers."""
    factor = longer / max(grey.shape)
    height, width = (max(2, round(side * factor)) for side in grey.shape)
    return np.asarray(Image.fromarray(grey).resize((width, height), Image.Resampling.BOX))


def _pieces_of_digit(mask: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if not count:
        return mask
    strength = ndimage.sum_labels(contrast, labels, np.arange(1, count + 1))
    boxes = ndimage.find_objects(labels)
    weak = strength < SHADE * ndimage.sum_labels(mask, labels, np.arange(1, count + 1))
    edges = np.array([_is_edge(box, mask.shape, LINE * (not shade)) for box, shade in zip(boxes, weak, strict=True)])
    least = CRUMB * strength.max()
    strength = np.where(edges, 0, strength)
    keep = strength > max(SPECK * strength.max(), least)
    return np.concatenate(([False], keep))[labels]


def _is_edge(box: tuple[slice, slice], shape: tuple[int, int], line: float) -> bool:
    """Whether a piece lies at the picture's edge and runs along more than the fraction `line` of it."""
    for axis in (0, 1):
        at_border = box[axis].start <= 1 or box[axis].stop >= shape[axis] - 1
        if at_border and box[1 - axis].stop - box[1 - axis].start > line * shape[1 - axis]:
            return True
    return False
