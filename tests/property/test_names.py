"""What figures may be called: words of contracts and of the question alone, and nothing else passes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from language import LANGUAGE
from offences import POLICY

from datalab.errors import QueryError
from datalab.query.build import Asking, ask, col
from datalab.query.check import check
from datalab.query.naming import MAX_NAME, MAX_WORDS, VOCABULARY
from datalab.query.sql.reader import sql

CRIMES = ask("crimes")
CONTRACT = {"crimes", "kind", "ward", "charged", "grade", "minutes", "loss", "on", "at", "code", "story"}
OTHERS = ("smith", "alice", "burglary", "north", "p51", "p50", "p90", "n", "x", "ab", "9", "", "Rows", "arson2")
WORD = st.one_of(
    st.sampled_from(sorted(VOCABULARY)), st.sampled_from(sorted(CONTRACT)), st.sampled_from(OTHERS), st.text(max_size=5)
)


def passes(asking: Asking) -> bool:
    """Return whether the question can be asked."""
    try:
        check(asking.spend(rho="1/10", rows_per_unit=4, rows_per_cell=1), LANGUAGE, POLICY)
    except QueryError:
        return False
    return True


def named(figure: str, name: str) -> Asking:
    """Return a question of one figure under a name, about burglaries alone."""
    crimes = CRIMES.where(col("kind") == "burglary")
    return {
        "rows": lambda: crimes.count_rows(name=name),
        "mean": lambda: crimes.mean("loss", name=name),
        "median": lambda: crimes.median("loss", name=name),
    }[figure]()


OWN = {
    "rows": ({"n"}, {"rows"}),
    "mean": (set(), {"loss", "mean"}),
    "median": ({"p50"}, {"loss", "median"}),
}
"""By figure: words that say what it is, and those of the name that it has anyway."""


ANOTHER = {
    "rows": "mean average avg median med quantile variance var deviation std stdev stddev spread sum "
    "rate ratio share proportion prop fraction pct percent percentage",
    "mean": "median med quantile variance var deviation std stdev stddev spread sum total tot amount "
    "count counts cnt num freq frequency pct percent percentage",
    "median": "mean average avg variance var deviation std stdev stddev spread sum total tot amount "
    "count counts cnt num freq frequency rate ratio share proportion prop fraction pct percent percentage",
}
"""By figure: words of the list that say another one."""


@settings(deadline=None, max_examples=600, suppress_health_check=list(HealthCheck))
@given(words=st.lists(WORD, min_size=1, max_size=6), figure=st.sampled_from(sorted(OWN)))
def test_no_name_passes_but_those_of_known_words(words: list[str], figure: str) -> None:
    """A name passes if each word is the contracts', the list's, a value's that is asked for, or says the figure."""
    name = "_".join(words)
    parts = name.split("_")
    own, anyway = OWN[figure]
    known = (VOCABULARY - set(ANOTHER[figure].split())) | CONTRACT | {"burglary"} | own | anyway
    short = len(parts) <= MAX_WORDS and len(name) <= MAX_NAME

    try:
        asking = named(figure, name)
    except QueryError:  # the builder reads no such text as a name
        assert not set(parts) <= known
        return
    assert passes(asking) == (set(parts) <= known and len(set(parts)) == len(parts) and short)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COUNT(*) AS n FROM crimes",
        "SELECT COUNT(*) AS cnt FROM crimes",
        "SELECT COUNT(DISTINCT unit_id) AS n_units FROM crimes",
        "SELECT AVG(loss) AS avg FROM crimes",
        "SELECT AVG(minutes) AS avg_minutes FROM crimes",
        "SELECT STDDEV_POP(loss) AS loss_stddev FROM crimes",
        "SELECT MEDIAN(loss) AS p50 FROM crimes",
        "SELECT PERCENTILE_CONT(0.05) WITHIN GROUP (ORDER BY loss) AS loss_p05 FROM crimes",
        "SELECT 1.0 * COUNT(*) FILTER (WHERE kind = 'burglary') / COUNT(*) AS burglary_rate FROM crimes",
        "SELECT 100.0 * COUNT(*) FILTER (WHERE kind IN ('theft', 'arson')) / COUNT(*) AS pct_arson FROM crimes",
    ],
)
def test_names_that_people_give_are_read(text: str) -> None:
    """Short names of figures, and the words of a listed value that is asked for, are names."""
    assert passes(sql(text))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT AVG(loss) AS n FROM crimes",
        "SELECT AVG(loss) AS p50 FROM crimes",
        "SELECT MEDIAN(loss) AS p90 FROM crimes",
        "SELECT COUNT(*) AS burglary FROM crimes",
        "SELECT COUNT(*) AS smith FROM crimes WHERE code = 'smith'",
        "SELECT COUNT(*) AS north FROM crimes WHERE kind = 'burglary'",
        "SELECT COUNT(*) FILTER (WHERE kind = 'burglary') AS theft, AVG(loss) FROM crimes WHERE kind <> 'theft'",
        "SELECT COUNT(*) FILTER (WHERE kind = 'burglary') AS theft, COUNT(*) FILTER (WHERE kind = 'theft') FROM crimes",
        "SELECT COUNT(*) AS theft FROM crimes WHERE kind <> 'theft'",
        "SELECT COUNT(*) AS theft FROM crimes WHERE NOT kind IN ('theft', 'arson')",
        "SELECT 1.0 * COUNT(*) / COUNT(*) FILTER (WHERE kind = 'theft') AS theft_ratio FROM crimes",
        "SELECT AVG(loss) AS median FROM crimes",
        "SELECT MEDIAN(loss) AS mean FROM crimes",
        "SELECT SUM(minutes) AS count FROM crimes",
        "SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY loss) AS median FROM crimes",
        "SELECT 1.0 * COUNT(*) FILTER (WHERE kind = 'arson') / COUNT(*) AS pct_arson FROM crimes",
    ],
)
def test_a_word_that_the_question_does_not_give_is_no_name(text: str) -> None:
    """What says another figure, a value that its rows do not hold, and a text that no contract lists are refused."""
    assert not passes(sql(text))


