"""Views that teach: small pages to play with, each drawn from a real run. Python computes everything; JavaScript only draws."""
