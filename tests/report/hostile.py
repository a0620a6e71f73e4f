"""An analysis in which whatever text can be hostile, is: for the tests of all that is written."""

import copy
from typing import Any

import numpy as np

from annotator.model import Analysis, Beside, Issue
from annotator.report.columns import BESIDE
from tests.report.synthetic import Said, flow, make_analysis, shows, summary
from tests.report.test_sanitize import ATTACKS

PAYLOADS = ATTACKS | {
    "formula": '=HYPERLINK("http://evil.example","x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "html": "<script>alert(1)</script>",
    "closing": "</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover=alert(1) x='",
    "entity": "&lt;script&gt;&#x1b;",
    "markup": "[bold red]x[/] [link=http://evil.example]y[/link]",
    "markdown": "|[x](javascript:alert)`|**x**",
    "hash": "# not a comment",
    "quote": '","=1+1,"',
    "unset": "-",
    "empty": "(empty)",
    "backslash": "\\x1b\\",
    "excel escape": "_x001B_",
    "long": "A" * 65536,
}
"""What an attacker writes, by what it tries."""


def hostile(text: str) -> Analysis:
    """Make an analysis in which whatever text can be hostile, is this one."""
    analysis = make_analysis(
        [
            flow(tunnel=5, site=0, **shows("ssh")),
            flow(port=7214, site=0, **shows("ssh")),
            flow(port=443, at_s=5, **shows("http")),
        ],
        findings=Said(3, dict.fromkeys(range(3), text)),
        captures=[summary(text, complete=False, note=text)],
        issues=[Issue("odd", "link", 1, 1, text)],
        tunnels={5: text},
        options={"registry": text},
        site_words=[text],
        beside=[Beside(column, [text], np.array([0, 0, -1], np.int32)) for column in BESIDE],
    )
    analysis.registry = copy.copy(analysis.registry)  # loading is cached: the others keep the true one
    analysis.registry.info = Hostile(text)
    return analysis


class Hostile:
    """A registry whose provenance somebody else wrote."""

    def __init__(self, text: str) -> None:
        self.updated = self.source = text
        self.sha256 = "0" * 64
        self.records = 1

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)
