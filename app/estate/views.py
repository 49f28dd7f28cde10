"""Every view of the estate, in menu order."""

from __future__ import annotations

from app.estate.views_batches import BatchPage
from app.estate.views_conflicts import ConflictPage
from app.estate.views_household import UnitNoteScreen, VehicleScreen
from app.estate.views_import import ImportPage
from app.estate.views_people import (
    CustomerScreen,
    OwnershipScreen,
    ResidentScreen,
    TenancyScreen,
)
from app.estate.views_places import BuildingScreen, CommunityScreen
from app.estate.views_preview import PreviewPage
from app.estate.views_renumber import RenumberPage
from app.estate.views_units import UnitScreen

SCREENS = (
    UnitScreen,
    RenumberPage,
    BuildingScreen,
    CustomerScreen,
    OwnershipScreen,
    TenancyScreen,
    ResidentScreen,
    VehicleScreen,
    UnitNoteScreen,
    ConflictPage,
    ImportPage,
    PreviewPage,
    BatchPage,
    CommunityScreen,
)
