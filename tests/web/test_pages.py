"""Pages from fixed answers of the engine, byte for byte, and with hostile values in every place.

ACCEPT=1 takes the present pages as expected; look at the difference before you commit it.
"""

import html.parser
import json
import os
import re
import subprocess

import pytest

BUILD = os.environ.get("BUILD", "build")
PROBE = os.path.join(BUILD, "tests", "page_probe")
GOLDEN = os.path.join(os.path.dirname(__file__), "golden")
VOID = {"meta", "link", "input", "br"}
# One of each thing that could end a place: text, attribute, comment, template, entity.
HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=y>{{{name}}}&amp;--><!--</textarea></title>"""


def render(kind, data, said=""):
    r = subprocess.run([PROBE, kind, said], input=json.dumps(data).encode(), stdout=subprocess.PIPE, timeout=20)
    assert r.returncode == 0
    return r.stdout.decode()


def load(name):
    with open(os.path.join(GOLDEN, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


class Reader(html.parser.HTMLParser):
    """Every element closed in order; ids once; labels where something is typed."""

    def __init__(self, text, unique=True):
        super().__init__()
        self.open, self.ids, self.tags, self.attrs, self.unique = [], set(), [], [], unique
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attrs += [(tag, k, v) for k, v in attrs]
        for k, v in attrs:
            if k == "id":
                assert not (self.unique and v in self.ids), f"id {v} twice"
                self.ids.add(v)
        if tag in ("input", "select", "textarea") and dict(attrs).get("type") != "hidden":
            assert "label" in self.open, f"{tag} without a label"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()


def poison(value, key=""):
    """Every text another one that wants out of its place; what code looks at stays."""
    keep = {"id", "state", "group", "form", "do", "kind", "version", "now", "today", "due", "due_at", "by", "at",
            "hand_in", "first", "last", "last_day", "since", "why", "as"}
    if isinstance(value, dict):
        return {k: poison(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [poison(v, key) for v in value]
    return HOSTILE if isinstance(value, str) and key not in keep else value


def poison_all(value):
    if isinstance(value, dict):
        return {k: poison_all(v) for k, v in value.items()}
    if isinstance(value, list):
        return [poison_all(v) for v in value]
    return HOSTILE if isinstance(value, str) else value


PAGES = [("person", "person", ""), ("person-stale", "person", "stale"), ("board", "board", "receive"), ("unit", "unit", ""),
         ("subscribe", "subscribe", ""), ("notice", "notice", ""), ("leaders", "leaders", ""), ("slip", "slip", ""),
         ("table", "table", ""), ("year", "table", "")]
WITH_DATA = ("person", "board", "unit", "leaders", "slip", "table")


@pytest.mark.parametrize("name,kind,said", PAGES)
def test_golden(name, kind, said):
    data = load(name if kind == "table" else kind) if kind in WITH_DATA else {}
    got = re.sub(r"/style-[0-9a-f]{12}\.css", "/style-HASH.css", render(kind, data, said))
    path = os.path.join(GOLDEN, name + ".html")
    if os.environ.get("ACCEPT"):
        with open(path, "w", encoding="utf-8") as f:
            f.write(got)
    with open(path, encoding="utf-8") as f:
        assert got == f.read()


@pytest.mark.parametrize("name,kind,said", PAGES)
def test_is_well_formed_and_strict(name, kind, said):
    page = Reader(render(kind, load(kind) if kind in WITH_DATA else {}, said))
    assert "script" not in page.tags and "style" not in page.tags
    for tag, k, v in page.attrs:
        assert not k.startswith("on") and k != "style", f"{tag} {k}"
        if k in ("src", "srcset") or (tag == "link" and k == "href"):
            assert v.startswith(("/", "data:,"))
        if k == "action":
            assert v.startswith("/")


@pytest.mark.parametrize("kind", WITH_DATA)
@pytest.mark.parametrize("how", [poison, poison_all])
def test_no_value_leaves_its_place(kind, how):
    clean, dirty = Reader(render(kind, load(kind))), render(kind, how(load(kind)))
    page = Reader(dirty, unique=False)
    assert set(page.tags) <= set(clean.tags) | {"dd", "dt", "div", "p", "strong", "span"}
    assert "<script" not in dirty and "<img" not in dirty and "onerror" not in [k for _, k, _ in page.attrs]


@pytest.mark.parametrize("data", [{}, [], None, "x", {"obligations": {}}, {"obligations": [1, None, {}]},
                                  {"obligations": [{"deliverables": [{}], "forms": [{}], "occasion": {}}]},
                                  {"year": {"months": [{"lines": [{}]}]}, "feeds": [{}], "trouble": [{}]},
                                  {"year": 2024, "months": [{}, {"month": 3, "lines": [{}]}], "late": [{}]},
                                  {"obligation": {"deliverables": [{}], "forms": [{}]}, "table": {"rows": [1, {}, {}]}},
                                  {"table": {"year": 2024, "month": 99, "rows": [{}]}}])
@pytest.mark.parametrize("kind", WITH_DATA)
def test_what_is_absent_is_left_out(kind, data):
    Reader(render(kind, data), unique=False)


# ---- colours ---------------------------------------------------------------------------------------

STYLE = os.path.join(os.path.dirname(__file__), "..", "..", "daemon", "web", "pages", "style.css")
GROUNDS = ("ground", "paper")
# What is written upon what: WCAG 2.2, 1.4.3, 4.5 to 1 for text of any size.
WRITTEN = [(ink, ground) for ink in ("ink", "soft", "accent", "late", "wait", "ok") for ground in GROUNDS] + [
    ("accent", "accent-pale"), ("late", "late-pale"), ("wait", "wait-pale"), ("ok", "ok-pale"), ("soft", "quiet-pale"),
    ("ink", "quiet-pale"), ("accent-ink", "accent"), ("band-ink", "band"), ("band-soft", "band"),
    ("paper", "accent"), ("paper", "late"), ("paper", "wait"), ("paper", "ok")]


def palettes():
    """light, dark and print: what each :root sets, upon what the first one set."""
    with open(STYLE, encoding="utf-8") as f:
        roots = re.findall(r":root \{(.*?)\}", f.read(), re.S)
    first, *others = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", root)) for root in roots]
    return dict(zip(("light", "dark", "print"), [first] + [first | other for other in others], strict=True))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    hi, lo = sorted((luminance(a), luminance(b)), reverse=True)
    return (hi + 0.05) / (lo + 0.05)


def test_contrast_of_known_colours():
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark", "print"])
@pytest.mark.parametrize("ink,ground", WRITTEN)
def test_can_be_read(name, ink, ground):
    palette = palettes()[name]
    assert contrast(palette[ink], palette[ground]) >= 4.5, (palette[ink], palette[ground])


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("ink,ground", [("accent", "ground"), ("accent", "paper"), ("band-ink", "band"), ("soft", "ground")])
def test_focus_and_frames_can_be_seen(name, ink, ground):
    """WCAG 2.2, 1.4.11: 3 to 1 for the ring of the focus and the frames of fields."""
    assert contrast(palettes()[name][ink], palettes()[name][ground]) >= 3


def test_no_colour_beside_the_palette():
    with open(STYLE, encoding="utf-8") as f:
        css = re.sub(r":root \{.*?\}", "", f.read(), flags=re.S)
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", css)) <= {"#000"}
    assert "url(" not in css and "@import" not in css
