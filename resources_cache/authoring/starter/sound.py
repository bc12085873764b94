# SPDX-License-Identifier: GPL-3.0-or-later
"""A small soft orchestra in numpy: instruments, a room to play in, and even loudness."""

import re
import subprocess
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float64]

RATE = 44_100
TARGET_LUFS = -20.0
PEAK = 0.84  # about -1.5 dBFS: leaves room for what AAC adds


def seconds(length_s: float) -> Wave:
    """Time stamps of a sound of this length."""
    return np.arange(round(length_s * RATE), dtype=np.float64) / RATE


def pitch_hz(note: float) -> float:
    """Frequency of a MIDI note number (69 is 440 Hz)."""
    return float(440.0 * 2.0 ** ((note - 69.0) / 12.0))


def _soft_ends(sound: Wave, attack_s: float, release_s: float) -> Wave:
    attack, release = max(1, round(attack_s * RATE)), max(1, round(release_s * RATE))
    shape = np.ones(len(sound))
    shape[:attack] = 0.5 - 0.5 * np.cos(np.pi * np.arange(attack) / attack)[: len(sound)]
    shape[-release:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(release) / release)[-len(sound) :]
    return sound * shape


def _partials(note: float, length_s: float, parts: list[tuple[float, float, float]]) -> Wave:
    """Decaying partials, each (ratio, level, decay time in seconds)."""
    t, base = seconds(length_s), pitch_hz(note)
    total = np.zeros_like(t)
    for ratio, level, decay_s in parts:
        if base * ratio < 9_000:
            total += level * np.exp(-t / decay_s) * np.sin(2 * np.pi * base * ratio * t)
    return total


def kalimba(note: float, length_s: float = 2.2) -> Wave:
    """A thumb piano: round, with a short metallic edge."""
    parts = [(1.0, 1.0, 0.75), (2.0, 0.16, 0.4), (5.4, 0.10, 0.07), (8.2, 0.03, 0.03)]
    return _soft_ends(_partials(note, length_s, parts), 0.004, 0.3)


def marimba(note: float, length_s: float = 1.2) -> Wave:
    """A wooden bar struck with a soft mallet."""
    parts = [(1.0, 1.0, 0.32), (3.93, 0.22, 0.09), (9.2, 0.05, 0.03)]
    return _soft_ends(_partials(note, length_s, parts), 0.003, 0.2)


def guitar(note: float, length_s: float = 1.8) -> Wave:
    """A nylon string: higher partials die sooner."""
    parts = [(float(n), 1.0 / n**1.5, 0.9 / n**0.8) for n in range(1, 9)]
    return _soft_ends(_partials(note, length_s, parts), 0.004, 0.25) * 0.8


def pad(note: float, length_s: float) -> Wave:
    """A slow, breathing cushion of slightly detuned tones."""
    t, base = seconds(length_s), pitch_hz(note)
    total = np.zeros_like(t)
    for detune, level in ((-0.0025, 0.5), (0.0, 0.6), (0.003, 0.5)):
        angle = 2 * np.pi * base * (1 + detune) * t
        total += level * (np.sin(angle) + 0.18 * np.sin(2 * angle) + 0.05 * np.sin(3 * angle))
    return _soft_ends(total * 0.5, min(0.9, length_s / 3), min(1.2, length_s / 3))


def flute(note: float, length_s: float) -> Wave:
    """A soft pipe with a little vibrato that comes late, and a little breath."""
    t, base = seconds(length_s), pitch_hz(note)
    vibrato = 0.0035 * np.clip((t - 0.18) / 0.4, 0, 1) * np.sin(2 * np.pi * 5.2 * t)
    angle = 2 * np.pi * base * (t + np.cumsum(vibrato) / RATE)
    tone = np.sin(angle) + 0.24 * np.sin(2 * angle) + 0.08 * np.sin(3 * angle)
    breath = _noise_band(len(t), base * 0.8, base * 3.0, seed=int(note)) * 0.05
    return _soft_ends(tone * 0.75 + breath, 0.055, min(0.12, length_s / 3))


def bass(note: float, length_s: float = 0.9) -> Wave:
    """A round plucked bass."""
    return _soft_ends(
        _partials(note, length_s, [(1.0, 1.0, 0.5), (2.0, 0.35, 0.25), (3.0, 0.1, 0.12)]),
        0.006,
        0.2,
    )


def drum(strong: bool = True) -> Wave:
    """A hand drum: low and open when strong, dry and light when weak."""
    t = seconds(0.55 if strong else 0.3)
    low, fall = (78.0, 60.0) if strong else (150.0, 45.0)
    angle = 2 * np.pi * (low * t + fall * 0.03 * (1 - np.exp(-t / 0.03)))
    body = np.sin(angle) * np.exp(-t / (0.17 if strong else 0.07))
    skin = _noise_band(len(t), 300, 2_400, seed=3) * np.exp(-t / 0.018) * 0.25
    return _soft_ends(body + skin, 0.002, 0.05)


