"""The instruments of General MIDI by name.

Source: MIDI Manufacturers Association, General MIDI System Level 1 (1991), program list.
"""

from __future__ import annotations

from fitness.catalogue import near_miss

NAMES: tuple[str, ...] = tuple(
    """acoustic_grand_piano bright_acoustic_piano electric_grand_piano honky_tonk_piano electric_piano_1
    electric_piano_2 harpsichord clavinet celesta glockenspiel music_box vibraphone marimba xylophone
    tubular_bells dulcimer drawbar_organ percussive_organ rock_organ church_organ reed_organ accordion
    harmonica tango_accordion acoustic_guitar_nylon acoustic_guitar_steel electric_guitar_jazz
    electric_guitar_clean electric_guitar_muted overdriven_guitar distortion_guitar guitar_harmonics
    acoustic_bass electric_bass_finger electric_bass_pick fretless_bass slap_bass_1 slap_bass_2 synth_bass_1
    synth_bass_2 violin viola cello contrabass tremolo_strings pizzicato_strings orchestral_harp timpani
    string_ensemble_1 string_ensemble_2 synth_strings_1 synth_strings_2 choir_aahs voice_oohs synth_voice
    orchestra_hit trumpet trombone tuba muted_trumpet french_horn brass_section synth_brass_1 synth_brass_2
    soprano_sax alto_sax tenor_sax baritone_sax oboe english_horn bassoon clarinet piccolo flute recorder
    pan_flute blown_bottle shakuhachi whistle ocarina square_lead sawtooth_lead calliope_lead chiff_lead
    charang_lead voice_lead fifths_lead bass_and_lead new_age_pad warm_pad polysynth_pad choir_pad bowed_pad
    metallic_pad halo_pad sweep_pad rain soundtrack crystal atmosphere brightness goblins echoes sci_fi sitar
    banjo shamisen koto kalimba bagpipe fiddle shanai tinkle_bell agogo steel_drums woodblock taiko_drum
    melodic_tom synth_drum reverse_cymbal guitar_fret_noise breath_noise seashore bird_tweet telephone_ring
    helicopter applause gunshot""".split()
)
SHORT = {"piano": 0, "organ": 19, "guitar": 24, "bass": 32, "strings": 48, "choir": 52, "horn": 60, "sax": 65}


def program_of(name: str) -> int:
    """The General MIDI program, 0-127, of an instrument's name.

    >>> program_of("flute"), program_of("piano")
    (73, 0)
    """
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted in SHORT:
        return SHORT[wanted]
    if wanted not in NAMES:
        raise ValueError(f"no instrument is called '{name[:40]}'; {_hint(wanted[:40])}")
    return NAMES.index(wanted)


def _hint(wanted: str) -> str:
    hint = near_miss(wanted, [*NAMES, *SHORT])
    return hint if hint.startswith("did") else "use a General MIDI name such as flute, violin or piano"
