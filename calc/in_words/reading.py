"""From words to a scenario, and back."""

from dataclasses import replace

from calc.datasets.catalogue import default_dataset
from calc.datasets.dataset import Dataset, read_dataset
from calc.errors import ScenarioError
from calc.in_words.grammar import Dates, Exempt, Said, clauses_of, plain_lines, read_clause
from calc.in_words.vocabulary import Vocabulary, vocabulary_of, with_codes
from calc.models.known import DEFAULT_MODEL
from calc.scenario import Scenario
from calc.tariffs.law import first_baseline
from calc.tariffs.rules import LIST_PREFIX, RECIPROCAL, Rule
from calc.tariffs.sentences import describe_rule
from calc.words import continued, day_words

LONGEST_TEXT = 5_000
_LONGEST_TITLE = 120


def scenario_from_words(
    text: str, dataset: str | Dataset | None = None, *, importer: str = "", model: str = DEFAULT_MODEL
) -> Scenario:
    """The scenario that a text states, such as "25% on cars from the EU, Japan and Korea; 10% on everyone else".

    "N% on …" adds N points. `calc/in_words/grammar.py` states the grammar; what is in none of its forms is named, what
    can mean two things is asked about, and nothing is guessed. Where one date is said, the rules start from its tariffs
    and are compared with them; where none is, with the latest tariffs that the record covers, as on the page.

    Parameters
    ----------
    dataset : whose partners and goods the words mean, by name or read already; the default one if absent
    importer : who charges where the text does not say; the data's own if they have one only

    Raises
    ------
    ScenarioError
        A clause is not understood, a word is unknown or has several meanings, or nobody is said to charge.

    Examples
    --------
    >>> import calc
    >>> asked = calc.scenario_from_words("100 points on China, chips exempt")
    >>> asked.rules[0].exporters, asked.rules[0].except_products
    (('CHN',), ('8541', '8542'))
    """
    data = dataset if isinstance(dataset, Dataset) else read_dataset(dataset or default_dataset())
    scenario = stated_in(text, data, importer=importer, model=model)
    return scenario if scenario.baseline else replace(scenario, baseline=first_baseline(data))


def stated_in(text: str, data: Dataset, *, importer: str = "", model: str = DEFAULT_MODEL) -> Scenario:
    """What a text states and no more: as `scenario_from_words`, without a date where none is said."""
    if len(text) > LONGEST_TEXT:
        raise ScenarioError(f"The text is longer than {LONGEST_TEXT:,} characters. Write a scenario file instead.")
    words = vocabulary_of(data)
    read = [(clause, read_clause(clause, words)) for clause in clauses_of(with_codes(plain_lines(text), words))]
    charging = (importer,) if importer else _only_importer(data)
    rules: list[Rule] = []
    days = Dates()
    for clause, said in read:
        if isinstance(said, Dates):
            days = Dates(law_day=said.law_day or days.law_day, baseline=said.baseline or days.baseline)
        elif isinstance(said, Said):
            rules.append(_completed(said, clause, rules, charging, words))
    if days.law_day and not days.baseline:  # what is compared with follows what is started from
        days = Dates(baseline=days.law_day)
    exempt = [said for _, said in read if isinstance(said, Exempt)]
    if not rules:
        raise ScenarioError("No rule is stated. Write what changes, such as '25% on cars from Japan'.")
    return Scenario(
        title=" ".join(text.split())[:_LONGEST_TITLE],
        dataset=data.name,
        model=model,
        baseline=days.baseline,
        law_day=days.law_day,
        rules=tuple(_spared(rule, exempt) for rule in rules),
    )


def words_of(scenario: Scenario, dataset: Dataset) -> str:
    """A scenario as a text that `stated_in` reads as the same rules and days.

    Raises
    ------
    ScenarioError
        A rule has a schedule, acts on a legal authority or allows a subsidy, or the tariffs of a date are compared with
        the rates in the data, for which the grammar has no words.
    """
    if scenario.law_day and not scenario.baseline:
        raise ScenarioError("law_day without baseline is compared with the rates in the data; use its file.")
    for number, rule in enumerate(scenario.rules, 1):
        if rule.schedule or rule.authority:
            raise ScenarioError(f"Rule {number} has {'a schedule' if rule.schedule else 'an authority'}; use its file.")
        if rule.allow_subsidy:
            raise ScenarioError(f"Rule {number} allows a subsidy; use its file.")
    said = [describe_rule(rule, dataset, whole=True) for rule in scenario.rules]
    said += [f"from the tariffs of {day_words(scenario.law_day)}"] if scenario.law_day else []
    said += [f"compared with the tariffs of {day_words(scenario.baseline)}"] if scenario.baseline else []
    return "; ".join((*said[:1], *map(continued, said[1:])))


def _only_importer(dataset: Dataset) -> tuple[str, ...]:
    flows = dataset.flows
    buyers = flows.economies[sorted(set(flows.importer[~flows.domestic].tolist()))]
    return (str(buyers[0]),) if len(buyers) == 1 else ()


def _completed(said: Said, clause: str, before: list[Rule], importer: tuple[str, ...], words: Vocabulary) -> Rule:
    """A rule with what its clause leaves to the text: who charges, and who everyone else is."""
    rule = said.rule
    if rule.action == RECIPROCAL:
        return _retaliation(rule, clause, before)
    if not rule.importer:
        everyone = "every importer" in clause
        if not (importer or everyone):
            raise ScenarioError(f"{clause!r} does not say who charges it. Begin with the importer: 'the EU adds …'.")
        rule = replace(rule, importer=() if everyone else importer)
    if said.others:
        named = [code for other in before if other.importer == rule.importer for code in other.exporters]
        if not named:
            raise ScenarioError(f"{clause!r}: no clause before it names a partner, so there is no one else.")
        rule = replace(rule, except_exporters=tuple(dict.fromkeys((*named, *rule.except_exporters))))
    return rule


def _retaliation(rule: Rule, clause: str, before: list[Rule]) -> Rule:
    """Retaliation is aimed at whoever charges in the rules before it."""
    charging = tuple(dict.fromkeys(code for other in before for code in other.importer))
    if not rule.importer:
        raise ScenarioError(f"{clause!r} does not say who retaliates.")
    if not (rule.exporters or charging):
        raise ScenarioError(f"{clause!r}: no rule before it to retaliate against.")
    return replace(rule, exporters=rule.exporters or charging)


def _spared(rule: Rule, exempt: list[Exempt]) -> Rule:
    """A tariff rule without the goods and partners that the text exempts."""
    if rule.instrument != "tariff" or rule.action == RECIPROCAL:
        return rule
    products = [code for each in exempt for code in each.products if _overlap(code, rule.products)]
    sellers = [code for each in exempt for code in each.exporters]
    return replace(
        rule,
        except_products=tuple(dict.fromkeys((*rule.except_products, *products))),
        except_exporters=tuple(dict.fromkeys((*rule.except_exporters, *sellers))),
    )


def _overlap(code: str, products: tuple[str, ...]) -> bool:
    """Whether goods may be among those of a rule; lists and groups of goods may always."""
    named = (*products, code)
    if not products or any(LIST_PREFIX in each or ":" in each for each in named):
        return True
    return any(each.startswith(code) or code.startswith(each) for each in products)