def clap(seed: int = 0) -> Wave:
    """Some soft hands, not quite together."""
    t = seconds(0.22)
    total = np.zeros_like(t)
    for number, delay_s in enumerate((0.0, 0.009, 0.019, 0.027)):
        late = np.clip(t - delay_s, 0, None)
        hit = _noise_band(len(t), 700, 3_200, seed=seed * 7 + number)
        total += np.where(t >= delay_s, hit * np.exp(-late / 0.028), 0.0)
    return _soft_ends(total * 0.5, 0.001, 0.05)


def wood(note: float = 84) -> Wave:
    """A small wooden block."""
    return _soft_ends(_partials(note, 0.16, [(1.0, 0.8, 0.03), (1.52, 0.4, 0.02)]), 0.001, 0.03)


def shaker(seed: int = 0) -> Wave:
    """A short sandy shake."""
    t = seconds(0.12)
    noise = _noise_band(len(t), 3_500, 9_000, seed=90 + seed)
    return _soft_ends(noise * np.exp(-((t - 0.035) ** 2) / 0.0006) * 0.5, 0.005, 0.03)


def swish(seed: int = 1) -> Wave:
    """Paper or a knife moving through the air."""
    t = seconds(0.5)
    rise: Wave = np.sin(np.pi * t / 0.5) ** 3
    return _noise_band(len(t), 900, 5_000, seed=seed) * rise * 0.35


def _noise_band(count: int, low_hz: float, high_hz: float, seed: int) -> Wave:
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / RATE)
    edge = 1 / (1 + (low_hz / np.maximum(hz, 1)) ** 6) / (1 + (hz / high_hz) ** 6)
    noise = np.fft.irfft(spectrum * edge, count)
    return np.asarray(noise / max(1e-9, float(np.abs(noise).max())), dtype=np.float64)


class Mix:
    """A stereo recording that sounds are laid into."""

    def __init__(self, length_s: float) -> None:
        self._dry: Wave = np.zeros((2, round(length_s * RATE)))
        self._wet: Wave = np.zeros_like(self._dry)

    def add(
        self, at_s: float, sound: Wave, level: float, pan: float = 0.0, room: float = 0.25
    ) -> None:
        """Lay a sound in; pan from -1 (left) to 1 (right), `room` is its share of reverb."""
        start = round(at_s * RATE)
        sound = sound[: max(0, self._dry.shape[1] - start)] * level
        angle = (pan + 1) * np.pi / 4
        for side, share in ((0, np.cos(angle)), (1, np.sin(angle))):
            self._dry[side, start : start + len(sound)] += sound * share
            self._wet[side, start : start + len(sound)] += sound * share * room

    def master(self, fade_s: float = 1.5) -> Wave:
        """The finished recording: reverb added, ends faded, peaks rounded off."""
        total = self._dry + np.stack([_room(self._wet[side], seed=side) for side in (0, 1)])
        fade = round(fade_s * RATE)
        total[:, -fade:] *= np.linspace(1, 0, fade) ** 1.5
        return total / max(1e-9, float(np.abs(total).max()))


def _room(sound: Wave, seed: int, length_s: float = 1.7) -> Wave:
    t = seconds(length_s)
    echo = _noise_band(len(t), 180, 4_200, seed=40 + seed) * np.exp(-t / 0.38)
    echo[: round(0.012 * RATE)] = 0
    echo /= np.sqrt(np.sum(echo**2))
    size = 1 << (len(sound) + len(echo)).bit_length()
    tail = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)
    return np.asarray(tail[: len(sound)], dtype=np.float64)


def write_wav(sound: Wave, path: Path) -> None:
    """Write 16-bit stereo at the loudness of all lessons, with peaks rounded, never clipped."""
    _save(sound * 0.5, path)
    for _ in range(2):  # the second round corrects what rounding the peaks took away
        gain = 10 ** ((TARGET_LUFS - loudness_lufs(path)) / 20)
        sound = sound * gain if _ else sound * 0.5 * gain
        _save(_rounded(sound), path)


def _rounded(sound: Wave) -> Wave:
    knee = PEAK * 0.6
    over = np.abs(sound) > knee
    bent = np.sign(sound) * (knee + (PEAK - knee) * np.tanh((np.abs(sound) - knee) / (PEAK - knee)))
    return np.where(over, bent, sound)


def _save(sound: Wave, path: Path) -> None:
    frames = np.round(np.clip(sound, -1, 1).T * 32_767).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(frames.tobytes())


def loudness_lufs(path: Path) -> float:
    """Integrated loudness of a file (EBU R 128), measured by ffmpeg."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path)]
    command += ["-map", "0:a", "-af", "ebur128", "-f", "null", "-"]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = re.findall(r"I:\s+(-?[\d.]+) LUFS", report)
    if not found:
        raise RuntimeError(f"ffmpeg measured no loudness in {path.name}")
    return float(found[-1])
