"""Figures of a simulated county, worked out from its tables alone, and the published ones they are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

YEARS = range(2018, 2024)  # whose reports have all come by the last month
AWAY = ("prefecture", "province", "outside", "abroad")
KINDS = ("unstable", "edge", "sudden")
EPIDEMIC = ("2020-02", "2020-12")  # days of return between these are those of the epidemic


@dataclass(frozen=True)
class Row:
    """A figure, what was published of it, and how near counts as fitting.

    Args:
        name: in words.
        figure: of a county.
        published: what was published.
        low, high: what counts as fitting.
        source: where it stands.
        why: said where it does not fit.
        digits: shown.
    """

    name: str
    figure: Callable[[Tables], float]
    published: str
    low: float
    high: float
    source: str
    why: str
    digits: int = 1

    def fits(self, value: float) -> bool:
        """Whether a value lies within."""
        return bool(self.low <= value <= self.high)


class Tables:
    """A county's tables as an office has them, and the days of return that nobody in it knows."""

    def __init__(self, folder: Path, truth: Path) -> None:
        self.folder, self.truth = folder, truth

    def table(self, name: str, *columns: str) -> pd.DataFrame:
        """A table, texts plain."""
        told = pd.read_parquet(self.folder / f"{name}.parquet", columns=list(columns) or None)
        return told.apply(lambda each: each.astype(str) if isinstance(each.dtype, pd.CategoricalDtype) else each)

    @cached_property
    def homes(self) -> pd.DataFrame:
        told = self.table("households", "household_id", "as_of", "type", "size", "withdrawn")
        return told.assign(as_of=told["as_of"].astype(str)).sort_values("as_of", kind="stable")

    @cached_property
    def first(self) -> pd.DataFrame:
        """Every household as it was told first."""
        return self.homes.drop_duplicates("household_id").set_index("household_id")

    def sizes(self, year: int) -> pd.Series:
        """Members of exited households at the end of a year."""
        then = self.homes[self.homes["as_of"] <= f"{year}-12-31"].drop_duplicates("household_id", keep="last")
        then = then[(then["type"] == "exited") & (then["withdrawn"] != 1)]
        return then.set_index("household_id")["size"]

    @cached_property
    def income(self) -> pd.DataFrame:
        """Exited households' income as told last, a row a household, month and source."""
        told = pd.read_parquet(self.folder / "income.parquet")
        told = told[told["household_id"].isin(self.first.index[self.first["type"] == "exited"])]
        told = told.sort_values("known_at", kind="stable")
        home, ids = pd.factorize(told["household_id"])
        keys = {name: told[name].cat.codes.to_numpy() for name in ("source", "item", "from")}
        plain = pd.DataFrame({"home": home, **keys}).drop_duplicates(keep="last").index
        told, home = told.iloc[plain], home[plain]
        amount = told["amount"].to_numpy() * np.where(told["source"].astype(str) == "business_cost", -1, 1)
        month = told["from"].astype(str)
        source = told["source"].astype(str).replace("business_cost", "business")
        rows = pd.DataFrame({"household_id": ids[home], "month": month.to_numpy(), "source": source.to_numpy()})
        return rows.assign(amount=amount, year=rows["month"].str[:4].astype(int))

    def year(self, year: int) -> pd.DataFrame:
        """Incomes of a year of those who reported all twelve months."""
        rows = self.income[self.income["year"] == year]
        months = rows.drop_duplicates(["household_id", "month"]).groupby("household_id").size()
        return rows[rows["household_id"].isin(months.index[months == 12])]

    def per_person(self, year: int) -> pd.Series:
        """Net income per person and household."""
        total = self.year(year).groupby("household_id")["amount"].sum()
        return (total / self.sizes(year).reindex(total.index)).dropna()

    def mean(self, year: int) -> float:
        """Mean over persons."""
        each = self.per_person(year)
        return float(np.average(each, weights=self.sizes(year).reindex(each.index)))

    def share(self, source: str, year: int = 2019) -> float:
        """Per cent of net income."""
        rows = self.year(year)
        return 100 * float(rows.loc[rows["source"] == source, "amount"].sum() / rows["amount"].sum())

    def quarters(self, year: int, *wanted: int) -> float:
        """Per cent of the year's income that came in some quarters."""
        rows = self.year(year)
        quarter = (rows["month"].str[5:].astype(int) - 1) // 3 + 1
        return 100 * float(rows.loc[quarter.isin(wanted), "amount"].sum() / rows["amount"].sum())

    @cached_property
    def recognitions(self) -> pd.DataFrame:
        """A row a recognition, as told last."""
        told = self.table("recognitions").sort_values("known_at", kind="stable")
        told = told.drop_duplicates(["household_id", "recognised_at"], keep="last")
        first = self.first.reindex(told["household_id"])
        return told.assign(type=first["type"].to_numpy(), size=first["size"].to_numpy())

    def new(self, first: str, last: str) -> pd.DataFrame:
        """Recognitions from one month to another."""
        return self.recognitions[self.recognitions["recognised_at"].between(first, last)]

    def entered(self, year: int, *kinds: str) -> float:
        """Per cent of exited persons whose household was recognised in a year."""
        new = self.new(f"{year}-01", f"{year}-12")
        new = new[(new["type"] == "exited") & new["category"].isin(kinds)].drop_duplicates("household_id")
        sizes = self.sizes(year)
        return 100 * float(sizes.reindex(new["household_id"]).sum() / sizes.sum())

    def category(self, kind: str, first: str = "2021-07", last: str = "2022-06") -> float:
        """Per cent of the new households."""
        return 100 * float((self.new(first, last)["category"] == kind).mean())

    def removed(self, until: str) -> float:
        """Per cent of the persons recognised by a month whose risk was removed by then."""
        ever = self.recognitions[self.recognitions["recognised_at"] <= until]
        gone = ever["removed_at"].where(ever["removed_at"] != "nan").fillna("9999") <= until
        return 100 * float(ever.loc[gone, "size"].sum() / ever["size"].sum())

    def removed_at_the_end(self) -> float:
        """Per cent of the removals that fall into November and December."""
        month = self.recognitions["removed_at"].dropna().str[5:7]
        return 100 * float(month[month != ""].isin(["11", "12"]).mean())

    def illness(self) -> float:
        """Per cent of first causes."""
        return 100 * float((self.recognitions["cause_1"] == "illness").mean())

    def illness_first(self) -> float:
        """By how many per cent of first causes illness is ahead of the next."""
        shares = self.recognitions["cause_1"].value_counts(normalize=True)
        return 100 * float(shares.get("illness", 0) - shares.drop("illness", errors="ignore").max())

    def costly(self, year: int = 2021) -> float:
        """Per cent of the persons with a claim whose own cost of the year is above 10,000 yuan."""
        told = self.table("claims", "person_id", "claim_id", "month", "own_cost", "known_at").sort_values("known_at")
        told = told[told["month"].str[:4] == str(year)].drop_duplicates("claim_id", keep="last")
        return 100 * float((told.groupby("person_id")["own_cost"].sum() > 10_000).mean())

    def hits(self) -> float:
        """Per cent of departments' pushes of 2022 that a recognition follows within three months."""
        clues = self.table("clues", "household_id", "pushed_at")
        clues["month"] = pd.PeriodIndex(clues["pushed_at"].astype(str).str[:7], freq="M").astype("int64")
        clues = clues[clues["pushed_at"].astype(str).str[:4] == "2022"].drop_duplicates(["household_id", "month"])
        new = self.recognitions[["household_id", "recognised_at"]]
        new = new.assign(since=pd.PeriodIndex(new["recognised_at"], freq="M").astype("int64"))
        both = clues.merge(new, on="household_id")
        hit = both[(both["since"] >= both["month"]) & (both["since"] <= both["month"] + 3)]
        return 100 * hit[["household_id", "month"]].drop_duplicates().shape[0] / len(clues)

    @cached_property
    def spells(self) -> pd.DataFrame:
        """Exited persons' spells of work as told last."""
        told = self.table("work").sort_values("known_at", kind="stable")
        told = told[told["household_id"].isin(self.first.index[self.first["type"] == "exited"])]
        told = told.drop_duplicates(["person_id", "from"], keep="last")
        return told.assign(ends=told["to"].where(told["to"] != "nan").fillna("9999"))

    def away(self, month: str) -> set[str]:
        """Persons of exited households who work away in a month."""
        running = self.spells[(self.spells["from"] <= month) & (self.spells["ends"] >= month)]
        return set(running.loc[running["place"].isin(AWAY), "person_id"])

    def back_by(self, date: str) -> float:
        """Per cent of those away at the end of 2019 who are away by a date: stayed, or gone again."""
        before = self.away("2019-12")
        returns = pd.read_parquet(self.truth / "returns.parquet")
        returns = returns[returns["back_on"].isna() | returns["back_on"].astype(str).between(*EPIDEMIC)]
        returns = returns[returns["person_id"].isin(before)].drop_duplicates("person_id", keep="last")
        stayed = len(before) - len(returns)
        back = returns["back_on"].dropna().astype(str)
        return 100 * (stayed + int((back <= date).sum())) / len(before)

    def wage(self, year: int) -> float:
        """Mean wage a month of spells away that began in a year."""
        begun = self.spells[self.spells["from"].str[:4] == str(year)]
        return float(begun.loc[begun["place"].isin(AWAY), "monthly_wage"].mean())

    def fewer_away(self) -> float:
        """Per cent by which the number of those away changed from October 2019 to October 2020."""
        return 100 * (len(self.away("2020-10")) / len(self.away("2019-10")) - 1)

    def poor(self) -> int:
        """Households not out of poverty."""
        return int((self.first["type"] == "not_exited").sum())


