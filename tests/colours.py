"""Colours as numbers: contrast, mixing in OKLab, how far two lie apart, and what colour-blind readers see of them."""

import numpy as np

# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency",
# table 1, severity 1.0; on linear RGB.
SEES = {
    "everybody": np.eye(3),
    "protanomaly": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "deuteranomaly": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "tritanomaly": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)  # D65
CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                  [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
OKLAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                  [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def linear(colour: str) -> np.ndarray:
    """#rrggbb as linear red, green, blue (3,), 0 to 1."""
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(rgb: np.ndarray) -> float:
    """Relative luminance of linear RGB, 0 to 1 (WCAG 2)."""
    return float(np.array([0.2126, 0.7152, 0.0722]) @ rgb)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """Contrast of two linear colours, 1 to 21 (WCAG 2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Lightness, a, b (Ottosson 2020) of linear RGB."""
    return OKLAB @ np.cbrt(CONES @ rgb)


def mix(one: str, share: float, other: str) -> np.ndarray:
    """CSS `color-mix(in oklab, one share, other)` as linear RGB."""
    mixed = share * oklab(linear(one)) + (1 - share) * oklab(linear(other))
    return np.clip(np.linalg.inv(CONES) @ (np.linalg.inv(OKLAB) @ mixed) ** 3, 0, 1)


def seen(rgb: np.ndarray, eyes: str) -> np.ndarray:
    """What remains of linear RGB for somebody with this way of seeing, at its severest."""
    return np.clip(SEES[eyes] @ rgb, 0, 1)


def cielab(rgb: np.ndarray) -> np.ndarray:
    """CIE 1976 L*, a*, b* of linear RGB under D65."""
    ratio = TO_XYZ @ rgb / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """CIEDE2000 between two L*a*b* colours (Sharma, Wu and Dalal 2005); 1 is just noticeable side by side."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1 = np.degrees(np.arctan2(b1, stretch * a1)) % 360
    h2 = np.degrees(np.arctan2(b2, stretch * a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.20 * np.cos(np.radians(4 * hue - 63))
    )  # fmt: skip
    in_light = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    in_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    in_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    twist = (
        -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
        * 2
        * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    )
    return float(np.sqrt(in_light**2 + in_chroma**2 + in_hue**2 + twist * in_chroma * in_hue))
