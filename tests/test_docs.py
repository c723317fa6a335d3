"""The documentation is so: its blocks do what they show, the site builds, no link is dead."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import time
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))
run_pages: Any = importlib.import_module("run_pages")
sys.path.remove(str(DOCS))

WRITTEN = [path for path in sorted(DOCS.rglob("*.md")) if "decisions" not in path.parts]
FENCES = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LANGUAGES = {"console", "toml", "csv", "python", "text"}


def name(path: Path) -> str:
    return str(path.relative_to(DOCS))


class TestBlocks:
    @pytest.mark.parametrize("page", run_pages.pages(), ids=name)
    def test_a_page_does_what_it_says(self, page: Path) -> None:
        renewed = run_pages.run_page(page)
        assert renewed == page.read_text(encoding="utf-8"), "run docs/run_pages.py --write"

    @pytest.mark.parametrize("page", WRITTEN, ids=name)
    def test_every_block_is_of_a_kind_that_is_run(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert text.count("```") == 2 * len(run_pages.blocks(text))
        assert {block.language for block in run_pages.blocks(text)} <= LANGUAGES
        prose = FENCES.sub("", text)
        assert not re.search(r"^$\n^(    |\t)[^ *-]", prose, re.MULTILINE), "a block by indentation"

    def test_what_a_reader_starts_with_is_run(self) -> None:
        run = {name(page) for page in run_pages.pages()}
        assert {"tutorial.md", "how-to/own-helpdesk.md", "explanation/portal-figures.md"} <= run
        guides = {name(page) for page in (DOCS / "how-to").glob("*.md")}
        assert guides <= run

    def test_what_needs_a_network_installs_something_that_there_is(self) -> None:
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        commands = [
            line.removeprefix("$ ")
            for page in run_pages.pages()
            for line in page.read_text(encoding="utf-8").splitlines()
            if line.removeprefix("$ ").startswith(run_pages.NOT_RUN) and line.startswith("$ ")
        ]
        assert commands
        for command in commands:
            if command == "python3 -m venv .venv && . .venv/bin/activate":
                continue
            match = re.fullmatch(r"pip install -e (?:\.|'\.\[(\w+)\]')", command)
            assert match, command
            assert match[1] is None or match[1] in extras["optional-dependencies"]

    @pytest.mark.parametrize(
        ("shown", "printed", "expected"),
        [
            ("a\nb\n", "a\nb\n", True),
            ("a\nb\n", "a  \nb\n\n", True),
            ("a\n", "a\nb\n", False),
            ("a\n…\n", "a\nb\nc\n", True),
            ("a\n…\nc\n", "a\nc\n", True),
            ("a\n…\nc\n", "b\nc\n", False),
            ("took … s\n", "took 1.5 s\n", True),
            ("took … s\n", "took 1\n5 s\n", False),
            ("(a)\n", "a\n", False),
        ],
    )
    def test_what_is_shown_matches_what_is_printed(
        self, shown: str, printed: str, expected: bool
    ) -> None:
        assert run_pages.matches(shown, printed) is expected

    @pytest.mark.parametrize(
        ("shown", "printed", "renewed"),
        [
            ("a\n", "b\nc\n", "b\nc\n"),
            ("a\n…\nz\n", "b\nc\nd\ny\n", "b\n…\ny\n"),
            ("a\n…\nm\nn\n…\nz\n", "a\nb\nm\no\np\nz\n", "a\n…\nm\no\n…\nz\n"),
            ("…\nz\n", "a\nb\ny\n", "…\ny\n"),
            ("a\n…\n", "b\nc\n", "b\n…\n"),
        ],
    )
    def test_renewing_keeps_what_is_left_out(self, shown: str, printed: str, renewed: str) -> None:
        assert run_pages.renew(shown, printed) == renewed
        assert run_pages.matches(renewed, printed)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("```console\n$ supportsim validate none.toml\n```\n", "status 2"),
            ("```console\n$ false\n```\n", "status 1"),
            ("```python\nprint(1)\n```\n", "no text shows"),
            ("```python\nprint(1)\n```\n\n```console\n$ true\n```\n", "no text shows"),
            ("```toml\na = 1\n```\n", "which file"),
            ('```toml title="a.toml"\nname = "a"\n```\n', "channels"),
            ("```yaml\na: 1\n```\n", "nobody can check"),
            ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
        ],
    )
    def test_a_block_that_cannot_be_so_is_refused(
        self, text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = tmp_path / "page.md"
        page.write_text(text, encoding="utf-8")
        (tmp_path / "scenarios").mkdir()
        monkeypatch.setattr(run_pages, "ROOT", tmp_path)
        with pytest.raises(run_pages.PageError, match=reason):
            run_pages.run_page(page)

    def test_other_output_is_seen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        page = tmp_path / "page.md"
        console, python = (
            "```console\n$ echo 1\n1\n$ echo 2\n3\n```\n",
            "```python\nprint(4)\n```\n",
        )
        text = f"{console}\n{python}\n```text\n5\n```\n"
        page.write_text(text, encoding="utf-8")
        (tmp_path / "scenarios").mkdir()
        monkeypatch.setattr(run_pages, "ROOT", tmp_path)
        assert run_pages.run_page(page) == text.replace("3\n", "2\n").replace("5\n", "4\n")

    def test_a_service_is_waited_for_but_not_for_ever(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(run_pages, "PATIENCE", 0.5)
        for command in ("sleep 60", "true"):
            session = run_pages.Session(tmp_path)
            began = time.monotonic()
            with pytest.raises(run_pages.PageError, match="does not start"):
                run_pages._run_command(f"{command} &", session)
            session.end()
            assert time.monotonic() - began < 30

    def test_a_service_that_says_a_lot_goes_on(self, tmp_path: Path) -> None:
        (tmp_path / "service.py").write_text(
            "print('tcp://here:1', flush=True)\n"
            "for number in range(100_000):\n    print(number)\n"
            "open('done', 'w').close()\n",
            encoding="utf-8",
        )
        session = run_pages.Session(tmp_path)
        run_pages._run_command("python service.py &", session)
        session.services[0][0].wait(60)
        session.end()
        assert (tmp_path / "done").exists()

    def test_a_port_is_a_free_one_and_is_shown_as_the_page_says_it(self, tmp_path: Path) -> None:
        session = run_pages.Session(tmp_path)
        named = f"--port {run_pages.PORT} 127.0.0.1:{run_pages.PORT} 1{run_pages.PORT}"
        taken = session.with_free_port(named)
        assert taken == f"--port {session.port} 127.0.0.1:{session.port} 1{run_pages.PORT}"
        assert session.port != run_pages.PORT
        printed = session.with_named_port(f"at 127.0.0.1:{session.port}, {session.port} times")
        assert printed == f"at 127.0.0.1:{run_pages.PORT}, {session.port} times"


# --- The site ------------------------------------------------------------------------------------


class Read(HTMLParser):
    """What a page of the site links to, loads, and offers as anchors."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.images_without_text = 0
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors.update(filter(None, (given.get("id"), given.get("name"))))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        elif tag == "link" and given.get("rel") == "stylesheet":
            self.loads.append(str(given["href"]))
        elif tag in ("img", "script") and given.get("src"):
            self.loads.append(str(given["src"]))
        self.images_without_text += tag == "img" and not given.get("alt")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "zensical.toml", folder)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=folder, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout.lower()
    return folder / "site"


