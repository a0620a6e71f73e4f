"""Writes all that an analysis found as JSON, so that runs in other processes can be compared.

``python -m tests.dump OUT CAPTURE...`` analyses each capture by itself.
"""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from annotator.model import Analysis, Flows
from annotator.pipeline import analyse
from annotator.settings import Settings


def plain(analysis: Analysis) -> dict[str, Any]:
    """Turn an analysis into what JSON can hold; a tunnel is named by its text, as its hash is keyed anew each run."""
    flows = {field.name: getattr(analysis.flows, field.name).tolist() for field in dataclasses.fields(Flows)}
    flows["tunnel"] = [analysis.tunnels.get(tunnel, "") for tunnel in flows["tunnel"]]
    findings = analysis.findings
    flows["observed"] = [findings.names[number] if number >= 0 else "" for number in flows["observed"]]
    flows["observed_basis"] = [findings.bases[number] if number >= 0 else "" for number in flows["observed_basis"]]
    flows["label"] = findings.texts(np.arange(len(analysis.flows)))
    return {
        "captures": [dataclasses.asdict(capture) | {"name": ""} for capture in analysis.captures],
        "issues": [dataclasses.asdict(issue) for issue in analysis.issues],
        "options": analysis.options,
        "flows": flows,
    }


def dump(paths: list[str]) -> list[dict[str, Any]]:
    """Analyse captures, each by itself."""
    return [plain(analyse([path], Settings())) for path in paths]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(dump(sys.argv[2:])))
