"""Every view of the estate, in menu order."""

from __future__ import annotations

from app.estate.owner_import.batch_views import BatchPage
from app.estate.owner_import.preview_views import PreviewPage
from app.estate.owner_import.views import ImportPage
from app.estate.screens.conflict_views import ConflictPage
from app.estate.screens.household_views import UnitNoteScreen, VehicleScreen
from app.estate.screens.people_views import (
    CustomerScreen,
    OwnershipScreen,
    ResidentScreen,
    TenancyScreen,
)
from app.estate.screens.place_views import BuildingScreen, CommunityScreen
from app.estate.screens.renumbering_views import RenumberPage
from app.estate.screens.unit_views import UnitScreen

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
