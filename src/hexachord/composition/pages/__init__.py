"""The same notes on other pages: easier, on one piano, dealt to an ensemble."""
