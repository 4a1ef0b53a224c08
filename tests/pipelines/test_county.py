"""A county's folder through the whole job, as its office would play it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from calls import Ran, call, settled

import relapse
from counties import made_county
from relapse.core.texts import text

WORDS = ("data=county", "data.path=county")
FAST = (
    "model=logit", "models=[distance_to_line]", "evaluation.draws=20", "calibration.draws=40", "horizons=[3,6]",
    "origins=[2022-06,2022-12]",
)  # fmt: skip

FAST_TRAINING = [word for word in FAST if not word.startswith("models=")]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, ready_db: Path) -> Ran:
    """`relapse run` on a made county of 200 households; nobody changes it."""
    folder = settled(tmp_path_factory.mktemp("county") / "home", ready_db)
    made_county(folder / "county", households=200)
    words = ["run", *WORDS, *FAST]
    ran = Ran(folder, call(*words, cwd=folder), words)
    assert ran.called.status == 0, ran.called.err
    return ran


def table(content: bytes | Path) -> pd.DataFrame:
    return pd.read_csv(content if isinstance(content, Path) else io.BytesIO(content), dtype=str, keep_default_na=False)


def listed(county: Ran) -> Path:
    run = json.loads((county.folder / "outputs" / "run.json").read_text())
    return county.folder / run["list"]["csv"]


def test_run__lists_who_may_be_recognised_with_the_credibility_of_the_data_and_no_percentage(county):
    rows = table(listed(county))
    assert list(rows.columns)[:10] == [
        "序号", "线索编号", "乡镇", "行政村", "自然村(组)", "户编号", "家庭人口", "户类型", "走访等级", "线索来源",
    ]  # fmt: skip
    assert rows["县内位次"].is_unique
    order = ["本月必访", "次月轮访", "电话问询", "随机抽查", "超出本月走访能力，未安排"]
    places = [order.index(tier) for tier in rows["走访等级"]]
    assert places == sorted(places)
    assert set(rows["预测类别"]) <= {"可能为：脱贫不稳定或突发严重困难", "可能为：边缘易致贫或突发严重困难"}
    assert rows["线索编号"].str.fullmatch(r"202\d{3}-\d{6}-\d{3}").all()
    assert rows["线索编号"].is_unique
    assert (rows["建议核实要点"] != "").all()
    assert set(rows["数据可信度"]) <= {"高", "中", "低"}
    assert "低" in set(rows["数据可信度"])  # children on record as able to work: to be mended, and listed all the same
    page = listed(county).with_suffix(".html").read_text()
    assert "被识别为监测对象" in page
    assert 'class="chances"' not in page  # an office gets an order, never a household's percentage
    sheet = openpyxl.load_workbook(listed(county).with_suffix(".xlsx"))["风险线索清单"]
    told = {cell.value: place for place, cell in enumerate(sheet[4], start=1)}
    assert {"数据可信度", "未纳入原因"} <= set(told)
    persons = pd.read_csv(county.folder / "county" / "家庭成员信息.csv", dtype=str)
    heads = persons[persons["与户主关系"] == "户主"].set_index("户编号")
    for row, household in enumerate(rows["户编号"], start=5):
        assert sheet.cell(row, told["户编号"]).value == household
        assert sheet.cell(row, told["户主姓名"]).value == heads.loc[household, "姓名"]
        assert sheet.cell(row, told["证件号码后四位"]).value == heads.loc[household, "证件号码"][-4:]
        assert heads.loc[household, "姓名"] not in page
    assert f"{heads.iloc[0]['姓名'][0]}**" in page


def test_run__tells_on_its_page_no_medical_cost_to_the_yuan(county):
    """Looked for in the card of each household as the workbook has it: what it paid, and what that leaves it."""
    rows, page = table(listed(county)), listed(county).with_suffix(".html").read_text()
    cards = {found[1]: found[0] for found in re.finditer(r"<article.*?<small>(\d+).*?</article>", page, re.DOTALL)}
    assert set(cards) == set(rows["户编号"])
    paid = rows[rows["近12个月合规自付(元)"].astype(float) >= 100]
    assert len(paid) > 5
    for _, row in paid.iterrows():
        for column in ("近12个月合规自付(元)", "扣除自付后人均(元)"):
            exact = float(row[column] or "nan")
            assert f"{exact:,.0f}元" not in cards[row["户编号"]], (row["户编号"], column)
    assert sum("看病自付" in card for card in cards.values()) > 0
    assert page.count("<article") == len(rows)
    assert text("changed.new", "zh") not in page  # a first list has none before it


def test_run__leaves_monitored_households_off_the_list(county):
    told = pd.read_csv(county.folder / "county" / "识别记录.csv", dtype=str)
    assert not set(told["户编号"]) & set(table(listed(county))["户编号"])  # nobody's risk was removed in this county


def test_run__forecasts_the_official_outcome(county):
    metrics = pd.read_csv(county.folder / "outputs" / "backtest" / "metrics.csv")
    assert {"any", "unstable"} <= set(metrics["outcome"]) <= {"any", "unstable", "edge", "sudden"}
    assert set(metrics["model"]) == {"distance_to_line", "logit"}
    slices = pd.read_csv(county.folder / "outputs" / "backtest" / "slices.csv")
    assert {"rises", "stays"} <= set(slices.loc[slices["slice"] == "line", "slice_value"])


def test_run__finds_what_validate_finds(county):
    told = table(county.folder / "outputs" / "quality" / "findings.csv")
    assert {"F09", "line_rises", "audit_not_asked"} <= set(told["规则"])
    assert set(told.loc[told["规则"] == "F09", "列"]) == {"劳动技能"}
    assert (told.loc[told["规则"] == "F09", "户编号"].str.startswith("9901")).all()


def test_run__again_gives_the_same_bytes(county):
    before = {path: path.read_bytes() for path in sorted(listed(county).parent.rglob("*")) if path.is_file()}
    done = call(*county.words, cwd=county.folder)
    assert done.status == 0, done.err
    after = {path: path.read_bytes() for path in sorted(listed(county).parent.rglob("*")) if path.is_file()}
    assert after == before


def test_nothing_that_a_run_leaves__holds_a_number__or_a_name_but_the_workbooks_those_of_their_heads(county):
    """Names and document numbers stop where files are read: looked for in every file, also inside workbooks.

    The list's workbooks are the office's own files: they name the heads of the households on them, and nobody else.
    """
    persons = pd.read_csv(county.folder / "county" / "家庭成员信息.csv", dtype=str)
    secrets = [*persons["证件号码"], *persons["姓名"]]
    looked = re.compile("|".join(map(re.escape, secrets)).encode())
    workbooks = [listed(county).with_suffix(".xlsx"), *listed(county).parent.glob("townships/*.xlsx")]
    assert len(workbooks) > 2
    for root in ("outputs", "state"):
        for path in sorted((county.folder / root).rglob("*")):
            if path.is_file():
                found = {each.decode() for content in contents(path) for each in looked.findall(content)}
                assert found == (heads_on(path, persons) if path in workbooks else set()), path


def heads_on(workbook: Path, persons: pd.DataFrame) -> set[str]:
    """Names of who heads the households of a workbook's list."""
    with contextlib.closing(openpyxl.load_workbook(workbook, read_only=True)) as book:
        lines = [line for line in book["风险线索清单"].iter_rows(values_only=True) if any(line)]
    head = next(place for place, line in enumerate(lines) if "户编号" in line)
    on_it = {line[lines[head].index("户编号")] for line in lines[head + 1 :]}
    return set(persons.loc[persons["户编号"].isin(on_it) & (persons["与户主关系"] == "户主"), "姓名"])


