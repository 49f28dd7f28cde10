"""核对业主资料: what the files of the units lack, by building and one by one (E05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.core.i18n import filters
from app.core.reports.declaration import Report, declare
from app.core.reports.parameters import day as day_parameter
from app.core.tables.table import ColumnKind, ReportColumn, ratio
from app.estate.base.labels import KINDS
from app.estate.reports.choices import BUILDING, COMMUNITY, KIND, units_chosen
from app.estate.reports.completeness import FAULTS, Fault, FileState, file_states

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
from app.estate.reports.listings import SECRET_FAULTS

files = declare(
    Report(
        "report_files",
        _l("Check of owner files"),
        about=_l("What is missing or wrong in each file, for the quarterly check."),
        parameters=(COMMUNITY, BUILDING, KIND, day_parameter()),
        notes=(
            _l("Owners are those of the day; the other facts are those on file now."),
            _l("Missing: nothing is on file. Wrong: what is on file cannot be right."),
            _l("Units that are not handed over need no handover date and no billing start."),
        ),
        private="customers",
        position=60,
        icon="fa-check-square-o",
    )
)


@files.sheet(
    "summary",
    _l("By building"),
    (
        ReportColumn("community", _l("Community"), width=18, unless="community"),
        ReportColumn("building", _l("Building"), width=10, unless="building"),
        ReportColumn("files", _l("Owner files"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("whole", _l("Without fault"), ColumnKind.INTEGER, 12, total=True),
        ReportColumn(
            "rate",
            _l("Complete files"),
            ColumnKind.PERCENT,
            10,
            value=lambda row: ratio(row["whole"], row["files"]),
            total=lambda sums: ratio(sums["whole"], sums["files"]),
        ),
        ReportColumn("missing", _l("Items missing"), ColumnKind.INTEGER, 10, total=True),
        ReportColumn("wrong", _l("Items wrong"), ColumnKind.INTEGER, 10, total=True),
    ),
)
def files_by_building(session: Session, **chosen: Any) -> list[dict[str, Any]]:
    """Whole files and faults of each building."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for state in _states(session, **chosen):
        line = found.setdefault(
            (state.community, state.building),
            {
                "community": state.community,
                "building": state.building,
                "files": 0,
                "whole": 0,
                "missing": 0,
                "wrong": 0,
            },
        )
        line["files"] += 1
        line["whole"] += not state.faults
        for fault in state.faults:
            line["missing" if FAULTS[fault.code].missing else "wrong"] += 1
    return list(found.values())


@files.sheet(
    "faults",
    _l("Faults"),
    (
        ReportColumn(
            "community",
            _l("Community"),
            width=18,
            value=lambda pair: pair[0].community,
            unless="community",
        ),
        ReportColumn("code", _l("Unit"), width=14, value=lambda pair: pair[0].code),
        ReportColumn("kind", _l("Use"), width=9, value=lambda pair: KINDS[pair[0].kind]),
        ReportColumn("person", _l("Name"), width=16, value=lambda pair: pair[1].person),
        ReportColumn("sort", _l("Kind of fault"), width=10, value=lambda pair: _sort(pair[1])),
        ReportColumn("fault", _l("Fault"), width=34, value=lambda pair: FAULTS[pair[1].code].label),
        ReportColumn(
            "on_file",
            _l("On file"),
            width=24,
            value=lambda pair: pair[1].value,
            mask=filters.mask_id,
            secret=lambda pair: SECRET_FAULTS.get(pair[1].code),
        ),
        ReportColumn(
            "act", _l("What to do"), width=44, value=lambda pair: FAULTS[pair[1].code].act
        ),
    ),
)
def faults(session: Session, **chosen: Any) -> Iterable[tuple[FileState, Fault]]:
    """One row for each fault, in the order of the house."""
    for state in _states(session, **chosen):
        for fault in state.faults:
            yield state, fault


def _sort(fault: Fault) -> Any:
    return _l("Item missing") if FAULTS[fault.code].missing else _l("Item wrong")


def _states(
    session: Session, *, community: int | None, building: int | None, kind: str | None, day: date
) -> Iterator[FileState]:
    return file_states(session, units_chosen(community, building, kind), day)
