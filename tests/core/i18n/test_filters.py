"""The filters of the templates speak the language of the page that is being made."""

from __future__ import annotations

from flask_babel import force_locale


def test_a_label_is_not_frozen_in_the_language_of_the_first_reader(app):
    template = app.jinja_env.from_string('{{ "cash"|label("tender") }}')
    with app.test_request_context():
        with force_locale("zh"):
            assert template.render() == "现金"
        with force_locale("en"):
            assert template.render() == "Cash"
