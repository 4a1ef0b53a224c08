"""`relapse simulate`: a made-up county as the input tables, and apart from them what nobody in it can know."""

from __future__ import annotations

from relapse.core.errors import InputError
from relapse.core.protocols import Data
from relapse.core.recipe import Count, Periods
from relapse.data.simulated_county import SimulatedCounty
from relapse.outputs import Paths, locked
from relapse.pipelines.common import WAIT_SECONDS, say
from relapse.terminal import Stages

TRUTH = ".truth"  # behind the name of a county's folder: the true chances lie beside it


def simulate(data: Data, paths: Paths, truth_origins: Periods | None, truth_paths: Count) -> None:
    """Write a simulated county's tables, as an office's own would lie there; nobody in it exists.

    Tables that are there as the settings say are left alone. With truth_origins the true chances at these months are
    worked out, from futures of the true state, and written beside the county's folder; only studies may open them.

    Writes DATA/COUNTY/, a Parquet file a table; with truth_origins DATA/COUNTY.truth/: chances.parquet and more.

    Examples:
        relapse simulate
        relapse simulate data=mountain_2020 data.households=3000
        relapse simulate data.households=1000000 paths.data=BIG
        relapse simulate truth_origins=[2022-06,2022-12] truth_paths=64
    """
    if not isinstance(data, SimulatedCounty):
        raise InputError("data: this is no simulated county; take yi_2020, mountain_2020, project_2020 or coast_2020")
    stages = Stages()
    paths.data.mkdir(parents=True, exist_ok=True)
    with locked(paths.data, WAIT_SECONDS, say), stages.stage("simulate") as stage:
        folder = data.folder
        if truth_origins:
            origins = [data.calendar.parse(each) for each in truth_origins]
            data.make(folder.with_name(folder.name + TRUTH), origins, truth_paths)
            stage.say(county=data.panel_name, folder=folder, truth=folder.name + TRUTH, origins=len(origins))
        else:
            made = data.prepare()
            stage.say(county=data.panel_name, folder=folder, written=made)
