"""A check as JUnit XML, as CI systems read it: a test case for each expected service and for each one that is new.

The form is the one that Ant's JUnit task writes and Jenkins and GitLab read: ``testsuites``, ``testsuite``,
``testcase`` with ``failure`` or ``skipped``. There is no clock in it: ``time`` is 0.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from annotator.baseline.check import Check, Deviation
from annotator.report.sanitize import clean


def encode(check: Check) -> Iterator[bytes]:
    """Give the file's bytes."""
    suite = ET.Element("testsuite", name=f"annotate check {clean(check.baseline.name)}", time="0")
    properties = ET.SubElement(suite, "properties")
    for name, value in (("registry", check.report.registry["sha256"]), ("caveat", check.report.caveat)):
        ET.SubElement(properties, "property", name=name, value=value)
    failed: dict[int, list[Deviation]] = {}
    for deviation in check.deviations:
        failed.setdefault(deviation.service, []).append(deviation)
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for number, (service, _) in enumerate(check.expected):
        _case(suite, counts, service.where(), "expected", failed.get(number, []))
    for deviation in failed.get(-1, []):
        _case(suite, counts, deviation.where, deviation.kind, [deviation])
    ET.SubElement(suite, "system-out").text = "\n".join([check.summary, *check.notes])
    for name, value in counts.items():
        suite.set(name, str(value))
    whole = ET.Element("testsuites", {name: str(value) for name, value in counts.items()} | {"time": "0"})
    whole.append(suite)
    ET.indent(whole)
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(whole, "utf-8") + b"\n"


def _case(suite: ET.Element, counts: dict[str, int], name: str, group: str, found: list[Deviation]) -> None:
    case = ET.SubElement(suite, "testcase", name=name, classname=f"annotate.baseline.{group}", time="0")
    counts["tests"] += 1
    wrong = [deviation for deviation in found if deviation.violates]
    if wrong:
        counts["failures"] += 1
        failure = ET.SubElement(case, "failure", type=wrong[0].kind, message=wrong[0].message)
        failure.text = "\n".join(f"{one.where}: {one.message}" for one in wrong)
    elif found:
        counts["skipped"] += 1
        ET.SubElement(case, "skipped", message=found[0].message)
