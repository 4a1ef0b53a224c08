"""What a simulated county is made of: places, people, chances and amounts, as `conf/world/` states them.

Every figure there bears its source; here are only their names and units. Shares and chances lie in 0 … 1, chances are
a year's where their name ends in `_year`, else a month's; money is yuan of 2019 before growth.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.periods import Calendar
from relapse.core.recipe import STRICT, Count, PeriodText, Share

Positive = Annotated[float, Field(gt=0)]
Amount = Annotated[float, Field(ge=0)]
Sex = Literal["male", "female", "any"]
Kind = Literal["exited", "ordinary", "not_exited"]
Twelve = Annotated[tuple[Amount, ...], Field(min_length=12, max_length=12)]
KINDS: tuple[Kind, ...] = ("not_exited", "exited", "ordinary")
SOURCES = ("wage", "business", "property", "transfer", "business_cost")
_MONTHLY = Calendar("monthly")


@cache
def month_of(text: str) -> int:
    """A month such as 2020-02 as months from year 0."""
    return _MONTHLY.parse(text)


@dataclass(frozen=True, config=STRICT)
class Place:
    """Townships and villages.

    Args:
        townships, villages: how many.
        complete: townships whose ordinary households are all on the books.
        ordinary_per_exited: ordinary households for each exited one, in the whole county.
        not_exited_per_thousand: households not out of poverty for each thousand exited ones; persons likewise.
        not_exited_persons_per_thousand: see above.
        remote_km: mean distance of a village from its township.
        village_spread: standard deviation of the logarithm of a village's income.
        no_doctor: share of the villages without a doctor.
        road_km: mean distance of a house from the village's main road.
    """

    townships: Count
    villages: Count
    complete: Annotated[int, Field(ge=0)]
    ordinary_per_exited: Amount
    not_exited_per_thousand: Amount
    not_exited_persons_per_thousand: Amount
    remote_km: Positive
    village_spread: Amount
    no_doctor: Share
    road_km: Positive


@dataclass(frozen=True, config=STRICT)
class Member:
    """A member of a household type; the first is the head.

    Args:
        relation: to the head, a code of the contract.
        sex: male, female or any.
        ages: of the head: youngest and oldest in the first month; of others: by how many years younger than the head,
            at least and at most (negative: older).
    """

    relation: str
    sex: Sex
    ages: tuple[float, float]


@dataclass(frozen=True, config=STRICT)
class HouseholdType:
    """A type of household.

    Args:
        shares: by kind of household, weight of the type among the others.
        members: head first.
    """

    shares: Mapping[Kind, Amount]
    members: tuple[Member, ...]


@dataclass(frozen=True, config=STRICT)
class People:
    """Who lives where, and how that changes.

    Args:
        types: of households, by name.
        death_year: by age from 0 in steps of ten years, the last for all older ones.
        birth_year: of a woman of 20 to 37 in a couple.
        leave_year: that a grown child of 22 to 34 founds a household elsewhere.
        tracks: by last school, share of the young.
        older_education: by last school, share of those who had left school before.
        dropout_year: that a child of compulsory age leaves school.
        dropout_back: that such a child is brought back.
        minority: share of people of another than the Han nationality.
        relocated: share of exited households that were moved.
        exits: by year, share of the exited households that left poverty in it.
    """

    types: Mapping[str, HouseholdType]
    death_year: tuple[Share, ...]
    birth_year: Share
    leave_year: Share
    tracks: Mapping[str, Share]
    older_education: Mapping[str, Share]
    dropout_year: Share
    dropout_back: Share
    minority: Share
    relocated: Share
    exits: Mapping[int, Share]


@dataclass(frozen=True, config=STRICT)
class Bands:
    """A figure by age: up to each of `ages`, and above the last.

    Args:
        ages: rising.
        values: one more than ages.
    """

    ages: tuple[float, ...]
    values: tuple[Amount, ...]

    @model_validator(mode="after")
    def _fits(self) -> Bands:
        if len(self.values) != len(self.ages) + 1 or list(self.ages) != sorted(self.ages):
            raise ValueError("a figure by age needs rising ages and one value more than ages")
        return self

    def at(self, age: NDArray[np.floating]) -> NDArray[np.float64]:
        """(persons,) the figure of each age in years."""
        return np.array(self.values)[np.searchsorted(self.ages, age, side="right")]

    @property
    def highest(self) -> float:
        """The highest figure of any age."""
        return max(self.values)


@dataclass(frozen=True, config=STRICT)
class Health:
    """Illness, accidents and what they cost after insurance.

    Args:
        chronic, disabled: shares by age at the begin.
        worse: by kind of household, by how much more often chronic, disabled, ill.
        chronic_year: new, by age.
        inpatient_year: a stay in hospital, by age; `chronic_times` as often for the chronically ill.
        chronic_times: see above.
        own_median, own_sigma: of the own cost of a stay, logarithmic normal.
        exited_share: own cost of an exited household's member as a share of others'.
        serious_year: new serious disease, by age.
        serious_median, serious_sigma: own cost of its first month.
        tail_share: outpatient cost of a month while it lasts, as a share of the median of the first.
        lost_months: mean months in which such a patient cannot work.
        cost_growth_year: of own cost.
        accident_year: of those of 16 to 69.
        accident_median, accident_sigma: own cost.
        accident_paid: share of accidents for which an insurance pays, and how much of the cost.
        accident_disables: share that leaves a disability.
        carer_stays: chance that a member away comes home to care.
        visits_outpatient: that a chronically ill person has a special outpatient claim.
        outpatient_others: the same of others.
        outpatient_mean: yuan.
        home_visit: by month, that a doctor comes to a chronically ill person of an exited household, if there is one.
        home_visit_from: first month of such visits.
        home_visit_effect: of the chance of a stay, after a visit within three months, as a share.
        uninsured: share without basic insurance at the begin of a year.
        relief: share of own cost above `relief_above` that medical relief pays back to a monitored household.
        relief_above: yuan in a month.
    """

    chronic: Bands
    disabled: Bands
    worse: Mapping[Kind, Positive]
    chronic_year: Bands
    inpatient_year: Bands
    chronic_times: Positive
    own_median: Positive
    own_sigma: Positive
    exited_share: Positive
    serious_year: Bands
    serious_median: Positive
    serious_sigma: Positive
    tail_share: Share
    lost_months: Positive
    cost_growth_year: float
    accident_year: Share
    accident_median: Positive
    accident_sigma: Positive
    accident_paid: tuple[Share, Share]
    accident_disables: Share
    carer_stays: Share
    visits_outpatient: Share
    outpatient_others: Share
    outpatient_mean: Positive
    home_visit: Share
    home_visit_from: PeriodText
    home_visit_effect: Share
    uninsured: Share
    relief: Share
    relief_above: Amount


@dataclass(frozen=True, config=STRICT)
class Job:
    """One way to work for a wage.

    Args:
        place: where, a code of the contract.
        channel: how it was found, a code of the contract.
        wage: yuan a month in 2019.
        share: of those who can do it, at the begin.
        start: chance to begin such a job, by month, of those without one.
        end: chance that it ends.
        ages: youngest and oldest.
        weak: whether those of weak labour can do it, and nobody else.
        term: months after which it ends, as told at the begin; null where it is open.
    """

    place: str
    channel: str
    wage: Positive
    share: Share
    start: Share
    end: Share
    ages: tuple[float, float]
    weak: bool
    term: tuple[Count, Count] | None


@dataclass(frozen=True, config=STRICT)
class Work:
    """Work for a wage.

    Args:
        jobs: by name; those whose place is `outside`, `province` or `prefecture` are away.
        wage_spread: standard deviation of the logarithm of a person's wage.
        growth_year: of wages.
        received: share of a year's wages that is paid in each month.
        laid_off: share of ends that are a lay-off and become an event.
        unpaid_year: that wages are withheld for `unpaid_months`.
        unpaid_months: see above.
        festival_home: share of those away who come home at the Spring Festival and begin a new spell after it.
        start_after_festival: times as many begin in the two months after it.
        care_factor: chance to go away, as a share, where a child under six, or somebody in need of care, is at home.
        poor_factor: chance of work of an exited household's member, as a share of an ordinary one's.
    """

    jobs: Mapping[str, Job]
    wage_spread: Amount
    growth_year: float
    received: Twelve
    laid_off: Share
    unpaid_year: Share
    unpaid_months: Count
    festival_home: Share
    start_after_festival: Positive
    care_factor: Share
    poor_factor: Positive


@dataclass(frozen=True, config=STRICT)
class Product:
    """What a household can live on.

    Args:
        kind: crop, greenhouse or animal.
        share: of the households that farm, whose main product it is.
        revenue: yuan a year and mu (crop), shed (greenhouse) or herd (animal).
        cost: share of the revenue.
        unit_price, per: of the table of prices.
        sold: share of the year's sales by month.
        cycle: standard deviation of the logarithm of its yearly price.
        slump_year: chance that its price slumps, `slump` deep, for `slump_months`.
        slump: share of the price.
        slump_months: see above.
        loss_year: chance that a household loses a part of its herd or sheds.
    """

    kind: Literal["crop", "greenhouse", "animal"]
    share: Share
    revenue: Positive
    cost: Share
    unit_price: Positive
    per: str
    sold: Twelve
    cycle: Amount
    slump_year: Share
    slump: Share
    slump_months: Count
    loss_year: Share


@dataclass(frozen=True, config=STRICT)
class Farm:
    """Land, animals and the village's weather.

    Args:
        farms: share of households with labour that farm; the others let their land.
        mu: by kind of household, mean of land in mu of a household of two and a half persons.
        products: by name.
        cost_months: share of a year's cost by month.
        growth_year: of sales and costs.
        bad_year: chance that a village's harvest is bad in a year.
        bad_loss: lowest and highest share of the harvest lost then.
        insured: share of farms whose crop is insured, and how much of the loss that pays.
        animal_loss: lowest and highest share of a herd lost.
        recovery_months: until it stands again.
        rent: yuan a mu for land that is let.
        spread: standard deviation of the logarithm of a farm's yield.
    """

    farms: Share
    mu: Mapping[Kind, Positive]
    products: Mapping[str, Product]
    cost_months: Twelve
    growth_year: float
    bad_year: Share
    bad_loss: tuple[Share, Share]
    insured: tuple[Share, Share]
    animal_loss: tuple[Share, Share]
    recovery_months: Count
    rent: Positive
    spread: Amount


@dataclass(frozen=True, config=STRICT)
class ProjectKind:
    """A kind of project.

    Args:
        share: of all projects.
        yearly: dividend a year as a share of what a household put in.
        fails: chance by month that a running one falls into arrears.
    """

    share: Share
    yearly: Share
    fails: Share


@dataclass(frozen=True, config=STRICT)
class Projects:
    """Projects with shares and what they owe.

    Args:
        kinds: by code of the contract.
        for_each_village: projects a village.
        largest: share of all memberships that one single project has.
        membership: share of households by kind that belong to one.
        stake: mean that a household put in, yuan.
        due: share of the year's dividend by month.
        recovers: chance by month that one in arrears pays again.
        stops: chance by month that one in arrears stops.
        ends: chance by month that a stopped one is given up for lost.
        worker_share: share of members who also work there and lose that with it.
        worker_wage: yuan a month.
    """

    kinds: Mapping[str, ProjectKind]
    for_each_village: Positive
    largest: Share
    membership: Mapping[Kind, Share]
    stake: Positive
    due: Twelve
    recovers: Share
    stops: Share
    ends: Share
    worker_share: Share
    worker_wage: Positive


@dataclass(frozen=True, config=STRICT)
class Transfers:
    """Pensions, allowances, subsidies, support by the family.

    Args:
        pension: yuan a month of one of 60 and older, in 2019; by growth later.
        pension_growth: a year.
        allowance: yuan a month and person with the minimum living allowance.
        allowance_growth: a year.
        allowance_share: share of households with a weak, ill or old member that have it at the begin, by kind.
        allowance_begins: by month, for a household below `allowance_below` of the line.
        allowance_below: see above.
        allowance_ends: by month, for one above twice the line; a tenth of it for others.
        support: yuan a month of one in extreme hardship.
        support_share: share of single persons without labour that have it.
        subsidy: yuan a year and mu, paid April to June.
        family: mean that children give to each member of 60 and older a year; a quarter gets nothing.
        supplement: what kin and the allowance's supplement make up: a share of what a household lacks to an income per
            person and year.
        ecology: share of households with ecological posts and payments, and yuan a month of these.
        growth_year: of family support and the rest.
    """

    pension: Positive
    pension_growth: float
    allowance: Positive
    allowance_growth: float
    allowance_share: Mapping[Kind, Share]
    allowance_begins: Share
    allowance_below: Positive
    allowance_ends: Share
    support: Positive
    support_share: Share
    subsidy: Positive
    family: Positive
    supplement: tuple[Share, Positive]
    ecology: tuple[Share, Positive]
    growth_year: float


@dataclass(frozen=True, config=STRICT)
class Income:
    """How incomes differ and move.

    Args:
        level: by kind and source, what every amount is multiplied by so that means and shares are the published ones.
        persistent: part of the permanent component that is left after a year.
        persistent_sd: standard deviation of a year's change of it.
        permanent_sd: of the component itself.
        transitory_sd: standard deviation of a month's own noise in a source.
        family_spread: further spread of ordinary households.
    """

    level: Mapping[Kind, Mapping[str, Positive]]
    persistent: Share
    persistent_sd: Amount
    permanent_sd: Amount
    transitory_sd: Amount
    family_spread: Amount


@dataclass(frozen=True, config=STRICT)
class House:
    """Houses and water.

    Args:
        grades: shares of A, B, C and D by kind.
        worse_year: chance that a house falls to C or D; half of it in July and August.
        repaired: by month, that it is repaired.
        water_year: chance that the supply breaks; mended by `water_mended` a month.
        water_mended: see above.
    """

    grades: Mapping[Kind, tuple[Share, Share, Share, Share]]
    worse_year: Share
    repaired: Share
    water_year: Share
    water_mended: Share


@dataclass(frozen=True, config=STRICT)
class Epidemic:
    """An epidemic that keeps migrants at home.

    Args:
        begins: month in which nobody can go away; null where there is none.
        away: by date, share of those away the year before who were away again by then.
        never: share who never went again.
        stayed: share who had not come home for the festival.
        wage: of those away, by month from the begin, as a share.
        local: of local work, by month from the begin, as a share.
        sales_late: share of sales of vegetables and animals that is put off to the next month but one, by month.
        posts: further public posts as a share, from the second month on.
        recognitions: by month from the begin, times as many recognitions.
    """

    begins: PeriodText | None
    away: Mapping[str, Share]
    never: Share
    stayed: Share
    wage: tuple[Share, ...]
    local: tuple[Share, ...]
    sales_late: tuple[Share, ...]
    posts: Share
    recognitions: tuple[Amount, ...]


@dataclass(frozen=True, config=STRICT)
class Sweep:
    """A round in which all households are looked at.

    Args:
        announced_on: date.
        first, last: months.
        times: as many recognitions in such a month.
    """

    announced_on: str
    first: PeriodText
    last: PeriodText
    times: Positive


@dataclass(frozen=True, config=STRICT)
class Procedure:
    """The official recognition, by an imperfect procedure.

    Args:
        begins: month of the first recognitions; `sudden` from `sudden_begins` on.
        sudden_begins: see above.
        founding: share of those then below the line who are recognised in the first three months.
        notices: chance by month, by kind, that a household below the line is noticed.
        blur: spread of the logarithm of income by which the committee errs.
        settled: of the notice of a household without any new trouble, as a share.
        sudden_notices: chance by month that a household with too heavy a burden is noticed.
        burden: share of the year's income at which a burden counts as too heavy, and its blur.
        sudden_above: income over the line beyond which a burden is borne by the household.
        unmet: chance by month that a household with an unmet guarantee is noticed.
        takes: shares of procedures that take 0, 1, 2 … months.
        refused: share of the procedures that end without recognition.
        excluded: share of households by kind that the comparison of data excludes (car, firm, public pay), and the
            chance that remains to them.
        visited, pushed: times as likely in the month of a visit or after a department's push.
        again: times as likely after an earlier spell.
        sweeps: announced rounds.
        usual: times as many by month of the year.
        months_before_removal: after a recognition.
        removed: chance by month after it, by category; `no_labour` for households without labour.
        removal_months: by month of the year, relative to a twelfth.
        reopened_year: after a removal.
        second_cause: share of recognitions that name a second cause.
        gravity: by trouble, by what its weight is multiplied when the committee names the first cause; 1 where none is
            stated. A trouble weighs 24 less the months since it came.
        lasting: weight of a grave disability, or of having nobody who can work, against these.
    """

    begins: PeriodText
    sudden_begins: PeriodText
    founding: Share
    notices: Mapping[Kind, Share]
    blur: Positive
    settled: Share
    sudden_notices: Share
    burden: tuple[Positive, Positive]
    sudden_above: Positive
    unmet: Share
    takes: tuple[Share, ...]
    refused: Share
    excluded: tuple[Share, Share, Share]
    visited: Positive
    pushed: Positive
    again: Positive
    sweeps: tuple[Sweep, ...]
    usual: Twelve
    months_before_removal: Count
    removed: Mapping[str, Share]
    removal_months: Twelve
    reopened_year: Share
    second_cause: Share
    gravity: Mapping[str, Amount]
    lasting: Amount


@dataclass(frozen=True, config=STRICT)
class Help:
    """Visits, and measures of help.

    Args:
        visits_per_thousand: visits a month for each thousand exited households.
        begins: first month of visits.
        finds: chance that a visit sees a household's trouble.
        helps: chance that help begins after that without a recognition.
        measures: by kind, yuan a month that it brings, months from and to, and what it calls for in labour.
        monitored_measures: chance by month that a monitored household without one gets a measure.
        industry_share: share of exited households with an industry measure at the begin.
    """

    visits_per_thousand: Amount
    begins: PeriodText
    finds: Share
    helps: Share
    measures: Mapping[str, Measure]
    monitored_measures: Share
    industry_share: Share


@dataclass(frozen=True, config=STRICT)
class Measure:
    """A measure of help.

    Args:
        kind, item: codes of the contract.
        share: of the measures of those it suits.
        monthly: yuan a month that it adds to income.
        once: yuan that it pays once, which is no income.
        source: of income.
        months: it lasts from so many to so many.
        labour: whether it needs somebody who can work.
    """

    kind: str
    item: str
    share: Share
    monthly: Amount
    once: Amount
    source: str
    months: tuple[Count, Count]
    labour: bool


@dataclass(frozen=True, config=STRICT)
class Reporting:
    """What of all this the office learns, and when.

    Args:
        months_late: shares of reports that come 0, 1, 2 … months after their month; of income.
        corrected: share of reports that are corrected later.
        missing: share of a household's months that are never reported, singly.
        silent_year: chance that a household falls silent, for `silent_months`.
        silent_months: shortest and longest.
        rounded: share of households whose amounts are rounded, and to how many yuan.
        copied: share of households that copy last year's figures.
        understated: share of households that tell less, and how much of an income they tell.
        claims_late: shares of claims by months late.
        claims_corrected: share.
        states_late: shares of yearly facts by months late.
        recognitions_late: shares of recognitions by months late.
        surveyed_year: share of the ordinary households in complete townships asked about their income in a year.
        pushes: by trouble, the share of cases that the department pushes.
        thresholds: own cost in the calendar year beyond which the insurer pushes, by kind.
    """

    months_late: tuple[Share, ...]
    corrected: Share
    missing: Share
    silent_year: Share
    silent_months: tuple[Count, Count]
    rounded: tuple[Share, Positive]
    copied: Share
    understated: tuple[Share, Share]
    claims_late: tuple[Share, ...]
    claims_corrected: Share
    states_late: tuple[Share, ...]
    recognitions_late: tuple[Share, ...]
    surveyed_year: Share
    pushes: Mapping[str, Share]
    thresholds: Mapping[Kind, Amount]


@dataclass(frozen=True, config=STRICT)
class LineStep:
    """A line of the county.

    Args:
        valid_from, announced_on: dates.
        line: yuan per person and year.
        assumed: whether it is a guess.
        source: where it stands.
    """

    valid_from: str
    announced_on: str
    line: Positive
    assumed: bool
    source: str


@dataclass(frozen=True, config=STRICT)
class Words:
    """Invented names; none of a real person or place is meant.

    Args:
        county: name of the county.
        surnames, given: signs of names of people.
        townships, villages: signs of names of places, and what stands behind them.
        township_ends, village_end, group: see above.
        nationalities: Han and another one.
        items: by transfer, the words of the income table.
        pushes: by trouble, the department and the words of its push.
        projects: by kind, words of a project's name.
    """

    county: str
    surnames: str
    given: str
    townships: str
    villages: str
    township_ends: tuple[str, ...]
    village_end: str
    group: str
    nationalities: tuple[str, str]
    items: Mapping[str, str]
    pushes: Mapping[str, tuple[str, str]]
    projects: Mapping[str, str]


@dataclass(frozen=True, config=STRICT)
class World:
    """A simulated county.

    Args:
        first, last: months that are simulated.
        region: administrative code of six digits; begins with 99, which is no region.
        place, people, health, work, farm, projects, transfers, income, house, epidemic, procedure, help, reporting:
            what happens, and what the office learns of it.
        lines: of the county.
        festivals: dates of the Spring Festival, one a year.
        words: invented names.
    """

    first: PeriodText
    last: PeriodText
    region: Annotated[str, Field(pattern=r"^99\d{4}$")]
    place: Place
    people: People
    health: Health
    work: Work
    farm: Farm
    projects: Projects
    transfers: Transfers
    income: Income
    house: House
    epidemic: Epidemic
    procedure: Procedure
    help: Help
    reporting: Reporting
    lines: tuple[LineStep, ...]
    festivals: tuple[str, ...]
    words: Words

    @field_validator("region", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _spans_years(self) -> World:
        if self.end - self.begin < 24:
            raise ValueError(
                "a county is simulated over two years at least: twelve months of income come before a line"
            )
        return self

    @property
    def begin(self) -> int:
        """First month, months from year 0."""
        return month_of(self.first)

    @property
    def end(self) -> int:
        """Last month."""
        return month_of(self.last)
