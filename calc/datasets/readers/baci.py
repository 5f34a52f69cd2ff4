"""BACI of CEPII: trade of all pairs of countries by HS6, reconciled from UN Comtrade.

    t    year
    i    exporter, number of the UN as in country_codes_V….csv
    j    importer, likewise
    k    product, HS of six digits in the revision of the file's name (BACI_HS22_Y2023_V202501.csv)
    v    value, thousand current US$, fob
    q    quantity, tonnes; not read

Beside it lie country_codes_V….csv (not needed) and product_codes_HS22_V….csv (code, description), which gives the
products their words. Source: Gaulier and Zignago (2010), BACI: International Trade Database at the Product-Level,
CEPII working paper 2010-23; http://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37.
"""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from calc.datasets.readers.choices import choose, single
from calc.datasets.readers.conversion import Converted, Layout, added_up, economy_column, hs_column, joined
from calc.datasets.readers.sheets import Head, Sheet, read_head, read_sheets
from calc.datasets.readers.source_files import SourceFile
from calc.errors import DataError

THOUSAND = 1e3
_COLUMNS = ("t", "i", "j", "k", "v")
_ALIASES = {"year": "t", "exporter": "i", "importer": "j", "product": "k"}


def recognise(head: Head) -> bool:
    """Whether a file is a year of BACI, or one of the two lists of codes beside it."""
    return head.has(*_COLUMNS) or _is_list(head)


def convert(files: Sequence[SourceFile], where: Mapping[str, str]) -> Converted:
    """Flows of one year.

    Raises
    ------
    DataError
        There are several years and none is chosen, or there is no file of trade.
    """
    heads = {file.name: read_head(file) for file in files}
    years = [file for file in files if heads[file.name].has(*_COLUMNS)]
    if not years:
        raise DataError(
            f"{files[0].name} is a BACI list of codes; give a trade file too, such as BACI_HS22_Y2023_….csv."
        )
    sheet = joined([_read(file) for file in years])
    chosen = choose(sheet, where, _ALIASES)
    year = single(chosen.sheet, "t", "year", "years")
    buyers = economy_column(chosen.sheet, "j", "m49", importer=True)
    sellers = economy_column(buyers.sheet, "i", "m49", importer=False)
    products = hs_column(sellers.sheet, "k", "v", where)
    flows, notes = added_up(products.sheet, {"v": THOUSAND})
    flows = flows.rename(columns={"v": "value_usd"})
    revision = re.search(r"HS(\d{2})", years[0].name)
    return Converted(
        tables={"flows": flows},
        descriptions=_descriptions(files, heads),
        about={
            "title": f"BACI {year}",
            "year": int(year),
            "valuation": "fob",
            "source": f"CEPII, BACI, {', '.join(file.name for file in years)}; UN Comtrade",
            "url": "http://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
            "licence": "Etalab Open Licence 2.0",
            "citation": "Gaulier, Zignago (2010), BACI: International Trade Database at the Product-Level, CEPII",
        },
        notes=(*chosen.notes, *buyers.notes, *sellers.notes, *products.notes, *notes),
        chosen=chosen.keys | products.keys,
        revision=2000 + int(revision[1]) if revision and int(revision[1]) < 90 else None,
    )


def _is_list(head: Head) -> bool:
    countries = head.has("country_code", "country_iso3") or head.has("country_code", "iso_3digit_alpha")
    return countries or (head.has("code", "description") and "product_codes" in head.name)


def _read(file: SourceFile) -> Sheet:
    return read_sheets(file, _COLUMNS, numbers=lambda name: name == "v", wanted=lambda name: name in _COLUMNS)[0]


def _descriptions(files: Sequence[SourceFile], heads: Mapping[str, Head]) -> dict[str, str]:
    words: dict[str, str] = {}
    for file in files:
        if heads[file.name].has("code", "description"):
            sheet = read_sheets(file, ("code", "description"), numbers=lambda name: False)[0]
            table = sheet.frame.astype(str)
            words |= dict(zip(pd.Index(table["code"]).str.zfill(6), table["description"], strict=True))
    return words


LAYOUT = Layout(
    name="baci",
    title="BACI of CEPII: trade of all pairs of countries by HS6",
    source="http://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    columns=_COLUMNS,
    recognise=recognise,
    convert=convert,
)
