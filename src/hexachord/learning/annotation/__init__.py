"""Questions put to people, their answers, and how far they agree."""
