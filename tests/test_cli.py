"""The command line: what it prints, where, and with which exit code."""

import gc
import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import version

import pandas as pd
import pytest

import calc
from calc.cli import _imported, _parser, main
from calc.commands import run
from calc.datasets.dataset import dataset_names
from calc.files import write
from calc.reports.households import ABOUT as HOUSEHOLD_FILES
from calc.reports.report import bundle
from calc.scenario import KINDS
from calc.scenario_file import presets


def test_run_prints_a_headline_and_a_table_and_writes_the_bundle(tmp_path, capsys, run_preset):
    assert main(["run", "truce_lapses", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(
        "The United States adds 100 points to its tariff on China, compared with the duties collected in "
    )
    assert "Net welfare" in said.out
    assert "Report written to" in said.err
    files = bundle(run_preset("truce_lapses"))
    for name, content in files.items():
        assert name == "MANIFEST.json" or (tmp_path / "out" / name).read_bytes() == content, name


@pytest.mark.slow
def test_running_a_reports_own_scenario_gives_the_same_bytes(tmp_path):
    first, again = tmp_path / "first", tmp_path / "again"
    assert main(["run", "april_2_2025_schedule", "--out", str(first)]) == 0
    assert main(["run", str(first / "scenario.toml"), "--out", str(again)]) == 0
    for path in first.iterdir():
        assert path.name == "MANIFEST.json" or path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_households_are_four_tables_and_a_line_with_its_range_and_run_again_to_the_byte(tmp_path, capsys):
    first, again = tmp_path / "first", tmp_path / "again"
    command = ["run", "geneva_truce", "--households", "--set", "draws=20", "--out", str(first)]
    assert main(command) == 0
    said = capsys.readouterr().out
    (line,) = [line for line in said.splitlines() if line.startswith("Consumer prices rise")]
    assert re.search(r"\(0\.\d\d to 0\.\d\d%\)", line)
    assert "a household a year" in line
    assert main(["run", str(first / "scenario.toml"), "--households", "--out", str(again)]) == 0
    for path in first.iterdir():
        assert path.name == "MANIFEST.json" or path.read_bytes() == (again / path.name).read_bytes(), path.name
    sizes = {name: len(pd.read_csv(first / f"{name}.csv")) for name in HOUSEHOLD_FILES}
    assert sizes == {"consumer_prices": 235, "households": 16, "revenue": 10, "industries": 402}


def test_households_of_another_importer_are_refused_before_anything_is_written(tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["run", "law_2025_april_peak_china", "--households", "--set", "draws=0", "--out", str(out)]
    assert main(arguments) == 2
    assert "for the United States only" in capsys.readouterr().err
    assert not out.exists()


def test_model_data_and_settings_replace_those_of_the_scenario(make_folder, tmp_path, capsys):
    folder = make_folder()
    scenario = tmp_path / "s.toml"
    scenario.write_text('[[rule]]\nexporters = ["CHN"]\nvalue_pct = 10\n', encoding="utf-8")
    out = tmp_path / "out"
    arguments = ["run", str(scenario), "--data", str(folder), "--model", "smart_discrete", "--out", str(out)]
    assert main([*arguments, "--set", "assumptions.elasticity_multiplier=2", "--excel", "--bom"]) == 0
    lines = pd.read_csv(out / "lines.csv", dtype={"product": str})
    assert set(lines["model"]) == {"smart_discrete"}
    assert set(lines["armington_elasticity"]) == {7.6}
    assert (out / "tables.xlsx").exists()
    assert "Small world" in (out / "README.txt").read_text(encoding="utf-8")


def test_a_workbook_that_cannot_hold_the_lines_is_refused_before_they_are_computed(
    make_folder, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(write, "SHEET_ROWS", 2)
    monkeypatch.setattr(run, "run_keeping_draws", lambda *_, **__: pytest.fail("the scenario was run"))
    arguments = ["run", "no_change", "--data", str(make_folder()), "--out", str(tmp_path / "out"), "--excel"]
    assert main(arguments) == 2
    assert "and a sheet of a workbook takes 2 below its heading" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_second_report_into_the_same_folder_needs_force(tmp_path, capsys):
    arguments = ["run", "no_change", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert main(arguments) == 2
    assert "is not empty" in capsys.readouterr().err
    assert main([*arguments, "--force"]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.toml"], "cannot be read"),
        (["run", "truce_lapses", "--data", "us-2042"], "did you mean 'us-2024'"),
        (["run", "truce_lapses", "--set", "model=smrt"], "--set model=smrt: there is no model 'smrt'"),
        (["run", "truce_lapses", "--excel"], "say where with --out"),
        (["check", "no-such-folder"], "no dataset and no folder"),
    ],
)
def test_bad_input_is_one_sentence_on_standard_error_and_exit_code_2(arguments, said, capsys):
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert "Traceback" not in output.err
    assert output.out == ""


@pytest.mark.parametrize("command", ["run", "compare", "sweep"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rule]]\nimporter = "USA"\nvalue = 10\n', "wrong.toml: Rule 1 (line 3): unknown key 'value'"),
        ('[[rule]]\nvalue_pct = 1\naction = "plus"\n', "wrong.toml: Rule 1 (line 3): unknown action 'plus'"),
        ('model = "smrt"\n', "wrong.toml: line 1: there is no model 'smrt'"),
        ('[[rule]]\nexporters = ["CHX"]\nvalue_pct = 10\n', "wrong.toml: Rule 1 (line 1): us-2024 has no economy"),
        ('[[rule]]\nproducts = ["00"]\nvalue_pct = 10\n', "wrong.toml: Rule 1 (line 1): no product of us-2024"),
        (
            '[[rule]]\naction = "set"\nvalue_pct = -100\nallow_subsidy = true\n',
            "wrong.toml: Rule 1 (line 1) brings a rate to",
        ),
        ('elasticities = "wit"\n[[rule]]\nvalue_pct = 1\n', "wrong.toml: us-2024 has no elasticities 'wit'"),
        (
            'model = "smart"\n[[rule]]\ninstrument = "export_tax"\nvalue_pct = 1\nexporters = ["CHN"]\n',
            "wrong.toml: SMART has import tariffs only",
        ),
    ],
    ids=["key", "action", "model", "economy", "product", "rate", "set", "instrument"],
)
def test_every_message_about_a_scenario_begins_with_its_file(command, text, said, tmp_path, capsys):
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    out = ["--out", str(tmp_path / "out")]
    swept = "-100:-99:1" if "-100" in text else "5:6:1"
    more = [f"--tariff={swept}"] if command == "sweep" else []
    assert main([command, str(tmp_path / "wrong.toml"), *more, *out]) == 2
    assert capsys.readouterr().err.startswith(said)


def test_a_broken_scenario_leaves_no_half_written_report(tmp_path, capsys):
    scenario = tmp_path / "s.toml"
    scenario.write_text('[[rule]]\nexporters = ["CHX"]\nvalue_pct = 10\n', encoding="utf-8")
    assert main(["run", str(scenario), "--out", str(tmp_path / "out")]) == 2
    assert "Rule 1 (line 1): us-2024 has no economy or group 'CHX' (did you mean" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_usage_errors_exit_with_2():
    with pytest.raises(SystemExit) as exit_:
        main(["sweep", "truce_lapses"])
    assert exit_.value.code == 2


@pytest.mark.slow
def test_datasets_are_listed_with_their_size_and_source(capsys):
    assert main(["datasets", "--long"]) == 0
    said = capsys.readouterr().out
    assert "us-2024: US imports 2024" in said
    assert "156,103 flows, 231 economies, 5,493 products" in said
    assert "Census" in said


def test_check_finds_a_sound_folder_sound_and_lists_the_problems_of_another(make_folder, capsys):
    assert main(["check", str(make_folder())]) == 0
    assert "is valid" in capsys.readouterr().out
    broken = make_folder({"flows.csv": "importer,exporter,product,value_usd\nUSA,CHX,010121,-5\n"}, name="broken")
    assert main(["check", str(broken)]) == 2
    said = capsys.readouterr().out
    assert "flows.csv, line 2, column exporter" in said
    assert "flows.csv, line 2, column value_usd" in said


def test_check_can_restore_lost_zeros(make_folder, tmp_path, capsys):
    folder = make_folder(
        {
            "flows.csv": "importer,exporter,product,value_usd\nUSA,CHN,10121,100\nUSA,MEX,870323,300\n",
            "tariffs.csv": "importer,exporter,product,tariff_pct\nUSA,CHN,10121,25\nUSA,MEX,870323,2.5\n",
        }
    )
    assert main(["check", str(folder)]) == 2
    assert "'010121'" in capsys.readouterr().out
    assert main(["check", str(folder), "--restore-zeros", str(tmp_path / "mended")]) == 0
    assert main(["check", str(tmp_path / "mended")]) == 0


@pytest.mark.slow
def test_every_built_in_dataset_is_sound(capsys):
    for name in ("us-2024", "us-2024-hs10"):
        assert main(["check", name]) == 0
    assert "error" not in capsys.readouterr().out.replace("0 errors", "")


def test_compare_answers_with_the_same_draws_and_writes_what_it_says(tmp_path, capsys):
    out = tmp_path / "both"
    assert main(["compare", "universal_10", "no_change", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "Universal 10" in said.out
    assert f"Comparison written to {out}" in said.err
    assert {"comparison.csv", "pairs.csv", "README.txt", "scenarios"} <= {path.name for path in out.iterdir()}
    assert main(["compare", "universal_10", "--out", str(out)]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_sweep_writes_one_row_a_value_and_headline_number(tmp_path, capsys):
    out = tmp_path / "swept"
    command = ["sweep", "truce_lapses", "--tariff", "0:100:50", "--set", "draws=0", "--out", str(out)]
    assert main(command) == 0
    assert "3 values" in capsys.readouterr().err
    table = pd.read_csv(out / "sweep.csv")
    assert sorted(table["tariff_pct"].unique()) == [0, 50, 100]
    revenue = table[table["metric"] == "tariff_revenue_change_usd"].set_index("tariff_pct")["value"]
    assert revenue.loc[0] == 0
    assert revenue.loc[100] > 0
    assert main([*command[:3], "0:100", "--out", str(tmp_path / "else")]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--jobs", "0"], "1 or more"),
        (["--jobs", "2", "--cluster", "tcp://127.0.0.1:9"], "Choose one of them"),
    ],
)
@pytest.mark.parametrize("command", ["sweep truce_lapses --tariff 0:10:5", "backtest"])
def test_who_shares_the_work_is_said_once_and_so_that_it_can_be_done(command, words, said, capsys):
    assert main([*command.split(), *words]) == 2
    assert said in capsys.readouterr().err


def test_a_sweep_without_a_folder_says_where_revenue_peaks(capsys):
    assert main(["sweep", "truce_lapses", "--tariff", "0:200:100", "--set", "draws=0"]) == 0
    said = capsys.readouterr().out
    peak = calc.sweep("truce_lapses", "0:200:100", draws=0).table.query("metric == 'tariff_revenue_change'")
    assert f"Tariff revenue is highest at {peak.loc[peak['value'].idxmax(), 'tariff_pct']:g}: " in said


def test_presets_are_listed_by_what_they_stand_on(capsys):
    assert main(["presets"]) == 0
    said = capsys.readouterr().out
    law, threat, idea = (said.index(words) for words in KINDS.values())
    assert law < said.index("law_2026_ieepa_void") < threat < said.index("threat_2025_surtax") < idea
    assert said.index("universal_10") > idea
    assert all(name in said for name in presets())


def test_without_a_command_the_help_is_shown_with_examples_that_parse(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    lines = [shlex.split(line)[1:] for line in said.splitlines() if line.startswith("  tariff-impact ")]
    assert len(lines) >= 5
    for line in lines:
        _parser(line[0]).parse_args(line)


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"tariff-impact {version('tariff-impact')}\n"


@pytest.mark.slow
def test_published_prints_every_cell_and_its_verdict(capsys):
    assert main(["published"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("436 of 440")
    assert max(map(len, lines)) <= 100


@pytest.mark.slow
def test_a_pipe_that_is_closed_early_is_no_error():
    command = f'"{sys.executable}" -m calc datasets | head -n 1'
    said = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert said.stdout.startswith(dataset_names()[0])
    assert "Traceback" not in said.stderr
    assert "BrokenPipe" not in said.stderr


def test_the_page_is_served_to_this_machine_alone_and_watches_no_files(monkeypatch):
    started = []

    def serve(command, **_):
        started.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", serve)
    monkeypatch.setattr(os, "execve", lambda _, command, environment: serve(command))
    assert main(["app", "--port", "8777", "--headless"]) == 0
    assert {"--server.address=localhost", "--server.fileWatcherType=none", "--server.port=8777"} <= set(started[0])


def test_other_models_stand_below_the_headline_numbers_on_which_they_differ(capsys):
    assert main(["run", "universal_10", "--set", "draws=0", "--other-models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    revenue = next(number for number, line in enumerate(lines) if "Change of revenue" in line)
    assert lines[revenue + 1].strip().startswith("other models and elasticities +$")
    before = next(number for number, line in enumerate(lines) if "Imports before" in line)
    assert "other models" not in lines[before + 1]


@pytest.mark.slow
def test_a_run_with_its_report_imports_nothing_that_it_does_not_use(tmp_path):
    unused = {"altair", "scipy.stats", "scipy.optimize", "streamlit"}  # the points of draws are those of scipy.stats
    program = f"import sys; from calc.cli import main; main(sys.argv[1:]); print(*{unused} & set(sys.modules))"
    words = ["run", "truce_lapses", "--set", "draws=0", "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_what_a_command_imports_is_not_looked_through_for_what_can_be_dropped(tmp_path, monkeypatch):
    (tmp_path / "made_up_command.py").write_text("COMMAND = [[]]")
    monkeypatch.syspath_prepend(tmp_path)
    before = gc.get_freeze_count()
    try:
        command = _imported("made_up_command")
        assert gc.isenabled()
        assert gc.get_freeze_count() > before
        gc.unfreeze()
        assert _imported("made_up_command") is command
        assert gc.get_freeze_count() == 0
    finally:
        gc.unfreeze()
