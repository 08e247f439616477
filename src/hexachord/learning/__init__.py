"""What models learn with. `hexachord.learning.deep` holds networks and the one training loop; it needs torch (the extra ``train``)."""