def growth(first: int, last: int) -> Callable[[Tables], float]:
    """Yearly growth of the mean in per cent."""
    return lambda county: 100 * ((county.mean(last) / county.mean(first)) ** (1 / (last - first)) - 1)


AREAS = "statistics bureau, poor areas 2019"
BAOSHAN = "Baoshan, notice on 2021"
MIGRANTS = "statistics bureau, migrant workers' reports 2019-2021"
RETURN = "China News Service 2020-03-18, Xinhua 2020-04-16, CCTV 2020-05-07"
SOURCES = "aimed at wages 34, business 30, transfers 32 %: small old households, who farm less and live on pensions"
ROWS = (
    Row("households not out of poverty at the begin", lambda c: c.poor(), "186", 186, 186, "the mayor's speech",
        "the number scales with `data.households`", 0),
    Row("income per exited person 2020, yuan", lambda c: c.mean(2020), "10,740", 9_700, 11_800,
        "China News Service 2022-02-23", "the county lies below or above the nation's mean", 0),
    Row("the same 2021, yuan", lambda c: c.mean(2021), "12,550", 11_300, 13_800, "China News Service 2022-02-23",
        "growth in the county is slower than the nation's 16.9 % of that year", 0),
    Row("growth 2018-2020, % a year", growth(2018, 2020), "11.6 (2013-2020)", 8, 14, "statistics bureau 2022-10-11",
        "one steady growth of wages and prices a county, held down by the epidemic of 2020 and by ageing members"),
    Row("growth 2020-2022, % a year", growth(2020, 2022), "7.5 to 16.9", 7.5, 17, "press conference 2023-02-14",
        "slumps of prices and bad harvests are drawn once for the whole county"),
    Row("wages, % of net income 2019", lambda c: c.share("wage"), "35.3", 30.3, 40.3, AREAS, SOURCES),
    Row("business", lambda c: c.share("business"), "36.0", 31, 41, AREAS, SOURCES),
    Row("property", lambda c: c.share("property"), "1.4", 0, 5, AREAS, "dividends of projects with shares"),
    Row("transfers", lambda c: c.share("transfer"), "27.3", 22.3, 32.3, AREAS, SOURCES),
    Row("sd of the logarithm of income per person 2020", lambda c: float(np.log(c.per_person(2020).clip(500)).std()),
        "about 0.40", 0.36, 0.44, f"from the stock of 4.8 % ({BAOSHAN}) and the mean",
        "spread between households is wider than that inference; it was left as it came of jobs, farms and ages", 2),
    Row("of the year's income 2020: first quarter, %", lambda c: c.quarters(2020, 1), "27.1", 22.1, 32.1,
        "statistics bureau, residents 2020", "all rural residents, not exited ones"),
    Row("second and third", lambda c: c.quarters(2020, 2, 3), "44.7", 39.7, 49.7, "statistics bureau, residents 2020",
        "all rural residents, not exited ones"),
    Row("fourth", lambda c: c.quarters(2020, 4), "28.2", 23.2, 33.2, "statistics bureau, residents 2020",
        "crops are sold from October to December here; the published figures leave out what is eaten at home"),
    Row("new unstable of exited persons 2021, %", lambda c: c.entered(2021, "unstable"), "1.47", 0.7, 1.8, BAOSHAN,
        "entry depends on where the line of the year lies among incomes", 2),
    Row("new of any kind of exited persons 2022, %", lambda c: c.entered(2022, *KINDS), "0.7 to 2.5", 0.7, 2.5,
        f"Liaoning 2021-11-21, {BAOSHAN}", "a round of screening came that year; sudden need weighs on the old", 2),
    Row("new households 2021-07 to 2022-06: unstable, %", lambda c: c.category("unstable"), "25.4", 17, 33, BAOSHAN,
        "shares hang on how many ordinary households a county looks at"),
    Row("edge", lambda c: c.category("edge"), "15.9", 8, 24, BAOSHAN, "as above"),
    Row("sudden", lambda c: c.category("sudden"), "58.7", 50, 65, BAOSHAN, "as above"),
    Row("persons a newly recognised household 2021", lambda c: float(c.new("2021-01", "2021-12")["size"].mean()),
        "2.41", 2.2, 2.7, "Liaoning 2021-11-21", "larger in the other counties, as in the south-west (3.1 to 3.7)", 2),
    Row("illness ahead of the next cause, points", lambda c: c.illness_first(), "first everywhere", 1, 100, "all press",
        "illness is not the first cause"),
    Row("removed of persons recognised by the end of 2021, %", lambda c: c.removed("2021-12"), "49.7 to 70", 25, 75,
        f"{BAOSHAN}, nation", "removals of earlier years are missing: recognitions begin at the end of 2019"),
    Row("removed by the end of 2024, %", lambda c: c.removed("2024-12"), "82.8", 70, 90, "a county, 2025-09",
        "removal is slow here: 4 to 6 % a month after half a year, and none without labour or below the line"),
    Row("of removals in November and December, %", lambda c: c.removed_at_the_end(), "nearly all", 50, 100, BAOSHAN,
        "removals are bunched less than there"),
    Row("own cost above 10,000 of persons with a claim 2021, %", lambda c: c.costly(), "2 to 4", 2, 4,
        "assumed from insurers' rules, no published share", "households are old"),
    Row("pushes followed by a recognition within 3 months, %", lambda c: c.hits(), "0.75 to 3.0", 0.5, 4,
        "Yangyuan 2022, Wen county 2025, Leye 2021", "pushes find more or fewer than there"),
    Row("wage of spells away begun 2019, yuan a month", lambda c: c.wage(2019), "3,962", 3_000, 4_400, MIGRANTS,
        "a poor county's migrants earn less", 0),
    Row("change of the wage 2020-2021, %", lambda c: 100 * (c.wage(2021) / c.wage(2020) - 1), "8.8", 5, 13, MIGRANTS,
        "wages grow steadily in the simulator"),
    Row("change of the number away, October 2019 to 2020, %", lambda c: c.fewer_away(), "-2.7", -8, 3, MIGRANTS,
        "some jobs ended while their holders were at home, and members grow older with few to follow them"),
    *(
        Row(f"away again by {date}, % of those away before", lambda c, date=date: c.back_by(date), f"{share:.1f}",
            share - 3, share + 3, RETURN, "days of return are drawn from these dates")
        for date, share in (("2020-03-06", 52.0), ("2020-03-13", 61.9), ("2020-04-10", 86.2), ("2020-04-30", 95.4))
    ),
)  # fmt: skip


def figures(folder: Path, truth: Path) -> Mapping[str, float]:
    """All figures of a county, by name."""
    county = Tables(folder, truth)
    return {row.name: float(row.figure(county)) for row in ROWS}
