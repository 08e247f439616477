"""What a page leaves to the player: dynamics, touch, ornaments, pedals, and which instrument a part means; `hexachord.synthesis.strokes`
puts them together."""
