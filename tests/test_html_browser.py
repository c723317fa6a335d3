"""HTML reports in a real browser: nothing is missing, nothing is asked for, nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from html_pages import HOSTILE, KINDS, browser, needs_browser, page
from supportsim.report.html_report import write_html
from supportsim.report.pictures import pictures_of_run
from supportsim.scenario import load
from supportsim.studies import figures_of, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_browser
SCENARIOS = Path(__file__).parents[1] / "scenarios"
SHIPPED = [
    # These two have everything that the others have.
    pytest.param(path, marks=[pytest.mark.slow] * (path.stem not in ("churn", "omnichannel")))
    for path in sorted(SCENARIOS.glob("*.toml"))
    if len(path.suffixes) == 1
]
WIDTHS = {"phone": 390, "desk": 1280}
Scheme = Literal["light", "dark"]

BROKEN_IMAGES = """() => [...document.images]
    .filter(image => !image.complete || image.naturalWidth === 0).map(image => image.alt)"""
CUT_IMAGES = """() => [...document.images]
    .filter(image => image.getBoundingClientRect().right > innerWidth).map(image => image.alt)"""
STICKS_OUT = """() => {
    const clips = element => getComputedStyle(element).overflowX !== 'visible';
    const inside = element => {
        const above = element.parentElement;
        return above !== null && above !== document.body && (clips(above) || inside(above));
    };
    return [...document.querySelectorAll('main *, header *')]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
        .filter(element => !element.closest('svg') && !inside(element))
        .map(element => element.outerHTML.slice(0, 80));
}"""
# The contrast of WCAG 2 between a text and the first background behind it that is painted.
FAINT_TEXTS = """() => {
    const channels = colour => colour.match(/[0-9.]+/g).map(Number);
    const light = ([red, green, blue]) => [red, green, blue]
        .map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    const behind = element => {
        for (let above = element; above; above = above.parentElement) {
            const painted = channels(getComputedStyle(above).backgroundColor);
            if (painted.length < 4 || painted[3] > 0) return painted;
        }
        return [255, 255, 255];
    };
    const faint = [];
    for (const element of document.querySelectorAll('body *')) {
        if (element.closest('svg') || !element.checkVisibility()) continue;
        const texts = [...element.childNodes].filter(node => node.nodeType === 3);
        if (!texts.some(node => node.data.trim())) continue;
        const both = [getComputedStyle(element).color, null].map((colour, place) =>
            light(place ? behind(element) : channels(colour)));
        const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
        if (ratio < 4.5) faint.push([element.textContent.slice(0, 40), ratio]);
    }
    return faint;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


def opened(chromium: Browser, path: Path, width: int, scheme: Scheme = "light") -> Page:
    """Open a report, and make sure that it says nothing on the console and asks for nothing."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    shown = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(path.as_uri(), wait_until="load")
    shown.evaluate("Promise.all([...document.images].map(image => image.decode()))")
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    return shown


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_report(kind: str, chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(kind), encoding="utf-8")
    for name, width in WIDTHS.items():
        for scheme in ("light", "dark"):
            shown = opened(chromium, path, width, scheme)  # type: ignore[arg-type]
            where = f"{kind}, {name}, {scheme}"
            assert shown.evaluate("document.images.length") == page(kind).count("<figure"), where
            assert shown.evaluate(BROKEN_IMAGES) == [], where
            assert shown.evaluate(CUT_IMAGES) == [], where
            assert shown.evaluate("document.documentElement.scrollWidth") <= width, where
            assert shown.evaluate(STICKS_OUT) == [], where
            shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert shown.evaluate("document.documentElement.scrollWidth") <= width, where
            assert shown.evaluate(STICKS_OUT) == [], where
            assert shown.evaluate(FAINT_TEXTS) == [], where
            shown.context.close()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario(path: Path, chromium: Browser, tmp_path: Path) -> None:
    """Two short replications of each have every picture that the scenario has."""
    short = {"run.warm_up": "0d", "run.window": "1w", "run.follow_up": "0d", "run.replications": 2}
    scenario = load(path, short)
    result = run(scenario, figures=figures_of(scenario, path.parent), workers=1)
    report = tmp_path / "report.html"
    write_html(result, report)
    assert report.stat().st_size < 3_000_000
    wanted = sum(one.stem != "verdicts" for one in pictures_of_run(result))
    assert wanted >= 8
    for width in WIDTHS.values():
        shown = opened(chromium, report, width)
        assert shown.evaluate(BROKEN_IMAGES) == []
        assert shown.evaluate("document.images.length") == wanted
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate(STICKS_OUT) == []
        assert shown.title() == f"{scenario.name} – Simulation report"
        shown.context.close()


def test_hostile_names_are_text(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page("hostile"), encoding="utf-8")
    shown = opened(chromium, path, 1280)
    asked: list[str] = []
    shown.on("dialog", lambda dialog: asked.append(dialog.message))
    assert shown.inner_text("h1").startswith(HOSTILE[:40].split("\x1b")[0].strip())
    assert shown.evaluate("document.scripts.length") == 0
    assert asked == []
    shown.context.close()


def test_with_the_keyboard(chromium: Browser, tmp_path: Path) -> None:
    """The first stop is the link past the head; the tables behind pictures open with Enter."""
    path = tmp_path / "report.html"
    path.write_text(page("run"), encoding="utf-8")
    shown = opened(chromium, path, 1280)
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert shown.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    shown.keyboard.press("Enter")
    assert shown.evaluate("document.activeElement.id") == "content"
    behind = shown.locator("figure details").first
    assert not behind.locator("table").is_visible()
    behind.locator("summary").focus()
    shown.keyboard.press("Enter")
    assert behind.locator("table").is_visible()
    shown.context.close()


def test_pictures_are_enlarged_on_a_phone(chromium: Browser, tmp_path: Path) -> None:
    """All of a picture is seen at first, and all of its letters when it is asked for."""
    path = tmp_path / "report.html"
    path.write_text(page("run"), encoding="utf-8")
    shown = opened(chromium, path, WIDTHS["phone"])
    picture = shown.locator(".picture").first
    width = "one => one.firstElementChild.clientWidth"
    assert picture.evaluate(width) <= WIDTHS["phone"]
    picture.click()
    assert picture.evaluate(width) == 640
    assert picture.evaluate("one => one.scrollWidth > one.clientWidth")
    assert shown.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]
    shown.context.close()


def test_in_print(chromium: Browser, tmp_path: Path) -> None:
    """Dark readers print on white, and what only a screen can use is left out."""
    path = tmp_path / "report.html"
    path.write_text(page("run"), encoding="utf-8")
    shown = opened(chromium, path, 1280, "dark")
    shown.emulate_media(media="print", color_scheme="dark")
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert shown.evaluate(FAINT_TEXTS) == []
    assert not shown.locator("nav").is_visible()
    assert shown.locator("figure img").first.is_visible()
    assert shown.pdf(format="A4").startswith(b"%PDF")
    shown.context.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_verdicts_are_cards_on_a_phone(width: int, chromium: Browser, tmp_path: Path) -> None:
    """A row is a row on a desk, and stands below its title on a phone; nothing is scrolled."""
    path = tmp_path / "report.html"
    path.write_text(page("two channels"), encoding="utf-8")
    shown = opened(chromium, path, width)
    row = shown.locator("tr:has(svg)").first
    head, verdict = (row.locator(part).bounding_box() for part in ("th", ".verdict"))
    assert head is not None
    assert verdict is not None
    below = verdict["y"] >= head["y"] + head["height"]
    assert below == (width == WIDTHS["phone"])
    table = shown.locator(".scroll:has(svg)").first
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
    shown.context.close()
