# SPDX-License-Identifier: MIT
"""Bar charts of a benchmark's figures as SVG that fits a light and a dark page."""
import html

# Each server has a color of its own: on a light and on a dark page.
SERVERS = {
    "qt": ("#1a7f37", "#3fb950"),
    "qt-threads": ("#4ac26b", "#2ea043"),
    "qt-workers": ("#116329", "#7ee787"),
    "qt-plain": ("#57606a", "#b1bac4"),
    "node": ("#bf8700", "#d29922"),
    "bun": ("#bf3989", "#f778ba"),
    "oxide": ("#cf222e", "#ff7b72"),
    "python": ("#0969da", "#58a6ff"),
    "floor": ("#8c959f", "#6e7681"),
}
NAMES, BAR, PITCH, LABEL, PLOT, VALUE = 110, 11, 14, 22, 420, 80


def style():
    def colors(scheme):
        return " ".join(f".{name} {{ fill: {color[scheme]}; }}" for name, color in SERVERS.items())

    return f"""
text {{ font: 12px sans-serif; fill: #1f2328; }}
.title {{ font-weight: bold; font-size: 14px; }}
.group {{ font-weight: bold; }}
.page {{ fill: #ffffff; }}
.axis {{ stroke: #8c959f; }}
{colors(0)}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e6edf3; }}
  .page {{ fill: #0d1117; }}
  {colors(1)}
}}
"""


def chart(title, groups):
    """groups: [(title, [(server, value or None, text)])], each with a scale of its own."""
    parts = []
    y = 34
    for group, bars in groups:
        bars = [bar for bar in bars if bar[1] is not None]
        if not bars:
            continue
        longest = max(value for _, value, _ in bars)
        parts.append(f'<text class="group" x="8" y="{y + 12}">{html.escape(group)}</text>')
        y += LABEL
        top = y
        for server, value, text in bars:
            width = max(1, round(PLOT * value / longest)) if longest else 1
            parts.append(f'<text x="{NAMES - 8}" y="{y + 10}" text-anchor="end">'
                         f"{html.escape(server)}</text>")
            parts.append(f'<rect class="{server}" x="{NAMES}" y="{y}" width="{width}" '
                         f'height="{BAR}"/>')
            parts.append(f'<text x="{NAMES + width + 6}" y="{y + 10}">{html.escape(text)}</text>')
            y += PITCH
        parts.append(f'<line class="axis" x1="{NAMES}" y1="{top - 2}" x2="{NAMES}" y2="{y - 1}"/>')
        y += 12
    width = NAMES + PLOT + VALUE
    # With a page of its own it can be read also where only the page around it is light or dark.
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" '
            f'viewBox="0 0 {width} {y}" role="img" aria-label="{html.escape(title)}">\n'
            f"<!-- SPDX-License-Identifier: MIT -->\n<style>{style()}</style>\n"
            f'<rect class="page" width="{width}" height="{y}" rx="6"/>\n'
            f'<text class="title" x="8" y="20">{html.escape(title)}</text>\n'
            + "\n".join(parts) + "\n</svg>\n")
