"""What the back-test says in sentences: its answer, what it missed, its protocol, and what to keep in mind.

Every figure in them is looked up in the tables, so that sentence and table cannot disagree.
"""

import numpy as np
import pandas as pd

from calc.analysis.backtest.collection import REFINED_WORDS
from calc.analysis.backtest.episodes import CHINA, TEST_NAME
from calc.analysis.backtest.ranges import TOTALS_2025
from calc.analysis.backtest.run import SHARE, Findings
from calc.analysis.backtest.settings import CAPPED, LEVELS, MACHINES, WHOLE
from calc.tariffs.lags import LAGS
from calc.words import listing, percent, rate, small_percent, true_minus, whole_percent

UNRANKED = 0.1  # a rank correlation below this ranks nothing
PROTOCOL = (
    "Fitted: trade, second half of 2017 to second half of 2019 (weights of 2017 by chapter and partner); collected "
    "rate on Chinese goods, July 2018 to February 2020.",
    "Tested: January 2025 to March 2026. Nothing was fitted to these months.",
    f"Collected in a month: {LAGS.this_month:g} of the month's law and {LAGS.month_before:g} of the law of the month "
    "before; USMCA and exclusions as the record has them.",
    "Refined: the lag of trade behind the law from Chinese goods by chapter, January 2019 to February 2020; the share "
    "of earlier growth that goes on from the second halves of 2015, 2017 and 2019. Nothing of it is fitted to 2025.",
    "Trade before is that of 2024, at the rates collected then; trade after is what the model expects under the mean "
    "law of the months that are seen.",
    "Seen changes count up to a doubling (capped), because imports cannot fall by more than 100%; scores of the plain "
    "changes and of logarithms stand beside.",
    "Intervals draw whole chapters with replacement, 1,000 times, and hold 90% of the draws.",
)


def headline_of(found: Findings) -> str:
    """How the method did, in one sentence, and where it failed."""
    errors = found.tables["partner-errors"].set_index("forecast")["rmse"]
    china = _partner(found, CHINA)
    unranked = abs(score_of(found, "without China")["spearman"]) < UNRANKED
    failed = "; without China it does not rank products" if unranked else ""
    return (
        f"Not fitted to 2025, the method removes {whole_percent(score_of(found)['gain'])} of the error of “no change” "
        f"by product and partner, {whole_percent(1 - errors['predicted'] / errors['no_change'])} by partner; imports "
        f"from China fell {whole_percent(-china['seen'])}, it said {whole_percent(-china['predicted'])}{failed}"
    )


def target_table(found: Findings) -> pd.DataFrame:
    """Targets in the words and units of people: target, value, aim, hit, refined, refined_hit."""
    rows = []
    for target, value, low, high, unit, hit, refined, late in found.targets.itertuples(index=False, name=None):
        words = target.replace("R2", "R²").replace(" x ", " × ")
        aim = _aim(low, high, unit)
        rows.append((words, _number(value, unit), aim, bool(hit), _number(refined, unit), bool(late)))
    return pd.DataFrame(rows, columns=["target", "value", "aim", "hit", "refined", "refined_hit"])


def refined_words(found: Findings) -> str:
    """What two things settled on 2015-20 make of the same test."""
    lag, growth = found.timing.lag, found.timing.growth[1]
    errors = found.tables["partner-errors"].set_index("forecast")["rmse"]
    table = found.tables["refinements"]
    alone = table[table["variant"] == "with growth"].iloc[0]
    china, duties = _partner(found, CHINA), found.tables["duties"]
    off = [
        float(duties.loc[(duties["year"] == "fiscal 2025") & (duties["imports"] == imports), "error"].iloc[0])
        for imports in ("predicted", f"predicted{REFINED_WORDS}")
    ]
    return (
        "Refined by two things that 2015–20 settle, it does better on trade and worse on duties. Trade answers to the "
        f"mean law of the month and the {lag.value:.0f} before (90%: {lag.low:.0f} to {lag.high:.0f}), and "
        f"{whole_percent(growth.value)} ({whole_percent(growth.low)} to {whole_percent(growth.high)}) of each "
        "partner's growth of the year before goes on. The error removed by product and partner rises to "
        f"{whole_percent(score_of(found, forecast='refined')['gain'])}; the error by partner is "
        f"{rate(errors['refined'])}, that of the Budget Lab's GTAP {rate(errors['peer'])}; China comes to "
        f"{percent(china['refined'])}. Duties of fiscal 2025 on predicted imports are off by {percent(off[1])} instead "
        f"of {percent(off[0])}: imports that stopped at once under the rates of April still pay them in this "
        f"variant. Growth without the lag leaves those duties off by {percent(alone['duties_fiscal_predicted'])} and "
        f"the error by partner at {rate(alone['rmse_partners'])}."
    )


def missed(found: Findings) -> list[str]:
    """The targets that were missed, each with its value and the aim."""
    table = target_table(found)
    return [f"{row.target}: {row.value} (aim {row.aim})" for row in table[~table["hit"]].itertuples()]


def _number(value: float, unit: str) -> str:
    """A share with one decimal, with two below 1%; a bare number with two."""
    if np.isnan(value):
        return "–"
    if unit == SHARE:
        return rate(value) if abs(value) >= 0.01 or value == 0 else small_percent(value).lstrip("+")
    return true_minus(f"{value:.2f}")


