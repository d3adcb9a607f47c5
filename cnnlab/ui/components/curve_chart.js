// The drawing side of curve_chart.py; `data` is CurveChart.payload(). Called anew, with the same elements, at every tick.

const FONT = 16, AXIS = 66, BELOW = 20, LABELS = 7; // BELOW: left free under a chart that grows
const charts = new WeakMap();

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".chart");
  const zoom = root.currentCSSZoom ?? 1; // of the page: undone for the plot, which is drawn as much larger instead
  const shape = zoom + JSON.stringify(data, (key, value) => (["x", "y", "marks"].includes(key) ? undefined : value));
  let chart = charts.get(root);
  const table = joined(data.lines);
  if (chart && chart.shape === shape) {
    Object.assign(chart, { table, data });
    chart.plot.setData(table);
    fit(chart);
    legend(chart);
  } else {
    chart?.plot.destroy();
    chart = { root, shape, zoom, data, table, observer: chart?.observer };
    root.querySelector(".plot").style.zoom = 1 / zoom;
    root.dataset.font = FONT; // before the page is scaled
    charts.set(root, chart);
    chart.plot = new uPlot(options(chart), table, root.querySelector(".plot"));
    asImage(root.querySelector(".plot"), `${data.title} over ${data.across}; the newest values stand above`);
    chart.plot.ctx.canvas.cnnlabAt = (dense) => sharp(charts.get(root), dense); // for a saved picture
    legend(chart);
    fit(chart); // the legend has its height only now
    chart.observer ??= watchRoom(root, () => charts.get(root) && fit(charts.get(root)));
  }
  return whenGone(parentElement, () => {
    charts.get(root)?.observer.disconnect();
    charts.get(root)?.plot.destroy();
    charts.delete(root);
  });
}

// The plot on a canvas with `dense` pixels for each CSS pixel.
async function sharp(chart, dense) {
  const zoom = dense / uPlot.pxRatio, { width, height } = chart.plot, larger = zoom / chart.zoom;
  const all = { ...options({ ...chart, plot: null, zoom }), width: width * larger, height: height * larger };
  const plot = new uPlot(all, chart.table, (_, begin) => begin()); // stands on no page
  await new Promise((done) => setTimeout(done)); // it draws once its caller is done
  plot.destroy();
  return plot.ctx.canvas;
}

// The chart fits its column, and where it grows the window, whatever comes to stand above it.
function fit({ root, plot, data, zoom }) {
  const width = Math.floor(root.clientWidth * zoom) || plot.width, height = tall(root, data, zoom);
  if (width !== plot.width || height !== plot.height) plot.setSize({ width, height });
}

function tall(root, data, zoom) {
  const presented = presentedHeight(root.querySelector(".plot"));
  if (presented !== null) return Math.floor(zoom * Math.max(120, presented));
  if (!data.grows) return data.height;
  const page = document.querySelector('[data-testid="stMain"]');
  const top = root.querySelector(".plot").getBoundingClientRect().top + (page?.scrollTop ?? 0);
  return Math.max(data.height, Math.floor(innerHeight - top - BELOW));
}

const floats = (text) => new Float64Array(buffer(text));

function joined(lines) {
  const all = lines.map((line) => [floats(line.x), floats(line.y)]).map(([x, y]) => [x, Array.from(y, sound)]);
  return all.length ? uPlot.join(all) : [[]];
}

const sound = (value) => (Number.isFinite(value) ? value : null); // a loss that ran away leaves a gap

