"""Layer 4: a song as one HTML file that shows, plays and explains it."""
