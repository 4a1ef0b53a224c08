"""What the tables of a simulated county say of its households, worked out from the files with pandas alone.

None of the package's features is asked: every number that a list prints is worked out here a second time, as somebody
with the files and a pencil would.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd

PARTS = ("wage", "business", "property", "transfer", "business_cost")
TITLES = {"工资性收入": "wage", "生产经营性收入": "business", "财产性收入": "property", "转移性收入": "transfer"}
CAUSES = {
    "disaster": ("disaster", "crop_loss", "animal_loss", "fire"), "accident": ("accident", "traffic", "crime"),
    "job": ("job_loss", "wage_unpaid"), "industry": ("price_slump", "project_failure"),
    "housing": ("house_damage", "water_cut"), "appeal": ("appeal",),
}  # fmt: skip
HAPPENED = {
    "accident_happened": "accident", "job_event": "job", "industry_event": "industry", "housing_event": "housing",
    "own_report": "appeal",
}  # fmt: skip
SCHOOLS = ("preschool", "primary", "junior", "senior", "vocational", "college", "bachelor", "postgraduate")
BACK = 48  # months looked at: windows of three years
Told = Mapping[str, float | str]


def month(text: str) -> int:
    """A month, or the month of a date, from year 0."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def months(texts: pd.Series) -> pd.Series:
    told = texts.astype("str").where(texts.notna())
    return told.str[:4].astype("float64") * 12 + told.str[5:7].astype("float64") - 1


