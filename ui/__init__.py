"""The window of gxdesk: everything that knows Qt. No rule, no wording of a rule and no SQL stands here."""
