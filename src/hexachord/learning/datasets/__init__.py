"""Collections of labelled music: what they hold, how they are laid out, whether they can be trusted, how they are split."""