@pytest.mark.parametrize("word", ["al_ic", "rich", "zmir"])
def test_short_values_and_pieces_of_values_are_no_words(word: str) -> None:
    """Codes of two letters would spell, and what is left of a word in other letters is another word."""
    places = replace(LANGUAGE["crimes"].column("kind"), values=("AL", "IC", "Zürich", "İzmir"))
    crimes = replace(
        LANGUAGE["crimes"],
        columns=tuple(places if one.name == "kind" else one for one in LANGUAGE["crimes"].columns),
    )
    asking = CRIMES.where(col("kind").is_in(["AL", "IC", "Zürich", "İzmir"])).count_rows(name=word)

    with pytest.raises(QueryError, match="is no word"):
        check(asking.spend(rho="1/10", rows_per_unit=4, rows_per_cell=1), {**LANGUAGE, "crimes": crimes}, POLICY)


def test_a_refused_name_says_what_the_figure_is_called_without_one() -> None:
    """The refusal names what works: words that are near, and the name that is given where none is stated."""
    asking = sql("SELECT AVG(loss) AS smith FROM crimes")
    with pytest.raises(QueryError, match="Leave AS and the name out, and it is called loss_mean") as refused:
        check(asking.spend(rho="1/10", rows_per_unit=4, rows_per_cell=1), LANGUAGE, POLICY)

    assert re.search(r"'smith' is no word", str(refused.value))
    assert passes(sql("SELECT AVG(loss) FROM crimes"))
    assert replace(asking.query.measures[0], name="loss_mean") == sql("SELECT AVG(loss) FROM crimes").query.measures[0]
