"""Layer 0: sound, and the files that hold it."""

from hexachord.audio.decode import AudioFile, load_audio
from hexachord.audio.encode import AudioWriter, ClippedAudioWarning, save_audio
from hexachord.audio.model import Audio, resample

__all__ = ["Audio", "AudioFile", "AudioWriter", "ClippedAudioWarning", "load_audio", "resample", "save_audio"]
