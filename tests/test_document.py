"""The YAML door: plain data with places; every refusal is located and nothing hostile gets through."""

from __future__ import annotations

import math
import os
import pickle
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evolve.document import Document, read_document
from evolve.problems import DocumentError, Problem, written

EXPERIMENT = """\
# a comment
seed: 7
genome: {kind: melody, key: G major, metre: 3/4}
objective:
  theory:
    - {rule: leaps_recovered, leap: 5}
    - rule: in_key
      weight: 2
"""


def read(folder: Path, text: str | bytes, *changes: str) -> Document:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(path, changes)


def refusal(folder: Path, text: str | bytes, *changes: str) -> list[str]:
    """The lines of the error, without the folder."""
    with pytest.raises(DocumentError, match=".") as caught:
        read(folder, text, *changes)
    return str(caught.value).replace(f"{folder}{os.sep}", "").split("\n")


def shown(folder: Path, document: Document, *problems: Problem) -> list[str]:
    return str(document.error(problems)).replace(f"{folder}{os.sep}", "").split("\n")


# Reading


def test_a_file_becomes_plain_data(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT)
    assert document.data == {
        "seed": 7,
        "genome": {"kind": "melody", "key": "G major", "metre": "3/4"},
        "objective": {"theory": [{"rule": "leaps_recovered", "leap": 5}, {"rule": "in_key", "weight": 2}]},
    }
    assert type(document.data["genome"]) is dict
    assert type(document.data["genome"]["kind"]) is str
    assert document.text == EXPERIMENT


