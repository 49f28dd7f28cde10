"""The plan of the house: every room, which rooms it may import, which library has which door."""

from __future__ import annotations

LAYERS = (
    ("roles",),
    ("core",),
    ("access",),
    ("estate",),
    ("metering",),
    ("charging",),
    ("cashier",),
    ("collection",),
    ("service",),
    ("procedures",),
    ("duty",),
    ("registers",),
    ("home",),
    ("app", "install", "demo", "cli", "migrations"),
)
"""The features in their order: each may import what stands above it, never what stands below."""

ROOMS = {
    "core.values": "",
    "core.parsing": "values",
    "core.db": "values parsing",
    "core.i18n": "values",
    "core.tables": "values",
    "core.records": "values parsing db",
    "core.toml": "values parsing db i18n",
    "core.workbook": "values parsing",
    "core.sheets": "values parsing workbook",
    "core.web": "values parsing db i18n records",
    "core.jobs": "values db i18n records web",
    "core.columns": "values parsing db i18n records web",
    "core.reports": "values db i18n tables records web jobs",
    "core.screens": "values parsing db i18n tables records web columns",
    "core.workflow": "values db records toml columns",
    "core.declared": "values parsing db records toml columns workflow",
    "core.imports": "values parsing db i18n tables records workbook web columns screens",
    "core.extras": "values db i18n tables records toml web columns screens workflow",
    "core.site": "values db records web columns screens",
    "estate.base": "",
    "estate.rooms": "base",
    "estate.owner_file": "rooms",
    "estate.owner_import": "base rooms owner_file",
    "estate.screens": "base rooms",
    "estate.reports": "base",
    "estate": "base owner_import screens",
    "charging.pricing": "",
    "charging.ledger": "pricing",
    "charging.billing": "pricing ledger",
    "charging.reports": "ledger",
    "charging": "billing",
    "cashier.payments": "",
    "cashier.desk": "payments",
    "cashier.prepayments": "",
    "cashier": "desk payments prepayments",
    "duty.base": "",
    "duty.log": "base",
    "duty.review": "base log",
    "duty": "base log review",
    "access": "",
    "collection": "",
    "registers": "",
    "home": "",
    "demo": "",
    "migrations": "",
}
"""Room → the rooms of its own feature that it may import; of features above it all are open."""

DOORS = {
    "xlsxwriter": {"app/core/tables/excel_writer.py"},
    "python_calamine": {"app/core/workbook/sandbox.py", "app/core/workbook/reader.py"},
}
"""Each of these libraries has one door."""

IMPURE = {"flask", "sqlalchemy", "flask_appbuilder", "flask_babel", "flask_sqlalchemy"}
"""What a file must not know that calls itself pure."""

ENDS_OF_A_REQUEST = r"(^|_)(views|commands|job)(_|\.py$)"
"""Views, commands and jobs: they alone know the request and end the transaction, once."""

OF_A_REQUEST = {
    "app/access/audit_text.py",  # words of a page, kept for the request
    "app/access/current.py",  # who is at the keyboard
    "app/access/security.py",  # Flask-AppBuilder's manager
    "app/estate/base/communities.py",  # whose communities, kept for the request
    "app/estate/screens/unit_page.py",  # the sections of a page
}

OWN_TEXTS = {
    "app/core/parsing/json_text.py",
    "app/core/parsing/sheet_rows_packed.py",
    "app/core/web/uploads.py",
    "app/core/workbook/reader.py",
    "app/core/workbook/sandbox.py",
    "app/estate/owner_import/preview.py",
    "app/estate/owner_import/sheets.py",
}
"""Files that read JSON: the one door for what comes from outside, and readers of our own files."""

LONGEST = 300
"""Lines of a Python file: a longer one has two jobs."""
FULLEST = 25
"""Python files of a folder: a fuller one mixes two jobs."""
FORBIDDEN_NAMES = {"services.py", "utils.py", "helpers.py", "common.py", "util.py", "misc.py"}
