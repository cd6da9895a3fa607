"""The pages of the window: the start page, and one for every part of a report."""
