"""The page, in a real browser: what its readers do with it works, and nothing of a packet's runs or gets out."""

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from annotator.model import ICMP, UDP, Issue, Outcome
from annotator.report.report import Report
from tests.report.chromium import Browser, chromium
from tests.report.hostile import PAYLOADS
from tests.report.synthetic import Said, flow, make_analysis, random_flows, shows, summary, wrap


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages go."""
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def report() -> Report:
    """Sixty unknown-port endpoints of different sizes, some services, a disagreement, a scan."""
    flows = [
        *(
            flow(f"10.0.1.{k}", f"10.0.2.{k}", 7203 + k % 12, initiator_bytes=1000 * k, at_s=k, **shows("ssh"))
            for k in range(1, 61)
        ),
        flow("203.0.113.9", "10.0.2.77", 8077, initiator_scope=1, **shows("tls")),
        *(flow(port=443, sport=50000 + k, **shows("tls")) for k in range(5)),
        flow(port=443, **shows("ssh")),
        flow(proto=ICMP),
        flow(port=53, proto=UDP),
        *(
            flow("10.0.9.9", "10.0.4.17", port, outcome=Outcome.REFUSED, initiator_payload_bytes=0)
            for port in range(60000, 60030)
        ),
    ]
    return Report(make_analysis(flows, findings=Said(len(flows), {0: "OpenSSH_9.2"})))


@pytest.fixture(scope="module")
def page(report: Report, folder: Path) -> Path:
    """The page of the report."""
    file = folder / "report.html"
    report.write(file, flows=True)
    return file


@pytest.fixture
def opened(browser: Browser, page: Path) -> Browser:
    """The page, just opened."""
    browser.open(page)
    return browser


def test_nothing_is_asked_for_and_nothing_goes_wrong(opened: Browser, page: Path) -> None:
    """Opened, with every table built and read: one request, for the file itself, and a silent console."""
    for key in ("unknown", "disagreements", "services", "flows"):
        opened.table(key)
    opened.press("#table-unknown button.opens")
    assert opened.complaints() == []
    assert opened.run("return window.violations") == []
    assert opened.requests() == [page.as_uri()]
    assert opened.run("return performance.getEntriesByType('resource').map((e) => e.name)") == []


def test_the_policy_stops_what_was_not_there(opened: Browser) -> None:
    """A script, a handler, a style, an image and a request that somebody smuggles in: none works."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return  # closed: the test is over
            connection.settimeout(0.2)
            with connection, contextlib.suppress(TimeoutError):
                asked.append(connection.recv(200))

    threading.Thread(target=listen, daemon=True).start()
    try:
        opened.run(
            """
            const script = document.createElement("script");
            script.textContent = "window.pwned = 1";
            document.body.append(script);
            const box = document.createElement("div");
            box.id = "smuggled";
            box.innerHTML = `<img src="${arguments[0]}/image" onerror="window.pwned = 2">
                <iframe src="${arguments[0]}/frame"></iframe><p style="position: fixed">x</p>
                <form action="${arguments[0]}/form"><button>x</button></form>`;
            document.body.append(box);
            const link = document.createElement("link");
            link.rel = "stylesheet";
            link.href = arguments[0] + "/style";
            document.head.append(link);
            fetch(arguments[0] + "/fetch").catch(() => { window.refused = true; });
            navigator.sendBeacon(arguments[0] + "/beacon", "x");
            document.querySelector("#smuggled button").click();
            """,
            f"http://127.0.0.1:{server.getsockname()[1]}",
        )
        opened.until("window.refused && window.violations.length >= 5")
        time.sleep(0.3)
        assert opened.run("return window.pwned") is None
        assert opened.run("return getComputedStyle(document.querySelector('#smuggled p')).position") == "static"
        assert [words for words in asked if words] == []  # Chromium connects ahead for a frame, and then asks nothing
    finally:
        server.close()


def test_the_policy_names_all_that_runs(page: Path) -> None:
    """Nothing is allowed by and large: no unsafe word, no address, and one hash for each script and style."""
    text = page.read_text("utf-8")
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found
    policy = found[1].replace("&#39;", "'")
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["img-src"] == "data:"
    assert parts["base-uri"] == parts["form-action"] == "'none'"
    assert (
        parts["script-src"].count("'sha256-") == len(parts["script-src"].split()) == len(re.findall("<script>", text))
    )
    assert parts["style-src"].count("'sha256-") == len(parts["style-src"].split()) == len(re.findall("<style>", text))
    assert "unsafe" not in policy
    assert not re.search(r"<(?!meta)[^>]*\s(style|on\w+)=", text.split("<script>")[0].split("</style>")[-1])


