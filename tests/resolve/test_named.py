"""Head nouns beside a name, wherever the report has it, are clues of its sector."""

from __future__ import annotations

from detente.resolve.antecedents import heads
from detente.resolve.named import _beside, beside_name
from tests.quickest import quickest

REPORT = (
    "Unknown men shot dead a journalist, Nabil al-Quaety, in Aden. Police are looking for them. "
    "Chetwynd, who leads the newsroom of an agency, praised al-Quaety's work."
)


def test_a_trade_before_or_after_any_mention_is_told_with_its_distance():
    assert ("JRN", "at its name before") in beside_name("Nabil", REPORT)
    assert ("JRN", "close to its name before") in beside_name("Quaety", "A journalist, Nabil Quaety, died.")


def test_the_nearest_of_all_mentions_counts():
    report = "Kem Ley was shot at a shop, said a man who knew the activist. The activist Ley had many friends."
    assert ("SOC", "at its name before") in beside_name("Ley", report)


def test_another_sentence_is_not_beside():
    assert beside_name("Malik", "The bishop prayed. Malik fled.") == ()


def test_words_without_a_name_have_nothing_beside_them():
    assert beside_name("he", REPORT) == beside_name("two gunmen", REPORT) == beside_name("", REPORT) == ()


def test_a_name_that_is_part_of_a_word_is_not_meant():
    assert beside_name("Ley", "The bishop Leyton prayed.") == ()


def test_a_name_that_stands_everywhere_takes_time_as_its_report_is_long():
    def read(mentions: int) -> None:
        report = f"{mentions} times: " + "Bishop Smith met soldiers and journalist Jones. " * mentions
        heads(report)  # kept
        for name in ("Smith", "Jones", "Bishop"):
            beside_name(name, report)
            _beside.cache_clear()

    assert quickest(lambda: read(3_000)) < 40 * quickest(
        lambda: read(300)
    )  # 10 when measured; with every head noun looked at 95
