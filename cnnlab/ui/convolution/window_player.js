// The drawing side of window_player.py; `data` is SlidingWindow.payload(). Called anew, with the same elements, at every change.

const SLOW = 1100, WHOLE = 16000; // ms: of one step, and at most of all of them
const SPEEDS = [0.5, 1, 2, 4];
const players = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".player");
  let player = players.get(root);
  if (!player) {
    player = { root, step: 0, reached: -1, speed: 1, sent: 0, changed: {}, width: 0, timer: null };
    players.set(root, player);
    bar(player);
    player.stage = make("div", root, "stage");
    player.sum = make("div", root, "sum");
    player.sum.setAttribute("role", "status");
    player.observer = new ResizeObserver(() => {
      if (root.clientWidth && root.clientWidth !== player.width) fit(player);
    });
    player.observer.observe(root);
  }
  player.send = setTriggerValue;
  take(player, data);
  return whenGone(parentElement, () => {
    pause(player);
    player.observer.disconnect();
    players.delete(root);
  });
}

function take(player, data) {
  const grids = [...data.inputs, ...data.kernels, ...data.outputs];
  const edited = player.data && data.answered < player.sent; // a newer edit is on its way
  const old = player.data && [...player.data.inputs, ...player.data.kernels];
  grids.forEach((grid, i) => {
    grid.numbers = edited && grid.edits && old[i]?.edits === grid.edits ? old[i].numbers : floats(grid.values);
    grid.paint = painter(grid.scale);
  });
  data.productNumbers = floats(data.products);
  data.sumNumbers = floats(data.channelSums);
  data.productPaint = painter(data.productScale);
  const [kh, kw] = data.window;
  const form = JSON.stringify([data.kind, kh, kw, data.window, data.bias === null,
    grids.map((g) => [g.rows, g.cols, g.padding, g.edits, g.picture, g.title])]);
  const steps = data.outputs[0].rows * data.outputs[0].cols;
  const anew = player.form !== form;
  if (!player.data || player.steps !== steps) {
    pause(player);
    player.step = Math.min(data.start, steps - 1);
    player.reached = data.shown ? steps - 1 : player.step;
  }
  Object.assign(player, { data, steps, form });
  player.root.setAttribute("aria-label", data.label);
  player.slider.max = steps - 1;
  if (anew) build(player);
  player.grids.forEach(fill);
  show(player, false);
}

// ---- the grids

function build(player) {
  const { data, stage } = player;
  stage.replaceChildren();
  player.grids = [];
  const grid = (spec, parent) => {
    const made = figure(player, spec, parent);
    player.grids.push(made);
    return made;
  };
  const [kh, kw] = data.window;
  const blank = (title) => ({ rows: kh, cols: kw, title, name: title, padding: 0, edits: "", picture: false });
  player.parts = [];
  if (data.kind === "products") {
    data.inputs.forEach((input, c) => {
      const first = c === 0;
      const left = place(make("div", stage, "line input"), c);
      if (data.inputs.length > 1) make("div", left, "channel", data.channels[c]);
      const taken = grid(input, left);
      const line = place(make("div", stage, `line sums${first ? "" : " untitled"}`), c);
      const patch = figure(player, blank(first ? "patch" : ""), line);
      make("div", line, "sign", "×");
      const kernel = grid(data.kernels[c], line);
      make("div", line, "sign", "=");
      const product = figure(player, blank(first ? "products" : ""), line);
      const sigma = make("div", line, "sigma");
      player.parts.push({ input: taken, patch, kernel, product, sigma, window: frame(taken, data.window, data.kernels[c]) });
    });
  } else {
    const left = make("div", stage, "part input");
    let taken;
    data.inputs.forEach((input, i) => {
      if (i) make("div", left, "sign", "→");
      taken = grid(input, left);
    });
    const line = make("div", stage, "line sums");
    const patch = figure(player, blank("window"), line);
    player.parts.push({ input: taken, patch, window: frame(taken, data.window) });
  }
  const right = make("div", stage, "part output");
  player.outputs = data.outputs.map((output) => {
    const made = grid(output, right);
    made.output = true;
    made.cursor = frame(made, [1, 1, 1, 1]);
    return made;
  });
  fit(player);
}

function place(element, row) {
  element.dataset.row = row;
  return element;
}

