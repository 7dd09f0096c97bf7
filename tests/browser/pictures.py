"""Pictures of every page, as every role, in three widths, light and dark, of a portal with the demo course.

    python -m tests.browser.pictures FOLDER [ADDRESS] [ROLE ...]

Starts a demo of its own unless ADDRESS names one that runs. FOLDER should lie outside the repository.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courseportal.settings")
os.environ.setdefault("DEBUG", "1")
WIDTHS = {360: 780, 800: 1000, 1440: 900}
SCHEMES = ("light", "dark")


def main(folder: str, address: str = "", *roles: str) -> None:
    django.setup()
    from tests.browser.conftest import LAUNCH
    from tests.browser.pages import ROLES

    with running(address) as base_url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        for role in roles or ROLES:
            for path in take(browser, base_url, role, Path(folder)):
                print(path, flush=True)
        browser.close()


def take(browser: Browser, base_url: str, role: str, folder: Path) -> Iterator[Path]:
    from tests.browser.pages import sign_in, walk

    context = browser.new_context(base_url=base_url, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, role)
    for kind in walk(page):
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                path = folder / role / f"{kind.replace(':', '.')}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
                yield path
    context.close()


@contextmanager
def running(address: str) -> Iterator[str]:
    if address:
        yield address
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"VAR_DIR": folder, "PORT": str(port)}
        demo = subprocess.Popen([sys.executable, "manage.py", "demo"], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            for line in demo.stdout:
                if line.startswith("Stop with"):
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            demo.terminate()
            demo.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
