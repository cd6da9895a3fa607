"""The report file inside a PDF that gxdesk made: found and taken out, nothing more.

pypdfium2 is imported for a PDF only.
"""

from gxdesk.errors import UserError

ENDING = ".gxreport"
HEAD = 1024  # bytes in which a PDF says that it is one
MOST = 100  # attachments looked at
_NEEDS_PASSWORD = 4  # FPDF_ERR_PASSWORD


def is_pdf(data: bytes) -> bool:
    """Whether these bytes begin as a PDF does."""
    return b"%PDF-" in data[:HEAD]


def report_in(data: bytes, name: str) -> bytes | None:
    """The bytes of the report file inside a PDF, None if it holds none. Raises UserError with a sentence that names the PDF."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            for number in range(min(document.count_attachments(), MOST)):
                attachment = document.get_attachment(number)
                if attachment.get_name().replace("\0", "").lower().endswith(ENDING):  # some programs leave a name in UTF-16
                    return bytes(attachment.get_data())
    except (pypdfium2.PdfiumError, ValueError) as error:  # ValueError: a name that is no text
        if getattr(error, "err_code", None) == _NEEDS_PASSWORD:
            raise UserError(f"“{name}”设了打开密码，读不出里面的报告。请选没有加密的 PDF，或选 .gxreport 报告文件。") from error
        raise UserError(f"“{name}”损坏了，或者不是完整的 PDF，读不出来。请换一份完好的文件。") from error
    return None
