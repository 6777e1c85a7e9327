"""What changed between two runs: questions paired, changes split exactly, noise told apart."""

from lichen.scorecards.diff.changes import Appearance, FigureChange, Move
from lichen.scorecards.diff.parts import Measure, Part, exactly, measure_of, split
from lichen.scorecards.diff.questions import Question, answers
from lichen.scorecards.diff.sentences import appearance_sentence, change_sentence

__all__ = [
    "Appearance",
    "FigureChange",
    "Measure",
    "Move",
    "Part",
    "Question",
    "answers",
    "appearance_sentence",
    "change_sentence",
    "exactly",
    "measure_of",
    "split",
]
