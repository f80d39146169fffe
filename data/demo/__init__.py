"""An invented company with planted stories: native export files, written the same way every time (STORIES.md)."""

from data.demo.company import Demo, Written

__all__ = ["Demo", "Written"]
