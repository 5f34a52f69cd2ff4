"""Official files among an upload: known whatever they are called, with the other files left beside them."""

import pytest

from calc.datasets.uploads.files import examine_upload
from calc.datasets.uploads.official import official_files, with_official
from calc.errors import DataError

BACI = b"t,i,j,k,v,q\n2023,156,842,850511,10.0,1\n2023,484,842,850511,30.0,1\n"
OWN = b"importer,exporter,product,value_usd\nUSA,CHN,850511,200\n"


def test_an_official_file_is_known_by_its_columns_under_any_name():
    files = {"flows.csv": BACI, "mine.csv": OWN, "broken.xlsx": b"PKfield", "a.zip": b"PK\x03\x04"}
    assert [file.name for file in official_files(files)] == ["flows.csv"]


def test_ones_own_elasticities_stay_beside_an_official_file():
    own = b"product,armington_elasticity\n85,4\n"
    files, notes = with_official({"BACI_HS22_Y2023_V1.csv": BACI, "elasticities.csv": own}, {})
    assert set(files) == {"dataset.toml", "flows.csv", "products.csv", "countries.csv", "elasticities.csv"}
    data, problems = examine_upload(files)
    assert problems == ()
    assert data.dataset.flows.import_value.tolist() == [10_000.0, 30_000.0]
    assert notes == ()


def test_an_open_choice_is_refused_in_the_upload_as_on_the_command_line():
    with pytest.raises(DataError, match="several years"):
        with_official({"b.csv": BACI + b"2022,156,842,850511,1,1\n"}, {})
