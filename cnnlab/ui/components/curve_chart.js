// The drawing side of curve_chart.py; `data` is CurveChart.payload(). Called anew, with the same elements, at every tick.

const FONT = 16, AXIS = 62;
const charts = new WeakMap();

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".chart");
  const shape = JSON.stringify([data, root.clientWidth], (key, value) => (key === "x" || key === "y" ? undefined : value));
  let chart = charts.get(root);
  const table = joined(data.lines);
  if (chart && chart.shape === shape) {
    chart.table = table;
    chart.plot.setData(table);
    legend(chart);
  } else {
    chart?.plot.destroy();
    chart = { root, shape, data, table, observer: chart?.observer };
    charts.set(root, chart);
    chart.plot = new uPlot(options(chart), table, root.querySelector(".plot"));
    legend(chart);
    chart.observer ??= watch(root);
  }
  return () => {
    charts.get(root)?.observer.disconnect();
    charts.get(root)?.plot.destroy();
    charts.delete(root);
  };
}

function watch(root) {
  const observer = new ResizeObserver(() => {
    const { plot, data } = charts.get(root) ?? {};
    if (plot && root.clientWidth && root.clientWidth !== plot.width)
      plot.setSize({ width: root.clientWidth, height: data.height });
  });
  observer.observe(root);
  return observer;
}

const floats = (text) => new Float64Array(buffer(text));

function joined(lines) {
  const all = lines.map((line) => [floats(line.x), floats(line.y)]).map(([x, y]) => [x, Array.from(y, sound)]);
  return all.length ? uPlot.join(all) : [[]];
}

const sound = (value) => (Number.isFinite(value) ? value : null); // a loss that ran away leaves a gap

function options(chart) {
  const { data, root } = chart, ink = () => cssVariable(root, "--st-text-color");
  const grid = { stroke: () => ink() + "1c", width: 1 }, font = `${FONT}px ${cssVariable(root, "--st-font")}`;
  const axis = { stroke: ink, font, labelFont: font, grid, ticks: { show: false } };
  return {
    width: root.clientWidth || 600,
    height: data.height,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
    scales: {
      x: { time: false, range: (_, low, high) => (low === high || low == null ? [0, 1] : [low, high]) },
      y: { distr: data.logarithmic ? 3 : 1, range: (_, low, high) => bounds(data, low, high) },
    },
    axes: [
      { ...axis, label: "step", labelSize: 24, size: 30, space: 90, values: (_, all) => all.map(short) },
      {
        ...axis, label: data.title, labelSize: 26, size: AXIS - 22, space: 44,
        splits: data.logarithmic ? (_, i, low, high) => decades(low, high) : undefined,
        filter: (_, all) => all,
        values: (_, all) => all.map((v) => written(data, v)),
      },
    ],
    series: [{}, ...data.lines.map((line) => ({
      label: line.name, stroke: line.color, width: line.width, alpha: line.opacity, spanGaps: true,
      points: { show: (plot, index) => plot.data[index].filter((v) => v != null).length === 1 },
    }))],
    hooks: { setCursor: [() => chart.plot && legend(chart)] },
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

// 1, 2 and 5 of every decade while the range is short, else the decades alone; in a fraction of one, even steps.
function decades(low, high) {
  const steps = high / low < 1e3 ? [1, 2, 5] : [1], found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    for (const step of steps) {
      const value = Number((step * 10 ** power).toPrecision(1));
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

function short(value) {
  if (value == null) return "";
  return Math.abs(value) >= 1000 ? `${Number((value / 1000).toFixed(1))}k` : String(value);
}

function written({ percent }, value) {
  if (value == null) return "";
  return percent ? `${Number((100 * value).toFixed(1))} %` : Number(value.toPrecision(4)).toString();
}

// The lines' names with the values under the mouse, or else the newest ones.
function legend({ root, data, table, plot }) {
  const at = plot.cursor.idx;
  const place = root.querySelector(".legend");
  place.replaceChildren();
  data.lines.forEach((line, index) => {
    if (!line.named) return;
    const value = nearest(table[index + 1], at ?? table[0].length - 1);
    const shown = value == null ? "" : data.percent ? `${(100 * value).toFixed(1)} %` : value.toPrecision(3);
    const entry = make("span", place);
    const stroke = make("i", entry);
    stroke.style.borderTop = `${Math.max(2, line.width)}px solid ${line.color}`;
    stroke.style.opacity = line.opacity;
    entry.append(line.name);
    make("b", entry, "", shown);
  });
}

function nearest(values, at) {
  for (let back = at; back >= 0; back--) if (values[back] != null) return values[back];
  return null;
}
