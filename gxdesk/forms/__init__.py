"""What the State prescribes: one TOML file for each official format, read into a frozen `FormDef`."""
