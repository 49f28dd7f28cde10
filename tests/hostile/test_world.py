"""The world itself: every screen has a record on both sides, so that no attack is empty."""

from __future__ import annotations


def test_every_screen_has_a_record_in_both_communities(app, world):
    lonely = [
        view.screen
        for view in app.extensions["anju"].views
        if hasattr(view, "columns") and hasattr(view, "model")
        for place in (world.near, world.far)
        if place.of.get(view.model.__tablename__) is None
    ]
    assert lonely == []

