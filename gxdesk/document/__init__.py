"""Report + FormDef -> DocumentView -> HTML, PDF. One view, so that no two outputs can disagree (law 5)."""
