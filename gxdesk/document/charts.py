"""A `Chart` as SVG, drawn by pygal in dark grey and white, so that a copy of a copy still tells this year from last year.

pygal is imported by the first drawing. What it adds for browsers (scripts, the pointer's styles, the date) is taken out: the same chart gives
the same text, and there is nothing in it but what is drawn and its text alternative, the `title`, which a tagged PDF takes up.
"""

from gxdesk.cells import Number, show
from gxdesk.document.layout import length
from gxdesk.document.papers import Chart

WIDTH, TYPE, BAR, GAP, LEGEND = 420, 13, 18, 10, 34  # px of the drawing, which is scaled to its place
NAME_MOST = 12  # characters of a name beside its bar; the table of figures has it whole
ROOM = 1.25  # of the longest bar: what its figure needs behind it
# No blank between the families: WeasyPrint takes it for a part of the name.
RULES = f"""
text {{ font-family: SimHei,黑体,"GX HeiTi","Noto Sans CJK SC",sans-serif; font-size: {TYPE}px; fill: #000; stroke: none }}
.background, .tooltip rect {{ fill: none }}
.axis.y text {{ text-anchor: end }}
.axis path {{ stroke: none }}
.text-overlay .value {{ text-anchor: start }}
.bar rect, .legend rect {{ stroke: #000; stroke-width: .7 }}
.color-0 {{ fill: #555 }}
.color-1 {{ fill: #fff }}
"""


def draw(chart: Chart) -> str:
    """The bars of a chart whose `drawn` is true, from top to bottom, each with its figure at its end. An element for HTML."""
    import pygal
    from pygal.style import Style

    names = [bar.name if len(bar.name) <= NAME_MOST else bar.name[: NAME_MOST - 1] + "…" for bar in chart.bars]
    rows = [(bar.value, bar.last)[: len(chart.series)] for bar in chart.bars]
    compared = len(chart.series) > 1
    graph = pygal.HorizontalBar(
        style=Style(label_font_size=TYPE, major_label_font_size=TYPE, value_font_size=TYPE, legend_font_size=TYPE),
        width=WIDTH,
        height=len(rows) * (BAR * len(chart.series) + GAP) + (LEGEND if compared else 0) + 2 * GAP,
        margin=GAP,
        # pygal reckons the names as narrow as Latin ones.
        margin_left=TYPE * (max(map(length, names)) - 0.6 * max(map(len, names))) + GAP,
        range=(0, float(max(n for row in rows for n in row if n is not None)) * ROOM),
        js=(),
        show_legend=compared,
        legend_at_bottom=True,
        show_x_labels=False,  # the axis: every bar has its figure
        truncate_label=-1,
        truncate_legend=-1,
        print_values=True,
        print_values_position="top",
        disable_xml_declaration=True,
    )
    graph.x_labels = names[::-1]  # pygal begins at the bottom
    for at, name in enumerate(chart.series):
        graph.add(name, [_bar(row[at]) for row in rows[::-1]])
    return _bare(graph.render(is_unicode=True), chart.text)


def _bar(value: Number | None) -> dict[str, object] | None:
    return None if value is None else {"value": float(value), "formatter": lambda _: show(value)}


def _bare(svg: str, title: str) -> str:
    """What pygal made without what is not drawn, under our rules instead of its own."""
    from xml.etree import ElementTree as ET

    root = ET.fromstring(svg)  # noqa: S314  made one line above, by us
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]  # ElementTree would give it a prefix, which HTML does not know
        element.attrib.pop("id", None)  # in the PDF an id becomes a named place
        for child in list(element):
            if child.tag.rpartition("}")[2] in {"script", "desc", "title"}:
                element.remove(child)
            elif child.tag.rpartition("}")[2] == "style":
                child.text = RULES
    ET.SubElement(root, "title").text = title
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("role", "img")
    return ET.tostring(root, encoding="unicode")