def test_what_names_nobody__is_the_same_where_a_name_is_another(county, tmp_path):
    """A version, its digest and all of the list but the files that show names and the digest of the data."""
    folder = tmp_path / "county"
    shutil.copytree(county.folder / "county", folder)
    persons = pd.read_csv(folder / "家庭成员信息.csv", dtype=str)
    persons["姓名"] = "=HYPERLINK(0)"
    persons.to_csv(folder / "家庭成员信息.csv", index=False, encoding="utf-8-sig")
    version = f"version={county.folder / 'outputs/train/model'}"
    done = call("score", "data=county", f"data.path={folder}", version, f"paths.outputs={tmp_path}", cwd=tmp_path)
    assert done.status == 0, done.err
    other = next((tmp_path / "lists").rglob("list.csv"))
    assert other.read_bytes() == listed(county).read_bytes()
    sheet = openpyxl.load_workbook(other.with_suffix(".xlsx"))["风险线索清单"]
    cell = sheet.cell(5, [cell.value for cell in sheet[4]].index("户主姓名") + 1)
    assert (cell.value, cell.data_type) == ("=HYPERLINK(0)", "s")
    assert "HYPERLINK" not in other.with_suffix(".html").read_text()
    assert "HYPERLINK" not in done.out + done.err


def contents(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if not zipfile.is_zipfile(path):
        return [data]
    with zipfile.ZipFile(path) as archive:
        return [data, *(archive.read(name) for name in archive.namelist())]


def test_score__another_month_and_language(county, tmp_path):
    done = call("score", *WORDS, "as_of=2023-06", "language=en", f"paths.outputs={tmp_path}", cwd=county.folder)
    assert done.status == 0, done.err
    rows = table(tmp_path / "lists" / "county" / "2023-06" / "list.csv")
    assert set(rows["credibility"]) <= {"high", "medium", "low"}
    assert "an official recognition" not in (tmp_path / "lists" / "county" / "2023-06" / "list.html").read_text()
    assert "official recognitions" in (tmp_path / "lists" / "county" / "2023-06" / "list.html").read_text()


def test_explain__one_household_of_the_list(county, tmp_path):
    household = table(listed(county))["户编号"][0]
    done = call("explain", *WORDS, f"household='{household}'", f"paths.outputs={tmp_path}", cwd=county.folder)
    assert done.status == 0, done.err
    (page,) = (tmp_path / "explain").iterdir()
    assert household in page.read_text()


def test_backtest__of_the_fall_below_the_line_says_how_many_fell_by_the_lines_own_rise(county, tmp_path):
    done = call(
        "backtest",
        *WORDS,
        *FAST[1:],
        "label=below_line",
        f"paths.outputs={tmp_path}",
        "horizons=[12]",
        cwd=county.folder,
    )
    assert done.status == 0, done.err
    slices = pd.read_csv(tmp_path / "backtest" / "slices.csv")
    held = slices[(slices["slice"] == "line") & (slices["slice_value"] == "held")]
    metrics = pd.read_csv(tmp_path / "backtest" / "metrics.csv")
    everything = metrics[(metrics["origin"] == "all") & (metrics["metric"] == "pr_auc")]
    assert int(held["events"].iloc[0]) < int(everything["events"].iloc[0])
    assert "come from the line's own rise" in done.err


def test_validate__on_a_folder_with_many_faults_tells_all_in_one_pass_and_ends_with_2(county, tmp_path):
    folder = tmp_path / "县数据"  # and settings may be Chinese, without quotes
    shutil.copytree(county.folder / "county", folder)
    income = pd.read_csv(folder / "收入.csv", dtype=str)
    income.loc[0, "户编号"] = "990199999999"
    income.loc[1, "金额(元)"] = "两千"
    income.loc[2, "知晓日期"] = "2018-01-05"
    income.loc[3, "起始月份"] = "民国109年3月"
    income.to_csv(folder / "收入.csv", index=False)
    (folder / "务工信息.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600)
    done = call("validate", "data=county", "data.path=县数据", cwd=tmp_path)
    assert done.status == 2
    told = table(tmp_path / "outputs" / "quality" / "findings.csv")
    wanted = {"household_unknown", "not_a_number", "known_before_happened", "not_a_month", "file_unreadable", "F09"}
    assert wanted <= set(told["规则"])
    assert "密码" in " ".join(told["说明"]) or "password" in " ".join(told["说明"])


def test_in_python__a_folder_is_read_backtested_and_trained(county):
    panel = relapse.read(county.folder / "county")
    rows = relapse.backtest(panel, models=["distance_to_line"], horizons=[6], origins=["2022-06"])
    assert set(rows["outcome"]) == {"any"}
    version = relapse.train(panel, as_of="2023-06", model="logit", horizons=[6])
    told = version.forecast(panel, as_of="2023-06")
    assert told.filter(like="6").select_dtypes("number").to_numpy().max() <= 1


def test_a_config_of_the_offices_own__that_bears_the_name_of_ours_is_refused(tmp_path):
    (tmp_path / "conf" / "data").mkdir(parents=True)
    (tmp_path / "conf" / "data" / "county.yaml").write_text("path: x\n")
    done = call("validate", "--config-dir=conf", "data=county", cwd=tmp_path)
    assert done.status == 2
    assert "conf/data/county.yaml" in done.told
    assert "data=my_county" in done.told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("audits.limits.B99.x=1",), "there is no rule 'B99'"),
        (("audits.limits.B10.exitd=1",), "the rule B10 has no limit 'exitd'; did you mean 'exited'"),
        (("data.delays.claim=2",), "no table 'claim'; did you mean 'claims'"),
        (("data.columns.households.townshp=x",), "data.columns.households.townshp: no such field"),
    ],
)
def test_settings_of_tables_that_ship_empty__are_checked_all_the_same(county, words, said, tmp_path):
    done = call("validate", *WORDS, *words, f"paths.outputs={tmp_path}", cwd=county.folder)
    assert done.status == 2
    assert said in done.told


