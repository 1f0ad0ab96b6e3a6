import pytest

from reason.rewards.route_rag import route_rag

NAN = float("nan")


def same(rewards, expected):
    return rewards.tolist() == pytest.approx(expected, nan_ok=True)


def test_route_rag_pays_cheap_right_answers_more():
    # t = 0.1, 0.3, 0.5 (cut): the mean is 0.3.
    assert same(route_rag([1, 0, 1], [0.2, 0.6, 9.0], p95=1.0), [1.2, 0.0, 0.8])
    # What could not be scored stands out of the mean: t = 0.1, 0.3.
    assert same(route_rag([1, 1, NAN], [0.2, 0.6, 9.0], p95=1.0), [1.1, 0.9, NAN])
    assert same(route_rag([NAN], [1.0], p95=1.0), [NAN])


@pytest.mark.parametrize(
    "call",
    [
        lambda: route_rag([1.0], [-1.0], p95=1.0),
        lambda: route_rag([1.0], [NAN], p95=1.0),
        lambda: route_rag([1.0], [1.0], p95=0.0),
        lambda: route_rag([1.0], [1.0, 1.0], p95=1.0),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"must|there are"):
        call()
