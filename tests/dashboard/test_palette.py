"""Colours by the numbers: contrast of text on every tint, and what colour-blind readers can still tell apart."""

import itertools
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.colours import SEES, apart, cielab, contrast, linear, luminance, mix, oklab, seen

ROOT = Path(__file__).parents[2]
THEMES: dict[str, dict] = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))[
    "theme"
]
LOOKS = ("light", "dark")
READ, SEEN = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
TOLD_APART = 10.0  # CIEDE2000: far more than two patches side by side need, as lines are thin and apart


# The measures themselves


def test_measures_against_published_numbers():
    assert contrast(linear("#000000"), linear("#ffffff")) == pytest.approx(21)
    assert contrast(linear("#777777"), linear("#ffffff")) == pytest.approx(
        4.48, abs=0.005
    )  # WCAG's own example
    pairs = [  # Sharma, Wu and Dalal 2005, table 1
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792), ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ]  # fmt: skip
    for one, other, said in pairs:
        assert apart(np.array(one), np.array(other)) == pytest.approx(said, abs=5e-5)
        assert apart(np.array(other), np.array(one)) == pytest.approx(said, abs=5e-5)
    assert cielab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=1e-3)
    assert np.array_equal(mix("#b83200", 1, "#fdfaf6").round(6), linear("#b83200").round(6))


@pytest.mark.parametrize("eyes", [eyes for eyes in SEES if eyes != "everybody"])
def test_simulated_eyes_see_grey_as_grey_and_confuse_what_they_do(eyes):
    for shade in ("#000000", "#808080", "#ffffff"):
        assert seen(linear(shade), eyes) == pytest.approx(linear(shade), abs=2e-5)
    red_green = (cielab(seen(linear(colour), eyes)) for colour in ("#a04000", "#607000"))
    blue_green = (cielab(seen(linear(colour), eyes)) for colour in ("#0070b0", "#007080"))
    confused = apart(*(blue_green if eyes == "tritanomaly" else red_green))
    everybody = [
        cielab(linear(c))
        for c in (("#0070b0", "#007080") if eyes == "tritanomaly" else ("#a04000", "#607000"))
    ]
    assert confused < 0.6 * apart(*everybody)


# Text


@pytest.mark.parametrize("look", LOOKS)
def test_text_and_what_can_be_pressed_stand_out_from_every_background(look):
    theme, side = THEMES[look], THEMES[look]["sidebar"]["backgroundColor"]
    muted = {"light": "#5b6470", "dark": "#9aa5b1"}[look]
    for behind in (theme["backgroundColor"], theme["secondaryBackgroundColor"], side):
        for ink in (theme["textColor"], theme["primaryColor"], theme["linkColor"], muted):
            assert contrast(linear(ink), linear(behind)) >= READ, (ink, behind)
    # What components call --muted: 70 % of the text's colour, and 72 % under charts.
    for share in (0.70, 0.72):
        quiet = mix(theme["textColor"], share, theme["backgroundColor"])
        assert contrast(quiet, linear(theme["backgroundColor"])) >= READ


def ramp(stops: list[str]) -> list[np.ndarray]:
    """The 256 colours of components/colour.js through these stops."""
    at = [oklab(linear(stop)) for stop in stops]
    places = np.arange(256) / 255 * (len(at) - 1)
    left = np.minimum(len(at) - 2, places.astype(int))
    return [
        mix(stops[one + 1], place - one, stops[one])
        for one, place in zip(left.tolist(), places.tolist(), strict=True)
    ]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("scale", ["chartSequentialColors", "chartDivergingColors"])
def test_words_read_on_every_level_of_the_scales(look, scale):
    for level, colour in enumerate(ramp(THEMES[look][scale])):
        best = max(contrast(linear(ink), colour) for ink in ("#000000", "#ffffff"))
        assert best >= READ, level


TINTS = {  # the rule in the style sheet, and from which level on black is written on it
    "style.css .heat": ("#fdfaf6", "#261f1c", "#edf6fe", "#20242e", 56),
    "style-league.css .mapped": ("#ffffff", "#14171c", "#ffffff", "#14171c", 59),
}


@pytest.mark.parametrize("rule", TINTS)
@pytest.mark.parametrize("look", LOOKS)
def test_numbers_and_words_read_on_every_tint(rule, look):
    light, dark, light_low, dark_low, limit = TINTS[rule]
    sheet = (ROOT / "dashboard" / rule.split(" ")[0]).read_text(encoding="utf-8")
    assert f"--none: light-dark({light}, {dark})" in sheet and "--far: light-dark(#b83200, #feb251)" in sheet
    dark_theme = look == "dark"
    for far, none in (
        (("#feb251", dark), ("#69caff", dark_low))
        if dark_theme
        else (("#b83200", light), ("#1f53b8", light_low))
    ):
        for level in range(101):
            ink = "#000000" if not dark_theme or level > limit else "#ffffff"
            tint = mix(far, level / 100 * (1 if dark_theme else 0.8), none)
            assert contrast(linear(ink), tint) >= READ, (far, level)


def test_the_levels_from_which_black_is_written_are_those():
    """Where Python writes the class "strong", it uses the limits of the table above."""
    found = {
        f"{path.stem}:{number}"
        for path in (ROOT / "dashboard").rglob("*.py")
        for number in re.findall(r'" strong" if level > (\d+)', path.read_text(encoding="utf-8"))
    }
    assert found == {"over_texts:59", "over_texts:56", "grammar:56", "league:56", "anatomy_lines:56"}
    script = (ROOT / "dashboard/components/confusion.js").read_text(encoding="utf-8")
    assert 'toggle("strong", level > 56)' in script


# Colour-blind readers


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("eyes", SEES)
def test_lines_are_told_apart_by_everybody(look, eyes):
    theme = THEMES[look]
    colours = theme["chartCategoricalColors"]
    for one, other in itertools.combinations(colours, 2):
        far = apart(*(cielab(seen(linear(colour), eyes)) for colour in (one, other)))
        assert far >= TOLD_APART, (one, other, far)
    for colour in colours:
        assert contrast(seen(linear(colour), eyes), seen(linear(theme["backgroundColor"]), eyes)) >= SEEN, (
            colour
        )


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("eyes", SEES)
def test_scales_keep_their_order_for_everybody(look, eyes):
    away = -1 if look == "light" else 1  # strong is dark on a light page, bright on a dark one
    rising = [away * luminance(seen(linear(c), eyes)) for c in THEMES[look]["chartSequentialColors"]]
    assert rising == sorted(rising)
    stops = THEMES[look]["chartDivergingColors"]
    low, high = stops[4::-1], stops[5:]  # from the middle to either end
    for half in (low, high):
        order = [away * luminance(seen(linear(c), eyes)) for c in half]
        assert order == sorted(order)
    for against, pushes in zip(low[1:], high[1:], strict=True):  # the same strength, for and against
        assert apart(*(cielab(seen(linear(c), eyes)) for c in (against, pushes))) >= TOLD_APART