def test_a_countys_own_limits_and_severities__hold(county, tmp_path):
    words = ("audits.limits.E09.share=0.99", "audits.severity.F10=stop", "data.delays.claims=2", "audits.without=[B17]")
    done = call("validate", *WORDS, *words, f"paths.outputs={tmp_path}", cwd=county.folder)
    assert done.status == 2
    told = table(tmp_path / "quality" / "findings.csv")
    assert set(told.loc[told["规则"] == "F10", "程度"]) == {"stop"}
    assert not {"E09", "B17"} & set(told["规则"])


def without_causes(folder: Path, share: float, ready_db: Path) -> Path:
    """A made county of which so large a share of the recognitions tells no cause."""
    settled(folder, ready_db)
    path = made_county(folder / "county", households=200) / "识别记录.csv"
    told = pd.read_csv(path, dtype=str)
    bare = np.arange(len(told)) < share * len(told)
    told.assign(致贫返贫风险1=told["致贫返贫风险1"].mask(bare, "")).to_csv(path, index=False)
    return folder


def test_train__of_a_register_without_causes_stops_and_says_how_to_go_on(tmp_path, ready_db):
    """Rule C05 would take the events out of training and nobody else."""
    folder = without_causes(tmp_path / "home", 0.9, ready_db)
    refused = call("train", *WORDS, *FAST_TRAINING, cwd=folder)
    assert refused.status == 2
    assert refused.told.startswith("audit rule C05 leaves")
    assert refused.told.endswith("say audits.severity.C05=check")
    assert not (folder / "outputs" / "train").exists()


def test_train__of_a_register_that_lacks_some_causes_warns_and_keeps_it_on_record(tmp_path, ready_db):
    folder = without_causes(tmp_path / "home", 0.35, ready_db)
    done = call("train", *WORDS, *FAST_TRAINING, cwd=folder)
    assert done.status == 0, done.err
    assert "warning: Rule C05 leaves" in done.err
    assert "规则C05使" in (folder / "outputs" / "train" / "review.html").read_text()
