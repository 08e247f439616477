"""The recipes there are."""

from hexachord.errors import InputError
from hexachord.journeys.recipes.classifying import ACTIVITY, CLASSIFY, GENRE, INSTRUMENT, SINGER
from hexachord.journeys.recipes.emotion import RECIPE as EMOTION
from hexachord.journeys.recipes.piano import RECIPE as PIANO
from hexachord.journeys.recipes.recipe import Recipe

RECIPES: tuple[Recipe, ...] = (SINGER, PIANO, CLASSIFY, GENRE, INSTRUMENT, ACTIVITY, EMOTION)


def find_recipe(name: str) -> Recipe:
    """Find a recipe by its name.

    Raises
    ------
    InputError : if there is none; the message lists those there are.

    Examples
    --------
    >>> find_recipe("piano").extra
    'train'
    """
    for recipe in RECIPES:
        if recipe.name == name:
            return recipe
    raise InputError(f"recipe {name}", found="no such recipe", expected=f"one of {', '.join(recipe.name for recipe in RECIPES)}")
