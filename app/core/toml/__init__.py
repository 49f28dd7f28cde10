"""Reading folders of TOML files, every fault told with its line."""
