"""Fonts for scripts that a bare machine cannot draw, under .fonts (`tests/fonts.sh`), for a browser of their own."""

import hashlib
from pathlib import Path

from tests.browser.desk import ROOT

FOLDER = ROOT / ".fonts"
# The files with which the expected pictures were taken; another version draws other pictures.
DIGESTS = {
    "Lohit-Devanagari.ttf": "245eef612b94246c6ab9640d07ce21d3d886fabeba6d4ba5beaa859ba58bc7d0",
    "NotoColorEmoji.ttf": "e5899ed38b8ed83e08bd3ac5de09791e9d19d288333a796de1d35ad17396f1ec",
    "wqy-zenhei.ttc": "79c18ebe7b811951e8311bad7103ebeae8c337ed9988ea69e8a78a66cfe029b9",
}
SETTINGS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def missing() -> str:
    """Why pictures of these scripts cannot be compared here; "" if they can."""
    for name, digest in DIGESTS.items():
        path = FOLDER / name
        if not path.is_file():
            return f"{name} is not under .fonts: run `sh tests/fonts.sh`"
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return f"{name} is of another version than the one the pictures were taken with"
    return ""


def settings(place: Path) -> Path:
    """Fontconfig's settings with these fonts beside the machine's own, written to a folder."""
    path = place / "fonts.conf"
    path.write_text(SETTINGS.format(folder=FOLDER, cache=place / "cache"), encoding="utf-8")
    return path
