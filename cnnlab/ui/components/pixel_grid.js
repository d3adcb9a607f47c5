// The drawing side of pixel_grid.py; `data` is Mosaic.payload(). Called anew, with the same elements, at every change.

const TITLE = 24, LEGEND = 34, LINKS = 74, SIGN = 34, FONT = 17, BAR = 150;
const grids = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".grid");
  let grid = grids.get(root);
  if (!grid) {
    grid = { root, canvas: root.querySelector("canvas"), width: 0 };
    grids.set(root, grid);
    grid.canvas.addEventListener("mousemove", (event) => point(grid, cellAt(grid, event)));
    grid.canvas.addEventListener("mouseleave", () => point(grid, null));
    grid.canvas.addEventListener("mousedown", (event) => event.preventDefault()); // keys stay where they were
    grid.canvas.addEventListener("keydown", (event) => press(grid, event));
    grid.canvas.addEventListener("blur", () => point(grid, null));
    grid.canvas.addEventListener("click", (event) => {
      const cell = cellAt(grid, event);
      if (cell && grid.data.clickable) choose(grid, cell);
    });
    grid.canvas.cnnlabAt = (dense) => draw(grid, document.createElement("canvas"), dense); // for a saved picture
    grid.observer = watchRoom(root, () => {
      if (root.clientWidth && grid.data && (root.clientWidth !== grid.width || presentedHeight(root) !== grid.room)) paint(grid);
    });
  }
  grid.pick = setTriggerValue;
  const forget = showNewest(root, data.follows, data, (newer) => {
    if (!newer || newer.layers) show(grid, newer ? newer.layers : data);
  });
  return whenGone(parentElement, () => {
    forget();
    grid.observer.disconnect();
    grids.delete(root);
  });
}

function show(grid, data) {
  if (grid.data?.tiles.length !== data.tiles.length) grid.held = null; // the cell that the keyboard is at
  grid.data = data;
  grid.values = floats(data.values);
  let first = 0;
  for (const tile of data.tiles) [tile.first, first] = [first, first + tile.height * tile.width];
  grid.luts = data.scales.map((scale) => lookupTable(scale.colours));
  paint(grid);
}

const floats = (text) => new Float32Array(buffer(text));

// 256 colours from a scale's low end to its high end.
function lookupTable(colours) {
  const colour = colourMap(colours);
  return Array.from({ length: 256 }, (_, i) => colour(i / 255));
}

function layout(grid) {
  const d = grid.data, font = cssVariable(grid.root, "--st-font");
  const context = grid.canvas.getContext("2d");
  context.font = `${FONT}px ${font}`;
  const left = d.rowTitles.length ? Math.max(...d.rowTitles.map((t) => context.measureText(t).width)) + 14 : 0;
  const rows = Math.ceil(d.tiles.length / d.columns);
  const sign = d.tiles.some((t) => t.after) ? SIGN : 0;
  const gap = d.gap + sign;
  const titled = Array.from({ length: rows }, (_, r) =>
    d.tiles.slice(r * d.columns, (r + 1) * d.columns).some((t) => t.title) ? TITLE : 0);
  const width = grid.root.clientWidth;
  const entries = legendEntries(d, left, width, context);
  const legend = entries.length ? LEGEND * (entries.at(-1).line + 1) : 0;
  const links = d.links.length ? LINKS : 0;
  const space = titled.reduce((a, b) => a + b, 0) + (rows - 1) * d.gap + legend + links;
  const across = Math.max(...d.tiles.map((t) => t.width)), down = Math.max(...d.tiles.map((t) => t.height));
  const presented = presentedHeight(grid.root); // then it fills the window
  const maxHeight = presented === null ? d.maxHeight : Math.max(120, presented);
  const wide = (width - 4 - left - (d.columns - 1) * gap - (sign ? sign * 3 : 0)) / (d.columns * across);
  const high = (maxHeight - space - 4) / (rows * down);
  let cell = Math.max(1, Math.min(presented === null ? d.maxCell : Infinity, wide, high));
  if (cell > 4) cell = Math.floor(cell * 2) / 2; // half a pixel: cells of one width look like a grid
  cell = Math.min(cell, Math.max(0.5, wide));
  const tiles = [];
  let y = 2;
  for (let r = 0; r < rows; r++) {
    y += titled[r] + (r === rows - 1 ? links : 0);
    for (let c = 0; c < d.columns && r * d.columns + c < d.tiles.length; c++) {
      const tile = d.tiles[r * d.columns + c], own = cell * Math.min(across / tile.width, down / tile.height);
      tiles.push({ x: 2 + left + c * (across * cell + gap), y, w: tile.width * own, h: tile.height * own, cell: own });
    }
    y += down * cell + d.gap;
  }
  const bottom = y - d.gap + 2;
  const [text, onLight, onDark, border] = ["--st-text-color", "--on-light", "--on-dark", "--border"].map((name) =>
    cssVariable(grid.root, name));
  return { tiles, entries, left, font, width, bottom, height: bottom + legend, text, onLight, onDark, border };
}

