"""Plans, fears, threats and denials beside the act (codebook, section 5): what is one incident with it, and what is not."""

from __future__ import annotations

import pytest

pytest.importorskip("rensa")

import detente
from detente import link
from detente.records import Document, Incident

Report = tuple[str, str, str]


def _linked(*reports: Report) -> tuple[link.Linked, list[Incident]]:
    """Everything, and the incidents that two reports tell."""
    documents = [Document(text, f"r{n}", published=day, source=source) for n, (day, source, text) in enumerate(reports)]
    linked = link.link((o.document, o.events) for o in detente.outcomes(documents))
    return linked, [i for i in linked.incidents if i.reports > 1]


@pytest.mark.parametrize(
    ("planned", "told", "type_", "day"),
    [
        # The codebook has a meeting to come as AGREE; it is the meeting's report all the same.
        (("2023-05-01", "Reuters", "Talks between Armenia and Azerbaijan are planned for Tuesday in Brussels, officials said."),
         ("2023-05-03", "AFP", "Armenian and Azerbaijani leaders met in Brussels on Tuesday, the EU said."), "CONSULT", "2023-05-02"),
        (("2021-06-14", "Reuters", "Biden will meet Putin in Geneva on Wednesday."),
         ("2021-06-17", "AFP", "Biden met Putin in Geneva on Wednesday."), "CONSULT", "2021-06-16"),
        (("2022-07-30", "Reuters", "U.S. House Speaker Nancy Pelosi will visit Taiwan on Tuesday."),
         ("2022-08-03", "AP", "Nancy Pelosi visited Taiwan on Tuesday."), "CONSULT", "2022-08-02"),
        (("2023-01-29", "BBC", "Teachers in Britain plan to strike on Wednesday over pay."),
         ("2023-02-02", "Guardian", "Teachers in Britain went on strike on Wednesday over pay."), "PROTEST", "2023-02-01"),
        (("2023-03-06", "AFP", "French unions plan protests against the pension reform on Tuesday."),
         ("2023-03-08", "Reuters", "French unions protested against the pension reform on Tuesday."), "PROTEST", "2023-03-07"),
    ],
)  # fmt: skip
def test_what_was_planned_for_a_day_and_done_on_it_is_one_incident(
    planned: Report, told: Report, type_: str, day: str
) -> None:
    _, joint = _linked(planned, told)
    assert [(i.type, i.status, i.reports, i.date and i.date.start_date) for i in joint] == [(type_, "actual", 2, day)]


@pytest.mark.parametrize(
    "reports",
    [
        # for another day
        (("2023-05-01", "Reuters", "Talks between Armenia and Azerbaijan are planned for Friday in Brussels, officials said."),
         ("2023-05-03", "AFP", "Armenian and Azerbaijani leaders met in Brussels on Tuesday, the EU said.")),
        (("2023-03-06", "AFP", "French unions plan protests against the pension reform on Saturday."),
         ("2023-03-08", "Reuters", "French unions protested against the pension reform on Tuesday.")),
        # the next time
        (("2023-05-03", "AFP", "Armenian and Azerbaijani leaders met in Brussels on Tuesday."),
         ("2023-05-05", "Reuters", "Armenian and Azerbaijani leaders plan to meet again in Brussels.")),
        # feared and threatened
        (("2024-04-11", "WSJ", "Iran may attack Israel with drones and missiles, officials fear."),
         ("2024-04-14", "AP", "Iran attacked Israel with drones and missiles on Saturday.")),
        (("2024-04-11", "AFP", "Iran threatened to attack Israel."),
         ("2024-04-14", "AP", "Iran attacked Israel with drones and missiles on Saturday.")),
    ],
)  # fmt: skip
def test_another_day_the_next_time_a_fear_and_a_threat_are_not_the_act(reports: tuple[Report, Report]) -> None:
    _, joint = _linked(*reports)
    assert joint == []


@pytest.mark.parametrize(
    "reports",
    [
        (("2024-04-20", "AP", "Israel attacked an air base in Isfahan, Iran, on Friday, U.S. officials said."),
         ("2024-04-20", "IRNA", "Iran denied that Israel attacked an air base in Isfahan on Friday.")),
        (("2020-01-09", "CBC", "Iran shot down a Ukrainian airliner near Tehran on Wednesday, Canada said."),
         ("2020-01-10", "Fars", "Iran denied that it shot down the Ukrainian airliner near Tehran on Wednesday.")),
    ],
)  # fmt: skip
def test_a_denial_of_the_act_is_a_claim_about_it(reports: tuple[Report, Report]) -> None:
    linked, joint = _linked(*reports)
    assert [(i.type, i.status) for i in joint] == [("ASSAULT", "actual")]
    about = [c for c in linked.claims if c.incident_id == joint[0].incident_id]
    assert {"claims", "denies"} <= {c.polarity for c in about}
