"""What the State prescribes: one TOML file for each official format, read into a frozen `FormDef`."""

from gxdesk.forms.definition import FormDef, Forms

__all__ = ["FormDef", "Forms"]
