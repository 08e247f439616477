"""What `hexachord learn` does, step by step: data looked through, features made, tables of numbers learnt from, saved models asked."""
