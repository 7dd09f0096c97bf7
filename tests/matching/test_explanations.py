from matching import Choice, Item, Person, Problem, Summary, Words, solve


def people(*keys, least=0, most=1):
    return [Person(key, least, most) for key in keys]


def sentences(entries):
    return [entry.sentence for entry in entries]


def test_item_that_too_few_can_take_is_named_with_what_can_be_had():
    problem = Problem(
        [Item("X", 3, 3)], people(*"abcd"), conflicts={("a", "X"), ("b", "X")}, words=Words(person="student", people="students")
    )

    result = solve(problem)

    assert sentences(result.obstacles) == ["Paper X needs 3 students; without conflicts and what is full, only 2 can be had."]
    assert sentences(result.shortages) == ["Paper X needs 3 students and gets 2: of the students, 2 are ruled out."]
    assert result.pairs == (("c", "X"), ("d", "X"))


def test_totals_that_do_not_meet_are_told_in_all():
    problem = Problem([Item(key, 3, 3) for key in range(30)], [Person(key, 0, 3) for key in range(20)])

    result = solve(problem)

    assert sentences(result.obstacles) == ["The papers need 90 reviews in all; the reviewers can give 60."]
    assert (result.unmet, result.unmet_bound, len(result.pairs)) == (30, 30, 60)


def test_totals_count_what_exists():
    problem = Problem([Item(1, 2, 2), Item(2, 2, 2)], people("a", "b", "c"), fixed={("a", 1)})

    result = solve(problem)

    assert sentences(result.obstacles) == ["The papers need 4 reviews in all, 1 of which exist; the reviewers can give 2 more."]
    assert (result.obstacles[0].needed, result.obstacles[0].possible) == (4, 3)


def test_group_that_needs_more_than_those_around_it_can_give_is_found():
    items = [Item(1, 2, 3), Item(2, 2, 3), Item(3, 1, 4)]
    conflicts = {(person, item) for person in "cde" for item in (1, 2)}

    result = solve(Problem(items, people(*"abcde"), conflicts=conflicts))

    assert sentences(result.obstacles) == [
        "The 2 papers 1, 2 need 4 more reviews in all; the 2 reviewers who may give them can give 2."
    ]
    assert result.obstacles[0].keys == (1, 2)


def test_person_who_cannot_get_the_least_is_named():
    problem = Problem([Item(1, 0, 1), Item(2, 0, 1)], people("a", least=2, most=2), conflicts={("a", 2)})

    result = solve(problem)

    assert sentences(result.obstacles) == ["Reviewer a needs 2 papers; without conflicts and what is full, only 1 can be had."]
    assert sentences(result.shortages) == ["Reviewer a needs 2 papers and gets 1: of the papers, 1 is ruled out."]


def test_each_who_is_kept_away_is_counted_by_the_first_thing_that_does_it():
    problem = Problem(
        [Item("X", 5, 9), Item("Y", 0, 9)],
        people(*"abcde"),
        fixed={("a", "X"), ("b", "Y"), ("c", "Y")},
        conflicts={("c", "X"), ("d", "X")},
        apart=[("a", "e")],
    )

    result = solve(problem)

    assert sentences(result.shortages) == [
        "Paper X needs 5 reviewers and gets 1: of the other reviewers, 2 are ruled out and 1 is full and "
        "1 is kept apart from who has it."
    ]


def test_item_that_all_have_wants_more_than_there_are():
    result = solve(Problem([Item("X", 2, 2)], people("a"), fixed={("a", "X")}))

    assert sentences(result.shortages) == ["Paper X needs 2 reviewers and gets 1: there are no more reviewers."]


def test_item_without_an_expert_is_named():
    result = solve(Problem([Item("X", 1, 2)], people("a", "b"), conflicts={("a", "X")}, experts={"X": {"a"}}))

    assert sentences(result.obstacles) == ["Paper X needs an expert; no expert on it can take it."]
    assert sentences(result.shortages) == ["Paper X gets no expert: no expert on it can take it."]


def test_people_kept_apart_are_the_reason_when_nothing_else_is():
    result = solve(Problem([Item(1, 2, 2)], people("a", "b"), apart=[("a", "b")]))

    assert sentences(result.obstacles) == ["Each could be met, but not all at once: of 2 that are open, 1 can be met at most."]
    assert sentences(result.shortages) == ["Paper 1 needs 2 reviewers and gets 1: those left are to be kept apart from others."]


def test_ranks_are_among_what_a_person_could_get():
    preferences = {("a", 1): 20, ("a", 2): 10, ("a", 3): 10, ("b", 2): 9, ("b", 3): -1}
    problem = Problem([Item(1, 0, 1), Item(2, 1, 1), Item(3, 1, 1)], people("a", "b"), preferences, conflicts={("a", 1)})

    result = solve(problem)

    # For a the conflict is nobody's first choice, and the other two share the first rank.
    assert result.choices == (Choice("a", 3, 10, 1), Choice("b", 2, 9, 1))
    assert result.summary == Summary(ranks={1: 2}, unasked=0, unwanted=0, askers=2, with_first_choice=2)


def test_summary_counts_second_choices_and_what_nobody_asked_for():
    preferences = {("a", 1): 20, ("b", 1): 19, ("b", 2): 5, ("d", 4): -3}
    problem = Problem([Item(key, 1, 1) for key in (1, 2, 3, 4)], people(*"abcd", least=1), preferences, conflicts={("c", 4)})

    result = solve(problem)

    assert [(choice.person, choice.item, choice.rank) for choice in result.choices] == [
        ("a", 1, 1),
        ("b", 2, 2),
        ("c", 3, None),
        ("d", 4, None),
    ]
    assert result.summary == Summary(ranks={1: 1, 2: 1}, unasked=1, unwanted=1, askers=2, with_first_choice=1)


def test_requirement_that_turns_most_away_comes_first_among_those_that_bind():
    preferences = {(person, "popular"): 9 for person in "abcd"} | {("a", "other"): 1}
    problem = Problem([Item("popular", 1, 1), Item("other", 1, 2)], people(*"abcd"), preferences)

    result = solve(problem)

    assert result.bindings[0].kind == "item_most"
    assert result.bindings[0].sentence == "Paper popular takes no more; 3 wanted it and did not get it."
    assert [binding.kind for binding in result.bindings].count("item_most") == 1


def test_progress_runs_from_nothing_to_all():
    told = []

    solve(Problem([Item(1, 1, 1)], people("a")), progress=lambda share, words: told.append((share, words)))

    shares = [share for share, _ in told]
    assert (shares[0], shares[-1]) == (0, 1)
    assert shares == sorted(shares)
    assert all(words for _, words in told)