def test_sorting(opened: Browser) -> None:
    """A click on a title sorts, another turns it round, and the order is told to those who do not see the arrow."""
    opened.table("unknown")
    sort = opened.find("#table-unknown [tabulator-field='bytes'] button.sorts")
    column = "document.querySelector(\"#table-unknown .tabulator-col[tabulator-field='bytes']\").ariaSort"
    sort.click()
    assert opened.run(f"return {column}") == "descending"
    assert opened.cells("unknown", "bytes")[:2] == ["63.0 kB", "62.0 kB"]
    sort.click()
    assert opened.run(f"return {column}") == "ascending"
    assert opened.cells("unknown", "bytes")[0] == "400 B"
    opened.press("#table-unknown [tabulator-field='severity'] button.sorts")
    assert opened.cells("unknown", "severity")[0] == "!!high"


def test_filtering_and_search(opened: Browser) -> None:
    """Filters narrow by column, the search by any; the page says how many rows are left."""
    opened.table("unknown")
    total = opened.count("unknown")
    assert total == "91 rows"
    opened.press("#table-unknown [tabulator-field='severity'] select option[value='info']")
    opened.until("document.querySelector('#table-unknown .count').textContent === '30 of 91 rows'")
    opened.press("#table-unknown .clear")
    assert opened.count("unknown") == total
    opened.find("#table-unknown [tabulator-field='bytes'] input").send_keys("60 kB")
    opened.until("document.querySelector('#table-unknown .count').textContent === '4 of 91 rows'")
    opened.press("#table-unknown .clear")
    opened.find("#table-unknown [tabulator-field='_port'] input").send_keys("7214/TCP")
    opened.until("document.querySelector('#table-unknown .count').textContent === '5 of 91 rows'")
    opened.press("#table-unknown .clear")
    opened.find("#table-unknown .search input").send_keys("OpenSSH_9.2 7204")
    opened.until("document.querySelector('#table-unknown .count').textContent === '1 of 91 rows'")
    assert opened.cells("unknown", "responder_addr") == ["10.0.2.1"]
    opened.find("#table-unknown .search input").send_keys("nowhere")
    opened.until("document.querySelector('#table-unknown .count').textContent === '0 of 91 rows'")
    assert "No row passes the filters" in opened.find("#table-unknown .live").text


@pytest.mark.parametrize("key", ["unknown", "disagreements", "services", "flows"])
def test_what_is_saved_is_the_csv_format(opened: Browser, report: Report, key: str) -> None:
    """All rows, saved from the page, are byte for byte what the program writes itself."""
    opened.table(key)
    opened.press(f"#table-{key} .export")
    assert opened.saved(f"{key}.csv") == report.render("csv", rows=key)


def test_export_holds_the_rows_that_are_left(opened: Browser, report: Report) -> None:
    """Filtered and sorted as on the page, into a file or the clipboard."""
    opened.table("unknown")
    opened.find("#table-unknown .search input").send_keys("8077")
    opened.until("document.querySelector('#table-unknown .count').textContent === '1 of 91 rows'")
    opened.press("#table-unknown .export")
    lines = [line for line in opened.saved("unknown.csv").splitlines() if line[0] != "#"]
    assert len(lines) == 2
    assert lines[1] in report.render("csv", rows="unknown").splitlines()
    opened.press("#table-unknown .copy")
    opened.until("document.getElementById('status').textContent === 'Copied 1 rows'")
    copied = opened.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    head, row, _ = copied.split("\n")
    assert dict(zip(head.split("\t"), row.split("\t"), strict=True))["responder_addr"] == "10.0.2.77"


def test_details_show_everything_by_keyboard(opened: Browser, report: Report) -> None:
    """Enter opens a row, the dialog names it and shows all columns and the filter; Escape leads back."""
    from selenium.webdriver.common.keys import Keys

    opened.table("unknown")
    button = opened.find("#table-unknown button.opens")
    assert button.get_attribute("aria-label") == "Details of 10.0.2.77  8077/tcp"
    button.send_keys(Keys.ENTER)
    text = opened.until("document.querySelector('dialog[open]')?.innerText")
    row = report.unknown_ports[0]
    for value in (row["wireshark_filter"], row["next_step"], row["severity_reason"], "203.0.113.9", row["first_seen"]):
        assert value in text
    opened.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    opened.until("!document.querySelector('dialog[open]')")
    assert opened.run("return document.activeElement.getAttribute('aria-label')").startswith("Details of 10.0.2.77")


