"""Hands that wait as people do: until the page they asked for stands before them.

A browser answers a click at once and loads the next page afterwards; what is read in between
is still the old page, or half of the new one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Error, Page, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

BURST = 40
"""Presses of a key that a person holds for a second and more."""
PAUSE = 30
"""Milliseconds between them."""


def follow(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait until that page is whole."""
    with page.expect_navigation():
        page.click(selector)


def enter_into(page: Page, selector: str, key: str = "Enter") -> None:
    """Press a key in a field that sends its form, and wait until the next page is whole."""
    with page.expect_navigation():
        page.press(selector, key)


def agree(page: Page) -> None:
    """Say yes to the question that the page asks, and wait for the page to which it leads."""
    follow(page, "#ask [data-answer=yes]")


def at(page: Page, selector: str) -> None:
    """The cursor stands in this field, or on this button: what is typed goes there."""
    expect(page.locator(selector)).to_be_focused()


def press(page: Page, key: str) -> None:
    """Press a key wherever the cursor stands, and wait for the page to which it leads."""
    with page.expect_navigation():
        page.keyboard.press(key)


@contextmanager
def own_time(page: Page) -> Iterator[None]:
    """Time passes on the page as the hands say, however busy the machine is."""
    for _ in range(2):
        try:
            page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 0.01)
            break
        except Error as error:  # the clock went on meanwhile, and stands now
            if "past" not in str(error):
                raise
    yield
    page.clock.resume()


def hold(page: Page, key: str = "Enter") -> None:
    """The key goes down and stays there: every further press says that it repeats."""
    with own_time(page):
        for _ in range(BURST):
            page.keyboard.down(key)
            page.clock.run_for(PAUSE)
        page.keyboard.up(key)


def hammer(page: Page, key: str = "Enter") -> None:
    """Single presses as some remote desktops send them for a key that is held."""
    with own_time(page):
        for _ in range(BURST):
            page.keyboard.press(key)
            page.clock.run_for(PAUSE)


def thrice(page: Page, key: str = "Enter") -> None:
    with own_time(page):
        for _ in range(3):
            page.keyboard.press(key)
            page.clock.run_for(2 * PAUSE)


def peck(page: Page, selector: str) -> None:
    """Click after click at one place, whatever comes to lie there."""
    box = page.locator(selector).bounding_box()
    at_ = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with own_time(page):
        for _ in range(BURST):
            page.mouse.click(*at_)
            page.clock.run_for(PAUSE)
