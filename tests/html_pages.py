"""HTML reports as their readers get them: parsed with the standard library, and in a browser."""

from __future__ import annotations

import math
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

import supportsim as ss
from made_sweeps import made_sweep
from small_runs import PHONE, PORTAL, TEAM, document, small_run, two_channel_run
from supportsim.report.html_report import report_of
from supportsim.report.html_report.writing import render
from supportsim.scenario.loading import validate
from supportsim.studies import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.getenv("CI"), reason="there is no Chromium on this machine"
)
_VOID = {"meta", "img", "br", "rect", "path", "circle", "link", "input", "hr"}

Attributes = dict[str, str]


@contextmanager
def browser() -> Iterator[Browser]:
    """Open the system's Chromium."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "there is no Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield opened
        finally:
            opened.close()


@dataclass(eq=False)
class Element:
    """An element with its attributes, the elements in it, and all the text in it."""

    tag: str
    attributes: Attributes
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Return the elements of some tags in it, in the order of the page."""
        found = []
        for child in self.children:
            found += ([child] if child.tag in tags else []) + child.all(*tags)
        return found

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"an attribute twice in {tag}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in _VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> ends <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self.here
        while element is not None:
            element.texts.append(data)
            element = element.parent


def parsed(html: str) -> Element:
    """Return a page as a tree; every element that is opened has to be closed in its turn."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    assert tree.here is tree.root
    return tree.root


HOSTILE = "<script>alert(1)</script> & \"q\" 'a' \x1b[31m\x00\u202e"
LONG = "c" + 99 * "h"
KINDS = ("run", "two channels", "sweep", "comparison", "hostile")


@cache
def page(kind: str) -> str:
    """Return a small report of a kind, as HTML."""
    scenario = small_run().scenario
    match kind:
        case "run":
            return render(report_of(small_run(), "supportsim run small.toml"))
        case "two channels":
            return render(report_of(two_channel_run()))
        case "hostile":
            named = document(
                name=HOSTILE,
                description=f"{HOSTILE}\nsecond line",
                channels={"portal": PORTAL, LONG: PHONE},
                teams={"desk": {**TEAM, "serves": [LONG, "portal"]}},
            )
            done = run(validate(named), workers=1)
            return render(report_of(done, f"supportsim run '{HOSTILE}'"))
        case "comparison":
            compared = ss.compare(scenario, {f"<b>{LONG}</b>": {"teams.desk.agents": 3}}, workers=1)
            return render(report_of(compared._found))
        case _:
            swept = made_sweep(
                {"teams.desk.agents": "1:3", "channels.portal.arrivals.per_day": [3, 5, 8]},
                {"portal.response_rate": lambda a, b: 0.9 + a / 100 - b / 1000}
                | {"portal.wait": math.hypot},
                half_width=0.01,
            )
            return render(report_of(swept))


@cache
def tree(kind: str) -> Element:
    """Return a small report of a kind, parsed."""
    return parsed(page(kind))
