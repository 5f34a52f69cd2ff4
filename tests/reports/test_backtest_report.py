"""The back-test as files, as text, and on the command line."""

import pandas as pd
import pytest

import calc
from calc.cli import main
from calc.reports.backtest_words import PROTOCOL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backtest") / "out"
    assert main(["backtest", "--quick", "--set", "draws=2", "--out", str(folder)]) == 0
    return folder


def test_rates_are_per_cent_and_money_is_dollars_in_files(written):
    partners = pd.read_csv(written / "partners.csv").set_index("partner")
    assert partners.loc["CHN", "seen_pct"] == pytest.approx(-41.4, abs=0.1)
    assert partners.loc["WLD", "base_usd"] > 1e12


def test_the_readme_says_protocol_caveats_and_what_was_missed(written):
    text = (written / "README.txt").read_text(encoding="utf-8")
    assert all(line in text for line in PROTOCOL)
    for figure in ("bought ahead of the tariffs", "no setting ranks products", "partly by offset", "anti-dumping"):
        assert figure in text
    targets = pd.read_csv(written / "targets.csv")
    assert text.count("  missed ") == (targets["hit"] == "no").sum()


def test_a_back_test_is_replaced_only_when_told(written, capsys):
    assert main(["backtest", "--quick", "--out", str(written)]) == 2
    assert "--force" in capsys.readouterr().err


def test_the_command_tries_the_set_and_the_model_it_is_told(capsys):
    assert main(["backtest", "--quick", "--elasticities", "nowhere", "--set", "draws=0"]) == 2
    assert "has no elasticities 'nowhere'" in capsys.readouterr().err


def test_python_gives_the_numbers_of_the_command(written, real_back_test):
    found = real_back_test
    ours = found.table("partners")["predicted"] * 100
    theirs = pd.read_csv(written / "partners.csv")["predicted_pct"]
    assert ours.to_numpy() == pytest.approx(theirs.to_numpy(), rel=1e-12)
    assert repr(found).endswith("targets hit")
    with pytest.raises(calc.ParameterError, match="did you mean 'partners'"):
        found.table("partner")
