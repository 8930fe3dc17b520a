"""The words by which a sentence says where in a run it stands: labels, iterations, ends of loops."""

from __future__ import annotations

import re

from semduck.duck.claim_patterns import COUNT_BARE, ORDINALS, WORDS

LABEL = re.compile(r"\[\s*L(\d+)(?:\s*[-–,]\s*L?(\d+))?\s*\]")
LABEL_GAP = re.compile(rf"\s*{LABEL.pattern}\s*")
ANSWER = re.compile(r"^assert (?P<call>.+\)) == (?P<value>.+)$")
PRINTED = re.compile(r"^assert printed == (?P<value>.+)$")
_WHICH = (
    r"[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]ifth|[Ss]ixth|[Ss]eventh|[Ee]ighth|[Nn]inth|[Tt]enth|[Ll]ast|"
    r"[Ff]inal|\d+(?:st|nd|rd|th)"
)
_ROUND = r"(?:(?:loop |while-loop |for-loop )?(?:iteration|pass|round|time|loop))"
# what a loop goes over, told behind a word of place: "for the third line", not "the third element of xs"
_THING = (
    r"(?:element|item|value|number|character|char|letter|word|token|line|row|entry|key|pair|digit|name|"
    r"window|node|"
    r"child|record|string)"
)
_PLACE = (
    r"(?:\b(?:[Ff]or|[Aa]fter|[Rr]eaching|[Pp]rocessing|[Rr]eading|[Hh]andling)|"
    r"(?:^|\] ?:?-? ?)(?:At|On|With|In)) the "
)
_NTH = re.compile(
    r"\b(?:[Ii]teration|[Ii]ter\.?|[Pp]ass|[Rr]ound) #?(?P<n>\d+|[a-z]+)\b|"
    rf"\b(?P<nth>{_WHICH}) {_ROUND}\b|"
    rf"(?<!stops )(?<!ends )(?<!ended )(?<!finishes )(?<!exits )(?<!terminates )\b[Aa]fter "
    rf"(?P<count>{COUNT_BARE}) (?:full |complete )?(?:iterations?|passes|rounds)\b|"
    rf"{_PLACE}(?P<nth2>{_WHICH}) {_THING}\b(?! (?:of|in|from|is|was)\b)"
)
AFTER_NTH = re.compile(
    rf"(?<!stops )(?<!ends )(?<!ended )(?<!finishes )(?<!exits )(?<!terminates )\b[Aa]fter (?:{COUNT_BARE}) "
    r"(?:full |complete )?(?:iterations?|passes|rounds)\b|"
    r"\b(?:[Aa]fter|[Aa]t the end of|[Bb]y the end of|[Ff]ollowing) (?:the |this )?(?:[Ii]teration|"
    r"[Ii]ter\.?|[Pp]ass|"
    rf"[Rr]ound|[A-Za-z]+ (?:iteration|pass|round|{_THING})|\d+(?:st|nd|rd|th) (?:iteration|pass|round|"
    rf"{_THING}))\b"
)
LEFT_LOOP = re.compile(
    r"\b(?:[Aa]fter|[Oo]nce) the (?P<which>\w+ )?loop(?! (?:condition|header|variable|body|test|check))\b"
)
AFTER_LOOP = re.compile(
    r"\b(?:[Aa]fter the (?:\w+ )?loop|[Oo]nce the (?:\w+ )?loop|[Ww]hen the (?:\w+ )?loop (?:ends|"
    r"finishes|completes)|[Tt]he loop (?:ends|finishes|completes|terminates))"
)


def nth(sentence: str) -> int | None:
    """The iteration a sentence names, from 1; 0 for the last; None when it names none."""
    match = _NTH.search(sentence)
    if match is None:
        return None
    word = (match["n"] or match["nth"] or match["nth2"] or match["count"]).lower()
    if word in ("last", "final"):
        return 0
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else ORDINALS.get(word) or int(WORDS.get(word, 0)) or None


def trimmed(text: str) -> str:
    """Without the spaces, colons and list marks around it; the minus of a number is none."""
    return re.sub(r"^(?:[\s,:]|-(?=[\s:]|$))+|(?:[\s,:]|(?<![\w'\"])-)+$", "", text)


def without_labels(sentence: str) -> str:
    """The sentence without [L9] and the words that only led to it."""
    text = trimmed(LABEL_GAP.sub(" ", sentence).replace(" .", "."))
    text = re.sub(r"\b(?:[Aa]t|[Oo]n|[Ii]n|[Ll]ine)\s*(?=[,.:)]|$)", "", text)
    return trimmed(re.sub(r"^\(\s*\)|(?<= )\((?:\s*\)|$)", "", trimmed(text)))
