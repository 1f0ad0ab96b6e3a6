from reason.envs.tools.notes import MAX_NOTES, Notes


def test_notes_are_kept_and_shown(session):
    call = session(Notes())
    assert call(text="").text == "There are no notes."
    assert call(text=" a ").text == "Kept as note 1."
    assert call(text="b\nc").text == "Kept as note 2."
    assert call(text="").text == "1. a\n2. b\nc"


def test_notes_have_a_limit(session):
    call = session(Notes())
    for _ in range(MAX_NOTES):
        assert not call(text="x").error
    assert call(text="y").error
    assert len(call.state["notes"]) == MAX_NOTES
    assert call(text="z" * 2_001).error
