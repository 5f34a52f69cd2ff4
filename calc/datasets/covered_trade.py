"""How much trade some rows of a table of rates decide, for a message that names them."""

import numpy as np
import pandas as pd

from calc.datasets.codes import all_partner_codes
from calc.datasets.line_rates import line_rates
from calc.datasets.lookup import LineKeys
from calc.files.checks import Codes, Rows, encode
from calc.files.table_files import TableFile
from calc.flows import BoolArray
from calc.words import percent

_KEYS = ("importer", "exporter", "product")


def covered_trade(flows: Rows, rates: TableFile, rows: BoolArray) -> str:
    """The trade that rows decide, in words: `they cover US$ 1,500 of imports (33.3%)`; empty where it is not known.

    Parameters
    ----------
    rates : table with importer, exporter and product
    rows : of the table of rates [row]
    """
    value = flows.numbers["value_usd"]
    if not all(key in rates.frame for key in _KEYS) or not value.sum() > 0:
        return ""
    importer, exporter, product = (flows.codes[key] for key in _KEYS)
    economies = importer.labels.union(exporter.labels)
    lines = LineKeys(
        economies=economies,
        products=product.labels,
        importer=economies.get_indexer(importer.labels)[importer.codes],
        exporter=economies.get_indexer(exporter.labels)[exporter.codes],
        product=product.codes,
    )
    keys = {key: encode(rates.frame[key], everything=key == "exporter") for key in _KEYS}
    partner = keys["exporter"]
    everybody = partner.labels.str.casefold().isin(all_partner_codes()) & ~partner.labels.isin(exporter.labels)
    again, labels = pd.factorize(partner.labels.where(~everybody, ""))
    keys["exporter"] = Codes(codes=again[partner.codes], labels=pd.Index(labels))
    decided = line_rates(lines, **keys, percent=rows.astype(np.float64)).percent > 0
    covered = float(value[decided].sum())
    return f"they cover US$ {covered:,.0f} of imports ({percent(covered / float(value.sum()), sign=False)})"
