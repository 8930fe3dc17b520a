"""The sentence shapes that carry a checkable claim: regular expressions up to where a value begins."""

from __future__ import annotations

import re

PATH = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^\]`\s]{1,40}\]){0,8}"
NAME = (
    rf"(?:`(?P<quoted>(?:len\([^`)]{{0,80}}\)|[A-Za-z_(][^`]{{0,120}}))`|"
    rf"(?<![\w.'\"*/%+-])(?P<bare>len\({PATH}\)|{PATH}))"
)
NAME2 = NAME.replace("<quoted>", "<quoted2>").replace("<bare>", "<bare2>")
NAME_HERE = re.compile(rf"(?:len\({PATH}\)|{PATH})")
ALSO = r"(?P<also> \(also [^)]*\))?"
EMPTY = re.compile(
    r"(?:an? )?(?:new )?empty (?P<kind>list|dictionary|dict|string|set|tuple)\b|(?:positive )?infinity\b"
)
AND_NEXT = re.compile(r"`?(?:, (?:and )?|,? and |, then | then )(?:then )?(?=[`\d'\"\[({TFN-])")
COUNT_BARE = r"\d[\d,]*|once|twice|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
COUNT = rf"(?P<n>{COUNT_BARE})"
HYPOTHETICAL = re.compile(
    r"(?<!the )(?<!this )(?<!an )(?<!as )(?<!even )(?<![`\w])(?:[Ii]f|[Uu]nless|[Oo]therwise|[Uu]ntil|"
    r"[Ss]uppose|[Aa]ssuming|"
    r"[Ww]henever)\b(?!`| (?:block|branch|body|statement|condition|clause|check|test|part)\b)|"
    r"^(?:Just |Right )?[Bb]efore (?=(?:the|this|that|we|it|any|each|line|step|(?!returning)[a-z]+ing)\b|"
    r"`|\[)"
)
RESUMED = re.compile(
    r"(?:,|;|:|\.|—|–) ?(?:so|since|but|here|and so|in this case|because|which is|therefore|now|hence)\b|"
    r"\? (?:Yes|No)\b"
)
WORDS = {
    w: str(i)
    for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"once": "1", "twice": "2"}
ORDINALS = {
    w: i
    for i, w in enumerate("zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split())
}
PRONOUNS = frozenset(
    "it its this that these those which what he she we you they who and or so now "
    "then thus hence since "
    "because if when while as but not none also still only finally "
    "let is are be the an "
    "value_of equal to from returned returns".split()
)
EVERYDAY = frozenset("here there line lines step iteration call".split())  # seldom names, but they may be
GENERIC = frozenset("function method call program code loop finally result execution python".split())

CONDITION = re.compile(
    r"(?:(?:condition|check|test|comparison|expression|statement) )?`(?P<test>[^`]{1,200})` (?:is|"
    r"evaluates to|holds|fails)"
    r"(?: now| also| again)?(?: as)? ?(?P<truth>true|false|True|False|met|not met|satisfied|"
    r"not satisfied)?(?![\w(])"
)
PLAIN_CONDITION = re.compile(
    r"(?P<test>(?<![\w.])[\w.\[\]()'\"%]+(?: [-+*/%] [\w.\[\]()'\"]+)* (?:==|!=|<=|>=|<|>) "
    r"[\w.\[\]()'\"%-]+) "
    r"(?:is|evaluates to)(?: also| again)? (?P<truth>[Tt]rue|[Ff]alse)\b"
)
ASSERTION = re.compile(r"\bassertion `(?P<test>[^`]{1,200})` (?P<truth>holds|fails|passes)")
CASE = re.compile(r"`case (?P<test>[^`]{1,200})` (?P<truth>matches|does not match)")
NEXT = re.compile(r"\bline (?P<n>\d+) runs next")
RAISES = re.compile(
    r"(?<!would )(?<!could )(?<!might )(?<!may )(?<!can )(?<!should )"
    r"\b(?:raises|throws|raise|raising)(?: an?| the)? `?(?P<what>[A-Za-z_]\w*(?:\.\w+)*)`?(?: exception)?"
    r"(?:: (?P<message>.+?))?(?=; (?:nothing catches|it is caught|the program goes on|and )|;? "
    r"*$|\.$|, which|\. )"
)
CAUGHT = re.compile(
    r"\b(?P<none>nothing catches it here)|(?:it is )?\bcaught (?:at|on|by [^.;]*? (?:at|on)) "
    r"(?:line )?(?P<n>\d+)|the program goes on at line (?P<on>\d+)"
)
ITERATION = re.compile(r"\bIteration (?P<n>\d[\d,]*)(?: of (?P<of>\d[\d,]*))?(?=[:.])")
IN_ITERATION = re.compile(r"\bis in iteration (?P<n>\d[\d,]*)")
CALLS = re.compile(r"(?P<n>\d[\d,]*) calls in all")
RUNS = re.compile(r"\b[Rr]uns `[^`]*`")
UNTOLD = re.compile(
    r"`? (?:(?:more|new|other|different|distinct|single) )?(?:times?|iterations?|more|less|elements?|"
    r"items?|characters?|"
    r"steps?|lines?|tuples?|keys?|entries|entry|rows?|columns?|words?|members?|digits?|pairs?|letters?|"
    r"calls?|"
    r"numbers|strings|integers|values|lists|floats|positions?|places?)\b|-[A-Za-z]|(?:st|nd|rd|th)\b|%|"
    r"`?,? (?:or|if|unless|until|initially|before|prior|when|eventually|later|"
    r"(?:after|in|during|at|by|on) (?:the |all |each )*(?:next|loop|end|last iteration|final iteration|"
    r"iterations))\b|(?<=\d) (?!(?:is|as|was|has|this|thus|"
    r"plus|minus|equals|"
    r"gives|returns|yields|becomes|means|makes|leads|results|always|passes|fails|does|goes|"
    r"remains)\b)[a-z]{3,}s\b"
)
OPERATOR = re.compile(r"`?\s*(?://|\*\*|[-+*/%])\s*(?=[\w('\"\[])")

SIGNS = {
    "greater than or equal to": ">=",
    "at least": ">=",
    "less than or equal to": "<=",
    "at most": "<=",
    "greater than": ">",
    "bigger than": ">",
    "larger than": ">",
    "less than": "<",
    "smaller than": "<",
    "not equal to": "!=",
    "different from": "!=",
    "below": "<",
    "above": ">",
} | {sign: sign for sign in (">=", "<=", ">", "<", "!=")}
OPPOSITE = {">=": "<", "<": ">=", "<=": ">", ">": "<=", "==": "!=", "!=": "=="}

TYPES = {
    "integer": "int", "int": "int", "string": "str", "str": "str", "list": "list", "tuple": "tuple",
    "dictionary": "dict", "dict": "dict", "set": "set", "float": "float", "floating-point number": "float",
    "boolean": "bool", "bool": "bool", "number": "number", "frozenset": "frozenset", "deque": "deque",
    "bytes": "bytes", "generator": "generator",
}  # fmt: skip
NO_TYPES = frozenset("None True False A I L".split())
PLURALS = {
    "integers": "int", "ints": "int", "strings": "str", "lists": "list", "tuples": "tuple",
    "dictionaries": "dict",
    "dicts": "dict", "sets": "set", "floats": "float", "booleans": "bool", "bools": "bool",
    "numbers": "number",
    "words": "str", "characters": "str",
}  # fmt: skip
