"""Watching a day: the text of a pipe, the screen at any size, the keys, and a real terminal."""

from __future__ import annotations

import codecs
import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner, Result

from supportsim.cli import app
from supportsim.report.page import Page
from supportsim.report.watching.live import frames
from supportsim.report.watching.player import FASTEST, SLOWEST, Key, Player, keys_in
from supportsim.report.watching.screen import Screen, _most_telling
from supportsim.report.watching.snapshots import print_day
from supportsim.report.watching.words import clock, lasting, pace
from supportsim.studies import simulate_once
from supportsim.studies.days import find_day
from supportsim.studies.moments import AgentNow, Doing, Span
from supportsim.studies.timeline import Timeline
from test_measures_naive import SCENARIO as EVERYTHING
from watched_days import SCENARIO, TUESDAY, WEDNESDAY, desk_by_hand

if TYPE_CHECKING:
    from pathlib import Path

    from supportsim.studies.days import Day


# --- Days ----------------------------------------------------------------------------------------


def test_a_day_is_a_number_in_the_window_or_a_date() -> None:
    one, two = find_day("1", SCENARIO), find_day(" 2 ", SCENARIO)
    assert (one.begin, one.end, one.title) == (
        *(TUESDAY, WEDNESDAY),
        "Tuesday 2026-01-06, day 1 of the window",
    )
    assert two == find_day("2026-01-07", SCENARIO)
    assert find_day("2026-01-05", SCENARIO).title == "Monday 2026-01-05, in the warm-up"
    assert find_day("2026-01-08", SCENARIO).title == "Thursday 2026-01-08, in the follow-up"


