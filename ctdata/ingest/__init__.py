"""Take in a text: draft its records by open rules, for a person to decide on."""

from ctdata.ingest.drafts import Drafts, suggest, suggest_all, suggest_stream
from ctdata.ingest.review import Review, review

__all__ = ["Drafts", "Review", "review", "suggest", "suggest_all", "suggest_stream"]