@pytest.mark.parametrize(
    ("written_as", "value"),
    [
        *[
            (text, text)
            for text in ("6/8", "6:8", "on", "yes", "No", "1_000", "0b1", "2020-01-01", "1-2", "0..9", "C#4")
        ],
        *[
            ("0o17", 15),
            ("010", 10),
            ("0x1F", 31),
            ("-5", -5),
            ("+5", 5),
            ("'5'", "5"),
            ("TRUE", True),
            ("false", False),
        ],
        *[("", None), ("~", None), ("Null", None), ("''", ""), (".5", 0.5), ("1e3", 1000.0), ("2.", 2.0)],
        *[(".inf", math.inf), ("-.INF", -math.inf), ("1e999", math.inf)],
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(tmp_path: Path, written_as: str, value: object) -> None:
    """Source: YAML 1.2.2, section 10.3.2."""
    for text in (f"metre: {written_as}", f"metre: [{written_as or '~'}]", f"metre: {{x: {written_as}}}"):
        got = read(tmp_path, text).data["metre"]
        got = got[0] if isinstance(got, list) else got["x"] if isinstance(got, dict) else got
        assert (got, type(got)) == (value, type(value))


def test_nan_is_left_to_later_checks(tmp_path: Path) -> None:
    assert math.isnan(read(tmp_path, "a: .nan").data["a"])


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffa: 1").where(("a",)) == (1, 4)


def test_an_alias_is_a_copy(tmp_path: Path) -> None:
    document = read(tmp_path, "a: &x [1]\nb: *x", "b[0]=2")
    assert document.data == {"a": [1], "b": [2]}


# Places


def test_every_value_and_every_key_has_its_place(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT)
    assert document.where(("seed",)) == (2, 7)
    assert document.where(("seed",), on_key=True) == (2, 1)
    assert document.where(("genome", "key")) == (3, 29)
    assert document.where(("genome", "key"), on_key=True) == (3, 24)
    assert document.where(("objective", "theory", 1)) == (7, 7)
    assert document.where(("objective", "theory", 1, "weight")) == (8, 15)


def test_what_is_missing_is_placed_at_what_lacks_it(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT)
    assert document.where(("genome", "bars")) == (3, 9)  # the brace
    assert document.where(("objective", "likeness", 0, "rule")) == (4, 1)  # the key of the block
    assert document.where(("objective", "theory", 1, "as")) == (7, 7)
    assert document.where(("stop",)) == (2, 1)


def test_an_error_shows_path_line_column_source_and_caret(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT)
    problem = Problem(("objective", "theory", 0, "rule"), "no rule is called 'x'; did you mean 'y'?")
    assert shown(tmp_path, document, problem) == [
        "a.yaml:6:14: objective.theory[0].rule: no rule is called 'x'; did you mean 'y'?",
        "    - {rule: leaps_recovered, leap: 5}",
        "             ^",
    ]


def test_a_mistake_in_a_key_is_shown_below_the_key(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT)
    lines = shown(tmp_path, document, Problem(("objective", "theory", 0, "leap"), "unknown; delete it", on_key=True))
    assert lines[1].index("leap: ") == lines[2].index("^")


def test_all_problems_are_shown_in_the_order_of_the_file(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT)
    error = document.error([Problem(("genome", "key"), "b"), Problem(("seed",), "a"), Problem(("genome", "kind"), "c")])
    assert [problem.what for problem in error.problems] == ["a", "c", "b"]
    assert len(str(error).split("\n")) == 9


def test_after_fifty_problems_the_rest_are_counted(tmp_path: Path) -> None:
    lines = shown(tmp_path, read(tmp_path, "a: 1"), *[Problem(("a",), "wrong")] * 53)
    assert lines[-1] == "and 3 more"
    assert len(lines) == 151


@pytest.mark.parametrize("before", ["", "é: 1, ", "ключ: 1, ", '"e\u0301": 1, ', '"a\tb": 1,\t', '"\u202ea": 1, '])
def test_a_caret_lands_below_its_value_whatever_stands_before(tmp_path: Path, before: str) -> None:
    document = read(tmp_path, f"{{{before}x: WRONG}}")
    line, source, caret = shown(tmp_path, document, Problem(("x",), "wrong"))
    assert line.startswith(f"a.yaml:1:{len(before) + 5}: ")
    assert source.replace("\u0301", "").index("WRONG") == caret.index("^")  # a combining accent takes no column


def test_a_letter_that_fills_two_columns_moves_the_caret_by_two(tmp_path: Path) -> None:
    assert shown(tmp_path, read(tmp_path, "{日本: 1, x: 2}"), Problem(("x",), "wrong"))[2] == " " * 13 + "^"


def test_of_a_long_line_the_part_around_the_caret_is_shown(tmp_path: Path) -> None:
    document = read(tmp_path, "{a: " + "z" * 3000 + ", x: WRONG, b: " + "z" * 3000 + "}")
    line, source, caret = shown(tmp_path, document, Problem(("x",), "wrong"))
    assert line.startswith("a.yaml:1:3010: ")
    assert source.index("WRONG") == caret.index("^")
    assert len(source) <= 161


def test_no_control_character_of_a_file_reaches_the_terminal(tmp_path: Path) -> None:
    document = read(tmp_path, 'a: "\u202e\u2066x" # \u202e')
    text = str(document.error([Problem(("a", "\x1b[2J\u202e"), "got '\x1b[2J\x9b\u202e'")]))
    assert not set(text) & set("\x1b\x9b\u202e\u2066")


def test_an_error_survives_the_way_from_a_worker(tmp_path: Path) -> None:
    error = read(tmp_path, "a: 1").error([Problem(("a",), "wrong")])
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.problems) == (str(error), error.problems)


def test_a_path_is_written_with_dots_and_brackets() -> None:
    assert written(("objective", "theory", 1, "rule")) == "objective.theory[1].rule"
    assert written((0, "a")) == "[0].a"


# Refusals


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"none\.yaml: cannot be read: No such file"):
        read_document(tmp_path / "none.yaml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="must be a regular file, got a folder"):
        read_document(tmp_path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    (tmp_path / "a.yaml").write_text("a: 1")
    with pytest.raises(DocumentError, match="must be a regular file, got a link"):
        read_document(tmp_path / "link.yaml")


def test_a_fifo_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.yaml")
    with pytest.raises(DocumentError, match="must be a regular file"):
        read_document(tmp_path / "fifo.yaml")


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(DocumentError, match="null"):
        read_document(Path("a\0.yaml"))


def test_more_than_128_kb_are_refused_before_parsing(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[" * (128 * 1024 + 1)) == ["a.yaml: must be at most 131072 bytes, got more"]
    assert len(read(tmp_path, "a: " + "x" * (128 * 1024 - 3)).data["a"]) == 128 * 1024 - 3


@pytest.mark.parametrize(
    ("text", "message", "source", "caret"),
    [
        (
            b"a: 1\nb: \xff",
            "2:4: the text must be UTF-8, got byte 0xff at offset 8; save it as UTF-8",
            "b: \ufffd",
            "   ^",
        ),
        ("a: 1\nb: é\0", "2:5: text must be free of control characters, got U+0000; delete it", "b: é", "    ^"),
        ("a: \x1b[2J", "1:4: text must be free of control characters, got U+001B; delete it", "a: [2J", "   ^"),
        ("a: \x9b2J", "1:4: text must be free of control characters, got U+009B; delete it", "a: 2J", "   ^"),
        (
            r'a: "\e[2J"',
            "1:4: a: text must be free of control characters, got U+001B; delete it",
            r'a: "\e[2J"',
            "   ^",
        ),
        (
            r'a: "\ud800"',
            "1:4: a: text must be free of control characters, got U+D800; delete it",
            r'a: "\ud800"',
            "   ^",
        ),
        ("words", "1:1: the file must be a mapping, got text; write lines like 'key: value'", "words", "^"),
        ("- a", "1:1: the file must be a mapping, got a list; write lines like 'key: value'", "- a", "^"),
        (
            "g: {a: 1, b: 2, a: 3}",
            "1:17: g.a: a key must stand once in its mapping, got it on line 1 already; delete one of the two",
            "g: {a: 1, b: 2, a: 3}",
            " " * 16 + "^",
        ),
        (
            "a: !x 1",
            "1:4: a: a value must stand without a tag, got '!x'; remove the word that begins with '!'",
            "a: !x 1",
            "   ^",
        ),
        (
            "a: !!python/none x",
            "1:4: a: a value must stand without a tag, got '!!python/none'; remove the word that begins with '!'",
            "a: !!python/none x",
            "   ^",
        ),
        (
            "a: !no!x 1",
            "1:4: a value must stand without a tag; remove the word that begins with '!'",
            "a: !no!x 1",
            "   ^",
        ),
        (
            "a: &x [*x]",
            "1:8: a[0]: an alias must name a value that ends above it, got '*x'; quote the text",
            "a: &x [*x]",
            "       ^",
        ),
        (
            "a: &x {b: 1}\n<<: *x",
            "2:1: <<: a key must be a name, got the merge key '<<'; write the entries out",
            "<<: *x",
            "^",
        ),
        (
            "a: 1\n---\nb: 1",
            "2:1: there must be one document, got a second; remove '---' and what follows",
            "---",
            "^",
        ),
        ("a: {1: x}", "1:5: a: a key must be text, got 1; put it in quotes", "a: {1: x}", "    ^"),
        ("a: {[b]: x}", "1:5: a: a key must be text, got a list; put it in quotes", "a: {[b]: x}", "    ^"),
        ("true: x", "1:1: a key must be text, got true; put it in quotes", "true: x", "^"),
        (
            "%YAML 1.1\n---\na: 1",
            "2:1: the text must be YAML 1.2, got another version; remove the line '%YAML'",
            "---",
            "^",
        ),
    ],
)
def test_what_is_no_experiment_is_refused_at_its_place(
    tmp_path: Path, text: str | bytes, message: str, source: str, caret: str
) -> None:
    assert refusal(tmp_path, text) == [f"a.yaml:{message}", source, caret]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "---\n...\n", "~"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    told = refusal(tmp_path, text)
    assert told[0] == "a.yaml:1:1: the file must be a mapping, got nothing; write lines like 'key: value'"
    assert told[1:] in ([], [text.split("\n")[0], "^"])


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: [1, 2", 1, 4, "the bracket must be closed"),
        ("a: [1, 2\nb: 3", 2, 2, "the list that line 1 opens must go on with ',' or ']'"),
        ("a: {x: 1 y: 2}", 1, 11, "the mapping that line 1 opens must go on with ',' or '}'"),
        ("a: 1\nb: 'x\nc: 1", 2, 4, "the quote that opens here must be closed"),
        ("a: b: c", 1, 5, "': ' must follow a key"),
        ("a:\n\tb: 1", 2, 1, "blanks must be spaces, got a tab"),
        ("a: @x", 1, 4, "text must not begin with this character; put the text in quotes"),
        ("a: *", 1, 4, "'*', '&' and '%' must begin a name here; put the text in quotes"),
        ("a: [b]]", 1, 7, "a closing bracket must have an opening one"),
        ("a: }", 1, 4, "a value must stand here"),
        ("{", 1, 2, "a value must follow, got the end of the text"),
        ("a: - b", 1, 4, "this must begin a line"),
        ("a: 1\nb\n", 2, 1, "a key must be followed by ': '"),
        ("  a: 1\n b: 2", 2, 2, "this must"),
        ('a: "\\q"', 1, 6, "'\\' must begin a known escape"),
        ('a: "\\UFFFFFFFF"', 1, 1, "'\\x', '\\u' and '\\U' must name a character"),
    ],
)
def test_a_mistake_in_the_yaml_is_told_in_plain_words(
    tmp_path: Path, text: str, line: int, column: int, message: str
) -> None:
    lines = refusal(tmp_path, text)
    assert lines[0].startswith(f"a.yaml:{line}:{column}: {message}")
    assert lines[1:] == [text.split("\n")[line - 1].replace("\t", " "), " " * (column - 1) + "^"]


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    lines = refusal(tmp_path, "a: !x 1\na: 2\n3: 4\nb: [")
    assert [line.split(": ")[0] for line in lines[::3]] == ["a.yaml:1:4", "a.yaml:2:1", "a.yaml:3:1", "a.yaml:4:5"]


def test_aliases_that_grow_are_refused_before_they_are_copied(tmp_path: Path) -> None:
    """A billion laughs: each line holds the one above ten times."""
    rows = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"l{i + 1}: &l{i + 1} [{', '.join([f'*l{i}'] * 10)}]" for i in range(9)]
    lines = refusal(tmp_path, "\n".join(rows))
    assert lines[0].startswith("a.yaml:4:")
    assert "must hold at most 10000 values with its aliases expanded" in lines[0]


def test_long_text_is_not_multiplied_by_aliases(tmp_path: Path) -> None:
    text = f"a: &x {'x' * 60_000}\nb: [{'*x, ' * 20}]"
    assert "must hold at most 10000 values with its aliases expanded" in refusal(tmp_path, text)[0]


def test_an_alias_may_stand_for_a_key(tmp_path: Path) -> None:
    assert read(tmp_path, 'a: &x "<<"\n*x : 1').data == {"a": "<<", "<<": 1}


def test_too_many_values_are_refused(tmp_path: Path) -> None:
    assert "must hold at most 10000 values" in refusal(tmp_path, "a: [" + "1," * 20_000 + "]")[0]
    assert len(read(tmp_path, "a: [" + "1," * 9998 + "]").data["a"]) == 9998


@pytest.mark.parametrize("text", ["a: " + "[" * 40_000, "- " * 40_000, "? " * 40_000, "{a: " * 20_000])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    assert "values must be nested at most 32 deep" in refusal(tmp_path, text)[0]


def test_aliases_do_not_add_up_to_deep_nesting(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x]"] + [f"a{i + 1}: &a{i + 1} [*a{i}]" for i in range(40)]
    assert "values must be nested at most 32 deep" in refusal(tmp_path, "\n".join(rows))[0]


def test_a_number_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    assert "a: a number must have at most 100 characters, got 5000" in refusal(tmp_path, "a: " + "9" * 5000)[0]


# --set


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ("seed=8", ("seed",), 8),
        ("genome.metre=6:8", ("genome", "metre"), "6:8"),
        ("genome.key=D minor", ("genome", "key"), "D minor"),
        ("objective.theory[1].weight=0.5", ("objective", "theory", 1, "weight"), 0.5),
        ("objective.theory[0]={rule: in_key}", ("objective", "theory", 0), {"rule": "in_key"}),
        ("corpus=[a.mid, b=c.mid]", ("corpus",), ["a.mid", "b=c.mid"]),
        ("stop.limits.generations=5", ("stop", "limits", "generations"), 5),
        ("seed=", ("seed",), None),
        (" seed = 'x: y' ", ("seed",), "x: y"),
    ],
)
def test_a_change_is_written_into_the_data(
    tmp_path: Path, change: str, path: tuple[str | int, ...], value: object
) -> None:
    document = read(tmp_path, EXPERIMENT, change)
    at: object = document.data
    for step in path:
        at = at[step]  # type: ignore[index]
    assert at == value
    assert document.is_set(path)
    assert document.is_set((*path, "inside"))
    assert not document.is_set(("genome",))