def test_days_of_a_window_that_does_not_begin_at_midnight() -> None:
    changed = SCENARIO.replace({"run.warm_up": "36h", "run.window": "30h", "run.follow_up": "1h"})
    # The window goes from the second day's noon to the third one's six in the afternoon.
    assert find_day("1", changed).begin == TUESDAY
    assert find_day("2", changed).end == 67 * 60
    message = (
        "--day: there is no day 3 in the window; write a number from 1 to 2 (2026-01-06 to "
        "2026-01-07), or any date from 2026-01-05 to 2026-01-07, warm-up and follow-up included"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        find_day("3", changed)
    with pytest.raises(ValueError, match="write the number of a day of the window, 1 to 2, or a d"):
        find_day("soon", changed)
    with pytest.raises(ValueError, match="2026-01-08 is not simulated"):
        find_day("2026-01-08", changed)


# --- Text ----------------------------------------------------------------------------------------


@cache
def span_by_hand() -> tuple[Span, Day]:
    return Span(desk_by_hand(), TUESDAY, WEDNESDAY), find_day("1", SCENARIO)


@cache
def busy_day() -> tuple[Span, Day]:
    day = find_day("2026-03-10", EVERYTHING)
    return Span(Timeline(simulate_once(EVERYTHING, 1)), day.begin, day.end), day


def printed(span: Span, day: Day, every: float, **options: Any) -> str:
    file = io.StringIO()
    console = Console(file=file, width=80, highlight=False, markup=False, emoji=False, **options)
    print_day(span, day, console, every=every)
    return file.getvalue()


def test_snapshots_of_a_day_worked_out_by_hand() -> None:
    text = printed(*span_by_hand(), every=630.0)
    lines = [re.sub(" +", " ", line.rstrip()) for line in text.splitlines()]
    assert "10:30 phone 0 - 0 0 0 2 2 0" in lines
    assert "10:30 chat 0 - 1 0 1 2 0 1" in lines  # one came just now, one gave up
    assert "10:30 email 0 - 1 0 0 1 1 0" in lines
    assert "10:30 form 0 - 0 0 0 3 3 0" in lines
    assert "21:00 email 0 - 0 1 1 4 3 0" in lines
    assert "24:00 email 0 - 0 1 1 4 3 0" in lines
    # At work, contacts, idle, break, away, off duty, vacant.
    assert "10:30 desk 2 2 0 0 0 0 1" in lines
    assert "10:30 machine 0 0 0 0 0 0 0" in lines
    assert "24:00 desk 0 0 0 0 0 2 1" in lines


def test_the_longest_wait_is_shown() -> None:
    text = printed(*span_by_hand(), every=530.0)
    assert re.search(r"^08:50 email +1 +30 min ", text, re.M)


def test_text_fits_80_columns_and_holds_no_markup_or_control_characters() -> None:
    for text in (printed(*span_by_hand(), every=60.0), printed(*busy_day(), every=30.0)):
        assert all(len(line) <= 80 for line in text.splitlines())
        assert all(letter.isprintable() or letter == "\n" for letter in text)
    head = printed(*span_by_hand(), every=720.0).splitlines()[0]
    assert head.startswith("[bold]desk[/bold] <script>alert(1)</script>")
    assert head.endswith("=cmd()")


def test_text_is_the_same_again() -> None:
    assert printed(*busy_day(), every=60.0) == printed(*busy_day(), every=60.0)


def test_words_for_times() -> None:
    assert [clock(minutes) for minutes in (0, 59.99, 570.5, 1439.9)] == [
        *("00:00", "00:59", "09:30", "23:59")
    ]
    assert clock(570.5, seconds=True) == "09:30:30"
    assert [lasting(m) for m in (0, 0.99, 1, 59.9, 60, 89, 2879, 2880, 1e6, np.nan)] == [
        *("0 s", "59 s", "1 min", "59 min", "1.0 h", "1.4 h", "47.9 h", "2 d", "694 d", "")
    ]
    assert [pace(m) for m in (1 / 60, 0.15625, 2.5, 80, 1440)] == [
        *("1 s", "9.38 s", "2.5 min", "1.33 h", "24 h")
    ]


# --- Screen --------------------------------------------------------------------------------------


def drawn(
    span: Span, day: Day, minute: float, width: int, height: int, *, utf8: bool = True
) -> list[str]:
    encoding = "utf-8" if utf8 else "ascii"
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    screen = Screen(span, day, Page(Console(file=file, width=width)), has_keys=True)
    player = Player(span.begin, span.end, span.begin + minute, 5.0)
    lines = [line.plain.rstrip() for line in screen.lines(player, width, height)]
    for line in lines:
        line.encode(encoding)
    return lines


def test_the_screen_of_a_moment_worked_out_by_hand() -> None:
    lines = drawn(*span_by_hand(), minute=633.5, width=80, height=24)
    assert lines[0].startswith("[bold]desk[/bold] <script>alert(1)</script>")
    assert lines[0].endswith(" 10:33:30")
    assert lines[1].startswith("Tuesday 2026-01-06, day 1 of the window")
    assert lines[1].endswith("5 min a second, running")
    assert lines[9:15] == [
        "desk: 1 at work, 1 wrap-up, 1 vacant",
        "  agent 0    wrap-up   8 min  wrap-up email #0 8 min",
        "  agent 1    at work   3 min  chat #2 3 min, chat #3 1 min",
        "  position 2 vacant    2.5 h",
        "machine: without limit",
        "  in hand 0",
    ]
    assert lines[-1].startswith("space pause")
    lines = drawn(*span_by_hand(), minute=725, width=80, height=24)
    assert "  agent 0    at work  15 min  phone #4 15 min, overtime" in lines
    lines = drawn(*span_by_hand(), minute=570, width=80, height=24)
    assert "  agent 0    at work  10 min  phone #1 10 min, email #0 10 min stopped" in lines
    assert drawn(*span_by_hand(), minute=1440, width=80, height=24)[0].endswith(" 24:00:00")
    assert drawn(*span_by_hand(), minute=1440, width=80, height=24)[1].endswith("over")


@pytest.mark.parametrize("width", [20, 30, 45, 60, 70, 80])
def test_a_narrow_screen_shows_fewer_columns_each_in_whole(width: int) -> None:
    span, day = busy_day()

    def columns(width: int) -> dict[str, list[str]]:
        """Return what stands under each head, to whose end it is aligned."""
        lines = drawn(span, day, 700.0, width, 40)
        head = next(place for place, line in enumerate(lines) if line.startswith("Queues"))
        rows = lines[head + 1 : head + 1 + len(EVERYTHING.channels)]
        found = re.finditer("In work|[A-Z][a-z]+", lines[head])
        return {
            one[0]: [re.split(" (?! *(min|s|h|d) ?)", row[: one.end()])[-1] for row in rows]
            for one in list(found)[1:]
        }

    shown, whole = columns(width), columns(200)
    assert {head: whole[head] for head in shown} == shown
    assert next(iter(shown)) == "Waiting"
    assert list(shown) == [head for head in whole if head in shown]
    assert len(whole) == 8
    assert len(shown) == {20: 1, 30: 3, 45: 5, 60: 7}.get(width, 8)


@pytest.mark.parametrize("utf8", [True, False])
@pytest.mark.parametrize(
    ("width", "height"), [(80, 24), (120, 40), (200, 60), (40, 10), (20, 4), (10, 3), (5, 1)]
)
def test_the_screen_fits_and_says_what_it_does_not_show(
    width: int, height: int, utf8: bool
) -> None:
    span, day = busy_day()
    for minute in (0.0, 700.0, 1440.0):
        lines = drawn(span, day, minute, width, height, utf8=utf8)
        assert len(lines) <= height
        assert all(cell_len(line) <= width for line in lines)
        assert all(letter.isprintable() for line in lines for letter in line)
        if height >= 10 and width >= 40:
            moment = span.at(min(span.begin + minute, span.end - 1e-6))
            shown = sum(line.startswith(("  agent", "  position")) for line in lines)
            told = sum(
                int(found[1]) for line in lines if (found := re.match(r"and (\d+) not shown", line))
            )
            assert shown + told == len(moment.agents)


def test_those_who_do_something_are_shown_first() -> None:
    span, day = busy_day()
    lines = drawn(span, day, 700.0, 80, 16)
    shown = [line for line in lines if line.startswith("  agent")]
    assert shown
    assert not any("off duty" in line for line in shown)
    # Each team has its turn.
    heads = [n for n, line in enumerate(lines) if re.match(r"(desk|experts): ", line)]
    assert len(heads) == 2
    assert all(lines[n + 1].startswith("  agent") for n in heads)


def test_those_at_work_come_before_those_who_are_away() -> None:
    def agent(number: int, doing: Doing) -> AgentNow:
        return AgentNow(0, number, doing, TUESDAY)

    doing = [Doing.LEAVE, Doing.VACANT, Doing.IDLE, Doing.WRAP_UP, Doing.OFF_DUTY, Doing.WORK]
    members = [agent(number, each) for number, each in enumerate(doing)]
    assert [one.number for one in _most_telling({0: members})] == [3, 5, 0, 2, 1, 4]


def test_keys_are_explained_in_letters_that_the_terminal_has() -> None:
    span, day = span_by_hand()
    assert "l/→ next event  h/← back" in drawn(span, day, 600.0, 80, 24)[-1]
    assert "l next event  h back" in drawn(span, day, 600.0, 80, 24, utf8=False)[-1]


def test_many_channels_give_way_to_the_busiest() -> None:
    # The channel with the most contacts is kept, in the order of the file.
    span, day = busy_day()
    lines = drawn(span, day, 700.0, 80, 9)
    hidden = next(line for line in lines if line.endswith("not shown") and "channel" in line)
    count = int(hidden.split()[1])
    names = [line.split()[0] for line in lines if line.split(" ")[0] in EVERYTHING.channels]
    channels = span.at(span.begin + 700).channels
    busy = sorted(channels, key=lambda one: (-one.waiting - one.in_work, one.channel))
    expected = sorted(one.channel for one in busy[: len(busy) - count])
    assert names == [list(EVERYTHING.channels)[number] for number in expected]


# --- Keys ----------------------------------------------------------------------------------------

CHANGES = np.array([10.0, 20.0, 30.0])


def test_what_keys_do() -> None:
    player = Player(0.0, 40.0, 10.0, 5.0)
    assert player.after(2.0).time == 20.0
    assert player.after(99.0).time == 40.0
    assert player.after(99.0).is_over
    paused = player.pressed(Key.PAUSE, CHANGES)
    assert paused.after(2.0).time == 10.0
    assert paused.pressed(Key.PAUSE, CHANGES) == player
    ahead = player.pressed(Key.NEXT, CHANGES)
    assert (ahead.time, ahead.paused) == (20.0, True)
    assert replace(player, time=30.0).pressed(Key.NEXT, CHANGES).time == 40.0
    assert player.pressed(Key.BACK, CHANGES).time == 0.0
    assert replace(player, time=25.0).pressed(Key.BACK, CHANGES).time == 20.0
    assert replace(player, time=20.0).pressed(Key.BACK, CHANGES).time == 10.0
    assert player.pressed(Key.FASTER, CHANGES).speed == 10.0
    assert player.pressed(Key.SLOWER, CHANGES).speed == 2.5
    assert player.pressed(Key.QUIT, CHANGES).quits
    for _ in range(40):
        player = player.pressed(Key.FASTER, CHANGES)
    assert player.speed == FASTEST
    for _ in range(40):
        player = player.pressed(Key.SLOWER, CHANGES)
    assert player.speed == SLOWEST


def test_keys_come_as_terminals_send_them() -> None:
    assert keys_in(" +-=_lhqQ") == (
        [
            *(Key.PAUSE, Key.FASTER, Key.SLOWER, Key.FASTER, Key.SLOWER),
            *(Key.NEXT, Key.BACK, Key.QUIT, Key.QUIT),
        ],
        "",
    )
    assert keys_in("\x1b[C\x1b[D\x1bOC\x1bOD") == ([Key.NEXT, Key.BACK, Key.NEXT, Key.BACK], "")
    assert keys_in("x\x1b[Aé\n") == ([], "")
    # An arrow may come in two parts.
    assert keys_in("l\x1b[") == ([Key.NEXT], "\x1b[")
    assert keys_in("\x1b[" + "C") == ([Key.NEXT], "")


def test_frames_follow_the_clock_and_the_keys() -> None:
    span, _day = span_by_hand()
    seconds = iter(range(100))
    typed = iter(["", " ", "", " \x1b", "[C", "q"])
    player = Player(span.begin, span.end, TUESDAY + 540, 5.0)
    shown = list(frames(player, span, lambda _: next(typed), now=lambda: next(seconds)))
    assert [(one.time - TUESDAY, one.paused) for one in shown] == [
        (540, False),
        (545, False),
        (550, True),  # the clock goes on until the key is seen
        (550, True),
        (550, False),
        (560, True),  # from 555 to when the call stops the email
        (560, True),
    ]
    assert shown[-1].quits


def test_without_keys_a_day_ends_by_itself() -> None:
    span, _day = span_by_hand()
    seconds = iter(range(100))
    player = Player(span.begin, span.end, WEDNESDAY - 12, 5.0)
    shown = list(frames(player, span, None, now=lambda: next(seconds), sleep=lambda _: None))
    assert [one.time - WEDNESDAY for one in shown] == [-12, -7, -2, 0]


# --- The command ---------------------------------------------------------------------------------

SMALL = """
name = "[red]small[/red] \\u001b[2J"
[run]
warm_up = "1w"
window = "1w"
follow_up = "1w"
[channels.portal]
arrivals = { per_day = 20, business_hours_share = 0.8 }
work = "13min"
[teams.desk]
agents = 2
serves = ["portal"]
shifts = [{ days = "Mon-Fri", from = "09:00", to = "17:00" }]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["watch", *map(str, arguments)])


def test_in_a_pipe_the_day_is_text(scenario: Path) -> None:
    result = invoke(scenario, "--day", "3")
    assert result.exit_code == 0, result.output
    assert result.stdout == invoke(scenario, "--day", "2026-01-14").stdout
    assert "Wednesday 2026-01-14, day 3 of the window; replication 0, seed 1" in result.stdout
    assert result.stdout.startswith("[red]small[/red]  [2J\n")
    assert len(re.findall(r"^\d\d:00 portal ", result.stdout, re.M)) == 25
    halves = invoke(scenario, "--day", "3", "--every", "30min").stdout
    assert len(re.findall(r"^\d\d:[03]0 portal ", halves, re.M)) == 49
    assert set(re.findall(r"^\d\d:00 .*", result.stdout, re.M)) <= set(halves.splitlines())


def test_text_begins_when_it_is_asked_to(scenario: Path) -> None:
    whole = invoke(scenario, "--day", "3", "--every", "30min").stdout
    for more, count in ((["--every", "30min"], 28), ([], 15)):
        part = invoke(scenario, "--day", "3", "--at", "10:30", *more).stdout
        rows = re.findall(r"^\d\d:\d\d portal .*", part, re.M)
        assert (len(rows), rows[0][:5], rows[-1][:5]) == (count, "10:30", "24:00")
        assert set(rows) <= set(whole.splitlines())


@pytest.mark.parametrize("length", [9, 13, 17, 250])
def test_each_row_of_text_is_one_line(tmp_path: Path, length: int) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL.replace("portal", length * "p").replace("desk", length * "d"), "utf-8")
    lines = invoke(path, "--every", "12h").stdout.splitlines()
    for letter, numbers in (("p", 8), ("d", 7)):
        rows = [line for line in lines if re.match(rf"\d\d:00 {letter}", line)]
        assert [row[:5] for row in rows] == ["00:00", "12:00", "24:00"]
        names = {row.split()[1] for row in rows}
        room = 80 - len("00:00 ") - (58 if letter == "p" else 49)
        shown = letter * length if length <= room else letter * (room - 1) + "~"
        assert names == {shown}
        assert all(
            re.search(rf"( +(-|\d+(\.\d h| s| min| d)?)){{{numbers}}}$", row) for row in rows
        )
    assert not any(re.fullmatch(r" *[pd~]+ *", line) for line in lines)


def test_a_run_in_which_nothing_happens(scenario: Path) -> None:
    short = ["--set", "run.warm_up=0min", "--set", "run.window=30min", "--set"]
    result = invoke(scenario, *short, "run.follow_up=0min", "--set", "teams.desk.agents=1")
    assert result.exit_code == 0, result.output
    ends = [line for line in result.stdout.splitlines() if line.startswith("00:30")]
    assert [line.split() for line in ends] == [
        ["00:30", "portal", "0", "-", "0", "0", "0", "0", "0", "0"],
        ["00:30", "desk", "0", "0", "0", "0", "0", "1", "0"],
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--day", "8"], "--day: there is no day 8 in the window; write a number from 1 to 7"),
        (["--day", "soon"], '--day: "soon" is not a day; write the number of a day'),
        (["--speed", "0"], '--speed: "0" has to be above 0'),
        (["--speed", "nan"], '--speed: "nan" has to be above 0'),
        (["--speed", "fast"], '--speed: "fast" is not a duration'),
        (["--every", "1s"], '--every: "1s" is too short'),
        (["--every", "often"], '--every: "often" is not a duration'),
        (["--at", "25:00"], '--at: "25:00" is not a time of day'),
        (["--at", "24:00"], "--at: 24:00 is not simulated on 2026-01-12"),
    ],
)
def test_a_wrong_option_is_one_message(scenario: Path, arguments: list[str], message: str) -> None:
    result = invoke(scenario, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


class Terminal:
    """A pseudo-terminal of 80 by 24 in which a day is watched."""

    def __init__(self, scenario: Path, *arguments: str) -> None:
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (24, 80))
        self.before = termios.tcgetattr(self.slave)
        environment = {**os.environ, "TERM": "xterm"}
        for name in ("LINES", "COLUMNS", "NO_COLOR", "FORCE_COLOR"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supportsim", "watch", str(scenario), *arguments],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=environment,
            start_new_session=True,
        )
        self.seen = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")()  # a read may end within a letter

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def wait_for(self, pattern: str) -> None:
        end = time.monotonic() + 60
        while not re.search(pattern, self.seen) and time.monotonic() < end:
            self._read()
        assert re.search(pattern, self.seen), self.seen[-2000:]

    def _read(self) -> None:
        if select.select([self.master], [], [], 0.1)[0]:
            self.seen += self.decoder.decode(os.read(self.master, 65536))

    def types(self, text: str) -> None:
        self.seen = ""
        os.write(self.master, text.encode())

    def ends(self) -> int:
        """Wait until the program has ended, look at the terminal, and return the exit status."""
        self.wait_for(LEAVES)
        status = self.process.wait(60)
        self._read()
        assert termios.tcgetattr(self.slave) == self.before
        assert self.seen.rindex(SHOWS_CURSOR) > self.seen.rfind(HIDES_CURSOR)
        assert "Traceback" not in self.seen
        return status


LEAVES = re.escape("\x1b[?1049l")
SHOWS_CURSOR, HIDES_CURSOR = "\x1b[?25h", "\x1b[?25l"


def test_in_a_terminal_keys_work_and_it_is_left_clean(scenario: Path) -> None:
    with Terminal(scenario, "--day", "3", "--at", "09:30", "--speed", "60") as terminal:
        terminal.wait_for("09:3[0-9]:")
        terminal.wait_for("1 min a second, running")
        terminal.types(" ")
        terminal.wait_for("1 min a second, paused")
        terminal.types("++")
        terminal.wait_for("4 min a second, paused")
        terminal.types("\x1b[C")
        terminal.wait_for(r"\[red\]small\[/red\]  \[2J")  # the name, as text
        terminal.types("q")
        assert terminal.ends() == 0


def test_ctrl_c_leaves_the_terminal_clean(scenario: Path) -> None:
    with Terminal(scenario, "--day", "3") as terminal:
        terminal.wait_for("5 min a second, running")
        terminal.seen = ""
        # What Ctrl-C does where the terminal is in control of the process.
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.ends() == 130
        terminal.wait_for("interrupted")


def test_a_request_to_end_leaves_the_terminal_clean(scenario: Path) -> None:
    with Terminal(scenario, "--day", "3") as terminal:
        terminal.wait_for("5 min a second, running")
        terminal.seen = ""
        terminal.process.terminate()
        assert terminal.ends() == 128 + signal.SIGTERM


def test_a_day_that_is_over_waits_for_the_user(scenario: Path) -> None:
    with Terminal(scenario, "--day", "3", "--at", "23:50", "--speed", "24h") as terminal:
        terminal.wait_for("24:00:00")
        terminal.wait_for("over")
        terminal.types("q")
        assert terminal.ends() == 0
