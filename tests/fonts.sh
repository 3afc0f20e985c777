#!/bin/sh
# Puts fonts for Chinese, Hindi and emoji under .fonts, out of Debian's packages and without installing them: only the
# pictures of these scripts are taken with them (tests/browser/fonts.py), so no other picture depends on them.
# Says in one line what became of it; without them those pictures are not compared.
set -u

PACKAGES="fonts-lohit-deva fonts-wqy-zenhei fonts-noto-color-emoji"

[ -d .fonts ] && exit 0
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

download() { (cd "$made" && timeout 120 apt-get download $PACKAGES >/dev/null 2>&1); }

if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
    echo "Fonts: no Debian packages here; pictures of Chinese, Hindi and emoji are not compared."
    exit 0
fi
if download || { [ "$(id -u)" = 0 ] && apt-get update >/dev/null 2>&1 && download; }; then
    for package in "$made"/*.deb; do dpkg-deb -x "$package" "$made/out"; done
    mkdir .fonts && find "$made/out" -name '*.tt[cf]' -exec mv {} .fonts/ \;
    echo "Fonts: for Chinese, Hindi and emoji, under .fonts"
else
    echo "Fonts: none could be fetched; pictures of Chinese, Hindi and emoji are not compared."
fi
