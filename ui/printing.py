"""打印: the system's dialog, and the way from a PDF to the paper.

Where the system prints PDF files itself (CUPS: `lp`), the file is handed over and lines stay lines; elsewhere its pages are drawn at 300 dpi
(`PdfPages`). What she chooses about sides is told to the layout before anything is printed: on both sides, even pages bind at the right.
"""

import shutil
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QObject, QProcess, Signal
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from gxdesk.document.edition import Sides
from gxdesk.temporary import NamedTemporaryFile
from ui.pdf_pages import PdfPages

NO_PRINTER = "这台电脑上没有装打印机。可以导出 PDF，拿到有打印机的电脑上打印。"
REFUSED = "打印没有成功，打印机没有收到这份报告。请看看打印机是否接通、有纸，再试一次；也可以导出 PDF，用 PDF 阅读器打印。"


def ask(parent: QWidget, title: str, sides: Sides, pages: int) -> QPrinter | None:
    """The system's print dialog, set to A4 and the sides of the layout. None if she thinks better of it. Needs a printer."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()))
    printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide if sides is Sides.BOTH else QPrinter.DuplexMode.DuplexNone)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle("打印")
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
    dialog.setMinMax(1, max(1, pages))
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


def any_printer() -> bool:
    return bool(QPrinterInfo.availablePrinterNames())


def sides_of(printer: QPrinter) -> Sides:
    """What the dialog was left at."""
    return Sides.ONE if printer.duplex() is QPrinter.DuplexMode.DuplexNone else Sides.BOTH


class PrintJob(QObject):
    """One printing. `over` carries nothing if the printer has it, else a sentence."""

    over = Signal(str)

    def __init__(self, pages: PdfPages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        self._file: Path | None = None

    def start(self, data: bytes, printer: QPrinter) -> None:
        lp = shutil.which("lp") if sys.platform.startswith("linux") and not printer.outputFileName() else None
        if lp is None:
            self._pages.printed.connect(self._painted)
            self._pages.print(data, printer)
            return
        with NamedTemporaryFile(prefix="gxdesk-", suffix=".pdf", delete=False) as file:
            file.write(data)
            self._file = Path(file.name)
        process = QProcess(self)
        process.finished.connect(lambda code: self._end(not code))
        process.errorOccurred.connect(lambda error: self._end(ok=False) if error is QProcess.ProcessError.FailedToStart else None)
        process.start(lp, [*_options(printer), "--", str(self._file)])

    def _painted(self, pages: int) -> None:
        self._pages.printed.disconnect(self._painted)
        self._end(bool(pages))

    def _end(self, ok: bool) -> None:
        if self._file is not None:
            self._file.unlink(missing_ok=True)  # lp has copied it
            self._file = None
        self.over.emit("" if ok else REFUSED)


def _options(printer: QPrinter) -> list[str]:
    """What was chosen in the dialog, in the words of `lp`."""
    sides = {
        QPrinter.DuplexMode.DuplexNone: "one-sided",
        QPrinter.DuplexMode.DuplexShortSide: "two-sided-short-edge",
    }.get(printer.duplex(), "two-sided-long-edge")
    out = ["-d", printer.printerName(), "-n", str(printer.copyCount()), "-t", printer.docName(), "-o", f"sides={sides}", "-o", "media=a4"]
    return [*out, "-P", f"{printer.fromPage()}-{printer.toPage()}"] if printer.fromPage() else out
