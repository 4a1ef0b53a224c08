"""`data=yi_2020` and its like: a county that a simulator makes first, and that is then read as any county's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.panel import Line, Panel
from relapse.core.protocols import Examined
from relapse.core.recipe import STRICT, Count, Seed
from relapse.data.county_folder import CountyFolder
from relapse.data.simulator.settings import World
from relapse.data.simulator.simulate import fingerprint, is_made, simulate


@dataclass(frozen=True, config=STRICT)
class SimulatedCounty(CountyFolder):
    """A county that does not exist.

    Args:
        world: what happens in it, a file in `conf/world/`.
        households: exited households; the others come in proportion.
        world_seed: of everything that happens in it (`seed` of a run is that of the fitting alone).
    """

    world: World
    households: Count
    world_seed: Seed

    def prepare(self) -> bool:
        """Make the tables where they are not there as the settings say; whatever else lies there is replaced.

        Returns:
            Whether they were made now.
        """
        if is_made(self.folder, self.fingerprint):
            return False
        simulate(self.world, self.households, self.world_seed, self.folder)
        return True

    def make(self, truth: Path, origins: Sequence[int], paths: int) -> None:
        """Make the tables, and apart from them the true chances at some months.

        Args:
            truth: folder of what nobody in the county knows.
            origins: months from year 0.
            paths: futures that are tried out for each.

        Raises:
            InputError: an origin lies outside the county's months.
        """
        label = self.calendar.label
        for origin in origins:
            if not self.world.begin <= origin <= self.world.end:
                raise InputError(
                    f"{label(origin)} lies outside '{self.panel_name}': choose a month from {label(self.world.begin)} "
                    f"to {label(self.world.end)}"
                )
        simulate(self.world, self.households, self.world_seed, self.folder, truth, origins, paths)

    def read(self, line: Line) -> Panel:
        """The panel; the tables are made first where they are not there."""
        self.prepare()
        return super().read(line)

    def examine(self, line: Line) -> Examined:
        """Every fault, and the panel; the tables are made first where they are not there."""
        self.prepare()
        return super().examine(line)

    @property
    def fingerprint(self) -> str:
        """Of all that decides what is made."""
        return fingerprint(self.world, self.households, self.world_seed)

    @property
    def folder(self) -> Path:
        """Where the tables lie."""
        return Path(self.path).expanduser()