def test_a_finding_leads_to_its_flows_and_a_flow_to_its_bytes(opened: Browser, report: Report) -> None:
    """Details of an endpoint lead to its flows; those of a flow name the command that shows its bytes."""
    opened.table("unknown")
    opened.press("#table-unknown button.opens")
    opened.press("dialog .flows-of")
    opened.until("document.querySelector('#table-flows .count')?.textContent.startsWith('1 of ')")
    assert opened.cells("flows", "responder_addr") == ["10.0.2.77"]
    opened.press("#table-flows button.opens")
    shown = opened.until("document.querySelector('dialog[open] .lead')?.textContent")
    (identity,) = report.flows[report.flows.responder_addr == "10.0.2.77"].community_id
    assert f"annotate explain CAPTURE {identity}" in shown


def test_titles_are_reached_and_sort_by_keyboard(opened: Browser) -> None:
    """From the search on, Tab leads to buttons and the columns' titles and filters; Enter sorts."""
    from selenium.webdriver.common.keys import Keys

    opened.table("services")
    opened.press("#table-services .search input")
    seen = []
    for _ in range(8):
        opened.driver.switch_to.active_element.send_keys(Keys.TAB)
        seen.append(opened.run("const e = document.activeElement; return e.ariaLabel || e.textContent.trim()"))
    assert seen[:3] == ["Clear filters", "Copy", "Save as CSV"]
    assert "port" in seen
    assert "Filter port" in seen
    opened.find("#table-services .tabulator-col[tabulator-field='flows'] button.sorts").send_keys(Keys.ENTER)
    flows = [int(text) for text in opened.cells("services", "flows")]
    assert flows == sorted(flows, reverse=True)


def test_every_control_has_a_name(opened: Browser) -> None:
    """What is read aloud says what it is: controls, tables, dialogs, parts."""
    for key in ("unknown", "services", "flows"):
        opened.table(key)
    nameless = opened.run(
        """
        return [...document.querySelectorAll("button, input, select, [role=grid], [role=region], dialog, section, nav")]
            .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.[0]?.textContent.trim()
                || document.getElementById(e.getAttribute("aria-labelledby"))))
            .map((e) => e.outerHTML.slice(0, 120))
        """
    )
    assert nameless == []


CONTRAST = """
const light = (c) => { const v = c / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const lum = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
const back = (e) => {
    for (let at = e; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
};
const low = new Set();
for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.closest("script, style, .hidden, svg")) continue;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(back(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
}
return [...low];
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast(opened: Browser, theme: str) -> None:
    """4.5 to 1 at least between every text and what is behind it (WCAG 2.2, 1.4.3, level AA), in both themes."""
    opened.run("document.documentElement.dataset.theme = arguments[0]", theme)
    for key in ("unknown", "services"):
        opened.table(key)
    assert opened.run(CONTRAST) == []


def test_a_phone_shows_it_all_without_scrolling_sideways(browser: Browser, page: Path) -> None:
    """At 360 pixels nothing is wider than the screen, and what matters of a row is in view."""
    browser.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        browser.open(page)
        browser.table("unknown")
        assert browser.run("return document.documentElement.scrollWidth") == 360
        shown = browser.run(
            "return [...document.querySelectorAll('#table-unknown .tabulator-col')]"
            ".filter((e) => e.offsetWidth).map((e) => e.getAttribute('tabulator-field'))"
        )
        assert shown[:4] == ["id", "severity", "responder_addr", "_port"]
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_paper_gets_plain_tables(opened: Browser) -> None:
    """Printed, the tables stand there as tables, the drawn timeline too, and no tool of the screen."""
    opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        parts = [".printed table", ".drawn svg", ".notice", ".tools", ".live", "nav", "#theme", "#timeline"]
        seen = "return document.querySelector(arguments[0]).getClientRects().length > 0"
        shown = [part for part in parts if opened.run(seen, part)]
    finally:
        opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == [".printed table", ".drawn svg", ".notice"]


def all_attacks() -> Report:
    """Make a report with every attack wherever somebody else's text can stand, all at once."""
    texts = list(PAYLOADS.values())
    flows = [
        flow(f"10.0.0.{k + 1}", port=port, tunnel=k + 1, site=k, **shows("ssh"))
        for port in (7214, 443)
        for k in range(len(texts))
    ]
    return Report(
        make_analysis(
            flows,
            findings=Said(len(flows), dict(enumerate([*texts, *texts]))),
            captures=[summary(text, complete=False, note=text) for text in texts],
            issues=[Issue("odd", "link", 1, 1, text) for text in texts],
            tunnels={k + 1: text for k, text in enumerate(texts)},
            options={f"option {k}": text for k, text in enumerate(texts)},
            site_words=texts,
        )
    )


