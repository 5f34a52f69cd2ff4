"""Critical inputs: what an importer buys mostly from one supplier abroad, and who makes what of it.

    supplier_share[p] = max_i M[i,p] / Σ_i M[i,p]
    a[p,k] = Σ_c s[p,c] U^M[c,k] / M[c]                 part of product p that industry k buys as an input
    users_output[p] = Σ_k x[k] over k with a[p,k] ≥ 1%
    content_direct[k] = Σ_c B^M[c,k] τ[c],  content_total = content_direct + Σ_c B^D[c,k] p^D[c]
                                                         τ[c] = Σ_p s[p,c] M[p] / M[c] over the goods concerned

M imports, s commodities of a product, U^M imported inputs, x output: US accounts of 2017, which spread imports over
users in proportion. The output of users is what stands behind an input, no loss: how much of it is lost depends on
stocks and substitutes, which no accounts show.
"""

import numpy as np
import pandas as pd

from calc.analysis.households.commodities import COUNTRY, CommodityPrices, product_shares
from calc.analysis.households.industries import exposed_industries
from calc.analysis.households.us_accounts import UsAccounts, read_accounts
from calc.flows import Array, to_frame
from calc.result import Result

LEAST_PART = 0.01  # of a product: an industry that buys less is no user of it
_MUSD = 1e6


def critical_inputs(result: Result, importer: str = "") -> pd.DataFrame:
    """Products whose tariffs or shipments a scenario changes, by how far the importer depends on one supplier.

    Parameters
    ----------
    importer : the one with the most imports concerned if absent

    Returns
    -------
    product, import_value (US$, all suppliers, base), supplier (the largest), supplier_share, targeted_share (of the
    suppliers concerned; fractions), input_share (part that industries buy), users (industries that buy 1% of it or
    more), users_output (US$); the largest imports from the suppliers concerned first. The columns on users are of the
    United States by HS code, and empty elsewhere

    Examples
    --------
    >>> import calc
    >>> cut = calc.run("rare_earth_cut", draws=0)
    >>> magnets = calc.critical_inputs(cut).iloc[0]
    >>> magnets["product"], magnets["supplier"], round(float(magnets["supplier_share"]), 2)
    ('850511', 'CHN', 0.76)
    """
    of, seller = result.lines["importer"].astype(str), result.lines["exporter"].astype(str)
    return _by_product(result.lines[((of == (importer or _importer(result))) & (of != seller)).to_numpy()])


def _importer(result: Result) -> str:
    """The importer with the most imports whose tariffs or shipments change."""
    lines = result.lines[result.lines["targeted"].to_numpy()]
    values = lines.groupby("importer", observed=True)["import_value_base"].sum()
    return str(values.idxmax()) if len(values) else ""


def _by_product(lines: pd.DataFrame) -> pd.DataFrame:
    """Columns of `critical_inputs` from the lines of one importer."""
    products = lines["product"].astype("category").cat.remove_unused_categories().cat
    code, size = products.codes.to_numpy(), len(products.categories)
    value, hit = lines["import_value_base"].to_numpy(dtype=float), lines["targeted"].to_numpy()
    total = np.bincount(code, weights=value, minlength=size)
    order = np.lexsort((-value, code))
    first = order[np.searchsorted(code[order], np.arange(size))]  # the largest line of each product
    targeted = np.bincount(code, weights=value * hit, minlength=size)
    kept = np.flatnonzero((np.bincount(code, weights=hit, minlength=size) > 0) & (total > 0))
    users = _users(products.categories[kept], bool((lines["importer"] == COUNTRY).all()))
    share = value[first[kept]] / total[kept]
    table = to_frame(
        {
            "product": products.categories[kept].astype(str),
            "import_value": total[kept],
            "supplier": lines["exporter"].to_numpy().astype(str)[first[kept]],
            "supplier_share": share,
            "targeted_share": targeted[kept] / total[kept],
            **users,
        }
    )
    return table.iloc[np.argsort(-targeted[kept], kind="stable")].reset_index(drop=True)


def _users(products: pd.Index, american: bool) -> dict[str, Array]:
    """Columns on the industries that use each product as an input; empty where no accounts know them."""
    coded = products.str.fullmatch(r"\d{6,}")
    if not american or not np.all(coded):
        return dict.fromkeys(("input_share", "users", "users_output"), np.full(len(products), np.nan))
    accounts = read_accounts()
    mapped = product_shares(products, accounts)
    part = mapped.shares @ _part_of_imports(accounts)
    using = part >= LEAST_PART
    output = _MUSD * accounts.industries["output_musd"].to_numpy(dtype=float)
    columns = {
        "input_share": part.sum(axis=1),
        "users": using.sum(axis=1).astype(float),
        "users_output": using @ output,
    }
    return {name: np.where(mapped.known, values, np.nan) for name, values in columns.items()}


def _part_of_imports(accounts: UsAccounts) -> Array:
    """Part of the imports of a commodity that each industry buys [c, k]."""
    imports = accounts.commodities["imports_musd"].to_numpy(dtype=float)
    bought = np.maximum(imports, accounts.imported_use.sum(axis=1))
    part: Array = accounts.imported_use / np.where(bought > 0, bought, 1.0)[:, None]
    return part


def users_of(result: Result) -> pd.DataFrame:
    """US industries that use the goods concerned, directly and through their domestic suppliers.

    Returns
    -------
    industry, description, input_value (US$ of the goods concerned in its inputs, directly), industry_output (US$),
    content_direct, content_total (goods concerned over output, fractions); the largest input first
    """
    accounts = read_accounts()
    lines = result.lines[((result.lines["importer"] == COUNTRY) & result.lines["targeted"]).to_numpy()]
    products = lines["product"].astype("category").cat.remove_unused_categories().cat
    value = lines["import_value_base"].to_numpy(dtype=float)
    bought = np.bincount(products.codes.to_numpy(), weights=value, minlength=len(products.categories))
    imports = accounts.commodities["imports_2024_usd"].to_numpy(dtype=float)
    concerned = bought @ product_shares(products.categories, accounts).shares
    content = np.minimum(concerned / np.where(imports > 0, imports, 1.0), 1.0)
    as_dearer = CommodityPrices(change=content, uncovered_value=0.0, import_value=float(value.sum()))
    table = exposed_industries(as_dearer, accounts)
    found = to_frame(
        {
            "industry": table["industry"],
            "description": table["description"],
            "input_value": table["cost_direct"] * table["industry_output"],
            "industry_output": table["industry_output"],
            "content_direct": table["cost_direct"],
            "content_total": table["cost_total"],
        }
    )
    return (
        found[found["input_value"] > 0]
        .sort_values("input_value", ascending=False, kind="stable")
        .reset_index(drop=True)
    )
