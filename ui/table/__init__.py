"""The table widget: one for every table of every form."""
