"""The reader's own model: what a file or folder holds, found out without running anything it says."""