function figure(player, spec, parent) {
  const outer = make("div", parent, "figure");
  make("div", outer, "title", spec.title);
  const box = make("div", outer, "cells");
  const made = { player, spec, box, outer, cells: [] };
  if (spec.picture) {
    made.canvas = make("canvas", box, spec.padding ? "padded" : "");
    asImage(made.canvas, spec.name);
    made.canvas.addEventListener("click", (event) => {
      const mouse = within(made.canvas, event);
      const col = Math.floor(mouse.x / made.size) - spec.padding, row = Math.floor(mouse.y / made.size) - spec.padding;
      pause(player);
      go(player, made.output ? row * spec.cols + col : under(player, row, col));
    });
    return made;
  }
  const across = spec.cols + 2 * spec.padding, down = spec.rows + 2 * spec.padding;
  box.style.gridTemplateColumns = `repeat(${across}, var(--cell))`;
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const row = y - spec.padding, col = x - spec.padding;
      if (row < 0 || col < 0 || row >= spec.rows || col >= spec.cols) make("div", box, "c zero", "0");
      else made.cells.push(cell(player, made, row, col));
    }
  }
  return made;
}

function cell(player, made, row, col) {
  const { spec, box } = made, index = row * spec.cols + col;
  const output = player.data.outputs.includes(spec);
  const element = make(spec.edits ? "input" : output ? "button" : "div", box, "c");
  if (output || spec.edits) element.setAttribute("aria-label", `${spec.name} row ${row}, column ${col}`);
  if (output) {
    element.addEventListener("click", () => {
      pause(player);
      go(player, index);
    });
  }
  if (spec.edits) {
    element.inputMode = "decimal";
    element.autocomplete = "off";
    element.addEventListener("focus", () => element.select());
    element.addEventListener("change", () => edit(player, made, index, element));
    element.addEventListener("keydown", (event) => {
      const move = { ArrowUp: -spec.cols, ArrowDown: spec.cols, Enter: spec.cols }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      const next = made.cells[index + move];
      next ? next.focus() : element.blur();
    });
  }
  return element;
}

function edit(player, made, index, element) {
  const text = element.value.replace(",", ".").replace("−", "-").trim(), typed = Number(text);
  const grid = current(player, made);
  if (text && Number.isFinite(typed) && Math.abs(typed) <= 1e4 && typed !== grid.numbers[index]) {
    grid.numbers[index] = typed;
    player.sent = player.changed[grid.edits] = Math.max(Date.now(), player.sent + 1);
    player.send("edited", { grids: unanswered(player), number: player.sent });
  }
  colour(element, grid.numbers[index], grid.paint, 4);
}

// Of two edits in quick succession the server may see only the second, so each tells of all that came before.
function unanswered({ data, changed }) {
  const newer = [...data.inputs, ...data.kernels].filter((grid) => changed[grid.edits] > data.answered);
  const plain = (numbers) => Array.from(numbers, (value) => Number(value.toPrecision(7)));
  return newer.map(({ edits, rows, numbers }) => ({ what: edits, rows, values: plain(numbers) }));
}

// The newest data of a grid that was built from older data of the same form.
function current(player, made) {
  const all = [...player.data.inputs, ...player.data.kernels, ...player.data.outputs];
  return all.find((grid) => grid.name === made.spec.name) || made.spec;
}

function fill(made) {
  const grid = current(made.player, made);
  made.spec = grid;
  if (made.player.outputs?.includes(made)) return;
  if (made.canvas) return pixels(made, grid.rows * grid.cols);
  const focused = made.box.getRootNode().activeElement;
  made.cells.forEach((element, i) => {
    if (element !== focused) colour(element, grid.numbers[i], grid.paint, grid.edits ? 4 : made.player.data.decimals);
  });
}

function colour(element, value, paint, decimals) {
  const text = Number.isNaN(value) ? "" : number(value, decimals);
  const rgb = paint(value);
  element[element.tagName === "INPUT" ? "value" : "textContent"] = text;
  element.classList.toggle("long", text.length === 4 || text.length === 5);
  element.classList.toggle("longer", text.length > 5);
  element.style.background = `rgb(${rgb.join(", ")})`;
  element.style.color = isBright(rgb) ? "var(--on-light)" : "var(--on-dark)";
}

