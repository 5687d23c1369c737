"""Six schemes that were written from the help page alone; every total was computed by hand first."""

from decimal import Decimal
from fractions import Fraction

import pytest

from assessment.engine import lint

from .cases import check_words, run, text, units

# Full points of each unit, as exact fractions of the hand sums.
TOTALS = {
    # Efficacy × 0.6: A 100×0.6, B [(3-1.2)÷(6.3-1.2)×40+60]×0.6, C 60×0.6, D and E equal: 100×0.6.
    # Projects (0.5亿 5, 1亿 10, 5亿 20; foreign or of the 500 lists +4; at most 40):
    # A 5+(20+4)+(0+4)=33, then vetoed: 59; B (10+4)+20+10=44→40; D 2000万美元×7.1=1.42亿: 10+4.
    "author-1": {
        "A": 59,
        "B": (Fraction(18, 51) * 40 + 60) * Fraction(3, 5) + 40,
        "C": 36,
        "D": 60 + 14,
        "E": 60,
    },
    # Mean of A, B, C (D does not compete): (10+4+1)÷3=5. Money: A 50+1÷0.5+2÷1+2÷2, B 50-1,
    # C 50-1-3÷0.5, D 50+2+2+12÷2. Promotion, one point each, month 2, quarter 4, year 10:
    # A (2+2+1→4)+2+(2+2+1→4)+(2+1)=13→10; B 2+2 (one event, twice)+1; C 2.
    "author-2": {"A": 55 + 10, "B": 49 + 5, "C": 43 + 2, "D": 60},
    # 60 + full tenths over × slope - full tenths short × slope, from -20 to 80; then rank points
    # 10, 7, 4, 1, 1 (at least 1).
    # A 60+4×2, B 60-5×4, C 60-9×10→-20, D 60+5×0.5, E 60-7×10.
    "author-3": {"A": 68 + 7, "B": 40 + 4, "C": -20 + 1, "D": Fraction(125, 2) + 10, "E": -10 + 1},
    # Growth: A 12+5, B 12×3.8÷4, C 0, D not reported: 6, E over nothing: 12. Tax 10×rate, at most 10:
    # 10, 1.5÷2, 0.9÷1, 10, 10. Investment, one point per 亿: 3.5+2.25, 12→10, 0, 0, 0.
    # Platform 0.5 × the latest, at most 5: 5×0.5, 4×0.5, 0, 12×0.5→5, 0.
    "author-4": {
        "A": 17 + 10 + Fraction(23, 4) + Fraction(5, 2),
        "B": Fraction(57, 5) + Fraction(15, 2) + 10 + 2,
        "C": 9,
        "D": 6 + 10 + 5,
        "E": 12 + 10,
    },
    # 40×paid÷task, rounded to 0.01: 40, 39.9992→40, 30, no task: not counted. Stages (signed 5, started 8,
    # produced 10, exports in that year 4; only with 5亿 paid): A 27+8+5, B 0, C 10+0+5+5, D 0.
    "author-5": {"A": 40 + 40, "B": 40, "C": 30 + 20, "D": 0},
    # Peers × 30%: A (85×70%+70×30%), B (90×70%+82×30%), C 70 alone, D too few. Plan × 2: 17, 18, 14, 0.
    # Reports 10-2 a time, 3 times at most: 8, 4, 6 (one event, twice), 10. Signed 30×rate: 30, 22.5, no task
    # (spread over the rest), 12. Foreign 10×rate: 7.5, no task 10, 10, no task 10.
    "author-6": {
        "A": Fraction(483, 20) + 17 + 8 + 30 + Fraction(15, 2),
        "B": Fraction(657, 25) + 18 + 4 + Fraction(45, 2) + 10,
        "C": Fraction((21 + 14 + 6 + 10) * 100, 70),
        "D": 10 + 12 + 10,
    },
}


@pytest.mark.parametrize("name", TOTALS)
def test_the_scheme_gives_the_hand_sums(name):
    assert lint(text(name)) == ()
    result = run(name)
    assert {one.unit for one in result.units} == set(TOTALS[name])
    for one in result.units:
        assert abs(Fraction(one.total) - TOTALS[name][one.unit]) < Fraction(1, 10**25), (one.unit, one.total)
    assert check_words(result) > len(TOTALS[name])


def test_grades_and_places_of_the_first_two():
    assert {key: one.grade for key, one in units(run("author-1")).items()} == {
        "A": "不合格",
        "B": "合格",
        "C": "不合格",
        "D": "合格",
        "E": "合格",
    }
    assert {key: one.rank for key, one in units(run("author-2")).items()} == {
        "A": Decimal(1),
        "B": Decimal(2),
        "C": Decimal(3),
        "D": None,
    }


def test_a_unit_that_did_nothing_beside_a_mean_is_seen():
    scheme = text("author-2")
    assert "zero_unit_share: 75%\n" in scheme
    (fault,) = lint(scheme.replace("zero_unit_share: 75%\n", ""))
    assert "各项全为零的单位仍得50" in fault.reason
