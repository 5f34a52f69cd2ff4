"""Small inputs for tests of the models: flows, elasticities and policies from plain lists."""

import numpy as np
import pandas as pd
from hypothesis import settings

from calc.analysis.draws.evidence import EVIDENCE, shifts_at, unit_points
from calc.flows import Elasticities, make_flows
from calc.tariffs.policy import Policy

# The same examples every time, few enough for the whole suite to stay quick.
LAWS = settings(max_examples=30, deadline=None, derandomize=True, database=None)

# A year of the OECD's inter-country table: two economies, cars (C29) and transport services (H49), US$ million.
# Rows add up to OUT, and so do columns: 10+5+4+1 inputs and 50+30 final demand make 100; 10+20+6+4
# inputs, 2 of taxes and 58 of value added too.
SMALL_ICIO = """\
V1,USA_C29,USA_H49,CHN_C29,CHN_H49,USA_HFCE,USA_INVNT,CHN_HFCE,CHN_INVNT,OUT
USA_C29,10,5,4,1,45,5,30,0,100
USA_H49,20,10,0,0,70,0,0,0,100
CHN_C29,6,5,40,10,30,9,90,10,200
CHN_H49,4,0,20,10,0,0,16,0,50
TLS,2,1,5,0,4,0,3,0,15
VA,58,79,131,29,,,,,297
OUT,100,100,200,50,149,14,139,10,
"""


def flows_of(values, rates=0.0, *, own_first=False):
    """Trade of one importer: `values` [product][exporter] in US$, `rates` alike or one number.

    With `own_first` the first exporter is the importer itself; otherwise the importer buys from others only.
    """
    values = np.atleast_2d(np.asarray(values, dtype=float))
    products, exporters = values.shape
    rates = np.broadcast_to(np.asarray(rates, dtype=float), values.shape)
    sellers = [f"E{number:02d}" for number in range(exporters - own_first)]
    economies = pd.Index(["ACE", *sellers], dtype=str)
    return make_flows(
        economies=economies,
        products=pd.Index([f"{number:06d}" for number in range(products)], dtype=str),
        importer=np.zeros(values.size, dtype=np.intp),
        exporter=np.tile(np.arange(exporters, dtype=np.intp) + (not own_first), products),
        product=np.repeat(np.arange(products, dtype=np.intp), exporters),
        import_value=values.ravel(),
        tariff_rate=rates.ravel().copy(),
    )


def elasticities_of(flows, *, epsilon=-1.2, sigma=3.8, beta=np.inf):
    """One set of elasticities; ε and σ by market, β by line, or one number for all."""
    markets, lines = len(flows.market_start), len(flows.import_value)
    return Elasticities(
        import_demand_elasticity=np.broadcast_to(np.asarray(epsilon, dtype=float), markets).copy(),
        armington_elasticity=np.broadcast_to(np.asarray(sigma, dtype=float), markets).copy(),
        export_supply_elasticity=np.broadcast_to(np.asarray(beta, dtype=float), lines).copy(),
        basis=pd.Categorical(["made up"] * markets),
    )


def policy_of(flows, *, tariff=None, tax=0.0, ceiling=np.inf, trade_cost=0.0):
    """New rates, export taxes, ceilings and trade costs by line in the order of the flows; no change unless given."""
    shape = flows.import_value.shape
    new = flows.tariff_rate if tariff is None else np.broadcast_to(np.ravel(np.asarray(tariff, dtype=float)), shape)
    tax = np.broadcast_to(np.asarray(tax, dtype=float), shape).copy()
    ceiling = np.broadcast_to(np.asarray(ceiling, dtype=float), shape).copy()
    trade_cost = np.broadcast_to(np.asarray(trade_cost, dtype=float), shape).copy()
    return Policy(
        targeted=(new != flows.tariff_rate) | (tax != 0) | np.isfinite(ceiling) | (trade_cost != 0),
        tariff_new=new.copy(),
        export_tax=tax,
        export_ceiling=ceiling,
        trade_cost=trade_cost,
        ceiling_rule=np.where(np.isfinite(ceiling), 1, -1),
    )


def shifts(count=4096, seed=1, *, rho=1.0, equilibrium=False, distributions=EVIDENCE):
    """Common shifts of the first draws of a seed."""
    return shifts_at(unit_points(count, seed), distributions, pass_through=rho, general_equilibrium=equilibrium)


def texts(notes):
    """The sentences of notes."""
    return tuple(note.text for note in notes)


def lines(dataset, **columns):
    """Values [line] by importer, exporter, product."""
    flows = dataset.flows
    keys = zip(
        flows.economies[flows.importer],
        flows.economies[flows.exporter],
        flows.products[flows.product],
        strict=True,
    )
    (values,) = columns.values()
    return dict(zip(keys, values, strict=True))
