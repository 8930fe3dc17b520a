"""The words between a name and its value, and the time they speak of: after the line, before, either."""

from __future__ import annotations

AFTER = (
    r"becomes|become|became|is now|are now|is then|now equals|now holds|now is|now becomes|"
    r"(?:is|are|was|were) (?:now |then )?set (?:equal )?to|"
    r"(?:is|was|gets|got) updated to|updates to|(?:is|are|was|were) (?:initiali[sz]ed|initially set) "
    r"(?:to|as|with)|"
    r"(?:is|was|gets) (?:now |then )?assigned(?: the value| to)?(?: of)?|will become|would become|"
    r"also becomes|"
    r"gets changed to|"
    r"(?:gets|got|received|receives)(?: the value| (?=[-\d'\"\[({`TFN]))|evaluates to|is computed as|"
    r"is calculated as|"
    r"(?:turns|turned) into|change[sd] to|increase[sd] to|"
    r"decrease[sd] to|drop(?:s|ped)(?: back)? to|(?:grows|grew) to|(?:rises|rose) to|(?:falls|"
    r"fell)(?: back)? to|"
    r"(?:shrinks|shrank) to|(?:is|gets|was) (?:incremented|decremented|reduced|"
    r"increased|decreased|halved|doubled|raised|lowered|changed|reset|(?:bumped|rounded|cut)(?: up|"
    r" down)?) to|"
    r"(?:is|gets|was) (?:overwritten|replaced) (?:with|by)|will be|"
    r"(?:goes|went) (?:up|down|back) to|is (?:up|down|back) to|"
    r"(?:move|jump|advance|shift|climb|switche|flip)(?:s|d|ed) to|takes on(?: the value)?|"
    r"(?:takes|took) the value|(?:ends|ended|finishes|finished) (?:(?:up )?(?:as|at|being)|up with)|"
    r"(?:comes|came) (?:out )?(?:to|as|at)|(?:now )?(?:looks|reads) like(?: this)?|:=|→|->|←|<-|"
    r"(?:is|are|was|were) still|still is|would still be|"
    r"remains|remained|remain|stays(?: at)?|stayed(?: at)?|stay"
)
EITHER = (
    r"is equal to|is (?:currently|initially|also|therefore|thus|again|simply|just)|equals|equaled|"
    r"(?:has|had) the value(?: of)?|"
    r"(?:holds|held)(?: the value)?|contains exactly|"
    r"(?:starts|started|begins|began) (?:as|at|out as|out at)|(?:(?:has|had) )?its default value(?: of)?|"
    r"would be|"
    r"is|are|≈|==|=(?!=)|:(?= [-\d\['\"{(TFN])"
)
BEFORE = r"(?:was|were) (?:previously|initially|originally|formerly|before)|used to be|was|were"
FILL = (
    r"(?:(?: the| an?)?(?: (?:final|new|current|updated|resulting|sorted|same|single))? (?:list|string|"
    r"value|number|"
    r"integer|tuple|dictionary|dict|set|boolean|float|character|word)(?=[ :`])| equal to| exactly| to be)?"
)
ABOUT = r"(?P<about> approximately| about| roughly| around| nearly| almost)?"
NOUN = (  # what a name is, said behind it: "`words` list is", "n parameter becomes"
    r"(?: (?:variable|counter|flag|parameter|argument|attribute|field|pointer)(?= (?:is|was|now|becomes|"
    r"became|has|equals|gets)\b)"
    r"|(?(quoted) (?:list|string|dictionary|dict|set|tuple|deque|queue|stack|value|array|matrix)"
    r"(?= (?:is|was|now|becomes|became|has|equals|gets)\b)|(?!)))?"
)
