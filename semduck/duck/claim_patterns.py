"""The sentence shapes that carry a checkable claim: regular expressions up to where a value begins."""

from __future__ import annotations

import re

_PATH = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^\]`\s]{1,40}\])*"
NAME = rf"(?:`(?P<quoted>(?:len\([^`)]*\)|[A-Za-z_][^`]*))`|(?<![\w.'\"])(?P<bare>len\({_PATH}\)|{_PATH}))"
ALSO = r"(?P<also> \(also [^)]*\))?"
COUNT = r"(?P<n>\d[\d,]*|once|twice|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
WORDS = {
    w: str(i)
    for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"once": "1", "twice": "2"}
ORDINALS = {
    w: i
    for i, w in enumerate("zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split())
}
PRONOUNS = frozenset(
    "it its this that these those which what there here he she we you they who and or so now "
    "then thus hence since "
    "because if when while as but line lines step iteration not none also still only finally "
    "let is are be the a an "
    "call value_of equal to from returned returns".split()
)
GENERIC = frozenset("function method call program code loop finally result execution python".split())

# verb -> when it speaks of: after the line ran, before it, or either
AFTER = (
    r"becomes|become|is now|are now|is then|now equals|now holds|now is|is set to|are set to|is updated to|"
    r"gets updated to|updates to|is initiali[sz]ed (?:to|as|with)|is assigned(?: the value| to)?(?: of)?|"
    r"gets(?: the value)?|evaluates to|is computed as|is calculated as|turns into|changes to|increases to|"
    r"decreases to|drops to|grows to|is incremented to|is decremented to|is reduced to|will be|"
    r"takes on the value|"
    r"takes the value|ends up as|ends up being|results in|:=|→|->"
)
EITHER = (
    r"is equal to|is still|remains|stays|equals|holds(?: the value)?|has the value(?: of)?|contains exactly|"
    r"starts (?:as|at|with|out as)|is|are|==|=(?!=)|:(?= [-\d\['\"{(])"
)
BEFORE = r"was previously|was initially|was originally|was"

VALUE = re.compile(
    rf"{NAME}{ALSO}(?:,? which)?\s?\s*(?:(?P<ends>ends as)|(?P<after>{AFTER})|"
    rf"(?P<before>{BEFORE})|(?P<either>{EITHER}))"
    r"(?: the (?:list|string|value|number|integer|tuple|dictionary|set|boolean)| equal to)?:?\s*`?(?=\S)"
)
GOES = re.compile(
    rf"{NAME}{ALSO} (?P<verb>goes|changes|increases|decreases|grows|drops|shrinks|is updated|"
    rf"moves|rises|falls|is "
    r"incremented|is decremented|becomes)(?: from)?:? `?(?=\S)"
)
TO = re.compile(r"`?\s*(?:→|->|to)\s*`?")
GAIN = re.compile(rf"{NAME}{ALSO} (?P<verb>gains|loses) `?")
SET = re.compile(
    r"\b(?:sets?|updates?|initiali[sz]es?|assigns?) "
    r"(?:the (?:variable|value of) )?" + NAME + r" (?:to|as|with|=) `?"
)
ADDED = re.compile(r"\b(?:append(?:s|ed|ing)?|adds?|added|adding|push(?:es|ed)?) (?:the value )?`?")
ONTO = re.compile(r"`? (?:is (?:appended|added) )?(?:to|into|onto) (?:the (?:list|set) )?" + NAME)
ASSIGNMENT = re.compile(rf"`(?P<name>{_PATH}) = ")
WAS = re.compile(r" \((?:it was|was|previously|from) (?=\S)")
SAME = re.compile(r"(?:, | \(|; )the same object as `(?P<other>[^`]+)`")
CONDITION = re.compile(
    r"(?:(?:condition|check|test|comparison|expression|statement) )?`(?P<test>[^`]+)` (?:is|"
    r"evaluates to|holds|fails)"
    r"(?: now| also| again)?(?: as)? ?(?P<truth>true|false|True|False|met|not met|satisfied|"
    r"not satisfied)?(?![\w(])"
)
PLAIN_CONDITION = re.compile(
    r"(?P<test>(?<![\w.])[\w.\[\]()'\"%]+(?: [-+*/%] [\w.\[\]()'\"]+)* (?:==|!=|<=|>=|<|>) "
    r"[\w.\[\]()'\"%-]+) "
    r"(?:is|evaluates to)(?: also| again)? (?P<truth>[Tt]rue|[Ff]alse)\b"
)
THE_CONDITION = re.compile(
    r"\b[Tt]he (?:if |while |loop )?(?:condition|check|test|comparison) (?:is|evaluates to|holds|fails)"
    r"(?: not| now| also)? ?(?P<truth>[Tt]rue|[Ff]alse|met|satisfied)?\b(?P<end>)"
)
ASSERTION = re.compile(r"\bassertion `(?P<test>[^`]+)` (?P<truth>holds|fails|passes)")
CASE = re.compile(r"`case (?P<test>[^`]+)` (?P<truth>matches|does not match)")
NEXT = re.compile(r"\bline (?P<n>\d+) runs next")
RETURNS = re.compile(
    r"(?:`?(?P<callee>[A-Za-z_][\w.]*)(?:\((?P<args>[^`]*?)\))?`?,? )?(?:which |then |finally |and )?"
    r"\b(?:[Rr]eturns|[Rr]eturning|[Rr]eturn value is|returned value is|(?:will|would|to) return|[Rr]eturn)"
    r"(?: the (?:value|list|string|result))?(?: of)?:? `?(?=\S)"
)
YIELDS = re.compile(r"\b[Yy]ields `?(?=\S)")
RAISES = re.compile(
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
NOT_RUN = re.compile(
    r"\b(?:loop|body)\b[^.;]{0,60}? (?P<n>does not run|never runs|is not entered|is skipped)"
)
TIMES = re.compile(
    rf"\b(?:runs?|iterates?|executes?|repeats?|loops?|goes round|will run|will iterate)(?: for|"
    rf" exactly| a total of)* "
    rf"{COUNT}(?P<unit> times| iterations?|(?<=once)|(?<=twice))"
)
LENGTH = re.compile(
    rf"\b(?:length|size) of (?:the list |the string )?{NAME} (?:is|becomes|=|equals)(?: now)? {COUNT}"
)
HAS = re.compile(
    rf"{NAME} (?:now )?has (?:a length of |length )?{COUNT}(?: items| elements| entries| characters| keys)?"
)
UNCHANGED = re.compile(rf"{NAME} (?:remains|stays|is) unchanged")
DELETED = re.compile(rf"{NAME}{ALSO} is (?:deleted|removed)")
CONTAINS = re.compile(rf"{NAME} (?P<verb>contains|does not contain|includes) `?")
ORDER = re.compile(
    rf"{NAME} is (?P<op>greater than or equal to|less than or equal to|greater than|less than|bigger than|"
    rf"larger than|smaller than|at least|at most|not equal to|>=|<=|>|<|!=) `?"
)
CALLED = re.compile(r"\b[Cc]all(?:s|ing)? (?:itself as )?(?:the function )?`?(?P<callee>[A-Za-z_][\w.]*)\(")
CALLS = re.compile(r"(?P<n>\d[\d,]*) calls in all")
WHICH = re.compile(r"`?,? (?:which|and it|it|that) (?P<verb>returns|gives|evaluates to) `?")
WHICH_RAISES = re.compile(r"`?,? (?:which|and it|it|that) (?=raises )")
RUNS = re.compile(r"\b[Rr]uns `[^`]*`")
PRINTS = re.compile(r"\b[Pp]rints (?:(?P<lines>\d+) lines, the first )?(?=\S)")
UNTOLD = re.compile(r" (?:times|iterations?|more|less|elements?|items?|characters?|steps?|lines)\b|-[A-Za-z]")
OPERATOR = re.compile(r"`?\s*(?://|\*\*|[-+*/%])\s*(?=[\w('\"\[])")
EQUALS = re.compile(r"[^=;\n]*?(?<![=!<>])=(?!=)\s*`?")

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
}
