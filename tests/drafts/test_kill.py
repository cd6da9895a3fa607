"""Whoever pulls the plug on gxdesk, at whatever instant, loses no acknowledged save and never meets a broken library.

GXDESK_KILLS asks for another number of kills, GXDESK_SEED for the instants of a run that failed. `python -m tests.benchmarks.reliability`
prints them as a figure.
"""

import os
import random
from pathlib import Path

import pytest

from tests.drafts.kills import ACTS, kill

KILLS = int(os.environ.get("GXDESK_KILLS", "34"))  # of each act: more than 200 in all


@pytest.mark.no_cover
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed children are forked, which Windows cannot do")
@pytest.mark.parametrize("act", ACTS)
def test_a_killed_program_loses_nothing_it_has_acknowledged(tmp_path: Path, act: str) -> None:
    seed = int(os.environ.get("GXDESK_SEED", str(random.randrange(10**6))))
    toll = kill(act, KILLS, tmp_path, seed)
    assert not toll.amiss, "\n".join(toll.amiss)
    assert toll.at_work, "never killed at work: this machine is too busy for the test to say anything"
