"""The lab's pages: what a run found, as a report with pictures and sounds, and views that teach."""
