"""Words that the converter does not know, and what says the same in words that it knows."""

from __future__ import annotations

# A word a line, then its meaning.
_MEANINGS = r"""
allowbreak
nobreak
relax
noexpand
expandafter
long
global
protect
displaylimits
nonumber
notag
normalfont
arraybackslash
centering
noindent
null
centerdot \cdot
dotsb \cdots
dotsc \ldots
dotsi \!\cdots
dotsm \cdots
dotso \ldots
mathellipsis \ldots
hdots \ldots
intop \int\limits
ointop \oint\limits
smallint {\textstyle\int}
nshortmid \nmid
nshortparallel \nparallel
shortmid \mid
shortparallel \parallel
sdot \cdot
smallfrown \frown
smallsmile \smile
smallsetminus \setminus
thickapprox \approx
thicksim \sim
varpropto \propto
KaTeX \text{KaTeX}
LaTeX \text{LaTeX}
LaTeXe \text{LaTeX2ε}
TeX \text{TeX}
MathJax \text{MathJax}
mathnormal
mathds \mathbb
mathbbm \mathbb
mathpzc \mathcal
mathcalligra \mathcal
mathup \mathrm
pmb \boldsymbol
mathbfit \boldsymbol
symbf \mathbf
symbfit \boldsymbol
symrm \mathrm
symit \mathit
symsf \mathsf
wideparen \overgroup
overarc \overgroup
overparen \overgroup
underparen \undergroup
xLongrightarrow \xRightarrow
xLongleftarrow \xLeftarrow
xlongrightarrow \xrightarrow
xlongleftarrow \xleftarrow
boldmath
bfseries \bf
rmfamily \rm
itshape \it
ttfamily \tt
sffamily \sf
toprule \hline
midrule \hline
bottomrule \hline
hfill \quad
hfil \quad
vspace
square \Box
qed \square
degree {}^\circ
celsius {}^\circ\mathrm{C}
degreeCelsius {}^\circ\mathrm{C}
perthousand ‰
textperthousand ‰
permil ‰
micro \mu
ohm \Omega
angstrom \mathring{\mathrm{A}}
C \mathbb{C}
Q \mathbb{Q}
E \mathbb{E}
Var \operatorname{Var}
Cov \operatorname{Cov}
Corr \operatorname{Corr}
sgn \operatorname{sgn}
sign \operatorname{sign}
diag \operatorname{diag}
rank \operatorname{rank}
rk \operatorname{rk}
tr \operatorname{tr}
Tr \operatorname{Tr}
trace \operatorname{tr}
erf \operatorname{erf}
erfc \operatorname{erfc}
Res \operatorname{Res}
sech \operatorname{sech}
csch \operatorname{csch}
arcsec \operatorname{arcsec}
arccsc \operatorname{arccsc}
arccot \operatorname{arccot}
arcsinh \operatorname{arcsinh}
arccosh \operatorname{arccosh}
arctanh \operatorname{arctanh}
arsinh \operatorname{arsinh}
arcosh \operatorname{arcosh}
artanh \operatorname{artanh}
sinc \operatorname{sinc}
lcm \operatorname{lcm}
Hom \operatorname{Hom}
End \operatorname{End}
Aut \operatorname{Aut}
Gal \operatorname{Gal}
Ker \operatorname{Ker}
im \operatorname{im}
coker \operatorname{coker}
Span \operatorname{span}
spn \operatorname{span}
vol \operatorname{vol}
supp \operatorname{supp}
conv \operatorname{conv}
dist \operatorname{dist}
proj \operatorname{proj}
grad \nabla
laplacian \nabla^2
divergence \nabla\cdot
curl \nabla\times
cross \times
vectorproduct \times
infinity \infty
dbar {\mathrm{d}\mkern-6mu\bar{}\mkern2mu}
bigtimes \mathop{\Large\times}
coloneq :=
divides \mid
ldotp .
given \mid
vdash \vdash
lparen (
rparen )
lbrack [
rbrack ]
textbar |
textvertline |
"""
_CHARACTERS = {"√": "\\surd ", "′": "'", "″": "''", "−": "-", "﹣": "-", "，": ",\\,", "　": "\\quad "}
_CHARACTERS |= {"\u200b": "", "\u2061": "", "\u2062": "", "\xa0": "~", "“": "\\text{“}", "”": "\\text{”}"}

# What a command already means must not be changed by a word of the same name.
SYMBOLS = {
    f"\\{line.partition(' ')[0]}": line.partition(" ")[2] for line in _MEANINGS.strip().splitlines()
} | _CHARACTERS
