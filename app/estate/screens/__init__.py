"""The screens of the estate: units, people, places, conflicts."""
