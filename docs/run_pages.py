"""Run every code block of the pages, and compare what is printed with what the pages say.

    python docs/run_pages.py [PAGE…]            compare
    python docs/run_pages.py --write [PAGE…]    put what is printed into the pages

Each page has a folder of its own, with a copy of the scenarios in it; its blocks are run from top
to bottom and share their files and their Python names. There are five kinds:

- ``console``: commands after ``$ ``, each with what it prints. A command that ends in ``&`` stays
  in the background until the page ends; one that fails is followed by ``$ echo $?``.
- ``toml title="FILE"`` and ``csv title="FILE"``: a file; ``title="added to FILE"`` is appended.
  TOML has to be a valid scenario, study or benchmark file each time.
- ``python``: what it prints is in the block of ``text`` below it, if it prints anything.

A line ``…`` in what is printed stands for any lines, and ``…`` within a line for any characters.
Installing needs a network and is not done here; a test sees that the extras are there.
"""

from __future__ import annotations

import contextlib
import io
import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
NOT_RUN = ("pip install ", "python3 -m venv ")
ANY = "…"
PORT = "8786"  # as pages say it; another one that is free is taken in its place
PATIENCE = 60.0  # seconds for a service to start, and to end

_FENCE = re.compile(r"^```(\S*)[ ]*(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"""[|<>&;$*`]""")


class PageError(Exception):
    """A block does not do what its page says."""


@dataclass
class Block:
    """A fenced block of a page.

    Attributes
    ----------
    language, title, text
        What the page says of it, and what is in it.
    line
        Where it begins in the page, counted from 1.
    """

    language: str
    title: str
    text: str
    line: int


@dataclass
class Session:
    """The folder in which a page is run, and what its blocks have left behind."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__page__"})
    status: int = 0
    services: list[tuple[subprocess.Popen[str], threading.Thread]] = field(default_factory=list)
    port: str = ""

    def with_free_port(self, command: str) -> str:
        """Return a command with a free port in place of the one that pages name."""
        if re.search(rf"\b{PORT}\b", command) and not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = str(free.getsockname()[1])
        return re.sub(rf"\b{PORT}\b", self.port, command)

    def with_named_port(self, printed: str) -> str:
        """Return what is printed with the port that pages name in place of the free one."""
        return re.sub(rf":{self.port}\b", f":{PORT}", printed) if self.port else printed

    def end(self) -> None:
        """End what still runs in the background."""
        for service, listener in reversed(self.services):
            service.terminate()
            try:
                service.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait()
            listener.join(PATIENCE)  # until the processes that it started have ended, too


def pages() -> list[Path]:
    """Return the pages with something to run: all but the decisions, which say what was so once."""
    found = sorted(FOLDER.rglob("*.md"))
    return [path for path in found if "decisions" not in path.parts and blocks(path.read_text())]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page, from top to bottom."""
    found = []
    for match in _FENCE.finditer(text):
        title = re.search(r'title="([^"]*)"', match[2])
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(match[1], title[1] if title else "", match[3], line))
    return found


def run_page(path: Path) -> str:
    """Run a page's blocks; return its text with what they print now.

    Raises
    ------
    PageError
        If a block cannot be run, or a file is not valid.
    """
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    text = path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="page-") as made:
        shutil.copytree(ROOT / "scenarios", Path(made, "scenarios"))
        session = Session(Path(made).resolve())
        try:
            with contextlib.chdir(session.folder):
                return _run_blocks(text, blocks(text), session)
        except Exception as error:
            raise PageError(f"{path.relative_to(ROOT)}: {error}") from error
        finally:
            session.end()
            plt.close("all")


def _run_blocks(text: str, found: list[Block], session: Session) -> str:
    """Return a page's text with what its blocks print in the session's folder."""
    printed, renewed = "", []
    for block in found:
        new = block.text
        try:
            if block.language == "text":
                new = renew(block.text, printed)
                printed = ""
            elif printed:
                raise PageError(
                    f"the block of Python before it prints what no text shows: {printed}"
                )
            elif block.language == "console":
                new = _run_console(block, session)
            elif block.language == "python":
                printed = _run_python(block, session)
            elif block.language in ("toml", "csv"):
                _write_file(block, session)
            else:
                raise PageError(f"nobody can check a block of {block.language!r}")
        except Exception as error:
            raise PageError(
                f"block at line {block.line}: {type(error).__name__}: {error}"
            ) from error
        renewed.append(new)
    if printed:
        raise PageError(f"what is printed last no text shows: {printed}")
    texts = iter(renewed)
    return _FENCE.sub(
        lambda match: f"{match[0][: match.start(3) - match.start()]}{next(texts)}```", text
    )


# --- The kinds of block --------------------------------------------------------------------------


def _run_console(block: Block, session: Session) -> str:
    renewed = []
    commands = list(_commands(block.text))
    for number, (command, shown) in enumerate(commands):
        plain = re.sub(r"\\\n\s*", "", command)
        printed = session.with_named_port(_run_command(session.with_free_port(plain), session))
        following = commands[number + 1][0] if number + 1 < len(commands) else ""
        if session.status and plain != "echo $?" and following != "echo $?":
            raise PageError(f"{plain} ends with status {session.status}:\n{printed}")
        renewed.append(f"$ {command}\n{renew(shown, printed)}")
    return "".join(renewed)


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console, and what the page says that it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        match = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n(.*)", part, re.DOTALL)
        assert match
        yield match[1], match[2]


def _run_command(command: str, session: Session) -> str:
    """Run a command in the session's folder; return what it prints, errors included."""
    if command == "echo $?":
        return f"{session.status}\n"
    if command.startswith(NOT_RUN):
        return ""
    if command.endswith("&"):
        _start(command.removesuffix("&").strip(), session)
        return ""
    fed = None
    if command.startswith("supportsim "):
        own, _, command = command.partition(" | ")
        if not _SHELL.search(_unquoted(own)):
            fed = _run_here(own, session)
            if not command:
                return fed
        else:
            command = f"{own} | {command}" if command else own
    done = subprocess.run(
        ["bash", "-c", command], cwd=session.folder, env=_environment(), text=True, check=False,
        input=fed or "", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    session.status = done.returncode
    return done.stdout


def _unquoted(command: str) -> str:
    return re.sub(r"\"[^\"$`]*\"|'[^']*'", "", command)


def _run_here(command: str, session: Session) -> str:
    """Run supportsim in this process, which spares starting another one."""
    import shlex

    from typer.testing import CliRunner

    from supportsim.cli import app

    result = CliRunner().invoke(app, shlex.split(command)[1:])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    session.status = result.exit_code
    return result.output


def _start(command: str, session: Session) -> None:
    """Start a service, and wait until it names its address."""
    service = subprocess.Popen(
        ["bash", "-c", f"exec {command}"], cwd=session.folder, env=_environment(), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    addresses: queue.SimpleQueue[str] = queue.SimpleQueue()
    listener = threading.Thread(target=_listen, args=(service, addresses), daemon=True)
    listener.start()
    session.services.append((service, listener))
    try:
        named = addresses.get(timeout=PATIENCE)
    except queue.Empty:
        named = ""
    if not named:
        raise PageError(f"{command} does not start")


def _listen(service: subprocess.Popen[str], addresses: queue.SimpleQueue[str]) -> None:
    """Read what a service prints for as long as it runs, so that it never waits for a reader.

    Every address that it names is put into the queue, and nothing ("") once it has ended.
    """
    assert service.stdout
    with service.stdout as lines:
        for line in lines:
            if match := re.search(r"tcp://\S+:\d+", line):
                addresses.put(match[0])
    addresses.put("")


def _environment() -> dict[str, str]:
    """Return an environment in which supportsim is found, as plain text of 80 columns."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "80"}


def _run_python(block: Block, session: Session) -> str:
    printed = io.StringIO()
    code = compile("\n" * block.line + block.text, "the page", "exec")
    with contextlib.redirect_stdout(printed):
        exec(code, session.names)
    return printed.getvalue()


def _write_file(block: Block, session: Session) -> None:
    name = block.title.removeprefix("added to ")
    if not name:
        raise PageError(f'say which file it is: ```{block.language} title="FILE"')
    path = session.folder / name
    before = path.read_text(encoding="utf-8") if name != block.title else ""
    path.write_text(f"{before}\n{block.text}" if before else block.text, encoding="utf-8")
    if block.language == "toml":
        check_toml(path)


def check_toml(path: Path) -> None:
    """Make sure that a file is a valid scenario, study or benchmark file.

    Raises
    ------
    InputError
        If it is not.
    """
    import tomllib

    from supportsim.benchmarks import load_registry
    from supportsim.scenario import load
    from supportsim.studies import figures_of
    from supportsim.studies.calibrating.settings import CalibrateSettings
    from supportsim.studies.compare import CompareSettings
    from supportsim.studies.planning.settings import PlanSettings
    from supportsim.studies.study_files import read_question
    from supportsim.studies.sweeping.settings import SweepSettings

    document = tomllib.loads(path.read_text(encoding="utf-8"))
    if "figure" in document:
        load_registry([path])
    elif "scenario" in document:
        models = {
            "compare": CompareSettings, "sweep": SweepSettings,
            "plan": PlanSettings, "calibrate": CalibrateSettings,
        }  # fmt: skip
        (study,) = models.keys() & document.keys()
        question = read_question(path, study, models[study], {}, {})
        load(question.scenario, question.changes)
    else:
        figures_of(load(path), path.parent)


# --- What is shown, and what is printed ----------------------------------------------------------


def matches(shown: str, printed: str) -> bool:
    """Return whether what is printed is what is shown, where ``…`` stands for anything."""
    lines = [line.rstrip() for line in shown.rstrip().splitlines()]
    pattern = ""
    for line in lines:
        if line == ANY:
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(map(re.escape, line.split(ANY))) + r"\n"
    plain = "".join(f"{line.rstrip()}\n" for line in printed.rstrip().splitlines())
    return re.fullmatch(pattern, plain) is not None


def renew(shown: str, printed: str) -> str:
    """Return what is printed now in the form in which it is shown.

    Parts that are left out stay left out: of what is before and after a line ``…`` there are as
    many lines as were shown, and a part between two of them begins with the same line.
    """
    if matches(shown, printed):
        return shown
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    parts: list[list[str]] = [[]]
    for line in shown.rstrip().splitlines():
        if line.rstrip() == ANY:
            parts.append([])
        else:
            parts[-1].append(line.rstrip())
    if len(parts) > 1:
        kept = [lines[: len(parts[0])]]
        for part in parts[1:-1]:
            first = lines.index(part[0]) if part[0] in lines else 0
            kept.append(lines[first : first + len(part)])
        kept.append(lines[len(lines) - len(parts[-1]) :])
        lines = [line for part in kept for line in [ANY, *part]][1:]
    return "".join(f"{line}\n" for line in lines)


def main(arguments: list[str]) -> int:
    """Compare the pages with what their blocks do, or renew them; return the exit status."""
    write = "--write" in arguments
    chosen = [Path(name).resolve() for name in arguments if name != "--write"]
    wrong = 0
    for path in chosen or pages():
        began = time.perf_counter()
        try:
            renewed = run_page(path)
        except PageError as error:
            print(f"error: {error}", file=sys.stderr)
            wrong = 1
            continue
        changed = renewed != path.read_text(encoding="utf-8")
        if changed and write:
            path.write_text(renewed, encoding="utf-8")
        wrong = wrong or int(changed and not write)
        state = "as it is" if not changed else "written" if write else "DIFFERS"
        print(f"{path.relative_to(ROOT)}: {state}, {time.perf_counter() - began:.1f} s")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
