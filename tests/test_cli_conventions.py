"""What holds for every command, whoever added it: help, examples, options, bad input."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner, Result

from supportsim.cli import app

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAVY = ("numpy", "pandas", "matplotlib", "scipy", "simpy", "pydantic", "rich", "jinja2")
REPOSITORY = Path(__file__).parents[1]
ROOT: Any = typer.main.get_command(app)


def _walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _walk(below, (*path, name))


EVERY = dict(_walk(ROOT))
LEAVES = {path: one for path, one in EVERY.items() if not hasattr(one, "commands")}
OF_SCENARIOS = {
    path: one
    for path, one in LEAVES.items()
    if one.params and one.params[0].name in ("scenario", "base")
}
every = pytest.mark.parametrize("path", EVERY, ids=" ".join)
leaves = pytest.mark.parametrize("path", LEAVES, ids=" ".join)
of_scenarios = pytest.mark.parametrize("path", OF_SCENARIOS, ids=" ".join)


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert re.fullmatch(r"error: .+\n", result.stderr), result.stderr
    return result.stderr


def help_of(path: tuple[str, ...]) -> str:
    result = invoke(*path, "--help")
    assert result.exit_code == 0
    return result.stdout


def examples_in(text: str) -> list[list[str]]:
    """Return the examples of a help text as a shell would part them into words."""
    lines = text.partition("Examples:\n")[2].partition("\n\n")[0]
    commands = lines.replace("\\\n", " ").splitlines()
    return [shlex.split(command.partition(" > ")[0]) for command in commands]


class TestHelp:
    @every
    def test_fits_a_terminal_of_eighty_columns(self, path: tuple[str, ...]) -> None:
        too_long = [line for line in help_of(path).splitlines() if len(line) > 80]
        assert not too_long

    @every
    def test_has_examples_that_the_command_takes(self, path: tuple[str, ...]) -> None:
        found = examples_in(help_of(path))
        assert found
        for program, *words in found:
            assert program == "supportsim"
            assert tuple(words[: len(path)]) == path
            command, above = ROOT, None
            while hasattr(command, "commands"):
                above = typer.Context(command, info_name="x", parent=above)
                command = command.commands[words.pop(0)]
            command.make_context("x", words, parent=above)  # which refuses a wrong option

    @every
    def test_arguments_and_choices_are_written_as_they_are_typed(
        self, path: tuple[str, ...]
    ) -> None:
        assert not re.search(r"[{}]|<\w|Path\]", help_of(path))

    @every
    def test_examples_need_no_file_that_is_not_there(self, path: tuple[str, ...]) -> None:
        for _, command, *words in examples_in(help_of(path)):
            read = [one for one in words if one.endswith(".toml") and command != "init"]
            made = {"scenario.toml", "fitted.toml"}  # by the example before, or by this one
            assert not [one for one in read if not (REPOSITORY / one).is_file() and one not in made]

    @every
    def test_every_option_says_what_it_does(self, path: tuple[str, ...]) -> None:
        for parameter in EVERY[path].params:
            assert parameter.help, parameter.name
            assert parameter.help[0].isupper(), parameter.help

    @pytest.mark.parametrize("path", sorted(EVERY.keys() - LEAVES.keys()), ids=" ".join)
    def test_the_list_of_commands_cuts_nothing_short(self, path: tuple[str, ...]) -> None:
        assert "..." not in help_of(path).replace("[ARGS]...", "")

    @leaves
    def test_quiet_and_verbose_are_everywhere_the_same(self, path: tuple[str, ...]) -> None:
        options = {opt: one for one in LEAVES[path].params for opt in one.opts}
        for name, short in (("--quiet", "-q"), ("--verbose", "-v")):
            assert options[name] is options[short]
        said = "Print the results only: no progress, hints or words of files written."
        assert options["--quiet"].help == said

    def test_every_command_has_its_place_in_the_list(self) -> None:
        text = help_of(())
        assert "More:" not in text
        for name in ROOT.commands:
            assert re.search(rf"^  {name} ", text, re.M)


class TestBadInput:
    """One line on stderr, nothing on stdout, status 2."""

    @every
    def test_an_unknown_option(self, path: tuple[str, ...]) -> None:
        assert "--bogus" in refused(*path, "--bogus")

    @of_scenarios
    def test_no_scenario(self, path: tuple[str, ...]) -> None:
        told = refused(*path)
        assert f"supportsim {' '.join(path)} --help" in told

    @of_scenarios
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (None, "cannot be read: No such file"),
            ("name = ", "is not valid TOML"),
            ('name = "x"\nbogus = 1\n', "bogus"),
        ],
    )
    def test_a_scenario_that_cannot_be_used(
        self, path: tuple[str, ...], text: str | None, reason: str, tmp_path: Path
    ) -> None:
        scenario, out = tmp_path / "bad.toml", tmp_path / "out.json"
        if text is not None:
            scenario.write_text(text, encoding="utf-8")
        # A plan asks for its targets before it looks at the scenario.
        given: list[str | Path] = [
            *path,
            scenario,
            *(["--target", "a.wait<=1h"] if path == ("plan",) else []),
        ]
        for one in OF_SCENARIOS[path].params[1:]:
            if one.required:
                given += [one.opts[0], out]
        told = refused(*given)
        assert "bad.toml" in told
        assert reason in told
        assert not out.exists()

    def test_an_unknown_command_is_told_the_nearest(self) -> None:
        assert "Did you mean 'sweep'" in refused("sweap")
        assert "Did you mean 'audit'" in refused("benchmarks", "adit")

    def test_control_characters_do_not_reach_the_terminal(self) -> None:
        told = refused("run", "a\x1b[31m\nb.toml")
        assert "\x1b" not in told

    def test_an_option_that_is_no_number(self) -> None:
        told = refused("run", "x.toml", "--seed", "seven")
        assert "'--seed'" in told
        assert told.count("'seven'") == 1
        told = refused("export", "x.toml", "--format", "pdf", "-o", "x")
        assert told.count("'pdf'") == 1
        assert "Value error" not in told

    def test_an_option_without_its_value_names_its_command(self) -> None:
        assert "see supportsim run --help" in refused("run", "x.toml", "--seed")


class TestStarting:
    @pytest.mark.parametrize("code", ["import supportsim.cli", "from supportsim.cli import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass"])  # fmt: skip
    def test_takes_nothing_heavy(self, code: str) -> None:
        told = f"import sys\n{code}\nprint([one for one in {HEAVY} if one in sys.modules])"
        done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == "[]"

    def test_without_arguments_says_what_to_do(self) -> None:
        done = invoke()
        assert (done.exit_code, done.stderr) == (0, "")
        for word in ("supportsim init", "supportsim run", "supportsim plan", "--help"):
            assert word in done.stdout
        assert len(done.stdout.splitlines()) <= 15
        assert max(map(len, done.stdout.splitlines())) <= 80

    def test_the_first_steps_suit_the_first_scenario(self, tmp_path: Path) -> None:
        from supportsim.scenario import load
        from supportsim.studies.planning.targets import read_target

        path = tmp_path / "scenario.toml"
        assert invoke("init", path, "--yes").exit_code == 0
        steps = [shlex.split(line) for line in invoke().stdout.splitlines() if "scenario.t" in line]
        last = {words[1]: words[-1] for words in steps}
        key, _, value = last["compare"].partition("=")
        assert load(path, {key: int(value)}).teams["support"].agents == int(value)
        assert read_target(last["plan"], load(path)).value == 0.8

    def test_benchmarks_alone_shows_its_commands(self) -> None:
        assert invoke("benchmarks").stdout == invoke("benchmarks", "--help").stdout

    def test_version(self) -> None:
        assert re.fullmatch(r"supportsim \d+\.\d+\.\d+\n", invoke("--version").stdout)
