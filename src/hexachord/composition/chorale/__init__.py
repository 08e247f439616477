"""Four voices for a tune, by blocked Gibbs sampling."""
