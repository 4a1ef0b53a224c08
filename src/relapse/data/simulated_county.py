"""`data=yi_2020` and its like: a county that a simulator makes first and that is then read as any county's folder is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

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
        """Make the tables where they are not there as the settings say.

        Returns:
            Whether they were made now.
        """
        if is_made(self._folder, self.fingerprint):
            return False
        simulate(self.world, self.households, self.world_seed, self._folder)
        return True

    def with_truth(self, folder: Path, origins: Sequence[int], paths: Annotated[int, Field(ge=1)]) -> None:
        """Make the tables, and apart from them the true chances at some months.

        Args:
            folder: of what nobody in the county knows.
            origins: months from year 0.
            paths: futures that are tried out for each.
        """
        simulate(self.world, self.households, self.world_seed, self._folder, folder, origins, paths)

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
    def _folder(self) -> Path:
        return Path(self.path).expanduser()
