"""Slow, obvious references, one phrase at a time and in plain Python, and the phrases to compare them on.

Written from the docstrings of the rules and features, note by note and tick by tick; nothing here knows of
views, masks or batches.  A rule gives the (tick, voices) at which it was broken and at which it was tested, a
feature a list of numbers.  A module of references is found by its name, `rules_*.py` or `features_*.py`.
"""

import importlib
import pkgutil

from tests.reference.questions import FEATURES as FEATURES
from tests.reference.questions import Marks as Marks
from tests.reference.questions import feature_numbers as feature_numbers
from tests.reference.questions import rule_marks as rule_marks

for module in pkgutil.iter_modules(__path__):
    if module.name.startswith(("rules", "features")):
        importlib.import_module(f"{__name__}.{module.name}")
