// A bar chart as SVG, one panel per workload, readable on light and on dark pages.
import { figure } from './report.js';

const WIDTH = 760;
const LABELS = 230;
const FIGURES = 90;
const BAR = 16;
const STEP = 22;
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .unit { fill: #57606a; }
  .bar { fill: #8c959f; }
  .own { fill: #0969da; }
  .spread { stroke: #24292f; stroke-opacity: 0.55; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .unit { fill: #9198a1; }
    .bar { fill: #656c76; }
    .own { fill: #4493f8; }
    .spread { stroke: #e6edf3; }
  }
`;

/** Bars show the median, the thin line the lowest and highest round. The bars of this framework have a colour of their own. */
export function chart(name, results) {
  let top = 8;
  const panels = results
    .filter(({ contenders }) => contenders.length > 0)
    .map(result => {
      const drawn = panel(result, top);
      top += 58 + result.contenders.length * STEP;
      return drawn;
    });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" aria-label="${escaped(name)}">
<style>${STYLE}</style>
${panels.join('\n')}
</svg>
`;
}

function panel({ id, title, unit, contenders }, top) {
  const most = Math.max(...contenders.map(({ highest }) => highest));
  const length = value => (value / most) * (WIDTH - LABELS - FIGURES);
  const head = wrapped(`${id}: ${title}`).map(
    (line, index) => `<text class="title" x="0" y="${top + 12 + index * 14}">${escaped(line)}</text>`,
  );
  const bars = contenders.map((contender, index) => bar(contender, top + 44 + index * STEP, length));
  return [...head, `<text class="unit" x="${LABELS}" y="${top + 40}">${escaped(unit)}</text>`, ...bars].join('\n');
}

function bar({ id, title, median, lowest, highest }, y, length) {
  const middle = y + BAR / 2;
  const [from, to] = [LABELS + length(lowest), LABELS + length(highest)];
  return `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${escaped(title)}</text>
<rect class="${id.startsWith('eventuality') ? 'own' : 'bar'}" x="${LABELS}" y="${y}" width="${Math.max(1, length(median)).toFixed(1)}" height="${BAR}" rx="2"/>
<line class="spread" x1="${from.toFixed(1)}" y1="${middle}" x2="${to.toFixed(1)}" y2="${middle}"/>
<text x="${(to + 6).toFixed(1)}" y="${middle + 4}">${figure(median)}</text>`;
}

/** Two lines at most: what is longer is a title that should be shorter. */
function wrapped(text) {
  if (text.length <= 110) return [text];
  const cut = text.lastIndexOf(' ', 110);
  return [text.slice(0, cut), text.slice(cut + 1)];
}

const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
