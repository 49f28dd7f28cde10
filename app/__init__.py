"""The application: the only module that knows every feature, listed in menu order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from app.access import views as access
from app.access.current import enter_request_user, identity_of
from app.access.security import AnjuSecurityManager
from app.cashier import views as cashier
from app.cashier.payments import takings_report
from app.charging import views as charging
from app.charging.ledger import bill_models as charging_models
from app.charging.ledger import payment_models
from app.charging.ledger import unit_sections as charging_sections
from app.charging.reports import charges
from app.charging.reports import operations as charging_reports
from app.collection import report
from app.collection import views as collection
from app.core.columns.lookups import LookupPage
from app.core.db.engine import prepare
from app.core.db.extensions import csrf, db
from app.core.i18n import catalogue, filters
from app.core.jobs import views as jobs_view
from app.core.jobs import worker
from app.core.reports import views as report_view
from app.core.site import log_file, page_frame, request_context, security_headers
from app.core.site.appbuilder import (
    AnjuBuilder,
    Registry,
    check_rights_table,
    check_screens,
    list_routes,
)
from app.core.site.public_views import PUBLIC_VIEWS
from app.core.web import error_pages
from app.duty import reports as duty_reports
from app.duty import views as duty
from app.duty.base import models as duty_models
from app.estate import display as estate_display
from app.estate import views as estate
from app.estate.base import models as estate_models
from app.estate.base import remembered as estate_remembered
from app.estate.reports import file_faults
from app.estate.reports import listings as estate_reports
from app.estate.screens import unit_sections
from app.home import home_page
from app.home import views as home
from app.registers import elsewhere as registers_elsewhere
from app.registers import views as registers
from config import ROOT, settings

MODELS = (estate_models, estate_remembered, charging_models, payment_models, duty_models)
"""Every module with tables: importing them makes the metadata whole."""

REPORTS = (
    charging_reports.operations,
    duty_reports.progress,
    estate_reports.occupancy,
    takings_report.takings,
    charges.charges,
    report.arrears,
    file_faults.files,
)

VIEWS: tuple[type, ...] = (
    *home.SCREENS,
    LookupPage,
    *cashier.SCREENS,
    *collection.SCREENS,
    *charging.SCREENS,
    *estate.SCREENS,
    *duty.SCREENS,
    *report_view.pages(REPORTS),
    *access.SCREENS,
    *jobs_view.SCREENS,
)
"""Every view of every feature: each feature adds its `SCREENS` here."""

SECTIONS = (
    *unit_sections.SECTIONS,
    *charging_sections.SECTIONS,
    *registers_elsewhere.SECTIONS,
    *unit_sections.LAST,
)
"""The boxes on a unit's page, in their order."""


def create_app(*, views: Sequence[type] = VIEWS, **changes: Any) -> Flask:
    """A new application from `config.settings()`, with `changes` to its settings (tests)."""
    app = Flask("app", root_path=str(ROOT / "app"))
    app.config.from_mapping(settings())
    app.config.update(changes)
    db.init_app(app)
    log_file.install(app)
    request_context.install(app)  # before the check of tokens, which refuses requests too
    csrf.init_app(app)
    security_headers.install(app)
    error_pages.install(app)
    filters.install(app)
    own_templates = FileSystemLoader(Path(app.config["INSTANCE"]) / "registers")
    app.jinja_loader = ChoiceLoader([app.jinja_loader or own_templates, own_templates])
    estate_display.install(app, SECTIONS)
    page_frame.install(app)
    worker.install(app, identity_of)
    catalogue.refresh()
    registry = app.extensions["anju"] = Registry()
    with app.app_context():
        prepare(db.engine)
        house = AnjuBuilder(
            app,
            db.session,
            base_template="anju/base.html",
            security_manager_class=AnjuSecurityManager,
        )
        app.before_request(enter_request_user)
        kept = registers.screens(app.config["INSTANCE"]) if views is VIEWS else ()
        for view in (*PUBLIC_VIEWS, *views, *kept):
            made = house.add_view_no_menu(view)
            if getattr(made, "screen", ""):
                registry.add(made)
        if not any(rule.rule == "/" for rule in app.url_map.iter_rules()):
            house.add_view_no_menu(page_frame.StartView)
        check_screens(registry)
        home_page.install(app, whole=views is VIEWS)
        registry.routes = list_routes(app)
        if views is VIEWS:
            check_rights_table(app)
    return app
