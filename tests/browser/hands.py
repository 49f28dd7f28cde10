"""Hands that wait as people do: until the page they asked for stands before them.

A browser answers a click at once and loads the next page afterwards; what is read in between
is still the old page, or half of the new one.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect


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
