"""Optimal tariffs and tariff wars from Python and the command line: text, files, and answers that repeat."""

import json

import pandas as pd
import pytest
from strategies import mirrored

import calc
from calc.analysis.optimal.terms import Terms, read_goal, written_goal
from calc.cli import main
from calc.errors import ParameterError

BOTH = ["AAA", "BBB"]


@pytest.fixture
def folder(tmp_path):
    mirrored(tmp_path / "mirror")
    return str(tmp_path / "mirror")


@pytest.fixture
def asked(tmp_path, folder):
    """The path of a scenario in which BBB charges 5% on one product."""
    path = tmp_path / "asked.toml"
    scenario = calc.Scenario(
        title="Five on one",
        dataset=folder,
        model="gsim",
        draws=0,
        rules=(calc.Rule(importer=("BBB",), products=("g1",), value_pct=5.0),),
    )
    path.write_text(calc.scenario_to_toml(scenario))
    return str(path)


def test_the_command_prints_rate_and_gain_and_how_far_they_are_verified(asked, capsys):
    assert main(["optimal", asked, "--for", "AAA"]) == 0
    said = capsys.readouterr().out
    best = calc.optimal_tariff(asked, "AAA")
    assert said.startswith(
        f"Best tariffs of AAA, all others unchanged: {100 * best.rates['tariff_new'].item():.1f}% on"
    )
    assert "Net welfare against the base" in said
    assert "none of 13 other choices" in said
    assert said.rstrip("\n") == str(best)


@pytest.mark.parametrize("by", ["one", "product"])
def test_running_the_scenario_of_a_report_gives_its_gains(by, asked, tmp_path):
    out, again = tmp_path / "best", tmp_path / "again"
    assert main(["optimal", asked, "--for", "AAA", "--by", by, "--out", str(out)]) == 0
    assert main(["run", str(out / "scenario.toml"), "--out", str(again)]) == 0
    gains = pd.read_csv(out / "gains.csv").query("tariffs == 'chosen'").set_index("economy")["net_welfare_change_usd"]
    ran = pd.read_csv(again / "economies.csv").set_index("economy")["net_welfare_change_usd"]
    pd.testing.assert_series_equal(gains, ran, rtol=1e-9)
    rates = pd.read_csv(out / "rates.csv", keep_default_na=False)
    lines = pd.read_csv(again / "lines.csv").query("importer == 'AAA'")
    for row in rates.itertuples():
        charged = lines[lines["product"].str.startswith(row.product)]["tariff_new_pct"]
        assert charged.tolist() == pytest.approx([row.tariff_new_pct] * len(charged), rel=1e-14)


@pytest.mark.parametrize(
    "options",
    [
        ["optimal", "--for", "AAA", "--by", "line", "--goal", "welfare=1,revenue=0.5", "--highest", "40"],
        ["nash", "--between", "AAA,BBB", "--by", "product", "--starts", "1"],
        pytest.param(
            ["nash", "--between", "AAA,BBB", "--against", "everyone", "--products", "g2", "--curves"],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_command_in_the_manifest_gives_the_same_bytes(options, asked, tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main([options[0], asked, *options[1:], "--out", str(first)]) == 0
    command = json.loads((first / "MANIFEST.json").read_text())["command"].split()
    assert command[:3] == ["tariff-impact", options[0], "scenarios/asked/scenario.toml"]
    monkeypatch.chdir(first)
    assert main([*command[1:], "--out", str(second)]) == 0
    for path in first.rglob("*.*"):
        same = second / path.relative_to(first)
        assert path.name == "MANIFEST.json" or path.read_bytes() == same.read_bytes(), path.name


def test_a_war_is_told_round_by_round_and_its_corners_are_a_table(asked, tmp_path, capsys):
    out = tmp_path / "war"
    assert main(["nash", asked, "--between", "AAA,BBB", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Tariff war of AAA and BBB")
    assert "Round by round" in said
    assert "every start ends there" in said
    corners = pd.read_csv(out / "corners.csv", keep_default_na=False)
    assert corners["acting"].unique().tolist() == ["", "AAA", "BBB", "AAA,BBB"]
    assert (out / "scenarios" / "asked" / "scenario.toml").exists()
    assert "tariff-impact nash scenarios/asked/scenario.toml --between AAA,BBB" in (out / "README.txt").read_text()


def test_what_python_returns_is_what_it_says_in_one_line(asked):
    best, war = calc.optimal_tariff(asked, "AAA"), calc.nash(asked, BOTH, with_curves=True)
    assert repr(best).startswith("Optimum of AAA by gsim: ")
    assert repr(war).startswith("War of AAA and BBB: ")
    assert "by cooperation" in str(war)
    assert calc.run(best.scenario).value("net_welfare_change") == pytest.approx(best.gains["net_welfare_change"].sum())
    assert set(war.corners["economy"]) == set(BOTH)
    assert war.scenario.rules[0] == best.scenario.rules[0]
    assert len(war.gains) == len(best.gains) == 2
    assert len(war.rates) == 2


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["optimal", "--for", "XXX"], "no economy 'XXX'"),
        (["optimal", "--for", "AAA", "--goal", "welfare=much"], "a weight for each goal"),
        (["optimal", "--for", "AAA", "--lowest", "-100"], "lowest rate must be above"),
        (["optimal", "--for", "AAA", "--set", "model=smart"], "has no optimal tariffs"),
        (["nash", "--between", "AAA"], "two or more different economies"),
    ],
)
def test_what_is_wrong_is_said_with_exit_code_2_and_nothing_is_written(command, words, asked, tmp_path, capsys):
    out = tmp_path / "out"
    assert main([command[0], asked, *command[1:], "--out", str(out)]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_an_answer_is_not_replaced_unless_forced(asked, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["optimal", asked, "--for", "AAA", "--out", str(out)]) == 0
    assert main(["optimal", asked, "--for", "AAA", "--out", str(out)]) == 2
    assert main(["optimal", asked, "--for", "AAA", "--out", str(out), "--force"]) == 0


def test_terms_are_written_as_options_only_where_they_are_not_the_default():
    assert Terms().options() == ""
    asked = Terms(kind="by_partner", products=("g1", "g2"), bounds=(-0.1, 0.5), objective={"welfare": 1.0}, starts=3)
    assert asked.options() == (
        " --by partner --products g1 --products g2 --lowest -10 --highest 50 --goal welfare=1 --starts 3"
    )


def test_a_goal_reads_back_as_it_was_written():
    for goal in ("welfare", {"welfare": 1.0, "revenue": 0.25}):
        assert read_goal(written_goal(goal)) == goal
    with pytest.raises(ParameterError, match="weight for each goal"):
        read_goal("welfare=1,revenue=")