class TestSite:
    def test_no_link_is_dead(self, site: Path) -> None:
        pages = {path: Read(path) for path in site.rglob("*.html") if path.name != "404.html"}
        assert len(pages) >= len(WRITTEN)
        dead = [
            (str(page.relative_to(site)), link)
            for page, read in pages.items()
            for link in (*read.links, *read.loads)
            if not is_alive(link, page, pages)
        ]
        assert not dead

    def test_nothing_is_loaded_from_elsewhere(self, site: Path) -> None:
        for page in site.rglob("*.html"):
            assert not [one for one in Read(page).loads if urlsplit(one).netloc], page

    def test_every_image_has_a_text(self, site: Path) -> None:
        assert not [page for page in site.rglob("*.html") if Read(page).images_without_text]

    def test_images_are_light(self) -> None:
        images = list((DOCS / "images").iterdir())
        assert images
        assert all(image.suffix == ".png" and image.stat().st_size < 100_000 for image in images)


def is_alive(link: str, page: Path, pages: dict[Path, Read]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return parts.scheme in ("https", "data")
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    target = target / "index.html" if target.is_dir() else target
    if not parts.fragment or target not in pages:
        return target.exists()
    return unquote(parts.fragment) in pages[target].anchors


def test_every_page_can_be_reached() -> None:
    config = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))

    def files(entry: Any) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        entries = entry.values() if isinstance(entry, dict) else entry
        return [file for one in entries for file in files(one)]

    shown = files(config["project"]["nav"])
    assert len(shown) == len(set(shown))
    assert set(shown) == {name(path) for path in DOCS.rglob("*.md")}


def test_links_of_the_texts_beside_the_site_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            path, _, anchor = link.partition("#")
            if link.startswith("https://"):
                continue
            assert (page.parent / path).exists(), (page, link)
            if anchor:
                heads = re.findall(r"^#+ (.*)$", (page.parent / path).read_text(), re.MULTILINE)
                slugs = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}
                assert anchor in slugs, (page, link)
