"""What a cold export costs without gxdesk around it: the same print HTML through WeasyPrint, the same page to a file. Arguments: report, PDF, HTML."""

import sys
from pathlib import Path

import weasyprint

from gxdesk import report
from gxdesk.document.html import render_page, render_print
from gxdesk.document.view import build_view
from gxdesk.forms.known import Forms

source, pdf, html = map(Path, sys.argv[1:])
forms = Forms.load()
read = report.read(source, forms)
view = build_view(read, forms[read.form], draft=False)
weasyprint.HTML(string=render_print(view)).write_pdf(pdf)
html.write_text(render_page(view), encoding="utf-8")
