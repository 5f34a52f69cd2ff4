"""WITS: trade in thousands, tariffs by kind and year, and the two together."""

import pytest
from official import converted, file_of, flows_of, sound, tariffs_of

from calc.errors import DataError

TRADE = (
    "Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,Year,TradeFlowName,TradeFlowCode,"
    "TradeValue in 1000 USD"
)
TARIFFS = (
    "Native Nomen,Reporter,Reporter Name,Product,Product Name,Partner,Partner Name,Tariff Year,DutyType,Simple Average,"
    "Weighted Average"
)


def trade(partner, value, product="850511", flow="Gross Imports", reporter="DEU", year=2023):
    return f"H5,{reporter},{product},Germany,{partner},X,{year},{flow},5,{value}"


def tariff(partner, simple, weighted=1, duty="AHS", reporter="918,European Union", product="850511", year=2023):
    return f"H5,{reporter},{product},Magnets,{partner},{year},{duty},{simple},{weighted}"


FLOWS = file_of("trade.csv", TRADE, trade("WLD", 9), trade("CHN", 5), trade("ROM", 3), trade("OAS", 1))


def test_thousands_become_dollars_and_codes_of_wits_iso(tmp_path):
    whole = converted(FLOWS)
    assert flows_of(whole) == {"DEU CHN 850511": 5000.0, "DEU ROU 850511": 3000.0, "DEU TWN 850511": 1000.0}
    assert sound(whole, tmp_path / "wits").valuation == "cif"
    assert whole.revision == 2017


def test_exports_have_the_reporter_as_exporter():
    whole = converted(file_of("trade.csv", TRADE, trade("CHN", 5, flow="Gross Exports")))
    assert flows_of(whole) == {"CHN DEU 850511": 5000.0}
    assert whole.about["valuation"] == "fob"


def test_rates_of_the_union_are_its_members_and_a_partners_own_rate_goes_first(tmp_path):
    rates = file_of("tariffs.csv", TARIFFS, tariff("000,World", 4.0), tariff("156,China", 2.5))
    whole = converted(FLOWS, rates)
    # Romania is inside the union and pays nothing
    assert tariffs_of(whole) == {"DEU CHN 850511": 2.5, "DEU TWN 850511": 4.0}
    assert any("100.0% of the imports have a rate" in note for note in whole.notes)
    sound(whole, tmp_path / "both")


def test_kinds_of_duty_are_refused_until_one_is_chosen():
    rates = file_of("tariffs.csv", TARIFFS, tariff("000,World", 4.0, duty="MFN"), tariff("000,World", 9.0, duty="BND"))
    with pytest.raises(DataError, match=r"column DutyType: .*\(MFN, BND\).*--where duty=MFN"):
        converted(FLOWS, rates)
    assert tariffs_of(converted(FLOWS, rates, duty="BND"))["DEU CHN 850511"] == 9.0


def test_bound_rates_are_refused_unless_the_ceiling_is_meant():
    rates = file_of("tariffs.csv", TARIFFS, tariff("000,World", 4.0, duty="BND"))
    with pytest.raises(DataError, match="bound rates, the ceiling a government has promised"):
        converted(FLOWS, rates)
    assert tariffs_of(converted(FLOWS, rates, duty="BND"))["DEU CHN 850511"] == 4.0


def test_the_simple_average_is_taken_unless_another_is_chosen():
    rates = file_of("tariffs.csv", TARIFFS, tariff("000,World", 4.0, 3.0))
    assert tariffs_of(converted(FLOWS, rates))["DEU CHN 850511"] == 4.0
    assert tariffs_of(converted(FLOWS, rates, rate="Weighted Average"))["DEU CHN 850511"] == 3.0


def test_9999_is_no_rate():
    rates = file_of("tariffs.csv", TARIFFS, tariff("000,World", 9999.99), tariff("156,China", 2.5))
    whole = converted(FLOWS, rates)
    assert tariffs_of(whole) == {"DEU CHN 850511": 2.5}
    assert any("9999 for a rate in words, left out: 1" in note for note in whole.notes)
    # 5,000 of the 6,000 that come from outside the union
    assert any("83.3% of the imports have a rate; the rest take 0" in note for note in whole.notes)


def test_tariffs_without_trade_are_refused_with_what_to_add():
    with pytest.raises(DataError, match=r"there are rates of duty but no trade; give a trade file beside it"):
        converted(file_of("tariffs.csv", TARIFFS, tariff("000,World", 4.0)))


def test_rates_of_other_products_are_refused():
    rates = file_of("tariffs.csv", TARIFFS, tariff("000,World", 4.0, product="Textiles"))
    with pytest.raises(DataError, match=r"no flow has a rate; .*products 850511, the rates EU27 and Textiles"):
        converted(FLOWS, rates)


def test_the_websites_tables_have_names_where_codes_are_empty():
    site = "Reporter,Reporter Name,Product,Product Name,Partner,Partner Name,Tariff Year,DutyType,Weighted Average"
    union = ",EuropeanUnion --- EuropeanUnion  "
    rates = file_of("site.csv", site, f"{union},850511,M,156.0,China,2023,AHS,6")
    assert tariffs_of(converted(FLOWS, rates)) == {"DEU CHN 850511": 6.0}


def test_tariffs_beside_the_value_of_imports_are_a_dataset_by_themselves(tmp_path):
    rates = file_of(
        "tariffs.csv",
        f"{TARIFFS},Imports Value in 1000 USD",
        f"{tariff('156,China', 2.5)},70",
        f"{tariff('392,Japan', 3.5)},30",
    )
    whole = converted(rates)
    assert flows_of(whole) == {"EU27 CHN 850511": 70_000.0, "EU27 JPN 850511": 30_000.0}
    assert tariffs_of(whole) == {"EU27 CHN 850511": 2.5, "EU27 JPN 850511": 3.5}
    sound(whole, tmp_path / "wits")
