"""The toponym exams: both XML forms are read, and bad files say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import ExamError
from detente.evaluate.toponyms import distance, is_adjective, toponyms

TR_NEWS = """<articles><article docid="1"><title>t</title><text><![CDATA[Turkish troops left Mosul.]]></text><toponyms>
<toponym><phrase>Turkish</phrase><start>0</start><end>7</end><gaztag geonameid="298795"><fcode>PCLI</fcode><lat>39</lat><lon>35</lon></gaztag></toponym>
<toponym><phrase>Mosul</phrase><start>23</start><end>28</end><gaztag geonameid="99072"><fcode>PPLA</fcode><lat>36.3</lat><lon>43.1</lon></gaztag></toponym>
</toponyms></article></articles>"""
GEOWEBNEWS = """<articles><article file="0"><text>Police in Nice met people.</text><toponyms>
<toponym><extractedName>Nice</extractedName><type>Literal</type><start>10</start><end>14</end><geonamesID>2990440</geonamesID><latitude>43.7</latitude><longitude>7.3</longitude></toponym>
<toponym><extractedName>people</extractedName><type>Non_Lit_Expression</type><start>19</start><end>25</end></toponym>
</toponyms></article></articles>"""


@pytest.mark.parametrize(("xml", "n", "with_adjectives"), [(TR_NEWS, 2, 0.5), (GEOWEBNEWS, 1, 1.0)])
def test_both_forms_are_scored(tmp_path: Path, xml: str, n: int, with_adjectives: float) -> None:
    (tmp_path / "x.xml").write_text(xml, "utf-8")
    result = toponyms([tmp_path / "x.xml"])
    assert result["n"] == n
    assert result["figures"]["within 161 km"] == 1.0
    assert result["figures"]["found: F1"] == 1.0
    assert result["figures"]["found, adjectives too: R"] == with_adjectives


@pytest.mark.parametrize(
    "xml",
    ["", "no xml", "<articles></articles>", "<articles><article></article></articles>", TR_NEWS.replace(">0<", ">x<")],
)
def test_bad_files_say_what_is_wrong(tmp_path: Path, xml: str) -> None:
    (tmp_path / "x.xml").write_text(xml, "utf-8")
    with pytest.raises(ExamError, match=r"x\.xml"):
        toponyms([tmp_path / "x.xml"])
    with pytest.raises(ExamError):
        toponyms([tmp_path / "none.xml"])


def test_distance_and_adjectives() -> None:
    assert distance(0, 0, 0, 1) == pytest.approx(111.2, abs=0.1)
    assert is_adjective("Turkish")
    assert is_adjective("European")
    assert not is_adjective("Turkey")
