"""gxdesk: writes the 政府信息公开工作年度报告 of one agency. The core knows no Qt (see docs/architecture.md)."""

__version__ = "0.1.0"
