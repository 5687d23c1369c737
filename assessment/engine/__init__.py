"""The scoring engine (考核计分): any county's scheme as data, every point explained.

A pure function: a scheme document and a facts document in, score lines with reasons out. No database, no
clock, no globals; `Decimal` only.

    scheme = load_scheme(text)          # SchemeError: every fault with path and line
    facts = load_facts(text)            # FactsError
    result = score(scheme, facts)       # FactsError when the facts do not fit the scheme
"""

from __future__ import annotations

from assessment.engine.factdoc import load as load_facts
from assessment.engine.facts import BASES, Facts
from assessment.engine.faults import DocumentError, FactsError, Fault, SchemeError
from assessment.engine.result import Line, Result, UnitScore
from assessment.engine.schema import schema
from assessment.engine.scheme import Scheme
from assessment.engine.schemedoc import lint
from assessment.engine.schemedoc import load as load_scheme
from assessment.engine.scoring import score

__all__ = [
    "BASES",
    "DocumentError",
    "Facts",
    "FactsError",
    "Fault",
    "Line",
    "Result",
    "Scheme",
    "SchemeError",
    "UnitScore",
    "lint",
    "load_facts",
    "load_scheme",
    "schema",
    "score",
]