// The first `count` values of a picture; nothing where the window has not been, nor in the padding.
function pixels(made, count) {
  const { canvas, spec } = made, pad = spec.padding, width = spec.cols + 2 * pad, height = spec.rows + 2 * pad;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const row = Math.floor(i / width) - pad, col = (i % width) - pad, at = row * spec.cols + col;
    const inside = row >= 0 && col >= 0 && row < spec.rows && col < spec.cols;
    if (!inside || at >= count) continue;
    image.data.set([...spec.paint(spec.numbers[at]), 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

function frame(made, [rows, cols, , apart], kernel) {
  const window = make("div", made.box, `window${apart > 1 ? " gaps" : ""}`);
  const taps = [], weights = kernel && !made.canvas;
  for (let i = 0; i < rows * cols && (weights || apart > 1); i++) {
    const tap = make("div", window, "tap");
    tap.style.left = `calc(var(--cell) * ${(i % cols) * apart})`;
    tap.style.top = `calc(var(--cell) * ${Math.floor(i / cols) * apart})`;
    if (weights) taps.push(make("span", tap));
  }
  const span = (size) => `calc(var(--cell) * ${(size - 1) * apart + 1})`;
  Object.assign(window.style, { width: span(cols), height: span(rows) });
  return { window, taps };
}

// ---- sizes

// How large a cell is: `big` in inputs and outputs, `small` in the sums. `line`: all of a channel in one line; otherwise
// the sums stand right of input and output, patch × kernel over = products, or below them in a narrow window.
function sizes({ data }, width) {
  const [kh, kw] = data.window, products = data.kind === "products", channels = products ? data.inputs.length : 1;
  const size = (grid, side) => grid[side] + 2 * grid.padding;
  const total = (grids, side) => grids.reduce((all, grid) => all + size(grid, side), 0);
  const down = Math.max(...[...data.inputs, ...data.outputs].map((grid) => size(grid, "rows")));
  const across = total(data.inputs, "cols") / channels + total(data.outputs, "cols");
  const whole = (value, least) => Math.max(least, Math.floor(value));
  const [tallest, largest] = presents() ? [430, 90] : [350, 58];
  if (data.inputs.some((grid) => grid.picture) && !products) {
    return { big: Math.floor(2 * Math.min((width - 160) / across, (presents() ? 400 : 270) / down)) / 2, small: 0, line: false };
  }
  const signs = products ? 262 + (channels > 1 ? 70 : 0) : 190 + 40 * data.inputs.length;
  const sums = (products ? 3 : 1) * kw, high = (454 / channels - 12) / Math.max(down, kh);
  const even = Math.min(largest, (width - signs) / (across + sums), high);
  if (channels > 1) {
    const big = whole(even, 28), out = total(data.outputs, "cols");
    const small = Math.min(46, (width - signs - big * (across - out)) / (sums + out), (big * down) / kh);
    return { big, small: whole(small, 28), line: true };
  }
  if (!data.inputs[0].picture && (even >= 36 || !products)) {
    return { big: whole(even, 18), small: whole(even, 18), line: true };
  }
  const small = kw <= 3 ? 46 : kw === 4 ? 40 : 36;
  const beside = Math.min((width - 2 * kw * small - 150) / across, tallest / down, 54);
  const below = beside < (data.inputs[0].picture ? 7 : 26);
  const big = below ? Math.min((width - 40) / across, tallest / down, 54) : beside;
  return { big: Math.floor(2 * big) / 2, small, line: false, below };
}

// With several channels the output, too, has room for large numbers.
function isSmall(part, { data }) {
  return part.classList.contains("sums") || (data.inputs.length > 1 && data.kind === "products" && part.classList.contains("output"));
}

function fit(player) {
  const { root, data, stage } = player;
  if (!root.clientWidth || !data) return;
  player.width = root.clientWidth;
  const { big, small, line, below } = sizes(player, player.width), kw = data.window[1];
  stage.classList.toggle("line-up", !line);
  stage.classList.toggle("bare", !small);
  for (const element of stage.children) {
    const row = Number(element.dataset.row || 0) + 1;
    const kind = ["input", "sums", "output"].find((name) => element.classList.contains(name));
    const last = `1 / 3 / ${Math.max(2, data.inputs.length + 1)} / 4`;
    element.style.gridArea = line
      ? { input: `${row} / 1`, sums: `${row} / 2`, output: last }[kind]
      : { input: "1 / 1", output: "1 / 2", sums: below ? "2 / 1 / 3 / 3" : "1 / 3" }[kind];
    if (kind === "sums") element.style.maxWidth = line || below ? "" : `${2 * kw * small + 52}px`;
    element.style.setProperty("--cell", `${isSmall(element, player) ? small : big}px`);
  }
  for (const made of player.grids) {
    made.size = isSmall(made.outer.closest("[data-row], .part"), player) ? small : big;
    made.box.classList.toggle("small", made.size < 38); // too small for the weights beside the numbers
    if (made.canvas) {
      made.canvas.style.width = `${made.size * (made.spec.cols + 2 * made.spec.padding)}px`;
      made.canvas.style.height = `${made.size * (made.spec.rows + 2 * made.spec.padding)}px`;
    }
  }
  if (player.outputs) show(player, false);
}

// ---- one step

function show(player, glide = true) {
  const { data, step } = player, [kh, kw, stride, apart] = data.window, output = data.outputs[0];
  const row = Math.floor(step / output.cols), col = step % output.cols, time = glide ? Math.min(320, 0.6 * pace(player)) : 0;
  const move = ({ window }, y, x, size) => {
    window.style.transition = time > 40 ? `transform ${time}ms ease-in-out` : "none";
    window.style.transform = `translate(${x * size}px, ${y * size}px)`;
  };
  const lines = player.parts.map((part, c) => {
    move(part.window, row * stride, col * stride, part.input.size);
    const grid = current(player, part.input), kernel = part.kernel && current(player, part.kernel);
    const terms = [];
    for (let i = 0; i < kh * kw; i++) {
      const y = row * stride + Math.floor(i / kw) * apart - grid.padding;
      const x = col * stride + (i % kw) * apart - grid.padding;
      const inside = y >= 0 && x >= 0 && y < grid.rows && x < grid.cols;
      const value = inside ? grid.numbers[y * grid.cols + x] : 0;
      colour(part.patch.cells[i], value, grid.paint, data.decimals);
      if (!kernel) {
        terms.push([value]);
        continue;
      }
      const product = data.productNumbers[(step * player.parts.length + c) * kh * kw + i];
      colour(part.product.cells[i], product, data.productPaint, data.decimals);
      terms.push([value, kernel.numbers[i], product]);
      if (part.window.taps[i]) part.window.taps[i].textContent = `×${number(kernel.numbers[i], 2)}`;
    }
    const sum = data.sumNumbers[step * player.parts.length + c];
    if (part.sigma) part.sigma.textContent = `Σ ${number(sum, data.decimals)}`;
    return { terms, sum };
  });
  player.outputs.forEach((made) => {
    move(made.cursor, row, col, made.size);
    if (made.canvas) return pixels(made, player.reached + 1);
    made.cells.forEach((element, i) => {
      const known = i <= player.reached;
      colour(element, known ? made.spec.numbers[i] : NaN, made.spec.paint, data.decimals);
      if (!known) element.style.background = "none";
    });
  });
  words(player, lines, data.outputs.map((grid) => grid.numbers[step]));
  player.slider.value = step;
  player.where.textContent = `step ${step + 1} of ${player.steps} · row ${row}, column ${col}`;
  player.root.dataset.step = step;
}

function words(player, lines, results) {
  const { data, sum } = player, digits = Math.max(3, data.decimals), many = lines[0].terms.length > 9;
  const text = (value) => number(value, digits), bracket = (value) => (value < 0 ? `(${text(value)})` : text(value));
  sum.replaceChildren();
  if (data.kind === "pooling") {
    const values = lines[0].terms.map(([value]) => value);
    const first = make("div", sum, "", `max: the largest of ${values.map(text).join(", ")} is `);
    make("b", first, "", text(results[0]));
    const second = make("div", sum, "", `average: (${values.map((v, i) => (i ? bracket(v) : text(v))).join(" + ")}) / ${values.length} = `);
    make("b", second, "", text(results[1]));
    return;
  }
  const biased = data.bias !== null;
  if (lines.length === 1) lines.forEach(({ terms, sum: subtotal }) => {
    const line = make("div", sum, "");
    const written = many ? terms.filter(([, , product]) => product !== 0) : terms;
    written.forEach(([value, weight, product], i) => {
      if (i) make("span", line, "", " + ");
      make("span", line, product === 0 ? "nil" : "", `${bracket(value)}·${bracket(weight)}`);
    });
    const zeros = terms.length - written.length;
    if (zeros) make("span", line, "nil", `${written.length ? " + " : ""}${zeros} products that are 0`);
    make("span", line, "", " = ");
    make("b", line, "", text(subtotal));
    sum.classList.toggle("long", line.textContent.length > 72);
  });
  if (lines.length === 1 && !biased) return;
  const parts = lines.map(({ sum: each }, c) => `${c ? bracket(each) : text(each)}${data.channels[c] ? ` (${data.channels[c]})` : ""}`);
  const total = make("div", sum, "", parts.join(" + "));
  if (biased) make("span", total, "", ` + ${bracket(data.bias)} (bias)`);
  make("span", total, "", " = ");
  make("b", total, "", text(results[0]));
}

// ---- playing

function bar(player) {
  const row = make("div", player.root, "bar");
  row.dataset.control = "";
  const button = (icon, label, act, name) => {
    const made = make("button", row, name);
    made.type = "button";
    made.title = label;
    made.setAttribute("aria-label", label);
    make("span", made, "", icon);
    made.addEventListener("click", act);
    return made;
  };
  button("first_page", "To the first step, output empty", () => {
    pause(player);
    player.reached = 0;
    go(player, 0);
  });
  button("chevron_left", "Step back", () => (pause(player), go(player, player.step - 1)));
  player.play = button("play_arrow", "Play", () => (player.timer ? pause(player) : play(player)), "play");
  button("chevron_right", "Step forth", () => (pause(player), go(player, player.step + 1)));
  button("last_page", "Show the whole output", () => {
    pause(player);
    go(player, player.steps - 1);
  });
  player.slider = make("input", row);
  Object.assign(player.slider, { type: "range", min: 0, step: 1 });
  player.slider.setAttribute("aria-label", "Step");
  player.slider.addEventListener("input", () => (pause(player), go(player, Number(player.slider.value))));
  player.where = make("div", row, "where");
  const speed = make("button", row, "speed", "1×");
  speed.title = "How fast it plays";
  speed.addEventListener("click", () => {
    player.speed = SPEEDS[(SPEEDS.indexOf(player.speed) + 1) % SPEEDS.length];
    speed.textContent = player.speed === 0.5 ? "½×" : `${player.speed}×`;
  });
}

function pace(player) {
  return Math.min(SLOW, WHOLE / player.steps) / player.speed;
}

function play(player) {
  if (player.step >= player.steps - 1) {
    player.reached = 0;
    go(player, 0);
  }
  label(player.play, "pause", "Pause");
  let last = performance.now();
  const tick = (now) => {
    const due = Math.floor((now - last) / pace(player));
    if (due > 0) {
      last += due * pace(player);
      go(player, player.step + due);
      if (player.step >= player.steps - 1) return pause(player);
    }
    player.timer = requestAnimationFrame(tick);
  };
  player.timer = requestAnimationFrame(tick);
}

function pause(player) {
  cancelAnimationFrame(player.timer);
  player.timer = null;
  label(player.play, "play_arrow", "Play");
}

function go(player, step) {
  player.step = Math.max(0, Math.min(player.steps - 1, step));
  player.reached = Math.max(player.reached, player.step);
  show(player);
}

// The step whose window has its middle nearest to this pixel of the input.
function under(player, row, col) {
  const [kh, kw, stride, apart] = player.data.window, output = player.data.outputs[0];
  const pad = player.parts[0].input.spec.padding;
  const at = (place, size, last) => Math.max(0, Math.min(last - 1, Math.round((place + pad - ((size - 1) * apart) / 2) / stride)));
  return at(row, kh, output.rows) * output.cols + at(col, kw, output.cols);
}

// ---- small things

function label(button, icon, text) {
  button.firstChild.textContent = icon;
  button.title = text;
  button.setAttribute("aria-label", text);
}

const floats = (text) => new Float32Array(buffer(text));

function painter({ low, high, colours }) {
  const colour = colourMap(colours);
  return (value) => colour(Math.max(0, Math.min(1, (value - low) / (high - low) || 0))).map(Math.round);
}

function number(value, digits) {
  return withMinus(value.toFixed(digits).replace(/\.?0+$/, ""));
}
