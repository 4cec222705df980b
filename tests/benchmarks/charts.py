# SPDX-License-Identifier: MIT
"""Bar charts of a benchmark's figures as SVG that fits a light and a dark page."""
import html

STYLE = """
text { font: 12px sans-serif; fill: #1f2328; }
.title { font-weight: bold; font-size: 14px; }
.axis { stroke: #8c959f; }
.bar0 { fill: #1a7f37; } .bar1 { fill: #0969da; } .bar2 { fill: #bf8700; } .bar3 { fill: #8250df; }
.bar4 { fill: #cf222e; } .bar5 { fill: #6e7781; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .bar0 { fill: #3fb950; } .bar1 { fill: #58a6ff; } .bar2 { fill: #d29922; }
  .bar3 { fill: #bc8cff; } .bar4 { fill: #ff7b72; } .bar5 { fill: #8b949e; }
}
"""
NAMES, BAR, GAP, LABEL, PLOT, VALUE = 130, 16, 4, 24, 420, 70


def chart(title, groups):
    """groups: [(title, [(name, value or None, text)])], each with a scale of its own."""
    parts = []
    y = 34
    for group, bars in groups:
        bars = [bar for bar in bars if bar[1] is not None]
        if not bars:
            continue
        longest = max(value for _, value, _ in bars)
        parts.append(f'<text x="8" y="{y + 12}">{html.escape(group)}</text>')
        y += LABEL
        top = y
        for index, (name, value, text) in enumerate(bars):
            width = max(1, round(PLOT * value / longest)) if longest else 1
            parts.append(f'<text x="{NAMES - 8}" y="{y + 12}" text-anchor="end">'
                         f"{html.escape(name)}</text>")
            parts.append(f'<rect class="bar{index % 6}" x="{NAMES}" y="{y}" width="{width}" '
                         f'height="{BAR}"/>')
            parts.append(f'<text x="{NAMES + width + 6}" y="{y + 12}">{html.escape(text)}</text>')
            y += BAR + GAP
        parts.append(f'<line class="axis" x1="{NAMES}" y1="{top - 2}" x2="{NAMES}" y2="{y - 2}"/>')
        y += 12
    width = NAMES + PLOT + VALUE
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" '
            f'viewBox="0 0 {width} {y}" role="img" aria-label="{html.escape(title)}">\n'
            f"<!-- SPDX-License-Identifier: MIT -->\n<style>{STYLE}</style>\n"
            f'<text class="title" x="8" y="20">{html.escape(title)}</text>\n'
            + "\n".join(parts) + "\n</svg>\n")
