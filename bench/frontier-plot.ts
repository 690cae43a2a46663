/** One policy's place: what it adds to the wait in seconds, and how many requests that takes. */
export interface Mark {
  readonly label: string;
  readonly kind: 'peer' | 'without previous' | 'with previous';
  readonly requests: number;
  readonly latency: number;
}

export interface Panel {
  readonly title: string;
  readonly marks: readonly Mark[];
  /** The best possible with the previous duration, as a line. */
  readonly frontier: readonly { readonly requests: number; readonly latency: number }[];
}

const WIDTH = 430;
const HEIGHT = 310;
const INSET = { left: 52, right: 20, top: 34, bottom: 44 };
const COLOURS = { peer: '#57606a', 'without previous': '#bf5b04', 'with previous': '#0b62c4' } as const;
/** Room for a label beside its mark. */
const LABEL_WIDTH = 75;
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** Panels two by two, both axes logarithmic: down and to the left is better. */
export function frontierPlot(panels: readonly Panel[]): string {
  const columns = Math.min(2, panels.length);
  const [width, height] = [columns * WIDTH, Math.ceil(panels.length / columns) * HEIGHT];
  const drawn = panels.map((panel, at) => {
    const [x, y] = [(at % columns) * WIDTH, Math.floor(at / columns) * HEIGHT];
    return `<g transform="translate(${x} ${y})">\n${drawPanel(panel)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11">`,
    '<title>Added latency against requests, one mark a policy</title>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, marks, frontier }: Panel): string {
  const across = axis(
    marks.map(({ requests }) => requests),
    INSET.left,
    WIDTH - INSET.right,
  );
  const up = axis(
    marks.map(({ latency }) => latency),
    HEIGHT - INSET.bottom,
    INSET.top,
  );
  const spots = marks.map((mark) => ({ ...mark, x: across.at(mark.requests), y: up.at(mark.latency) }));
  const [right, bottom] = [WIDTH - INSET.right, HEIGHT - INSET.bottom];
  const curve = frontier
    .filter(({ requests, latency }) => across.holds(requests) && up.holds(latency))
    .map(({ requests, latency }) => `${across.at(requests)},${up.at(latency)}`);
  return [
    `<text x="${INSET.left}" y="20" font-size="13" font-weight="600" fill="#1f2328">${title}</text>`,
    ...across.ticks.map(
      (tick) =>
        `<path d="M${across.at(tick)} ${INSET.top}V${bottom}" stroke="#e6e8eb"/><text x="${across.at(tick)}" y="${bottom + 15}" text-anchor="middle" fill="#57606a">${tick}</text>`,
    ),
    ...up.ticks.map(
      (tick) =>
        `<path d="M${INSET.left} ${up.at(tick)}H${right}" stroke="#e6e8eb"/><text x="${INSET.left - 6}" y="${up.at(tick) + 4}" text-anchor="end" fill="#57606a">${tick}</text>`,
    ),
    `<path d="M${INSET.left} ${INSET.top}V${bottom}H${right}" fill="none" stroke="#8c959f"/>`,
    `<text x="${(INSET.left + right) / 2}" y="${bottom + 33}" text-anchor="middle" fill="#1f2328">requests a scan</text>`,
    `<text transform="translate(14 ${(INSET.top + bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#1f2328">added latency, s</text>`,
    curve.length > 1
      ? `<polyline points="${curve.join(' ')}" fill="none" stroke="${COLOURS['with previous']}" stroke-dasharray="4 3" opacity="0.7"/>`
      : '',
    ...spots.map((spot) => drawMark(spot, spots)),
  ].join('\n');
}

interface Spot extends Mark {
  readonly x: number;
  readonly y: number;
}

function drawMark(spot: Spot, spots: readonly Spot[]): string {
  const { label, kind, x, y } = spot;
  const colour = COLOURS[kind];
  const shape =
    kind === 'peer'
      ? `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`
      : `<path d="M${x} ${y - 6}l6 6l-6 6l-6 -6z" fill="${colour}"/>`;
  const isCrowded = spots.some(
    (other) => other.x > x && other.x - x < LABEL_WIDTH && Math.abs(other.y - y) < 14,
  );
  const isLeft = isCrowded || x > WIDTH - INSET.right - LABEL_WIDTH;
  const [textX, anchor] = isLeft ? [x - 9, 'end'] : [x + 9, 'start'];
  const weight = kind === 'peer' ? 400 : 600;
  return `${shape}<text x="${textX}" y="${y + 4}" text-anchor="${anchor}" font-weight="${weight}" fill="${colour}">${label}</text>`;
}

interface Axis {
  readonly ticks: readonly number[];
  at(value: number): number;
  holds(value: number): boolean;
}

function axis(values: readonly number[], from: number, to: number): Axis {
  const [least, most] = [Math.min(...values) / 1.5, Math.max(...values) * 1.25];
  const share = (value: number) => Math.log(value / least) / Math.log(most / least);
  const holds = (value: number) => value >= least && value <= most;
  return {
    ticks: TICKS.filter(holds),
    at: (value) => Math.round((from + (to - from) * share(value)) * 10) / 10,
    holds,
  };
}
