"""Verdicts as JUnit XML, which pipelines show as tests."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from supportsim.report.exporting.xml_text import possible
from supportsim.report.numbers import format_estimate, format_published, format_tolerance
from supportsim.report.verdict_tables import rounded_up, title_of
from supportsim.scenario import fingerprint
from supportsim.versions import engine, version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supportsim.benchmarks import Verdict
    from supportsim.studies import Run

ELEMENTS = {"misses": "failure", "undecided": "error", "not simulated": "skipped"}
"""What a test case holds that did not pass."""
_COUNTED = {
    "tests": "testcase",
    "failures": "testcase/failure",
    "errors": "testcase/error",
    "skipped": "testcase/skipped",
}


def junit_text(run: Run) -> str:
    """Return the verdicts of a run as JUnit XML, as the readers of Ant and of Jenkins want it.

    A suite is a channel, a test a published figure: one that matches passes, one that misses has
    failed, one that is undecided is in error (more replications would tell), and what is not
    simulated is skipped. A run of which nothing is simulated has a test in error. So there is a
    failure or an error exactly if `--check` ends with 1. As the same run gives the same bytes, no
    test takes any time, and the timestamp is when the scenario starts.
    """
    root = ET.Element("testsuites")
    ordered = sorted(run.verdicts, key=lambda verdict: verdict.figure.channel)
    for channel, verdicts in groupby(ordered, key=lambda verdict: verdict.figure.channel):
        told = list(verdicts)
        output = "\n".join(f"{one.figure.id}: {one.answer}; {_said(one)}" for one in told)
        _add_suite(root, run, channel, map(_case, told), output)
    if all(verdict.answer == "not simulated" for verdict in run.verdicts):
        _add_suite(root, run, "figures", [_nothing_judged()], "")
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_suite(
    root: ET.Element, run: Run, channel: str, cases: Iterable[ET.Element], output: str
) -> None:
    """Add a suite with the numbers of its tests, what it was made of, and what to know."""
    suite = ET.SubElement(
        root,
        "testsuite",
        name=possible(f"{run.scenario.name}: {channel}"),
        package="supportsim",
        id=str(len(root)),
        timestamp=f"{run.scenario.run.start}T00:00:00",
        hostname="localhost",
        time="0",
    )
    about = {
        "version": version(),
        "engine": engine(),
        "seed": str(run.scenario.run.seed),
        "replications": str(len(run.replications)),
        "fingerprint": fingerprint(run.scenario),
    }
    properties = ET.SubElement(suite, "properties")
    for key, value in about.items():
        ET.SubElement(properties, "property", name=key, value=possible(value))
    suite.extend(cases)
    for name, tag in _COUNTED.items():
        suite.set(name, str(len(suite.findall(tag))))
    ET.SubElement(suite, "system-out").text = possible(output)
    ET.SubElement(suite, "system-err").text = possible("\n".join(run.warnings))


def _case(verdict: Verdict) -> ET.Element:
    """Return a figure as a test."""
    figure = verdict.figure
    case = _test(figure.channel, f"{figure.id}: {title_of(verdict)}")
    if verdict.answer == "not simulated":
        ET.SubElement(case, "skipped", message=possible(verdict.reason))
    elif verdict.answer != "matches":
        message = f"{verdict.answer}: {_said(verdict)}"
        if verdict.replications is not None:
            message += f"; about {rounded_up(verdict.replications):,} replications would settle it"
        element = ET.SubElement(
            case, ELEMENTS[verdict.answer], message=possible(message), type=verdict.answer
        )
        element.text = possible(
            f"{message}\nrole: {verdict.role}; clock: {verdict.clock}\n{figure.source}"
        )
    return case


def _said(verdict: Verdict) -> str:
    """Return what was simulated, accepted and published, or why nothing was simulated."""
    figure = verdict.figure
    if verdict.answer == "not simulated":
        return verdict.reason
    simulated = format_estimate(verdict.simulated, verdict.low, verdict.high, figure.unit)
    return (
        f"simulated {simulated}, accepted {format_tolerance(figure)}, "
        f"published {format_published(figure)}"
    )


def _nothing_judged() -> ET.Element:
    case = _test("figures", "a published figure is simulated")
    reason = "No published figure is simulated by this scenario"
    ET.SubElement(case, "error", message=reason, type="nothing simulated")
    return case


def _test(group: str, name: str) -> ET.Element:
    return ET.Element(
        "testcase", classname=possible(f"supportsim.{group}"), name=possible(name), time="0"
    )
