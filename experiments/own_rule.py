"""A rule and a feature of one's own, named by `plugins: [own_rule.py]` in an experiment."""

from fitness.entries import feature, rule, usual_band
from fitness.phrases import Phrases
from fitness.verbs import earlier, one_of
from fitness.verdict import Numbers, Verdict


@rule
def bars_open_on_triad(phrases: Phrases) -> Verdict:
    """Each bar begins on the first, third or fifth degree.

    Fanfares were played on natural trumpets, which have little but the triad.

    Masks on notes; tested at the first note that begins in each bar.
    Source: convention of this example.
    """
    notes = phrases.notes
    tested = notes.present & (notes.is_first | (notes.bar != earlier(notes.bar)))
    return Verdict(broken=tested & ~one_of(notes.degree, (1, 3, 5)), tested=tested, on=notes)


@feature(**usual_band(0.4, 0.85, 0.15))
def height_of_day(phrases: Phrases) -> Numbers:
    """Where the highest note begins, as a share of the phrase: 0 the beginning, 1 the end.

    Source: convention of this example.
    """
    notes = phrases.notes
    highest = notes.pitch.argmax(axis=1)
    onset = notes.onset[0, highest[0], range(phrases.n)]
    return (onset / phrases.settings.numbers("length"))[None]
