"""How far buyers have adjusted some months after a tariff change (Tamberi 2025).

    r(m) = [e0 + (e1 − e0) min(m, 15)/15] / e1        e0 = 1.4, e1 = 3.7        r = 1 in the long run

e0 and e1 are the elasticities of imports in the short and in the long run that N. Tamberi (2025, The dynamics of the
trade elasticity: Evidence from the 2018 US trade war, CITP Working Paper 027) estimates on the US tariffs of 2018;
adjustment ends within 15 months. Straight in between by convention. r multiplies substitution and demand alike, so
that their ratio, and with it the sign of cross effects, stays; the pass-through of one supplier stays too.
"""

FIRST_RESPONSE, LAST_RESPONSE, MONTHS_TO_LAST = 1.4, 3.7, 15


def response_after(months: float | None) -> float:
    """Share of the lasting response of trade that is reached some months after a measure, r (see the module).

    Parameters
    ----------
    months : since the measure, 0 or more; None: the long run
    """
    if months is None or months >= MONTHS_TO_LAST:
        return 1.0
    return (FIRST_RESPONSE + (LAST_RESPONSE - FIRST_RESPONSE) * months / MONTHS_TO_LAST) / LAST_RESPONSE
