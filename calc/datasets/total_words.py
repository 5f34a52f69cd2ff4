"""Words by which tables call a total: `Total, all partners`, `TOTAL ALL COUNTRIES`, `World (all)`, `Grand total`.

A label means a total where every word of it is one of these and one at least says so. "All other countries" is a rest,
not a total, for "other" is none of them.
"""

import re
import unicodedata

_WHOLE = (
    "all total totals tot totale totales subtotal sum sums whole entire overall grand gesamt insgesamt summe alle tous "
    "toutes todos todas tutti somme suma world worldwide global monde mundo mondo welt wereld mundial mondial"
)
_EITHER = "trade import imports export exports for of and general les los las di de"
_ECONOMIES = (
    "country countries partner partners economy economies area areas origin origins destination destinations market "
    "markets importer importers exporter exporters reporter reporters territories entier pays paises paesi lander "
    "laender landen socios partenaires"
)
_PRODUCTS = (
    "product products commodity commodities good goods item items code codes chapter chapters heading headings section "
    "sections sector sectors industry industries merchandise hs sitc produits productos prodotti waren marchandises "
    "mercancias"
)
_SAYS_SO = frozenset(_WHOLE.split())
_OF_ECONOMIES = _SAYS_SO.union(_EITHER.split(), _ECONOMIES.split())
_OF_PRODUCTS = _SAYS_SO.union(_EITHER.split(), _PRODUCTS.split())


def means_all(label: str, *, products: bool = False) -> bool:
    """Whether the words of a label mean all economies together, or all products.

    Examples
    --------
    >>> means_all("TOTAL ALL COUNTRIES"), means_all("All other countries")
    (True, False)
    >>> means_all("Total - all products", products=True)
    True
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().casefold()
    words = set(re.findall(r"[a-z]+|\d+", plain))
    return bool(words & _SAYS_SO) and words <= (_OF_PRODUCTS if products else _OF_ECONOMIES)
