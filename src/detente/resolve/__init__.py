"""Words to things in the world: `actor`, `date`, `place`, `places`. Each also works on its own, without the coder."""

from detente.resolve.confidence import actor
from detente.resolve.dates import date
from detente.resolve.places import place, places

__all__ = ["actor", "date", "place", "places"]
