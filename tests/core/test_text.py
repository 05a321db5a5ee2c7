import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.core.text import TERMS, clean, likeness, terms
from itsmkit.testing.strategies import texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The printer is jammed", ("printer", "jammed")),
        ("打印机坏了", ("打印", "印机", "机坏", "坏了")),
        ("无法访问VPN，请处理", ("无法", "法访", "访问", "vpn", "请处", "处理")),
        ("坏", ("坏",)),
        ("server db-01.example.org down", ("server", "db-01.example.org", "db", "01", "example", "org", "down")),
        ("\uff36\uff30\uff2e failed", ("vpn", "failed")),
        ("Printer PRINTER printer", ("printer",)),
        ("", ()),
        ("the of and", ()),
    ],
)
@pytest.mark.requirement("KNO-02", "Chinese and English text are searched alike")
def test_a_text_has_these_terms(text: str, expected: tuple[str, ...]) -> None:
    assert terms(text) == expected


@given(texts())
def test_terms_are_distinct_folded_and_few(text: str) -> None:
    found = terms(text)
    assert len(set(found)) == len(found) <= TERMS
    assert terms(text.upper().lower()) is not None
    assert all(term == term.lower() for term in found)


@given(texts(), st.integers(1, 20))
def test_a_limit_gives_the_first_terms_only(text: str, limit: int) -> None:
    assert terms(text, limit) == terms(text, 10**6)[:limit]


@given(
    st.lists(st.sampled_from(("打印机", "网络", "printer", "vpn", "慢"))),
    st.lists(st.sampled_from(("网络", "vpn", "mail"))),
)
def test_likeness_is_even_handed_and_between_nothing_and_the_same(one: list[str], other: list[str]) -> None:
    score = likeness(one, other)
    assert score == likeness(other, one)
    assert 0 <= score <= 1 + 1e-9
    assert (score == 0) == (not set(one) & set(other))
    assert (score == pytest.approx(1)) == (bool(one) and set(one) == set(other))


@given(st.text())
def test_a_cleaned_text_can_be_kept_and_stays_clean(text: str) -> None:
    kept = clean(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept
    assert clean(kept) == kept


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_text_that_can_be_kept_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_a_stray_half_of_a_surrogate_pair_is_replaced() -> None:
    assert clean("a\udcffb\0") == "a?b"
