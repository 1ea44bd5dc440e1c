"""Which browser the portal's tests take, and what they do without one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from local import browser
from local.errors import LocalStackError


@pytest.fixture
def programs(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder with programs that do what a shell script says."""

    def make(script: str = "", *names: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name in names:
            program = folder / name
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        return folder

    return make


def test_named_browser_is_taken_when_another_one_is_on_the_path(programs: Callable[..., Path]) -> None:
    folder = programs("", "chromium", "my-browser")

    found = browser.find(Path("/nowhere"), {"PATH": str(folder), "BROWSER_BIN": str(folder / "my-browser")})

    assert found == folder / "my-browser"


def test_variable_is_named_when_it_leads_to_no_program(programs: Callable[..., Path]) -> None:
    with pytest.raises(LocalStackError, match="BROWSER_BIN is '/nowhere/chrome'"):
        browser.find(Path("/nowhere"), {"PATH": str(programs("", "chromium")), "BROWSER_BIN": "/nowhere/chrome"})


def test_chrome_is_taken_when_there_is_no_chromium(programs: Callable[..., Path]) -> None:
    folder = programs("", "google-chrome")

    assert browser.find(Path("/nowhere"), {"PATH": str(folder)}) == folder / "google-chrome"


def test_playwrights_own_browser_is_taken_when_none_is_on_the_path(programs: Callable[..., Path]) -> None:
    own = programs("", "own") / "own"

    assert browser.find(own, {"PATH": "/nowhere"}) == own
    assert browser.find(Path("/nowhere/own"), {"PATH": "/nowhere"}) is None


def test_one_sentence_says_what_is_missing_when_none_can_be_installed(
    programs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = programs("echo 'Unable to reach the mirror' >&2; exit 100", "apt-get")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    said: list[str] = []

    with pytest.raises(LocalStackError, match=r"need Chromium or Chrome: .* BROWSER_BIN.*Unable to reach the mirror"):
        browser.install(Path("/nowhere"), said.append)

    assert said == ["Installing Chromium for the portal's tests (apt-get install chromium) …"]


def test_browser_is_there_when_debian_has_installed_it(
    programs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = programs('[ "$1" = update ] || { /bin/cp "$0" "${0%/*}/chromium"; }', "apt-get")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert browser.install(Path("/nowhere"), lambda _: None) == folder / "chromium"
