"""What methods give back: a small closed family of records that know their unit, sign, target and check."""

from interpret.results.ablation import Ablation
from interpret.results.against import Against
from interpret.results.alike import PlacesAlike
from interpret.results.attention import HeadImportance, HeadMaps, HeadRoles
from interpret.results.attention_means import TokenIdentity, WordClassHeads
from interpret.results.base import SCHEMA, Asked, Check, NotFinite, Result
from interpret.results.completeness import Completeness
from interpret.results.contexts import Likeness, Narrowness, WordContexts
from interpret.results.counterfactual import Counterfactuals
from interpret.results.explaining import Explaining, Swapped, ThreeMaps
from interpret.results.grammar import Grammar
from interpret.results.guesses import ClassScores, NextWords
from interpret.results.head_lab import HeadsExplaining, HeadTaus
from interpret.results.league import League
from interpret.results.lens import LayerGuesses, LensTraining, Patched
from interpret.results.number_units import NumberUnits, Probes
from interpret.results.over_texts import OverTexts
from interpret.results.query_key import QueryKey
from interpret.results.reach import Reach
from interpret.results.replay import Replay
from interpret.results.sentence_pairs import MinimalPairs, SentencePair
from interpret.results.space import MapTrust, Neighbours, WordMap, WordShift
from interpret.results.steadiness import Agreement, Fidelity, Stability
from interpret.results.text_factors import TextFactors
from interpret.results.text_map import TextMap
from interpret.results.texts import Texts
from interpret.results.tokens import TokenGrid, TokenScores
from interpret.results.trust import Curves, Scrambling
from interpret.results.units import TRACKS, Factors, MemoryTraces, Snippet, UnitCard, UnitRanking
from interpret.results.writing import NextShares, Tree, Written

__all__ = [
    "SCHEMA",
    "TRACKS",
    "Ablation",
    "Against",
    "Agreement",
    "Asked",
    "Check",
    "ClassScores",
    "Completeness",
    "Counterfactuals",
    "Curves",
    "Explaining",
    "Factors",
    "Fidelity",
    "Grammar",
    "HeadImportance",
    "HeadMaps",
    "HeadRoles",
    "HeadTaus",
    "HeadsExplaining",
    "LayerGuesses",
    "League",
    "LensTraining",
    "Likeness",
    "MapTrust",
    "MemoryTraces",
    "MinimalPairs",
    "Narrowness",
    "Neighbours",
    "NextShares",
    "NextWords",
    "NotFinite",
    "NumberUnits",
    "OverTexts",
    "Patched",
    "PlacesAlike",
    "Probes",
    "QueryKey",
    "Reach",
    "Replay",
    "Result",
    "Scrambling",
    "SentencePair",
    "Snippet",
    "Stability",
    "Swapped",
    "TextFactors",
    "TextMap",
    "Texts",
    "ThreeMaps",
    "TokenGrid",
    "TokenIdentity",
    "TokenScores",
    "Tree",
    "UnitCard",
    "UnitRanking",
    "WordClassHeads",
    "WordContexts",
    "WordMap",
    "WordShift",
    "Written",
]  # fmt: skip