def test_a_later_change_wins_over_an_earlier_one(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT, "genome.bars=4", "genome={kind: x}", "genome.bars=8")
    assert document.data["genome"] == {"kind": "x", "bars": 8}
    assert shown(tmp_path, document, Problem(("genome", "bars"), "wrong")) == [
        "--set genome.bars=8: genome.bars: wrong"
    ]
    assert shown(tmp_path, document, Problem(("genome", "kind"), "wrong")) == [
        "--set genome={kind: x}: genome.kind: wrong"
    ]


def test_a_problem_that_a_change_brought_names_the_change(tmp_path: Path) -> None:
    document = read(tmp_path, EXPERIMENT, "genome.bars=x", "stopp.target=1")
    problems = [Problem(("stopp",), "unknown key", on_key=True), Problem(("genome", "bars"), "wrong")]
    assert shown(tmp_path, document, *problems, Problem(("seed",), "wrong")) == [
        "a.yaml:2:7: seed: wrong",
        "seed: 7",
        "      ^",
        "--set stopp.target=1: stopp: unknown key",
        "--set genome.bars=x: genome.bars: wrong",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("seed", "a change must be written genome.bars=8"),
        ("=8", "a change must be written genome.bars=8"),
        ("a..b=8", "a change must be written genome.bars=8"),
        ("a[x]=8", "a change must be written genome.bars=8"),
        ("[0]=8", "a change must be written genome.bars=8"),
        ("seed.x=8", "seed.x: 'seed' must be a mapping to have keys, got 7"),
        ("seed[0]=8", "seed[0]: 'seed' must be a list to have entries, got 7"),
        ("objective.theory[2]=8", "objective.theory[2]: 'objective.theory' must have an entry [2], got 2 entries"),
        (
            "objective.theory.rule=8",
            "objective.theory.rule: 'objective.theory' must be a mapping to have keys, got a list",
        ),
        ("corpus[0]=8", "corpus[0]: 'corpus' must have an entry [0], got 0 entries"),
        ("seed=[1", "seed: the bracket must be closed"),
        ("seed=!x 1", "seed: a value must stand without a tag, got '!x'"),
        ("seed=*x", "seed: an alias must name a value that ends above it, got '*x'"),
        ("seed=*.mid", "seed: an alias must name a value that ends above it, got '*.mid'; quote the text"),
        ("seed={a: 1, a: 2}", "seed.a: a key must stand once"),
        ("seed=a: 1", "seed: the value must be in one line; write {a: 1} or [1, 2]"),
        ("seed=- 1", "seed: the value must be in one line; write {a: 1} or [1, 2]"),
        ("seed=\x1b[2J", "seed: text must be free of control characters, got U+001B"),
        ("seed=\udcff", "seed: text must be free of control characters, got U+DCFF"),
        ("seed=" + "[" * 50, "seed[0][0][0]: values must be nested at most 32 deep"),
        (".".join("a" * 40) + "=1", "a.a.a.a"),
        ("seed=" + "x" * 131_073, "seed: the value must have at most 131072 characters"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(tmp_path: Path, change: str, message: str) -> None:
    lines = refusal(tmp_path, EXPERIMENT, change)
    assert len(lines) == 1
    assert lines[0].startswith("--set ")
    assert message in lines[0]


def test_all_changes_that_cannot_be_made_are_told_at_once(tmp_path: Path) -> None:
    assert [line.split(": ")[0] for line in refusal(tmp_path, EXPERIMENT, "seed=[", "x", "a=1")] == [
        "--set seed=[",
        "--set x",
    ]


# Any text

HOSTILE = st.text(
    alphabet=st.sampled_from(list("ab1 .:,-?[]{}&*!|>'\"%@`#~\\xuU\n\r\t=<0é\u2028\x85\ufeff")), max_size=200
)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "a: ",
            "b:\n",
            "  ",
            "- ",
            "? ",
            "&x ",
            "*x",
            "<<: ",
            "!t ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            "'",
            '"',
            "|\n",
            ">-\n",
            "---\n",
        ]
        + [
            "...\n",
            "%YAML 1.2\n",
            "%TAG ! !\n",
            "\\u",
            "0o7",
            ".inf",
            "9" * 50,
            "\n",
            "\t",
            "#",
            "k: v\n",
            "\\UFFFFFFFF",
            "日本",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=500), HOSTILE, FRAGMENTS, st.binary(max_size=500)))
@example('a: "\\UFFFFFFFF"')
@example("%YAML 9999999999.1\n---\na: 1")
@example("a: " + "0" * 2000 + ".")
def test_any_text_is_read_or_refused_with_a_place(tmp_path: Path, text: str | bytes) -> None:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    path = tmp_path / "any.yaml"
    path.write_bytes(raw)
    try:
        document = read_document(path)
    except DocumentError as error:
        assert f"{path}:" in str(error)
        assert not [letter for letter in str(error) if unicodedata.category(letter) == "Cc" and letter != "\n"]
        assert error.problems
    else:
        assert type(document.data) is dict
        str(document.data).encode()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=50), HOSTILE, FRAGMENTS.map("a=".__add__), HOSTILE.map("a.b[0]=".__add__)))
def test_any_change_is_made_or_refused(tmp_path: Path, change: str) -> None:
    try:
        document = read(tmp_path, "a: {b: [1]}", change)
    except DocumentError as error:
        assert str(error).startswith("--set ")
    else:
        assert type(document.data) is dict
