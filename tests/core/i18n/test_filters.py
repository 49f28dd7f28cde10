"""The filters of the templates speak the language of the page that is being made."""

from __future__ import annotations

import re
from pathlib import Path

from flask_babel import force_locale

from app.core.i18n import filters


def test_a_label_is_not_frozen_in_the_language_of_the_first_reader(app):
    template = app.jinja_env.from_string('{{ "cash"|label("tender") }}')
    with app.test_request_context():
        with force_locale("zh"):
            assert template.render() == "现金"
        with force_locale("en"):
            assert template.render() == "Cash"


def test_every_label_that_a_template_asks_for_is_known(app):
    """Labels are known once their file is imported: one that nobody imports shows bare codes."""
    folder = Path(app.root_path) / "templates"
    asked = {
        name
        for path in folder.rglob("*.html")
        for name in re.findall(r"\|\s*label\(['\"](\w+)['\"]\)", path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 6
    assert asked - set(filters.LABELS) == set()
