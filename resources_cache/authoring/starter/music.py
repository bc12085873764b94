# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own music: the quiet background of the films and the listening piece with its two metres."""

from dataclasses import dataclass

import numpy as np

from resources_cache.authoring.starter import sound
from resources_cache.authoring.starter.motion import Cue, Scene, starts_s

SCALE = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11}
CHORDS = {
    "1": (0, 4, 7),
    "2": (2, 5, 9),
    "3": (4, 7, 11),
    "4": (5, 9, 12),
    "5": (7, 11, 14),
    "6": (9, 12, 16),
}
QUIET_STEPS = ("1", "6", "4", "5", "1", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Tone:
    """A note of a tune: MIDI number (None is a rest), start and length in beats."""

    note: int | None
    start: float
    beats: float


def read_tune(text: str, tonic: int) -> list[Tone]:
    """Read numbered notation.

    `5` is a quarter, `5_` an eighth, `5'` and `5,` an octave up and down, `-` holds on, `0` rests;
    bar lines are for the reader.
    """
    tones: list[Tone] = []
    start = 0.0
    for mark in text.replace("|", " ").split():
        if mark == "-":
            last = tones.pop()
            tones.append(Tone(last.note, last.start, last.beats + 1))
            start += 1
            continue
        beats = 0.5 if "_" in mark else 1.0
        octave = 12 * (mark.count("'") - mark.count(","))
        note = None if mark[0] == "0" else tonic + SCALE[mark[0]] + octave
        tones.append(Tone(note, start, beats))
        start += beats
    return tones


def background(scenes: tuple[Scene, ...], tonic: int, seed: int) -> sound.Wave:
    """Quiet music as long as the film, with the scenes' small sounds laid in."""
    length_s = starts_s(scenes)[-1]
    mix = sound.Mix(length_s)
    _quiet_music(mix, length_s, tonic, seed)
    for scene, start_s in zip(scenes, starts_s(scenes), strict=False):
        for cue in scene.cues:
            _lay_cue(mix, start_s + cue.at_s, cue, tonic)
    return mix.master(fade_s=2.5)


def _quiet_music(mix: sound.Mix, length_s: float, tonic: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    bar_s, at_s, bar = 3.6, 0.0, 0
    while at_s < length_s - 1:
        chord = [tonic + step for step in CHORDS[QUIET_STEPS[bar % len(QUIET_STEPS)]]]
        for voice, note in enumerate(chord):
            mix.add(at_s, sound.pad(note - 12, bar_s + 1.0), 0.055, (voice - 1) * 0.5, 0.5)
        mix.add(at_s, sound.bass(chord[0] - 24, 2.2), 0.10, 0, 0.2)
        if bar % 8 < 6:
            _ripple(mix, at_s, bar_s, chord, random)
        at_s += bar_s
        bar += 1


def _ripple(
    mix: sound.Mix, at_s: float, bar_s: float, chord: list[int], random: np.random.Generator
) -> None:
    order = [0, 2, 1, 2] if random.random() < 0.5 else [0, 1, 2, 1]
    for beat in range(8):
        if beat % 2 and random.random() < 0.55:
            continue
        note = chord[order[beat // 2]] + (12 if random.random() < 0.3 else 0)
        level = 0.12 * (1.0 if beat == 0 else 0.7) * random.uniform(0.8, 1.0)
        mix.add(
            at_s + beat * bar_s / 8, sound.kalimba(note), level, random.uniform(-0.5, 0.5), 0.45
        )


def _lay_cue(mix: sound.Mix, at_s: float, cue: Cue, tonic: int) -> None:
    if cue.sound == "pop":
        mix.add(at_s, sound.marimba(tonic + 12), 0.09, 0.1, 0.3)
        mix.add(at_s + 0.07, sound.marimba(tonic + 19), 0.075, 0.2, 0.3)
    elif cue.sound == "swish":
        mix.add(at_s, sound.swish(), 0.10, 0, 0.3)
    elif cue.sound == "tick":
        mix.add(at_s, sound.wood(79), 0.08, 0, 0.25)
    elif cue.sound == "drop":
        for number, step in enumerate((12, 16)):
            mix.add(at_s + number * 0.1, sound.kalimba(tonic + 12 + step), 0.07, -0.2, 0.6)
    elif cue.sound == "answer":
        for number, step in enumerate((0, 4, 7, 12)):
            mix.add(at_s + number * 0.11, sound.kalimba(tonic + 12 + step), 0.10, 0, 0.5)
    elif cue.sound == "no":
        mix.add(at_s, sound.marimba(tonic + 3), 0.09, 0, 0.3)
        mix.add(at_s + 0.16, sound.marimba(tonic), 0.09, 0, 0.3)
    else:
        raise ValueError(f"no such sound: {cue.sound}")


TWO_A = "1 3|5 5|6_ 6_ 5_ 6_|5 -|4_ 4_ 6|5_ 5_ 3|2_ 3_ 4_ 2_|1 -"
TWO_B = "6 6_ 5_|6 -|5 5_ 3_|5 -|4 3_ 2_|3 5|2_ 2_ 3_ 4_|5 -"
TWO_CHORDS = {"A": "11414151", "B": "66114155"}
THREE = (
    "5 - 3|5 - 3|6 5 4|5 - -|4 - 2|4 - 2|2 3 4|3 - -|"
    "5 - 3|5 - 1'|7 6 5|6 - -|5 - 4|3 - 2|2 3 2|1 - -"
)
THREE_CHORDS = "1145225111541151"
TONIC = 65  # F: comfortable for young voices
BEAT_S = 0.625  # 96 beats a minute
WALTZ_BEAT_S = 0.5
PIECE_S = 83.0


def listening_piece() -> sound.Wave:
    """Two in a bar, a breath, three in a bar; a drum always marks the strong beat."""
    mix = sound.Mix(PIECE_S)
    at_s = _beats(mix, 0.4, 4, 2, BEAT_S)
    for part, lead in (("A", "marimba"), ("B", "flute"), ("A", "both")):
        tune = TWO_A if part == "A" else TWO_B
        at_s = _verse(mix, at_s, tune, TWO_CHORDS[part], 2, BEAT_S, lead)
    mix.add(at_s, sound.kalimba(TONIC), 0.2, 0, 0.5)
    at_s = _beats(mix, at_s + 2.2, 4, 3, WALTZ_BEAT_S)
    at_s = _verse(mix, at_s, THREE, THREE_CHORDS, 3, WALTZ_BEAT_S, "flute")
    again = "|".join(THREE.split("|")[8:])
    at_s = _verse(mix, at_s, again, THREE_CHORDS[8:], 3, WALTZ_BEAT_S, "both")
    for number, step in enumerate((0, 4, 7, 12)):
        mix.add(at_s + number * 0.16, sound.kalimba(TONIC + step), 0.2, 0, 0.5)
    return mix.master(fade_s=1.0)


def _beats(mix: sound.Mix, at_s: float, bars: int, metre: int, beat_s: float) -> float:
    """Drum and hands alone; returns the end in seconds."""
    for beat in range(bars * metre):
        _strike(mix, at_s + beat * beat_s, beat % metre == 0, 1.0, beat)
    return at_s + bars * metre * beat_s


def _strike(mix: sound.Mix, at_s: float, is_strong: bool, level: float, seed: int) -> None:
    if is_strong:
        mix.add(at_s, sound.drum(True), 0.62 * level, 0, 0.2)
        mix.add(at_s, sound.clap(seed), 0.20 * level, -0.2, 0.3)
    else:
        mix.add(at_s, sound.drum(False), 0.16 * level, 0.15, 0.2)
        mix.add(at_s, sound.wood(76), 0.13 * level, 0.2, 0.25)


def _verse(
    mix: sound.Mix, at_s: float, tune: str, chords: str, metre: int, beat_s: float, lead: str
) -> float:
    tones = read_tune(tune, TONIC)
    for tone in tones:
        if tone.note is not None:
            _sing(mix, at_s + tone.start * beat_s, tone, metre, beat_s, lead)
    for bar, name in enumerate(chords):
        start_s = at_s + bar * metre * beat_s
        _accompany(mix, start_s, [TONIC + step for step in CHORDS[name]], metre, beat_s)
        for beat in range(metre):
            _strike(mix, start_s + beat * beat_s, beat == 0, 0.62, bar)
            mix.add(start_s + (beat + 0.5) * beat_s, sound.shaker(beat), 0.05, 0.4, 0.2)
    return at_s + len(chords) * metre * beat_s


def _sing(mix: sound.Mix, at_s: float, tone: Tone, metre: int, beat_s: float, lead: str) -> None:
    assert tone.note is not None
    level = 1.0 if tone.start % metre == 0 else 0.78
    if lead in ("marimba", "both"):
        mix.add(at_s, sound.marimba(tone.note + 12), 0.24 * level, -0.25, 0.3)
    if lead in ("flute", "both"):
        mix.add(
            at_s, sound.flute(tone.note + 12, tone.beats * beat_s * 0.94), 0.13 * level, 0.2, 0.4
        )


def _accompany(mix: sound.Mix, at_s: float, chord: list[int], metre: int, beat_s: float) -> None:
    mix.add(at_s, sound.bass(chord[0] - 24), 0.30, 0, 0.15)
    for beat in range(1, metre):
        for voice, note in enumerate(chord):
            mix.add(at_s + beat * beat_s + voice * 0.012, sound.guitar(note - 12), 0.07, 0.3, 0.3)
    for voice, note in enumerate(chord):
        mix.add(at_s, sound.pad(note - 12, metre * beat_s + 0.5), 0.03, (voice - 1) * 0.6, 0.5)