function options(chart) {
  const { data, root, zoom } = chart, ink = () => cssVariable(root, "--st-text-color");
  const grid = { stroke: () => ink() + "1c", width: 1 }, font = `${FONT * zoom}px ${cssVariable(root, "--st-font")}`;
  const axis = { stroke: ink, font, labelFont: font, grid, ticks: { show: false } };
  return {
    width: Math.floor(root.clientWidth * zoom) || 600,
    height: tall(root, data, zoom),
    padding: [8 * zoom, 26 * zoom, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
    scales: {
      x: { time: false, range: (_, low, high) => (low === high || low == null ? [0, 1] : [low, high]) },
      y: { distr: data.logarithmic ? 3 : 1, range: (_, low, high) => bounds(data, low, high) },
    },
    axes: [
      {
        ...axis, label: data.across, labelSize: 24 * zoom, size: 30 * zoom, space: 90 * zoom,
        values: (_, all) => all.map((v) => (v == null ? "" : v.toLocaleString("en"))),
      },
      {
        ...axis, label: data.title, labelSize: 26 * zoom, size: (AXIS - 22) * zoom, space: 44 * zoom,
        splits: data.logarithmic ? (_, i, low, high) => decades(low, high) : undefined,
        filter: (_, all) => all,
        values: (_, all) => all.map((v) => written(data, v)),
      },
    ],
    series: [{}, ...data.lines.map((line) => ({
      label: line.name, stroke: line.color, width: line.dots ? 0 : line.width * zoom, alpha: line.opacity, spanGaps: true,
      dash: line.dash.length ? line.dash.map((length) => length * zoom) : undefined,
      points: line.dots
        ? { show: true, size: line.width * zoom, fill: line.color }
        : { show: (plot, index) => plot.data[index].filter((v) => v != null).length === 1 },
    }))],
    hooks: { setCursor: [() => chart.plot && legend(chart)], draw: [(plot) => marks(chart, plot)] },
  };
}

function bounds({ logarithmic, low: lowest, high: highest }, low, high) {
  if (low == null) [low, high] = logarithmic ? [0.1, 3] : [0, 1];
  if (logarithmic) {
    const [least, most] = [Math.max(low, 1e-7), Math.max(high, 1e-6)];
    return least === most ? [least / 2, most * 2] : [least * 0.9, most * 1.1];
  }
  const margin = (high - low || 1) * 0.05;
  return [lowest ?? low - margin, highest ?? high + margin];
}

// Dashed lines where something happened, their words at the upper end, on the side that has room.
function marks({ root, data, zoom }, plot) {
  const { ctx, bbox } = plot, unit = uPlot.pxRatio * zoom;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = cssVariable(root, "--st-text-color");
  ctx.font = `${FONT * unit}px ${cssVariable(root, "--st-font")}`;
  ctx.lineWidth = 1.5 * unit;
  data.marks.forEach(({ step, words }, index) => {
    const x = plot.valToPos(step, "x", true), width = ctx.measureText(words).width + 8 * unit;
    if (!(x >= bbox.left - 1 && x <= bbox.left + bbox.width + 1)) return;
    ctx.setLineDash([6 * unit, 5 * unit]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const right = x + width < bbox.left + bbox.width;
    ctx.textAlign = right ? "left" : "right";
    ctx.fillText(words, x + (right ? 6 : -6) * unit, bbox.top + (FONT + 2) * unit * (1 + (index % 3)));
  });
  ctx.restore();
}

// 1, 2 and 5 of every decade while the range is short, else whole decades, few enough to be read; in a fraction of
// one, even steps.
function decades(low, high) {
  const range = Math.log10(high / low), steps = range < 3 ? [1, 2, 5] : [1], found = [];
  const stride = Math.ceil(range / LABELS);
  for (let power = stride * Math.floor(Math.log10(low) / stride); power <= Math.log10(high); power += stride)
    for (const step of steps) {
      const value = Number(`${step}e${power}`);
      if (value >= low && value <= high) found.push(value);
    }
  return found.length > 2 ? found : even(low, high);
}

function even(low, high) {
  const least = (high - low) / 5, power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least), found = [];
  for (let count = Math.ceil(low / step); count * step <= high; count++) found.push(count * step);
  return found;
}

function written({ percent }, value) {
  if (value == null) return "";
  if (percent) return `${Number((100 * value).toFixed(1))} %`;
  return plain(value) ? Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 6 }) : power(value, 1);
}

const plain = (value) => value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5);

// 2×10⁻⁷, or 10⁸ where the digit before it is 1.
function power(value, digits) {
  const [factor, exponent] = value.toExponential(digits).split("e").map(Number);
  const raised = [...String(exponent)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
  return `${factor === 1 ? "" : `${factor}×`}10${raised}`;
}

// The lines' names with the values under the mouse, or else the newest ones.
function legend({ root, data, table, plot }) {
  const at = plot.cursor.idx;
  const place = root.querySelector(".legend");
  place.replaceChildren();
  data.lines.forEach((line, index) => {
    if (!line.named) return;
    const value = nearest(table[index + 1], at ?? table[0].length - 1);
    const shown = value == null ? "" : data.percent ? `${(100 * value).toFixed(1)} %` : inWords(value);
    const entry = make("span", place);
    const stroke = make("i", entry);
    if (line.dots) stroke.className = "dot";
    stroke.style.borderTop = `${Math.max(2, line.width)}px ${line.dash.length ? "dashed" : "solid"} ${line.color}`;
    stroke.style.opacity = line.opacity;
    entry.append(line.name);
    make("b", entry, "", shown);
  });
}

function inWords(value) {
  if (!plain(value)) return power(value, 2);
  return Math.abs(value) < 100 ? value.toPrecision(3) : Math.round(value).toLocaleString("en");
}

function nearest(values, at) {
  for (let back = at; back >= 0; back--) if (values[back] != null) return values[back];
  return null;
}
