"""Reports: blocks that become one self-contained HTML page and the same in Markdown, and plots in SVG that no library draws."""
