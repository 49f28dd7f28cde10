"""A real Chromium before a real server with the demo's data: one site for all browser tests."""

from __future__ import annotations

import os
import random
import re
import shutil
import threading
import time
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from waitress import create_server, wasyncore

from app import create_app
from app.core.db.extensions import db
from app.core.jobs import worker as jobs
from app.core.records import data_scope
from app.core.values import clock
from app.demo import load_demo
from app.demo.load import accounts
from app.install import bring_up_to_date
from tests.browser.hands import at as cursor_at
from tests.browser.hands import enter_into
from tests.browser.tills import debtors
from tests.clock import at

STRICT = os.environ.get("ANJU_TEST_STRICT") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).resolve().parents[2]
NO_PRINTER = "window.printed = 0; window.print = () => { window.printed += 1; };"
"""The printer's dialogue is counted, not shown."""

PATIENCE = 30_000
"""Milliseconds until a condition that never comes is a failure; a busy machine is none."""

SLOW = float(os.environ.get("ANJU_TEST_SLOW") or 0)
"""Seconds by which answers come late and in two pieces: for trying what a busy machine does."""

SCREENS = Path(os.environ.get("ANJU_SCREENS") or ROOT / "build" / "screens").resolve()
PICTURES = re.findall(r"docs/screens/([\w-]+)\.png", (ROOT / "README.md").read_text("utf-8"))
"""What the README shows: with ANJU_SCREENS=docs/screens only these are taken anew."""

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
WIDE = {"width": 1366, "height": 768}
TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}


def haltingly(app):
    """The program as a busy machine serves it: a pause, half of the answer, a pause, the rest."""

    def serve(environ, start_response):
        pauses = random.Random(environ["PATH_INFO"] + str(time.monotonic_ns()))
        time.sleep(pauses.uniform(0, SLOW))
        answer = app(environ, start_response)
        try:
            whole = b"".join(answer)
        finally:
            answer.close()
        yield whole[: len(whole) // 2]
        time.sleep(pauses.uniform(0, SLOW))
        yield whole[len(whole) // 2 :]

    return serve


class Site:
    """The running program: its address, its application, the demo's password."""

    def __init__(self, app, port: int) -> None:
        self.app = app
        self.address = f"http://127.0.0.1:{port}"
        self.password = accounts()["password"]

    @contextmanager
    def stored(self):
        """A session on what is stored at this moment; rows keep their values afterwards."""
        with self.app.app_context(), data_scope.use(data_scope.EVERYTHING):
            yield db.session
            db.session.expunge_all()
            db.session.rollback()

    @contextmanager
    def tomorrow(self):
        """The clock of the server and of its worker shows this time of the next day."""
        with at(clock.now().replace(tzinfo=UTC) + timedelta(days=1)):
            yield clock.today()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The demo, loaded once and served by waitress with its worker of jobs."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANJU_INSTANCE", str(folder))
        patch.delenv("ANJU_DATABASE_URL", raising=False)
        app = create_app(LOGIN_RATE="1000 per minute")
    with app.app_context():
        bring_up_to_date()
        load_demo(print)
    worker = jobs.start_worker(app)
    server = create_server(haltingly(app) if SLOW else app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(app, server.effective_port)
    # Its own thread closes the sockets: it may be waiting at them just now.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
    thread.join(timeout=10)
    server.task_dispatcher.shutdown()
    jobs.stop_worker(worker)
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def chromium():
    """The system's browser; where there is none the test is skipped by name, in CI it fails."""
    if CHROMIUM is None:
        if STRICT:
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def complaints():
    """What the pages' consoles complained of (scripts, Content-Security-Policy): must stay empty.

    A test that asks for a page which is refused takes that complaint out itself.
    """
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def visit(site, chromium, complaints):
    """`visit()` gives the empty page of a stranger's browser, `visit(TABLET)` a smaller one."""
    contexts = []

    def come(size=WIDE):
        context = chromium.new_context(viewport=size, locale="zh-CN", base_url=site.address)
        contexts.append(context)
        context.clock.install(time=clock.now().replace(tzinfo=UTC))
        context.set_default_timeout(PATIENCE)
        context.add_init_script(NO_PRINTER)
        page = context.new_page()
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        return page

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def enter(site, visit):
    """`enter("collector")` gives a page in which that account is logged in by the form."""

    def open_as(username: str, password: str = "", size=WIDE):
        page = visit(size)
        page.goto("/login/")
        page.fill("#username", username)
        page.fill("#password", password or site.password)
        enter_into(page, "#password")
        assert "/login" not in page.url
        return page

    return open_as


@pytest.fixture
def shot():
    """`shot(page, "desk")` saves what the person sees, for the README and for a look."""

    def save(page, name: str, *, whole: bool = False) -> Path:
        path = SCREENS / f"{name}.png"
        if SCREENS == ROOT / "docs" / "screens" and name not in PICTURES:
            return path
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=whole, animations="disabled")
        return path

    return save


@pytest.fixture
def desk(site, enter):
    """The desk of a collector who sees one community, a debtor's room, payments before."""
    with site.stored() as session:
        unit = debtors(session, "锦绣新城", skip=3)
    page = enter("collector2")
    page.goto("/desk/")
    cursor_at(page, "#desk-box")
    return page, unit
