"""Inside the player: how one voice is planned, resampled, filtered, shaped and mixed (`hexachord.synthesis.player` drives them)."""
