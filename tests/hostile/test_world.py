"""The world itself: every screen has a record on both sides, so that no attack is empty."""

from __future__ import annotations

from tests.registers.shipped.covering import covering, left_out


def test_every_screen_has_a_record_in_both_communities(app, world):
    others = left_out(app)
    lonely = [
        view.screen
        for view in app.extensions["anju"].views
        if hasattr(view, "columns") and hasattr(view, "model") and view.screen not in others
        for place in (world.near, world.far)
        if place.of.get(view.model.__tablename__) is None
    ]
    assert lonely == []


def test_every_register_of_the_set_has_a_file_and_an_import_on_both_sides(app, world):
    for screen in covering(app):
        for place in (world.near, world.far):
            assert f"{screen} import" in place.of
    for place in (world.near, world.far):
        assert len([key for key in place.of if key.endswith(" file")]) > 3
