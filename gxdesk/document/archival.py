"""What a PDF for the archive (PDF/A-3a, ISO 19005-3) that everybody can read (PDF/UA-1, ISO 14289-1) needs beyond what WeasyPrint writes.

`finish` is WeasyPrint's last step before a file is written. The file then claims PDF/UA-1 beside PDF/A-3a, its table cells name the
headers they stand under, and each cell with a ref is a named destination, so that the file itself says where its cells are.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

VARIANT = "pdf/a-3a"
DATE = datetime(1980, 1, 1, tzinfo=UTC)  # of an attachment, which must have one: equal reports give equal files
CSS_PIXEL = 72 / 96  # pt

# ISO 14289-1, 5. PDF/A knows no such property unless the file describes it (ISO 19005-3, 6.6.2.3).
_PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


class _Written:
    """An object of a PDF with its bytes made: pydyf asks for them twice, for the file and for its identifier, and would pack them twice."""

    generation, free = 0, "n"

    def __init__(self, made: Any) -> None:
        self.number: int = made.number
        self.compressible: bool = made.compressible
        self.data: bytes = made.data
        self.offset = 0

    @property
    def indirect(self) -> bytes:
        return b"%d 0 obj\n%s\nendobj" % (self.number, self.data)


def finish(document: Any, pdf: Any) -> None:
    """Complete `pdf` (pydyf.PDF), which WeasyPrint made of `document`."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", _PDF_UA) for part in metadata.stream]
    if associated := pdf.catalog.get("AF"):
        associated[:] = dict.fromkeys(associated)  # WeasyPrint names each attachment twice
    _name_cells(document, pdf)
    tables = [table for page in document.pages for table in _tables(page)]
    # A head repeated on a later page is drawn again, but what it says is said once: its cells go by the mark of the first.
    marks = {cell.element: cell.mark for table in tables for cell in _cells(table) if hasattr(cell, "mark")}
    for table in tables:
        _name_headers(table, marks)
    pdf.objects[1:] = map(_Written, pdf.objects[1:])  # the first only marks what is free


def _name_cells(document: Any, pdf: Any) -> None:
    """Make every cell a named destination, which may be a rectangle to show (ISO 32000-1, 12.3.2.2: FitR). WeasyPrint makes one of each
    element with an id, to scroll to, and computes the whole style of each anew, where cells in the same place of a row can share one."""
    import pydyf

    cells = {}
    for page, reference in zip(document.pages, pdf.page_references, strict=True):
        for cell in (cell for table in _tables(page) for cell in _cells(table)):
            left, top, width, height = cell.hit_area()
            edges = (left, page.height - top - height, left + width, page.height - top)
            name = cell.element.get("data-ref")
            if name and name not in cells:  # a cell higher than a page goes on on the next
                cells[name] = pydyf.Array([reference, "/FitR", *(edge * CSS_PIXEL for edge in edges)])
    if cells:
        names = pydyf.Array(x for name in sorted(cells) for x in (pydyf.String(name), cells[name]))
        pdf.catalog.setdefault("Names", pydyf.Dictionary())["Dests"] = pydyf.Dictionary({"Names": names})


def _tables(page: Any) -> Iterator[Any]:
    from weasyprint.formatting_structure import boxes

    return (box for box in page._page_box.descendants() if isinstance(box, boxes.TableBox))  # noqa: SLF001  no other way to the boxes


def _cells(table: Any) -> Iterator[Any]:
    return (cell for group in table.children for row in group.children for cell in row.children)


def _name_headers(table: Any, marks: Mapping[Any, Any]) -> None:
    """Give header cells their scope and other cells the list of their headers (ISO 32000-1, 14.8.5.7), as HTML means them: those of
    its own group of rows or of the table's head, above it or at the left. WeasyPrint counts columns wrongly under a rowspan."""
    cells = [
        (cell, group, line, cell.element.get("scope", ""))
        for line, (group, row) in enumerate((group, row) for group in table.children for row in group.children)
        for cell in row.children
        if cell.element in marks  # else it fills a hole of the grid
    ]
    headers = [(cell, group, line, scope) for cell, group, line, scope in cells if scope]
    for cell, _, _, scope in headers:
        marks[cell.element]["A"]["Scope"] = "/Column" if scope.startswith("col") else "/Row"
    for cell, group, line, scope in cells:
        if scope:
            continue
        above_or_left = (
            header
            for header, its_group, at, its_scope in headers
            if (its_group is group or its_group.is_header)
            and (
                (at < line and its_scope != "row" and _meet(header.grid_x, header.colspan, cell.grid_x, cell.colspan))
                or (its_scope.startswith("row") and header.grid_x < cell.grid_x and _meet(at, header.rowspan, line, cell.rowspan))
            )
        )
        mark = marks[cell.element]
        mark["A"]["Headers"] = type(mark["K"])(marks[header.element]["ID"] for header in above_or_left)


def _meet(start: int, length: int, other: int, its_length: int) -> bool:
    return start < other + its_length and other < start + length
