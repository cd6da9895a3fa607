"""The states a section of a report can be in. By themselves, as the start page marks them before anything of a report is read."""

from enum import StrEnum


class State(StrEnum):
    TODO = "todo"  # nothing written
    DOING = "doing"
    DONE = "done"
    ERROR = "error"  # something must be changed, beyond what is only not filled in yet
    EXPLAIN = "explain"
