"""Takes the pictures of docs/pictures: the reports on samples/office.pcapng as people see them.

``python -m docs.make_pictures`` from the repository's root; needs Chromium, its driver and selenium, as the tests do.
"""

import base64
import html
import tempfile
import time
from pathlib import Path
from typing import Any

import annotator
from annotator.report.as_text import render
from tests.report.chromium import Browser, chromium

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURES = REPOSITORY / "docs" / "pictures"
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #14181d; color: #dfe5ea; }}
pre {{ margin: 0; padding: 18px 22px; font: 13px/1.35 "DejaVu Sans Mono", monospace; width: max-content; }}
b {{ color: #ffffff; }} .r1 {{ font-weight: bold; color: #ff7b72; }}
</style><pre>{text}</pre>"""


def screen(browser: Browser, width: int, height: int, dark: bool = False) -> None:
    """Have a screen of some size, in CSS pixels."""
    tell = browser.driver.execute_cdp_cmd
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    tell("Emulation.setDeviceMetricsOverride", size)
    theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    tell("Emulation.setEmulatedMedia", {"features": [theme]})


def take(browser: Browser, name: str, **clip: Any) -> None:
    """Write what is on the screen, or a part of it, as a picture."""
    time.sleep(0.4)  # the last frame has to be painted
    options: dict[str, Any] = {"format": "png"}
    if clip:
        options["clip"] = {"x": 0, "y": 0, "scale": 1, **clip}
    data = browser.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"]
    file = PICTURES / f"{name}.png"
    file.write_bytes(base64.b64decode(data))
    print(f"{file.relative_to(REPOSITORY)}: {file.stat().st_size / 1000:.0f} kB")


def pages(browser: Browser, page: Path) -> None:
    """Take the page: on a desk, in the dark, in parts, on a phone."""
    screen(browser, 1100, 860)
    browser.open(page)
    take(browser, "html")
    browser.table("unknown")
    browser.find("#table-unknown .search input").send_keys("medium")
    browser.until("document.querySelector('#table-unknown .count').textContent.includes(' of ')")
    screen(browser, 1100, 560)
    take(browser, "html-table")
    screen(browser, 1100, 760)
    browser.press("#table-unknown button.opens")
    take(browser, "html-details")
    screen(browser, 1060, 680, dark=True)
    browser.open(page)
    browser.run("document.getElementById('summary').scrollIntoView()")
    take(browser, "html-dark")
    screen(browser, 390, 844)
    browser.open(page)
    take(browser, "html-phone")


def terminal(browser: Browser, text: str) -> None:
    """Take the report as a terminal of 100 columns shows it, down to the disagreements."""
    shown = text[: text.index("SERVICES")].rstrip()
    with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:
        file.write(TERMINAL.format(text=html.escape(shown)))
        file.flush()
        screen(browser, 900, 400)
        browser.open(Path(file.name))
        width, height = browser.run(
            "const r = document.querySelector('pre').getBoundingClientRect(); return [r.width, r.height]"
        )
        screen(browser, int(width) + 1, int(height) + 1)
        take(browser, "terminal")


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(exist_ok=True)
    report = annotator.annotate("samples/office.pcapng")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = Path(folder) / "office.html"
        report.write(page, flows=True)
        pages(browser, page)
        terminal(browser, render(report))


if __name__ == "__main__":
    main()