def test_hostile_text_is_inert(browser: Browser, folder: Path) -> None:
    """Labels, names and notes that attack: shown as they are, in tables and details, and nothing else happens."""
    file = folder / "hostile.html"
    attacked = all_attacks()
    attacked.write(file, flows=True)
    browser.open(file)
    for key in ("unknown", "disagreements", "services", "flows"):
        browser.table(key)
    details = browser.run(
        """
        return [...document.querySelectorAll("#table-flows button.opens")].map((button) => {
            button.click();
            const text = document.querySelector("dialog[open] .body").textContent;
            document.querySelector("dialog").close();
            return text;
        });
        """
    )
    labels = attacked.flows["observed_label"]
    assert len(details) >= 20
    assert all(label in text for label, text in zip(labels, details, strict=False))
    browser.press("#table-flows .export")
    assert browser.saved("flows.csv") == attacked.render("csv")
    assert browser.run("return [window.pwned, document.images.length]") == [None, 0]
    assert browser.run("return [...document.links].filter((a) => !a.getAttribute('href').startsWith('#')).length") == 0
    assert browser.run("return [...document.querySelectorAll('script:not([type])')].length") == 3
    assert browser.complaints() == []
    assert browser.requests() == [file.as_uri()]


def test_without_scripts_the_page_still_reads(page: Path) -> None:
    """A mail program that runs no script shows the findings, the tables' first rows, the notice and the provenance."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page.read_text("utf-8"), flags=re.DOTALL)
    for word in ("8077/tcp", "answers peers from outside", "PLEASE NOTE THE FOLLOWING", "10.0.2.60", "sha256"):
        assert word in text


def test_the_same_report_has_the_same_bytes(report: Report) -> None:
    """Nothing of the moment gets in."""
    assert report.render("html", flows=True) == report.render("html", flows=True)


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch, report: Report) -> None:
    """Above the limit the page holds the foremost rows, and says how many there are and where the others are."""
    monkeypatch.setattr("annotator.report.html.tables.MOST_ROWS", 40)
    text = report.render("html", flows=True)
    assert "This page holds 40 of 91 rows: the gravest. All of them: annotate CAPTURE --rows unknown" in text
    flows = json.loads(text.split('id="data-flows">')[1].split("</script>")[0])
    assert flows["rows"] == 40
    ports = flows["values"]["unknown_port"]
    assert set(ports["w"] if isinstance(ports, dict) else ports) == {True}


def test_empty_capture(browser: Browser, folder: Path) -> None:
    """No flows: a page that says so, and no complaint."""
    file = folder / "empty.html"
    Report(make_analysis([])).write(file, flows=True)
    browser.open(file)
    assert "The capture holds no flows" in browser.find("header").text
    assert "none: the capture holds no flows" in browser.find("main").text.lower()
    assert browser.complaints() == []


def test_a_real_capture(browser: Browser, folder: Path, samples: Path) -> None:
    """The office sample: its gravest finding stands first, with its evidence and the filter."""
    file = folder / "office.html"
    annotator.annotate(samples / "office.pcapng").write(file)
    browser.open(file)
    first = browser.find(".finding").text
    for word in ("high", "10.0.4.17", "7214/tcp", "unassigned (7203-7214)", "OpenSSH", "tcp.dstport == 7214"):
        assert word in first
    assert browser.find("#timeline canvas").size["width"] > 600


@pytest.mark.slow
def test_a_million_flows_open_in_three_seconds(browser: Browser, folder: Path) -> None:
    """Every table full: loaded in 3 s, and a table of 50,000 rows sorts and searches in 2 s."""
    file = folder / "million.html"
    Report(wrap(random_flows(1_000_000))).write(file, flows=True)
    browser.open(file)
    loaded = browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert loaded < 3000
    browser.table("flows")
    assert browser.count("flows") == "50,000 rows"
    started = time.perf_counter()
    browser.run("document.querySelector('#table-flows [tabulator-field=_bytes] button').click()")
    browser.find("#table-flows .search input").send_keys("10.0.1")
    browser.until("document.querySelector('#table-flows .count').textContent.includes(' of ')")
    assert time.perf_counter() - started < 4
