"""Finding music by music: recordings by their fingerprint."""

from hexachord.retrieval.fingerprint import Fingerprint, FingerprintOptions, Match, fingerprint, match, near_duplicates

__all__ = ["Fingerprint", "FingerprintOptions", "Match", "fingerprint", "match", "near_duplicates"]
