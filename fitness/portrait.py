"""The portrait of a melody: some 450 numbers, by which styles are measured and sets of pieces are told apart.

All are features of the catalogue, the same in any key and register, for the line of one voice.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from fitness.entries import feature
from fitness.phrases import Phrases
from fitness.verdict import Numbers

# Features of one number each; those that `usual_band` gives a band.
SINGLE = (
    "agogic_accent", "ambitus", "bigram_surprise", "boundary_fit", "climax_position", "climax_strength",
    "cloud_diameter", "cloud_momentum", "closure", "contour_stability", "derived_share", "direction_changes",
    "dissonant_leap_share", "duration_entropy", "duration_range", "duration_variety", "falling_fifths_share",
    "final_lengthening", "groove_consistency", "instability", "inter_onset", "interval_entropy",
    "interval_size_entropy", "intervallic_difference", "key_bits", "key_clarity", "key_fit", "key_lead",
    "leap_returns", "leap_share", "mean_interval", "melodic_attraction", "melody_bits", "motif_economy",
    "narmour_proximity", "note_density", "notes_per_bar", "notes_per_phrase", "npvi", "onset_weight",
    "phrase_repeat_share", "pitch_autocorrelation", "pitch_class_entropy", "pitch_deviation", "pitch_entropy",
    "pitch_reversal", "pitch_variety", "pitches_per_bar", "proximity_bits", "register_bits", "registral_direction",
    "registral_return", "repeat_share", "repeated_duration_share", "repeated_interval_patterns",
    "repeated_rhythm_patterns", "rest_share", "rising_leaps_share", "rising_moves_share", "rising_share",
    "scale_share", "spiral_distance", "step_direction", "step_inertia", "step_share", "strong_onset_share",
    "surprise_falls", "syncopation", "tensile_strain", "tonal_centre_share", "triad_changes", "triad_fit",
)  # fmt: skip
# Features of many numbers, with their options.
MANY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("approach_profile", {}), ("bars_again", {"by": "notes"}), ("bars_again", {"by": "rhythm"}),
    ("bars_again", {"by": "shape"}), ("bars_again", {"by": "contour"}), ("cadence_profile", {}),
    ("contour_profile", {}), ("degree_profile", {}), ("degree_transitions", {}), ("duration_profile", {}),
    ("first_downbeat", {}), ("functions_at", {}), ("heights_above_end", {}), ("interval_profile", {}),
    ("metric_degrees", {}), ("onset_places", {}), ("part_densities", {}), ("part_heights", {}),
    ("phrase_end_degrees", {}), ("phrase_start_degrees", {}), ("self_similarity", {"by": "notes"}),
    ("self_similarity", {"by": "rhythm"}), ("tension_curve", {}), ("triad_profile", {}), ("triad_transitions", {}),
)  # fmt: skip

DECIMALS = 9  # of the numbers: sums of one phrase are added in another order than those of many


def portrait(phrases: Phrases) -> Numbers:
    """The numbers of each phrase, `[len(names()), n]`; the same for a phrase alone and in any company."""
    found = np.empty((len(names()), phrases.n))
    for where, block in phrases.blocks():
        rows = [feature[name].function(block) for name in SINGLE]
        rows += [feature[name].function(block, **options) for name, options in MANY]
        found[:, where] = np.concatenate(rows)[:, : where.stop - where.start]
    return found.round(DECIMALS)


@lru_cache
def names() -> tuple[str, ...]:
    """What each row of a portrait is: the feature, and of many numbers which, from 0, as in `interval_profile 14`."""
    told = list(SINGLE)
    empty = Phrases.of()
    for name, options in MANY:
        label = " ".join([name, *map(str, options.values())])
        told += [f"{label} {row}" for row in range(len(feature[name].function(empty, **options)))]
    return tuple(told)