def _aim(low: float, high: float, unit: str) -> str:
    """What counts as hit; a share of 1 is the most there can be, and an error of 0 the least."""
    if high == 1:
        return f"at least {_number(low, unit)}"
    if low == 0:
        return f"at most {_number(high, unit)}"
    return f"{_number(low, unit)} to {_number(high, unit)}"


SCORES_OF = {"predicted": "scores", "refined": "scores-refined", "ai_held": "scores-ai-held"}


def score_of(found: Findings, part: str = WHOLE, measure: str = CAPPED, *, forecast: str = "predicted") -> pd.Series:
    """Scores of the cells of 2025 by part and measure.

    Parameters
    ----------
    forecast : predicted | refined | ai_held
    """
    table = found.tables[SCORES_OF[forecast]]
    kept = table[(table["episode"] == TEST_NAME) & (table["criterion"] == LEVELS)]
    row: pd.Series = kept[(kept["part"] == part) & (kept["measure"] == measure)].iloc[0]
    return row


def caveats(found: Findings) -> tuple[str, ...]:
    """What to keep in mind, each with its figure."""
    figures = found.tables["surroundings"].set_index("figure")["value"]
    cells = found.tables["cells"]
    chinese = cells[cells["partner"] == CHINA]
    machines = chinese["chapter"].isin(MACHINES)
    goods, machine = (_totals(chinese[chosen]) for chosen in (~machines, machines))
    coverage = found.tables["coverage"].set_index(["elasticities", "what", "part"])["inside"]
    asked = found.scenario.elasticities
    partners = coverage[(asked, TOTALS_2025, "without 84-85")]
    single = coverage[(asked, f"cells, {TEST_NAME}", WHOLE)]
    elsewhere = sorted({f"{one.value:.0f}" for one in found.timing.lag_elsewhere})
    boom, plain = score_of(found, "without China", forecast="ai_held"), score_of(found, "without China")
    return (
        "The one elasticity is from estimates before 2020; the pass-through of 90% rests in part on papers about 2025, "
        "but 80 or 100% would score alike: see settings.csv.",
        f"The first quarter of 2025 was bought ahead of the tariffs: imports {percent(figures['all_first_quarter'])} "
        f"on a year before, from the EU {percent(figures['eu_first_quarter'])}. That lowers what was bought in the "
        "months tested.",
        f"AI-related imports, mostly free of duty, rose from {whole_percent(figures['ai_2024'])} of imports in 2024 to "
        f"{whole_percent(figures['ai_2026'])} in the first quarter of 2026, whatever the tariff. Held at their "
        "realised value, which is hindsight, they lift the error removed without China from "
        f"{whole_percent(plain['gain'])} to {whole_percent(boom['gain'])}.",
        f"Gold and medicines moved for reasons of their own: precious metals {percent(figures['gold'])}, medicines "
        f"{percent(figures['medicines'])} in the first quarter of 2025.",
        f"Parcels of low value were {percent(figures['parcels'], sign=False)} of imports in 2024; the end of their "
        "exemption is not in the model.",
        "Exclusions claimed are an average that the record's source estimates, up to "
        f"{whole_percent(figures['exclusions'])} of the imports concerned.",
        "Receipts of the Treasury contain anti-dumping and countervailing duties: in 2024 they were "
        f"{percent(figures['receipts'], sign=False)} above the duty calculated by the Census Bureau.",
        f"China's total comes right partly by offset: in May–June 2025 machines {percent(machine['seen'])}, predicted "
        f"{percent(machine['predicted'])}; other goods {percent(goods['seen'])}, predicted "
        f"{percent(goods['predicted'])}.",
        f"Without China's cells no setting ranks products: {_ranking(found)}.",
        "Ranges hold what is uncertain about elasticities and pass-through, not what else moves trade: they cover "
        f"{whole_percent(single)} of single cells and {whole_percent(partners)} of partners' totals without chapters "
        "84–85, where 90% is what a range promises; see coverage.csv.",
        f"Use of USMCA rose during 2025, Canada's from {whole_percent(figures['usmca_can_january'])} in January to "
        f"{whole_percent(figures['usmca_can_half'])} of its goods in the second half, Mexico's from "
        f"{whole_percent(figures['usmca_mex_january'])} to {whole_percent(figures['usmca_mex_half'])}; the record "
        "holds the mean of the second half.",
        "That a lag of trade and earlier growth were tried was decided knowing 2025; how large they are is not fitted "
        f"to it. Other spans of 2019 put the lag at {listing(elsewhere)} months.",
        "China's purchases are known from the United States alone, so that its retaliation is given between two ends.",
    )


def _ranking(found: Findings) -> str:
    """The best rank correlation without China, over the settings that were scored."""
    table = found.tables["settings"]
    kept = table[(table["episode"] == TEST_NAME) & (table["part"] == "without China") & (table["measure"] == CAPPED)]
    best = float(kept["spearman"].max())
    return f"the rank correlation is {best:.2f}" + (f" at best among {len(kept)} settings" if len(kept) > 1 else "")


def _totals(cells: pd.DataFrame) -> pd.Series:
    """Seen and predicted change of some cells together."""
    share = cells["base"] / cells["base"].sum()
    return pd.Series({name: float((cells[name] * share).sum()) for name in ("seen", "predicted")})


def _partner(found: Findings, code: str) -> pd.Series:
    table = found.tables["partners"]
    return table[table["partner"] == code].iloc[0]
