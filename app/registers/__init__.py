"""Registers (台账) from configuration: one TOML file is a whole feature; see FORMAT.md."""
