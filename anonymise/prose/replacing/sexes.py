"""The sex that a given name tells, for pronouns to agree and for `Mr` and `Mrs` to find whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from anonymise.prose.names.recorded.nicknames import other_forms
from datalab.sample.people.names import Sex, name_pools

_FEMALE: Final = """
abbie abby abigail abi aimee alana alexandra alice alison amanda amber amelia amy andrea angela angie anita ann anna
annabel anne annie april ava barbara beatrice becca becky bella bernadette beth bethany betsy betty bev beverley
brenda bridget carol carole caroline carrie cath catherine cathy charlotte cheryl chloe chrissie christina christine
cindy claire clare colette daisy dawn deb debbie deborah debra denise diana diane donna doris dorothy edith eileen
elaine eleanor elizabeth ella ellen ellie elsie emily emma erin esme eva eve evelyn evie faith fay fiona florence
freya gabriella gail gemma georgia georgina geraldine gillian gina gladys grace gwen hannah harriet hattie hazel
heather heidi helen hilary hollie holly imogen irene iris isabel isabella isla izzy jackie jacqueline jane janet
janice jasmine jean jemma jen jenna jennifer jenny jess jessica jessie jill joan joanna joanne josephine joyce judith
judy julia julie june karen kate kath katherine kathleen kathryn kathy katie katy kayleigh keeley kelly kerry kirsten
kirsty kitty laura lauren leah leanne lesley libby lillian lily linda lisa liz lizzie lois lorna lorraine louise
lucinda lucy lydia lynn lynne mabel maddie madeleine maggie mandy margaret maria marian marie marion marjorie martha
mary matilda maud maureen megan melanie melissa mia michelle millie miriam moira molly monica muriel nancy naomi
natalie natasha nell nellie nicola nicole nikki nora olive olivia paige pamela patricia patsy paula pauline peggy
penelope penny phoebe phyllis pippa polly poppy priscilla rachael rachel rebecca rhiannon rita rosalind rose rosemary
rosie ruby ruth sadie sally samantha sandra sara sarah shannon sharon sheila shirley sian siobhan sonia sophia sophie
stacey stella steph stephanie sue susan susanna susie suzanne sylvia tamsin tanya tara tash teresa tessa theresa tina
tracey tracy trish una ursula valerie vera veronica vicky victoria violet vivienne wendy winifred yasmin yvonne zara
zoe
"""
_MALE: Final = """
md mohamed mohammad muhammad muhammed
aaron adam adrian aidan alan alastair albert alec alfie alfred alistair allan andrew andy angus anthony antony archie
arnold arthur austin barry bart ben benedict benjamin benny bernard bert bill billy bob bobby brad bradley brendan
brian bruce bryan callum calum carl cecil cedric chad charles chaz christopher clarence clifford clive colin connor
conor craig cyril damian dan daniel danny darren dave david dean declan dennis derek desmond dominic don donald dougie
douglas duncan dylan eamonn ed eddie edgar edmund edward edwin eric ernest ethan euan evan ewan ferdinand finlay
francis frank frankie fred freddie frederick gareth garry gary gavin geoff geoffrey george gerald gerard gerry giles
glen glenn gordon graeme graham greg gregory gus guy hamish harold harry harvey hector henry herbert horace howard
hubert hugh hugo humphrey iain ian isaac ivan jack jacob jake james jamie jason jeff jeffrey jeremy jerome jim jimmy
joe joel john johnny jon jonathan jordan joseph josh joshua julian justin keith ken kenneth kenny kevin kieran kit
lance larry laurence lawrence lee len lenny leo leon leonard leslie lewis liam lionel logan louis luke malcolm marcus
mark martin marvin matt matthew maurice max maxwell michael mick mike mo mohammed neil ned neville nicholas nick nigel
noah noel norman oliver oscar oswald owen paddy patrick paul percy pete peter phil philip phillip piers ralph ray
raymond reginald rhys richard rick ricky rob robbie robert robin rod roderick rodney roger ron ronald ronnie rory ross
roy rupert russell ryan scott sean sebastian shane shaun sidney simon spencer stan stanley stephen steve steven
stewart stuart ted terence terry theodore thomas tim timothy tobias toby tom tommy tony trevor tristan vernon victor
vincent wallace walter wayne wilfred will william willie zac zach zachary zack
"""
"""Names of one sex in Britain whatever their length, from general knowledge: the short ones above all."""
_BOTH: Final = """
alex ali ashley bernie bobbie cam charlie charley chris dani fran francis frankie gabby george gerry jackie jamie
jan jay jess jessie jo joe jordan jules kelly kerry kim kit lee leslie lou max mel morgan nat nicky pat ray riley
robbie robin ronnie sam sammy sandy shaz stevie taylor terry toni val vic viv
"""
"""Names that women and men bear: nothing is said of who is called so."""


def sex_of(word: str) -> Sex | None:
    """Return the sex of those who bear a given name in small letters; None where both do, or nobody known."""
    if word in _of_both():
        return None
    if word in _sexes():
        return _sexes()[word]
    told = {_sexes().get(form) for form in other_forms(word)} - {None}
    return told.pop() if len(told) == 1 else None


@cache
def _of_both() -> frozenset[str]:
    return frozenset(_BOTH.split())


@cache
def _sexes() -> Mapping[str, Sex | None]:
    found: dict[str, Sex | None] = {}
    _add(found, Sex.FEMALE, _FEMALE.split())
    _add(found, Sex.MALE, _MALE.split())
    for community in name_pools().communities:
        for pool in (community.given, community.given_old):
            for sex, names in pool.items():
                _add(found, sex, [name.casefold() for name in names])
    return found


def _add(found: dict[str, Sex | None], sex: Sex, names: Iterable[str]) -> None:
    for name in names:
        found[name] = sex if found.get(name, sex) is sex else None
