"""Rule candidates for tests: reports with much in them, and lines as somebody would uncomment them."""

import re

from annotator.model import DCCP, SCTP, UDP, UDPLITE, Scope
from annotator.report.formats import encode
from annotator.report.report import Report
from tests.report.synthetic import Said, flow, make_analysis, shows, summary

ROWS = [
    flow(responder="10.0.0.9", port=443, **shows("tls")),
    flow(responder="10.0.0.9", initiator="203.0.113.5", port=7214, initiator_scope=Scope.REMOTE, **shows("ssh")),
    flow(responder="10.0.0.9", port=443, initiator="10.0.0.6", **shows("ssh")),
    flow(responder="10.0.0.9", port=53, proto=UDP),
    flow(responder="10.0.0.9", port=5060, proto=SCTP),
    flow(responder="10.0.0.9", port=5004, proto=DCCP),
    flow(responder="10.0.0.9", port=5005, proto=UDPLITE),
    *(flow(responder="10.0.0.8", initiator=f"10.0.1.{n}", port=80, **shows("http")) for n in range(20)),
    *(flow(responder="fd00::9", initiator=f"fd00::{n}", port=80) for n in range(3)),
    flow(responder="::ffff:10.0.0.1", initiator="fd00::1", port=22),
]


def rules(dialect: str, label: str = "label") -> str:
    """Write the candidates of :data:`ROWS`; whatever text can be hostile is `label`."""
    report = Report(
        make_analysis(
            [row | {"site": 0} for row in ROWS],
            findings=Said(len(ROWS), dict.fromkeys(range(len(ROWS)), label)),
            captures=[summary(label)],
            site_words=[label],
        )
    )
    return b"".join(encode(report, dialect)).decode("ascii")


def uncommented(text: str, mark: str) -> str:
    """Take a mark off, as the file says how; the comments stay away."""
    return "".join(f"{line}\n" for line in re.findall(rf"^{re.escape(mark)} (.*)$", text, re.MULTILINE))


def without_marks(text: str, *marks: str) -> str:
    """Take marks off and leave the comments where they are, as an editor would."""
    return re.sub(rf"^({'|'.join(map(re.escape, marks))}) ", "", text, flags=re.MULTILINE)