function paint(grid) {
  if (!grid.root.clientWidth) return;
  const d = grid.data, canvas = grid.canvas, l = (grid.layout = layout(grid));
  grid.width = grid.root.clientWidth;
  grid.room = presentedHeight(grid.root);
  canvas.style.width = `${l.width}px`;
  canvas.style.height = `${l.height}px`;
  draw(grid, canvas, window.devicePixelRatio || 1);
  asImage(canvas, d.label);
  canvas.classList.toggle("clickable", d.clickable);
  canvas.tabIndex = d.clickable ? 0 : -1;
  canvas.dataset.revision = d.revision;
  canvas.dataset.tiles = JSON.stringify(l.tiles);
}

// The picture on a canvas with `dense` pixels for each CSS pixel.
function draw(grid, canvas, dense) {
  const d = grid.data, l = grid.layout, context = canvas.getContext("2d");
  const size = [Math.round(l.width * dense), Math.round(l.height * dense)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.clearRect(0, 0, l.width, l.height);
  context.imageSmoothingEnabled = false;
  canvas.dataset.font = FONT; // of the smallest text
  const small = document.createElement("canvas"), brush = small.getContext("2d");
  d.tiles.forEach((tile, index) => {
    if (small.width !== tile.width || small.height !== tile.height) {
      [small.width, small.height] = [tile.width, tile.height];
    }
    const pixels = brush.createImageData(tile.width, tile.height), at = l.tiles[index];
    fill(grid, tile, pixels.data);
    brush.putImageData(pixels, 0, 0);
    context.drawImage(small, at.x, at.y, at.w, at.h);
    if (d.numbers && at.cell >= (presents() ? 43 : 26)) numbers(grid, tile, at, pixels.data, context);
  });
  links(grid, context);
  d.tiles.forEach((tile, index) => decorate(grid, tile, l.tiles[index], context));
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.font = `${FONT}px ${l.font}`;
  d.rowTitles.forEach((title, r) => {
    const at = l.tiles[r * d.columns];
    if (at) context.fillText(title, 0, at.y + at.h / 2);
  });
  legend(grid, context);
  return canvas;
}

// What speaks for an output is drawn in one colour, what speaks against it in the other, dashed.
function links(grid, context) {
  const { links, linkColours } = grid.data, at = grid.layout.tiles;
  for (const [start, end, strength] of [...links].sort((a, b) => Math.abs(a[2]) - Math.abs(b[2]))) {
    const from = at[start], to = at[end];
    const x = [from.x + from.w / 2, to.x + to.w / 2], y = [from.y + from.h + 2, to.y - TITLE];
    context.beginPath();
    context.moveTo(x[0], y[0]);
    context.bezierCurveTo(x[0], (y[0] + y[1]) / 2, x[1], (y[0] + y[1]) / 2, x[1], y[1]);
    context.strokeStyle = linkColours[strength > 0 ? 0 : 1];
    context.globalAlpha = Math.sqrt(Math.abs(strength));
    context.lineWidth = 0.5 + 4.5 * Math.abs(strength);
    context.setLineDash(strength > 0 ? [] : [6, 4]);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function fill(grid, tile, out) {
  const scale = grid.data.scales[tile.scale], lut = grid.luts[tile.scale], count = tile.width * tile.height;
  const under = tile.under && floats(tile.under), veil = tile.veil && floats(tile.veil);
  const coloured = under && under.length === 3 * count;
  for (let i = 0; i < count; i++) {
    const value = grid.values[tile.first + i];
    const at = Math.round((255 * (value - scale.low)) / (scale.high - scale.low));
    const colour = lut[Math.max(0, Math.min(255, at || 0))];
    const cover = veil ? veil[i] : 1;
    for (let k = 0; k < 3; k++) {
      const below = under ? under[coloured ? 3 * i + k : i] * 255 : 0;
      out[4 * i + k] = cover * colour[k] + (1 - cover) * below;
    }
    out[4 * i + 3] = Number.isNaN(value) ? 0 : 255;
  }
}

function numbers(grid, tile, at, rgba, context) {
  const size = Math.min(presents() ? 30 : 16, Math.floor(at.cell * 0.38));
  grid.canvas.dataset.font = Math.min(grid.canvas.dataset.font, size);
  context.font = `${size}px ${grid.layout.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let i = 0; i < tile.width * tile.height; i++) {
    const value = grid.values[tile.first + i];
    if (Number.isNaN(value)) continue;
    context.fillStyle = isBright(rgba.subarray(4 * i, 4 * i + 3)) ? grid.layout.onLight : grid.layout.onDark;
    const text = number(value, grid.data.whole ? 0 : 2).replace(/^(−?)0\./, "$1.");
    context.fillText(text, at.x + ((i % tile.width) + 0.5) * at.cell, at.y + (Math.floor(i / tile.width) + 0.5) * at.cell);
  }
}

function decorate(grid, tile, at, context) {
  const l = grid.layout, d = grid.data;
  context.fillStyle = l.text;
  context.textBaseline = "middle";
  if (tile.title) {
    context.textAlign = "center";
    context.font = `${FONT}px ${l.font}`;
    context.fillText(fitting(context, tile.title, Math.max(at.w + d.gap - 8, 20)), at.x + at.w / 2, at.y - TITLE / 2);
  }
  if (tile.after) {
    context.textAlign = tile.after.length > 1 ? "left" : "center";
    context.font = `${tile.after.length > 1 ? FONT + 1 : 26}px ${l.font}`;
    const shift = tile.after.length > 1 ? 10 : (SIGN + d.gap) / 2;
    context.fillText(tile.after, at.x + at.w + shift, at.y + at.h / 2);
  }
  context.strokeStyle = tile.border || l.border;
  context.lineWidth = tile.border ? 4 : 1;
  const out = tile.border ? 2 : 0.5;
  context.strokeRect(at.x - out, at.y - out, at.w + 2 * out, at.h + 2 * out);
  for (const [row, col, height, width, colour] of tile.frames) {
    context.strokeStyle = colour;
    context.lineWidth = 3;
    context.strokeRect(at.x + col * at.cell, at.y + row * at.cell, width * at.cell, height * at.cell);
  }
}

// The stated scales: [x, y of the line, scale, its texts] each, wrapped to the width.
function legendEntries(data, left, width, context) {
  let x = left + 2, line = 0;
  return data.scales.flatMap((scale, index) => {
    if (!scale.label) return [];
    const texts = [`${scale.label}  ${number(scale.low, 2)}`, number(scale.high, 2)];
    const [before, after] = texts.map((text) => context.measureText(text).width);
    const long = before + BAR + after + 16;
    if (x > left + 2 && x + long > width) [x, line] = [left + 2, line + 1];
    x = Math.max(2, Math.min(x, width - long)); // a long one begins further left
    const entry = { x, line, index, texts, bar: x + before + 8 };
    x += long + 36;
    return [entry];
  });
}

function legend(grid, context) {
  const l = grid.layout;
  context.font = `${FONT}px ${l.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { x, line, index, texts, bar } of l.entries) {
    const y = l.bottom + line * LEGEND + 20;
    context.fillStyle = l.text;
    context.fillText(texts[0], x, y);
    context.fillText(texts[1], bar + BAR + 8, y);
    for (let i = 0; i < BAR; i++) {
      context.fillStyle = `rgb(${grid.luts[index][Math.round((i / (BAR - 1)) * 255)].join(",")})`;
      context.fillRect(bar + i, y - 8, 1.5, 16);
    }
  }
}

function cellAt(grid, event) {
  const mouse = within(grid.canvas, event);
  for (const [index, at] of grid.layout.tiles.entries()) {
    const tile = grid.data.tiles[index];
    const col = Math.floor((mouse.x - at.x) / at.cell), row = Math.floor((mouse.y - at.y) / at.cell);
    if (row < 0 || col < 0 || row >= tile.height || col >= tile.width) continue;
    const value = grid.values[tile.first + row * tile.width + col];
    return Number.isNaN(value) ? null : { tile: index, row, col, value };
  }
  return null;
}

function choose(grid, { tile, row, col }) {
  grid.pick("picked", { tile, row, col });
}

// By keyboard: arrows go from cell to cell, from a tile's edge to the tile beside it; Enter chooses.
function press(grid, event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!step && event.key !== "Enter") return;
  event.preventDefault();
  const at = grid.held ?? { tile: 0, row: 0, col: 0 };
  if (!step) return choose(grid, at);
  const next = grid.held ? beside(grid, at, step) : at;
  const tile = grid.data.tiles[next.tile], value = grid.values[tile.first + next.row * tile.width + next.col];
  point(grid, (grid.held = { ...next, value }));
}

function beside({ data }, { tile, row, col }, [down, across]) {
  const { width, height } = data.tiles[tile], to = { tile, row: row + down, col: col + across };
  if (to.row >= 0 && to.row < height && to.col >= 0 && to.col < width) return to;
  const next = data.tiles[(to.tile = tile + across + down * data.columns)];
  const inRow = !across || Math.floor(tile / data.columns) === Math.floor(to.tile / data.columns);
  if (!next || !inRow) return { tile, row, col };
  const place = (value, old, size) => (value < 0 ? size - 1 : value >= old ? 0 : Math.min(value, size - 1));
  return { tile: to.tile, row: place(to.row, height, next.height), col: place(to.col, width, next.width) };
}

function point(grid, cell) {
  const frame = grid.root.querySelector(".cell"), tip = grid.root.querySelector(".tip");
  frame.style.display = tip.style.display = cell ? "block" : "none";
  if (!cell) return;
  const l = grid.layout, at = l.tiles[cell.tile], size = Math.max(4, at.cell);
  const x = at.x + cell.col * at.cell, y = at.y + cell.row * at.cell;
  Object.assign(frame.style, { left: `${x}px`, top: `${y}px`, width: `${size}px`, height: `${size}px` });
  const name = grid.data.tiles[cell.tile].name;
  tip.textContent = `${name ? `${name} · ` : ""}row ${cell.row}, column ${cell.col}: ${grid.data.hover} ${number(cell.value, grid.data.whole ? 0 : 4)}`;
  const left = Math.max(0, Math.min(x + size + 8, l.width - tip.offsetWidth - 4));
  const above = y - tip.offsetHeight - 6;
  Object.assign(tip.style, { left: `${left}px`, top: `${above > 0 ? above : y + size + 6}px` });
}

function number(value, digits) {
  return withMinus(value.toFixed(Math.abs(value) >= 100 ? 0 : digits));
}

// The text, cut off where it would run into its neighbour.
function fitting(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let kept = [...text];
  while (kept.length > 1 && context.measureText(kept.join("") + "…").width > width) kept.pop();
  return kept.join("").trimEnd() + "…";
}
