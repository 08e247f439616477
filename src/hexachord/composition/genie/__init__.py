"""Eight buttons for 88 keys, after Piano Genie."""
