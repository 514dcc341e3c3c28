# SPDX-License-Identifier: Apache-2.0
"""report.py CHROMIUM REPORT… [--shots FOLDER]: opens each report.html in a headless Chromium, light and dark, 1280 and 390 pixels
wide: seconds until it is laid out and can be used, axe's rules (axe-core, in the package axe-playwright-python), what can be reached
by keyboard alone, whether anything stands beyond the edge. Ends with 1 where a bar is missed: one second, no violation."""
import pathlib
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

SECONDS = 1.0
words = sys.argv[1:]
shots = None
if "--shots" in words:
    place = words.index("--shots")
    shots = pathlib.Path(words[place + 1])
    shots.mkdir(parents=True, exist_ok=True)
    del words[place:place + 2]
chromium, reports = words[0], [pathlib.Path(word).resolve() for word in words[1:]]
missed = 0


def told(is_met, text):
    global missed
    missed += not is_met
    print(f"  {'met' if is_met else 'MISSED':<6} {text}")


def opened(browser, report, scheme, width):
    """A page, and the seconds until two frames were drawn after it was loaded."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    start = time.monotonic()
    page.goto(report.as_uri(), wait_until="load")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return context, page, time.monotonic() - start, errors


def violations(page):
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']} ({rule['impact']}, {len(rule['nodes'])}): {rule['nodes'][0]['html'][:160]}" for rule in found]


def keyboard(page):
    """The skip link comes first; Tab reaches links and folds, Enter opens one and draws what is in it."""
    page.keyboard.press("Tab")
    first = page.evaluate("() => document.activeElement.className")
    page.keyboard.press("Enter")
    reached = page.evaluate("() => location.hash")
    fold = page.locator("details:has([data-scenario]) > summary").first
    if fold.count() == 0:
        return first == "skip" and reached == "#findings", "there is nothing to open"
    # Folds stand within folds: those around it are opened by keyboard too.
    page.evaluate("""() => { const s = document.querySelector('details:has([data-scenario]) > summary');
        for (let d = s.parentElement.parentElement.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; }""")
    fold.focus()
    page.keyboard.press("Enter")
    is_open = fold.evaluate("s => s.parentElement.open")
    outline = fold.evaluate("s => getComputedStyle(s).outlineStyle")
    return (first == "skip" and reached == "#findings" and is_open and outline != "none",
            f"first stop {first}, it leads to {reached}; Enter opens a fold: {is_open}; outline of what has the focus: {outline}")


with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    version = browser.version
    for report in reports:
        print(f"{report.parent.name}/report.html, {report.stat().st_size / 1e6:.1f} MB, Chromium {version}")
        for scheme in ("light", "dark"):
            for width in (1280, 390):
                # The best of three: what else the machine does only adds.
                seconds = []
                for _ in range(3):
                    context, page, spent, errors = opened(browser, report, scheme, width)
                    seconds.append(spent)
                    if len(seconds) < 3:
                        context.close()
                name = f"{scheme}, {width} px"
                told(min(seconds) < SECONDS, f"{name}: opens in {min(seconds):.2f} s (bar: {SECONDS} s)")
                wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
                told(wide <= 0, f"{name}: {wide} px beyond the edge")
                if shots:
                    page.screenshot(path=shots / f"{report.parent.name}-{scheme}-{width}.png")
                is_usable, text = keyboard(page)
                told(is_usable, f"{name}: by keyboard: {text}")
                found = violations(page)
                told(not found, f"{name}: axe finds {len(found)} violations" + "".join("\n         " + line for line in found))
                told(not errors, f"{name}: {len(errors)} errors of the page's script" + "".join("\n         " + line for line in errors[:3]))
                if shots:
                    page.screenshot(path=shots / f"{report.parent.name}-{scheme}-{width}-open.png")
                context.close()
    browser.close()
sys.exit(1 if missed else 0)
