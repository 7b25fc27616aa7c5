"""Near-duplicates: what is one cluster, what is not, and that the index forgets."""

from __future__ import annotations

from flows.triage.duplicates import NearDuplicates

OUTRAGE = "Shame on Meridia, they knew since June that our addresses were stolen and said nothing. Boycott!"


def test_a_copy_with_another_handle_link_and_capitals_joins_the_cluster() -> None:
    index = NearDuplicates()
    first = index.place(OUTRAGE)
    assert index.place(f"RT @someone: {OUTRAGE.upper()} https://x.example/1") == first
    assert len(index) == 1


def test_a_copy_with_a_few_words_more_joins_the_cluster() -> None:
    index = NearDuplicates()
    assert index.place(OUTRAGE) == index.place(f"{OUTRAGE} Please share with everybody")


def test_another_matter_begins_its_own_cluster() -> None:
    index = NearDuplicates()
    assert index.place(OUTRAGE) != index.place("Was my date of birth among the data that were stolen from Meridia?")


def test_the_same_words_about_another_amount_are_another_matter() -> None:
    index = NearDuplicates()
    assert index.place("You took 120 euros from me") != index.place("You took 75 euros from me yesterday")


def test_two_replicas_give_one_number_to_one_text() -> None:
    assert NearDuplicates().place(OUTRAGE) == NearDuplicates().place(f"  {OUTRAGE.lower()} ")


def test_texts_of_the_past_are_known_again() -> None:
    index = NearDuplicates()
    index.remember(OUTRAGE, 4711)
    assert index.place(f"{OUTRAGE} !!!") == 4711


def test_the_index_stays_within_its_bound_and_forgets_the_oldest() -> None:
    index = NearDuplicates(most=10)
    first = index.place("the very first of all the messages of this day")
    for number in range(50):
        index.place(f"{'abcdefghij'[number % 10] * 7} {number * 7919} {'klmnopqrst'[number // 10] * 9} {number}")
    assert len(index) == 10
    assert first not in index._kept
    assert sum(map(len, index._bands.values())) == 10 * 32


def test_texts_without_letters_are_told_apart() -> None:
    index = NearDuplicates()
    assert index.place("🤬🤬") != index.place("🙏🙏")
