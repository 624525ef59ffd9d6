"""Answers in a terminal: columns in their places, Arabic in its order."""

from rasad.warehouse.table import lines


def bare(line):
    return line.replace("\u2068", "").replace("\u2069", "")


def test_numbers_stand_right_and_text_left():
    assert list(lines(["n", "name", "last"], [[5, "ab", "x"], [1200, "abcd", None]])) == [
        "   n  name  last",
        "   5  ab    x",
        "1200  abcd",
    ]


def test_arabic_is_isolated_and_vowel_marks_take_no_place():
    first, second, third = lines(["name", "n"], [["محمّد", 1], ["علي", 2]])
    assert second.startswith("\u2068محمّد\u2069")
    assert [bare(second).index("1") - 1, bare(third).index("2"), first.index("n", 1)] == [6, 6, 6]


def test_what_is_long_is_cut_but_for_the_last_column():
    _, line = lines(["a", "b"], [["س" * 200, "ص" * 200]])
    assert bare(line) == "س" * 59 + "…  " + "ص" * 200


def test_lines_within_a_cell_do_not_break_the_table():
    assert list(lines(["a", "b"], [["x\ny", True]])) == ["a    b", "x y  yes"]


def test_no_rows_are_a_header():
    assert list(lines(["a", "b"], [])) == ["a  b"]