class RawCounty:
    """A folder of tables as they were known at the end of a month.

    Args:
        folder: with Parquet files.
        as_of: such as 2024-12.
        max_age: months by which the newest known income may lag behind.
        horizon: months ahead for which the list is made.
    """

    def __init__(self, folder: Path, as_of: str, max_age: int, horizon: int) -> None:
        self.folder, self.as_of, self.max_age, self.horizon = folder, month(as_of), max_age, horizon
        self.ids = pd.Index(sorted(self.states["household_id"].unique()))

    # tables as believed ----------------------------------------------------------------------------------------------

    def table(self, name: str, *key: str) -> pd.DataFrame:
        """The rows that were believed: of one fact the last one known."""
        rows = pd.read_parquet(self.folder / f"{name}.parquet")
        rows = rows[months(rows["known_at"]) <= self.as_of]
        return rows.sort_values("known_at", kind="stable").drop_duplicates(list(key), keep="last")

    def of(self, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        return {str(who): mine for who, mine in rows.groupby("household_id")}

    @cached_property
    def states(self) -> pd.DataFrame:
        """States of households that are still there, oldest first."""
        return self.there(self.table("households", "household_id", "as_of"), "household_id")

    def there(self, rows: pd.DataFrame, subject: str) -> pd.DataFrame:
        rows = rows.sort_values([subject, "as_of"], kind="stable")
        gone = rows.drop_duplicates(subject, keep="last").query("withdrawn == 1")[subject]
        return rows[~rows[subject].isin(gone) & (rows["withdrawn"] != 1)]

    @cached_property
    def newest(self) -> pd.DataFrame:
        return self.states.drop_duplicates("household_id", keep="last").set_index("household_id")

    @cached_property
    def person_states(self) -> pd.DataFrame:
        """States of persons who are still there, oldest first."""
        return self.there(self.table("persons", "household_id", "person_id", "as_of"), "person_id")

    @cached_property
    def people(self) -> dict[str, pd.DataFrame]:
        rows = self.person_states.drop_duplicates("person_id", keep="last")
        age = self.as_of - months(rows["birth_month"])
        birth, certified = months(rows["birth_month"]), months(rows["disability_certified_at"])
        return self.of(rows.assign(birth=birth, age=age / 12, certified=certified))

    @cached_property
    def claims(self) -> pd.DataFrame:
        rows = self.table("claims", "household_id", "person_id", "claim_id", "month")
        return rows.assign(ago=self.as_of - months(rows["month"])).query("ago >= 0")

    @cached_property
    def events(self) -> dict[str, pd.DataFrame]:
        rows = self.table("events", "household_id", "kind", "happened_at")
        return self.of(rows.assign(ago=self.as_of - months(rows["happened_at"])).query("ago >= 0"))

    @cached_property
    def work(self) -> dict[str, pd.DataFrame]:
        rows = self.table("work", "household_id", "person_id", "from")
        rows = rows.assign(first=months(rows["from"]), last=months(rows["to"]))
        return self.of(rows[rows["first"] <= self.as_of])

    @cached_property
    def reports(self) -> pd.DataFrame:
        """Reports of income, with months from year 0."""
        rows = self.table("income", "household_id", "source", "item", "from", "to")
        return rows.assign(first=months(rows["from"]).astype(int), last=months(rows["to"]).astype(int))

    # income ----------------------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> dict[str, np.ndarray]:
        """By source, (households, months back) yuan of the household; NaN where the source was not reported."""
        rows = self.reports[self.reports["last"] > self.as_of - BACK]
        span = rows["last"] - rows["first"] + 1
        cells = rows.loc[rows.index.repeat(span), ["household_id", "source", "item", "amount", "first"]]
        within = np.concatenate([np.arange(each) for each in span]) if len(span) else np.empty(0, int)
        cells = cells.assign(month=cells["first"].to_numpy() + within, span=np.repeat(span.to_numpy(), span))
        cells["amount"] /= cells["span"]
        cells = cells[(cells["month"] <= self.as_of) & (cells["month"] > self.as_of - BACK)]
        cells = cells.sort_values("span", kind="stable")  # a narrower report of a month replaces a wider one
        cells = cells.drop_duplicates(["household_id", "source", "item", "month"], keep="first")
        made = {}
        for source, mine in cells.groupby("source"):
            total = mine.groupby(["household_id", "month"])["amount"].sum().unstack()
            made[str(source)] = total.reindex(
                index=self.ids, columns=range(self.as_of, self.as_of - BACK, -1)
            ).to_numpy()
        return made

    @cached_property
    def size(self) -> np.ndarray:
        """(households, months back) persons."""
        rows = self.states.assign(when=months(self.states["as_of"]))
        made = np.full((len(self.ids), BACK), np.nan)
        for row, (_, mine) in enumerate(rows.groupby("household_id")[["when", "size"]]):
            when, size = mine.to_numpy().T
            at = np.searchsorted(when, self.as_of - np.arange(BACK), side="right") - 1
            made[row] = size[np.maximum(at, 0)]
        return made

    @cached_property
    def net(self) -> np.ndarray:
        """(households, months back) income per person, NaN where none of it was reported."""
        told = [self.parts[part] * (-1 if part == "business_cost" else 1) for part in PARTS]
        nothing = np.all(np.isnan(told), axis=0)
        return np.where(nothing, np.nan, np.nansum(told, axis=0)) / self.size

    @cached_property
    def windows(self) -> np.ndarray:
        """(households, lags) income per person of twelve months, where nine were reported at least."""
        views = np.lib.stride_tricks.sliding_window_view(self.net, 12, axis=1)
        share = (~np.isnan(views)).mean(axis=2)
        total = np.nansum(views, axis=2) / np.where(share > 0, share, np.nan)
        return np.where(share >= 0.75, total, np.nan)[:, :36]

    def line_at(self, when: int) -> float:
        rows = pd.read_parquet(self.folder / "lines.parquet")
        fits = rows[(months(rows["valid_from"]) <= when) & (months(rows["announced_on"]) <= self.as_of)]
        return float(fits.sort_values("valid_from").iloc[-1]["line"])

    @cached_property
    def lines(self) -> np.ndarray:
        return np.array([self.line_at(self.as_of - lag) for lag in range(36)])

    @cached_property
    def below_now(self) -> pd.Series:
        """By household, whether its newest income lies below the line."""
        below = np.where(np.isnan(self.windows), np.nan, self.windows < self.lines)[:, : self.max_age + 1]
        first = np.argmax(~np.isnan(below), axis=1)
        return pd.Series(below[np.arange(len(below)), first], self.ids)

    # what else is asked of one household at a time -------------------------------------------------------------------

    @cached_property
    def claims_of(self) -> dict[str, pd.DataFrame]:
        return self.of(self.claims)

    @cached_property
    def reports_of(self) -> dict[str, pd.DataFrame]:
        return self.of(self.reports[self.reports["first"] > self.as_of - BACK])

    @cached_property
    def measures(self) -> dict[str, pd.DataFrame]:
        rows = self.table("measures", "household_id", "kind", "from")
        return self.of(rows[months(rows["from"]) <= self.as_of].assign(ends=months(rows["to"]) - self.as_of))

    @cached_property
    def dividends(self) -> dict[str, pd.DataFrame]:
        rows = self.table("dividends", "household_id", "project_id", "due_month")
        return self.of(rows.assign(due=months(rows["due_month"]), paid=months(rows["paid_month"])))

    @cached_property
    def recognitions(self) -> dict[str, pd.DataFrame]:
        rows = self.table("recognitions", "household_id", "recognised_at")
        over = (months(rows["removed_at"]) <= self.as_of) | (months(rows["reopened_at"]) <= self.as_of)
        return self.of(rows.assign(over=over))

    @cached_property
    def own_projects(self) -> dict[str, list[str]]:
        rows = self.table("project_members", "project_id", "household_id")
        rows = rows[months(rows["since"]) <= self.as_of]
        return {str(who): list(mine) for who, mine in rows.groupby("household_id")["project_id"]}

    @cached_property
    def trouble(self) -> dict[str, float]:
        """Since when each project that is in trouble has been so."""
        found = {}
        for project, rows in self.table("projects", "project_id", "as_of").groupby("project_id"):
            states = rows.assign(when=months(rows["as_of"])).query("when <= @self.as_of").sort_values("when")
            bad = states["status"].isin(["arrears", "idle", "stopped", "failed"]).to_numpy()
            if len(bad) and bad[-1]:
                well = np.flatnonzero(~bad)
                found[str(project)] = float(states["when"].to_numpy()[well[-1] + 1 if len(well) else 0])
        return found

    @cached_property
    def price_change(self) -> dict[str, float]:
        """By product, the newest price against that of a year before it."""
        rows = self.table("prices", "product", "month")
        rows = rows.assign(when=months(rows["month"]))
        monthly = rows.query("when <= @self.as_of").groupby(["product", "when"])["price"].mean()
        return {product: prices.iloc[-1] / prices.loc[(product, prices.index[-1][1] - 12)] - 1
                for product, prices in monthly.groupby("product")}  # fmt: skip

    # one household ---------------------------------------------------------------------------------------------------

    @cache  # noqa: B019 - as long as the test
    def household(self, who: str) -> Household:
        return Household(self, who)


class Household:
    """One household, and what each sentence should say of it: by wording, values of its placeholders."""

    def __init__(self, county: RawCounty, who: str) -> None:
        self.county, self.who, self.t = county, who, county.as_of
        self.row = county.ids.get_loc(who)
        self.windows, self.lines, self.net = county.windows[self.row], county.lines, county.net[self.row]
        known = np.flatnonzero(~np.isnan(self.windows[: county.max_age + 1]))
        self.lag = int(known[0]) if len(known) else None

    @property
    def income(self) -> float:
        return float("nan") if self.lag is None else float(self.windows[self.lag])

    @property
    def line(self) -> float:
        return float(self.lines[0])

    @cache  # noqa: B019 - as long as the test
    def expected(self, wording: str, label: str = "") -> list[Told]:
        """What may be said; several where the sentence does not say of what it speaks. Fails where it is not true."""
        if wording.startswith("protects."):
            protects: Told = getattr(self, wording.replace(".", "_"))()
            return [protects]
        name = wording.removeprefix("reason.").removesuffix(".none")
        if name == "place":
            return [self.around(level) for level in ("village", "township")]
        if name == "source_lost":
            return [self.source_lost(label)]
        if name.startswith("unmet_"):
            return [self.unmet(name.removeprefix("unmet_"))]
        if name in HAPPENED:
            return [self.happened(CAUSES[HAPPENED[name]])]
        told: Told = getattr(self, name)()
        return [told]

    # income and line

    def close(self) -> Told:
        assert 0 <= self.income - self.line <= 0.5 * self.line
        return {"income__per_person": self.income, "income__above_line": self.income - self.line}

    def drop(self) -> Told:
        before = self.windows[self.lag + 12]
        assert before > self.income
        return {"income__fall_1y": before - self.income, "income__fall_share_1y": 1 - self.income / before}

    def volatile(self) -> Told:
        assert self.log_ratio[~np.isnan(self.windows)].std(ddof=1) > 0.3
        return {"income__lowest": np.nanmin(self.windows)}

    @property
    def log_ratio(self) -> np.ndarray:
        return np.log(np.maximum(self.windows / self.lines, 0.01))

    def lowest_near(self) -> Told:
        lag = int(np.nanargmin(self.log_ratio))
        assert self.windows[lag] < 1.1 * self.lines[lag]
        return {"income__at_lowest_ratio": self.windows[lag]}

    def was_below(self) -> Told:
        below = int((self.windows < self.lines).sum())
        assert below > 0
        return {"history__periods_seen": int((~np.isnan(self.windows)).sum()), "history__periods_below": below}

    def recently_below(self) -> Told:
        since = int(np.flatnonzero(self.windows < self.lines)[0])
        assert since > 0
        return {"history__since_below": since}

    def thin(self) -> Told:
        lag = self.lag or 0  # where no income is known: of the last window
        share = (~np.isnan(self.net[lag : lag + 12])).mean()
        assert share < 1
        return {"value": share}

    def still_needed(self) -> Told:
        kept = self._filled()[: 12 - self.county.horizon].sum()
        assert 1 - kept / self.line > 0
        return {"value": 1 - kept / self.line}

    def leaves_window(self) -> Told:
        return {"value": self._filled()[12 - self.county.horizon :].sum() / self.line}

    def _filled(self) -> np.ndarray:
        """Months of the last window, newest first; those not reported at the mean of the others."""
        year = self.net[:12]
        return np.where(np.isnan(year), np.nanmean(year), year)

    def _source(self, part: str, lag: int) -> float:
        """Yuan per person from a source in a window, scaled to all its months."""
        money = np.nansum(self.county.parts[part][self.row, lag : lag + 12] / self._size(lag, 12))
        return float(money / (~np.isnan(self.net[lag : lag + 12])).mean())

    def _size(self, lag: int, count: int) -> np.ndarray:
        return self.county.size[self.row, lag : lag + count]

    def source_lost(self, label: str) -> Told:
        lost = (self._source(TITLES[label], 12) - self._source(TITLES[label], 0)) / self.line
        assert lost > 0.05 - 1e-6
        return {"value": lost, "label": label}

    def one_source(self) -> Told:
        earned = [max(self._source(part, 0), 0) for part in PARTS if part != "business_cost"]
        assert max(earned) > 0.9 * sum(earned)
        return {"value": max(earned) / sum(earned)}

    def around(self, level: str) -> Told:
        mine = self.county.newest[level] == self.county.newest.loc[self.who, level]
        if level == "village":
            mine &= self.county.newest["township"] == self.county.newest.loc[self.who, "township"]
        return {"value": self.county.below_now.reindex(self.county.newest.index)[mine].mean()}

    # health

    def _claims(self) -> pd.DataFrame:
        return self.county.claims_of.get(self.who, self.county.claims.iloc[:0])

    def _cost(self) -> float:
        claims = self._claims()
        return float(claims.loc[claims["ago"] < 12, "own_cost"].sum())

    def illness(self) -> Told:
        return {"health__own_cost_yuan_12m": self._cost(), "value": self._cost() / self._size(0, 1)[0] / self.income}

    def illness_new(self) -> Told:
        claims, events = self._claims(), self._events()
        grave = pd.concat([
            claims[(claims["care"] == "inpatient") | (claims["serious_disease"] == 1)]["ago"],
            events[events["kind"] == "illness"]["ago"],
        ])  # fmt: skip
        assert (grave < 6).any() and not (grave >= 6).any()
        return {"value": self._cost()}

    def after_own_cost(self) -> Told:
        assert self.reference < self.lines[self.lag]
        return {"value": self._own_cost_of_window()}

    @property
    def reference(self) -> float:
        """Income per person of the newest known window, with payouts and without own medical cost."""
        payout = np.nansum(self._payouts()[self.lag : self.lag + 12] / self._size(self.lag, 12))
        return self.income + float(payout) - self._own_cost_of_window()

    def _own_cost_of_window(self) -> float:
        claims = self._claims()
        claims = claims[(claims["ago"] >= self.lag) & (claims["ago"] < self.lag + 12)]
        return float((claims["own_cost"] / self._size(0, BACK)[claims["ago"].astype(int)]).sum())

    def _payouts(self) -> np.ndarray:
        parts = self.county.parts
        return parts["payout"][self.row] if "payout" in parts else np.zeros(BACK)

    # people and work

    def _people(self) -> pd.DataFrame:
        """Nobody where the books tell the household alone."""
        people = self.county.people
        return people[self.who] if self.who in people else next(iter(people.values())).iloc[:0]

    def new_disability(self) -> Told:
        new = self._people().query("@self.t - 12 < certified <= @self.t")
        grades = new["disability_grade"].dropna().str.removeprefix("grade_").astype(int)
        return {"value": len(new), "people__new_disability_grade": grades.min()}

    def students(self) -> Told:
        count = int(self._people()["school_status"].isin(SCHOOLS[3:]).sum())
        assert count > 0
        return {"value": count}

    def _work(self) -> pd.DataFrame:
        return self.county.work.get(self.who, pd.DataFrame({"first": [], "last": [], "place": []}))

    def _worked(self, first: int, last: int) -> int:
        spells = self._work()
        end = spells["last"].fillna(np.inf)
        return sum(bool(((spells["first"] <= each) & (end >= each)).any()) for each in range(first, last + 1))

    def job_loss(self) -> Told:
        now, before = self._worked(self.t - 5, self.t), self._worked(self.t - 17, self.t - 12)
        assert before - now >= 2
        return {"work__anyone_months_6m": now, "work__anyone_months_6m_year_ago": before}

    def _running(self) -> pd.DataFrame:
        spells = self._work()
        return spells[spells["last"].isna() | (spells["last"] >= self.t)]

    def work_ending(self) -> Told:
        count = int((self._running()["last"] <= self.t + 6).sum())
        assert count > 0
        return {"value": count}

    def single_earner(self) -> Told:
        assert len(self._running()) == 1 < len(self._people())
        money = np.nansum(self.county.parts["wage"][self.row, self.lag : self.lag + 12] / self._size(self.lag, 12))
        wage = money / (~np.isnan(self.net[self.lag : self.lag + 12])).mean()
        return {"people__members_count": len(self._people()), "value": min(wage / self.income, 1)}

    def idle_young(self) -> Told:
        people = self._people()
        young = people["age"].ge(16) & people["age"].lt(36) & people["labour"].isin(["ordinary", "skilled"])
        count = int((young & ~people["school_status"].isin(SCHOOLS)).sum()) - len(self._running())
        assert count > 0
        return {"value": count}

    def no_labour(self) -> Told:
        assert not self._people()["labour"].isin(["ordinary", "skilled", "weak"]).any()
        return {"people__members_count": len(self._people()), "value": self.income}

    def left_behind_elderly(self) -> Told:
        people = self._people()
        home = people["resident"] != "away"
        assert not (people["age"].ge(16) & people["age"].lt(60) & home).any()
        return {"value": int((people["age"].ge(60) & home).sum())}

    # events, help, business

    def _events(self) -> pd.DataFrame:
        return self.county.events.get(self.who, pd.DataFrame({"kind": [], "ago": [], "loss": [], "payout": []}))

    def happened(self, kinds: tuple[str, ...]) -> Told:
        events = self._events()
        count = int((events["kind"].isin(kinds) & (events["ago"] < 12)).sum())
        assert count > 0
        return {"value": count}

    def disaster(self) -> Told:
        events = self._events()
        hurt = events[events["kind"].isin(CAUSES["disaster"]) & (events["ago"] < 12) & (events["loss"] > 0)]
        return {"events__disaster_loss_12m": hurt["loss"].sum(), "events__disaster_payout_12m": hurt["payout"].sum(),
                "events__disaster_month": (self.t - hurt["ago"].min()) % 12 + 1}  # fmt: skip

    def measure_ending(self) -> Told:
        rows = self.county.measures.get(self.who, pd.DataFrame({"ends": []}))
        ahead = rows[rows["ends"] > 0]
        assert (ahead["ends"] <= 6).any()
        return {"value": int((ahead["ends"] <= 6).sum()), "measures__next_end_months": ahead["ends"].min()}

    def transfer_stop(self) -> Told:
        rows = self.county.reports_of[self.who].query("first == last and first <= @self.t and first > @self.t - 23")
        end = rows[rows["source"] != "payout"]["first"].max()
        found = []
        for _, paid in rows[rows["source"] == "transfer"].groupby("item", dropna=False):
            last = paid["first"].max()
            regular = (paid["first"] > last - 6).sum() >= 4
            if 2 <= end - last < 5 and regular:
                recent = paid[paid["first"] > last - 3]["amount"]
                found.append((recent.mean(), last + 1))
        yuan, begins = max(found)
        return {"value": yuan, "measures__transfer_stopped_month": begins % 12 + 1}

    def _dividends(self) -> pd.DataFrame:
        return self.county.dividends.get(self.who, pd.DataFrame({"due": [], "paid": [], "amount": []}))

    def dividend(self) -> Told:
        rows = self._dividends().query("paid <= @self.t")
        ago = self.t - rows["paid"]
        assert not (ago < 7).any()
        season = rows[(ago >= 13) & (ago < 19)]
        best = season.sort_values(["amount", "paid"]).iloc[-1]
        return {"value": best["amount"], "projects__dividend_missed_month": best["paid"] % 12 + 1}

    def dividend_unpaid(self) -> Told:
        rows = self._dividends()
        unpaid = rows[(rows["due"] <= self.t - 1) & (rows["due"] > self.t - 12) & ~(rows["paid"] <= self.t)]
        unpaid = unpaid[unpaid["amount"] > 0]
        return {"projects__unpaid_count_12m": len(unpaid), "value": unpaid["amount"].sum()}

    def project_bad(self) -> Told:
        since = [self.county.trouble[project] for project in self.county.own_projects.get(self.who, ())
                 if project in self.county.trouble]  # fmt: skip
        return {"value": self.t - max(since)}

    def industry(self) -> Told:
        scale = (~np.isnan(self.net[self.lag : self.lag + 12])).mean()
        earned, spent = (
            np.nansum(self.county.parts[part][self.row, self.lag : self.lag + 12]) / scale
            for part in ("business", "business_cost")
        )
        assert spent > earned
        return {"prices__business_cost_yuan": spent, "prices__business_income_yuan": earned}

    def price_fall(self) -> Told:
        return {"value": -self.county.price_change[self.county.newest.loc[self.who, "product"]]}

    def monitored_before(self) -> Told:
        rows = self.county.recognitions[self.who]
        assert rows["over"].any()
        return {"value": int(rows["over"].sum())}

    def unmet(self, name: str) -> Told:
        assert self.lacks[name]
        return {}

    @cached_property
    def lacks(self) -> Mapping[str, bool]:
        """By guarantee, whether the household lacks it."""
        home, people = self.county.newest.loc[self.who], self._people()
        unexplained = self.out_of_school
        if "not_in_school_reason" in people:
            unexplained &= people["not_in_school_reason"].isna()
        return {
            "food_clothing": home["food_clothing"] == 0,
            "housing": home["dangerous_house"] == 1 or home["house_grade"] in ("c", "d"),
            "water": home["safe_water"] == 0,
            "medical": home["all_insured"] == 0 or (people["insured_resident"] == 0).any(),
            "schooling": home["dropout_child"] == 1 or unexplained.any(),
        }

    @property
    def out_of_school(self) -> pd.Series:
        """Of each member, whether it is of compulsory age by the last September and in no school."""
        people = self._people()
        start = (self.t // 12 if self.t % 12 >= 8 else self.t // 12 - 1) * 12 + 8
        age = (start - people["birth"]) / 12
        return (age > 6) & (age <= 16) & ~people["school_status"].isin(SCHOOLS)

    # what protects

    def protects_above(self) -> Told:
        assert self.income > 1.5 * self.line - 1
        return {"income__per_person": self.income, "income__above_line": self.income - self.line}

    def protects_rise(self) -> Told:
        before = self.windows[self.lag + 12]
        assert self.income > 1.05 * before - 1
        return {"income__rise_1y": self.income - before}

    def protects_never_near(self) -> Told:
        lag = int(np.nanargmin(self.log_ratio))
        assert self.windows[lag] > 1.3 * self.lines[lag] - 1
        return {"income__at_lowest_ratio": self.windows[lag]}

    def protects_never_below(self) -> Told:
        assert not (self.windows < self.lines).any()
        return {"history__periods_seen": int((~np.isnan(self.windows)).sum())}

    def protects_several_sources(self) -> Told:
        earned = [max(self._source(part, 0), 0) for part in PARTS if part != "business_cost"]
        assert max(earned) < 0.6 * sum(earned) + 1
        return {"sources__largest_earned_share": max(earned) / sum(earned)}

    def protects_work(self) -> Told:
        assert self._worked(self.t - 5, self.t) == 6
        return {}

    def protects_jobs(self) -> Told:
        return {"value": len(self._running())}

    def protects_able(self) -> Told:
        return {"value": int(self._people()["labour"].isin(["ordinary", "skilled"]).sum())}

    def protects_little_cost(self) -> Told:
        assert self._cost() / self._size(0, 1)[0] < 0.02 * self.income + 1
        return {}

    def protects_guarantees(self) -> Told:
        assert not any(self.lacks[name] for name in ("schooling", "medical", "housing", "water"))
        return {}

    def protects_measures(self) -> Told:
        rows = self.county.measures[self.who]
        end = rows["ends"].fillna(months(rows["from"]) + 11 - self.t)
        return {"value": int((end >= 0).sum())}

    def protects_transfers(self) -> Told:
        money = np.nansum(self.county.parts["transfer"][self.row, self.lag : self.lag + 12] / self._size(self.lag, 12))
        money /= (~np.isnan(self.net[self.lag : self.lag + 12])).mean()
        return {"value": money / self.income}
