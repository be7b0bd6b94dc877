"""A proof as a page and as data: marks, wrapped sentences, and the verdict on the whole."""

from grader.rehearsal.proof import Finding, Proof, Tally, as_plain, render, render_all

HELD = Finding("stub", "earns 0 of 2 points")
TODO = "the check any has no hints; write three sentences or more.\n- any:\n  diff"
FAILED = Finding("hints", "1 of 2 checks have three", False, (TODO,))
ABSENT = Finding("float64", "not offered", None)

PAGE = """\
exercise-01  Doubling

  ✓  stub        earns 0 of 2 points
  ✗  hints       1 of 2 checks have three
       the check any has no hints; write three sentences
       or more.
         - any:
           diff
  –  float64     not offered

  not to be released, 1.2 s
"""


def proof(*findings, tally=None):
    """Make the proof of an exercise."""
    return Proof("exercise-01", "Doubling", findings, 1.24, tally)


def test_page():
    """A line for each finding, what to do below, the verdict last."""
    assert render(proof(HELD, FAILED, ABSENT), width=57) == PAGE


def test_page_in_ascii():
    """A terminal without other letters gets marks that it can show."""
    page = render(proof(HELD, FAILED, ABSENT), is_ascii=True)

    assert page.isascii()
    assert "  [ok]  stub        earns" in page


def test_long_lists_are_cut():
    """Of one finding ten things to do are shown; the data have them all."""
    many = Finding("mutants", "", False, tuple(map(str, range(12))))

    assert "       9\n       and 2 more\n" in render(proof(many))
    assert len(as_plain([proof(many)], 1.0)["exercises"][0]["findings"][0]["todo"]) == 12


def test_what_is_not_offered_is_no_fault():
    """An exercise is released unless a finding fails; so is a course."""
    fair, unfair = proof(HELD, ABSENT), proof(HELD, FAILED)

    assert (fair.is_released, unfair.is_released) == (True, False)
    assert render_all([fair, fair], 3.0) == "2 of 2 exercises hold: released, 3.0 s\n"
    assert render_all([fair, unfair], 3.0) == "1 of 2 exercises hold: not to be released, 3.0 s\n"


def test_share_of_mutants():
    """The score of mutants leaves out those that are declared; none at all is everything."""
    plain = as_plain([proof(HELD, tally=Tally(10, 6, 2))], 1.0)["exercises"][0]

    assert plain["mutants"] == {"tried": 10, "killed": 6, "declared": 2, "score": 0.75}
    assert Tally(0, 0, 0).share == 1.0
