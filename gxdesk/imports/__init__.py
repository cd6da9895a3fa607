"""Published reports, in whatever file they are, read back into a `Report`.

bytes -> `reading` (what kind of file is it) -> html, docx, pdf or text -> one neutral stream of paragraphs and grids -> `matching` finds
title, sections, rows and columns by the labels of the form -> `Imported`. A figure is taken only where its row and its column are both known.
"""
