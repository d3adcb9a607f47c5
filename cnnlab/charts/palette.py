"""Colours that hold in both themes and for colour-blind eyes (Okabe and Ito; Tol)."""

from __future__ import annotations

RIGHT, WRONG = "#009e73", "#d55e00"  # bluish green and vermilion
NOW, BEFORE = "#1f6feb", "#9aa4af"
INK = {False: "#16202c", True: "#e8eef5"}  # text, by whether the theme is dark
FAINT = {False: "#8a94a0", True: "#75808c"}
PAPER = {False: "#ffffff", True: "#0e141b"}
CLASSES = ("#4477aa", "#ee6677", "#228833", "#b8a52d", "#3fb0d8", "#aa3377", "#ee7733", "#009988", "#8f7fe0", "#8c6d5a")
