// The drawing side of drawing_wall.py. Called anew, with the same elements, at every change: tiles change in place.

const GAP = 6, BOTTOM = 76, LARGEST = 210, SMALLEST = 44;
const walls = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".wall");
  let wall = walls.get(root);
  if (!wall) {
    wall = { tiles: new Map() };
    walls.set(root, wall);
    wall.fit = () => fit(root, wall);
    wall.observer = new ResizeObserver(wall.fit);
    wall.observer.observe(root);
    addEventListener("resize", wall.fit);
  }
  wall.pick = (id) => setTriggerValue("picked", id);
  show(root, wall, data);
  return whenGone(parentElement, () => {
    wall.observer.disconnect();
    removeEventListener("resize", wall.fit);
    walls.delete(root);
  });
}

function show(root, wall, data) {
  const wanted = new Set(data.tiles.map((tile) => tile.id));
  for (const [id, tile] of wall.tiles) if (!wanted.has(id)) [tile.remove(), wall.tiles.delete(id)];
  data.tiles.forEach((tile, place) => {
    let button = wall.tiles.get(tile.id);
    if (!button) wall.tiles.set(tile.id, (button = begin(root, wall, tile)));
    if (root.children[place] !== button) root.insertBefore(button, root.children[place] ?? null);
    const right = tile.read === tile.label, text = right ? tile.label : `${tile.label} → ${tile.read}`;
    button.className = `${right ? "right" : "wrong"}${tile.id === data.chosen ? " chosen" : ""}`;
    button.querySelector(".mark").textContent = right ? "✓" : "✗";
    button.querySelector(".read").textContent = text;
    button.querySelector(".name").textContent = tile.name;
    button.ariaLabel = `a ${tile.label}, read as ${tile.read}${tile.name ? `, by ${tile.name}` : ""}`;
  });
  wall.named = data.tiles.some((tile) => tile.name);
  fit(root, wall);
}

function begin(root, wall, tile) {
  const button = make("button", root), canvas = make("canvas", button);
  canvas.width = canvas.height = 28;
  const grey = new Uint8Array(buffer(tile.pixels)), brush = canvas.getContext("2d"), pixels = brush.createImageData(28, 28);
  grey.forEach((value, i) => pixels.data.set([value, value, value, 255], 4 * i));
  brush.putImageData(pixels, 0, 0);
  make("div", button, "mark");
  make("span", button, "read");
  make("span", button, "name");
  button.dataset.id = tile.id;
  button.onclick = () => wall.pick(tile.id);
  return button;
}

// The number of columns that makes the drawings largest, all of them in what is left of the window.
function fit(root, wall) {
  const width = root.clientWidth, count = wall.tiles.size;
  if (!width || !count) return;
  const presented = presentedHeight(root);
  const height = presented ?? Math.max(320, innerHeight - root.getBoundingClientRect().top - scrolled(root) - BOTTOM);
  let best = { side: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns), across = (width - (columns - 1) * GAP) / columns;
    const down = (height - (rows - 1) * GAP) / rows;
    let side = Math.floor(Math.min(across, down, LARGEST));
    while (side > 8 && tall(side, wall.named) > down) side--;
    if (side > best.side) best = { side, columns };
  }
  const side = Math.max(SMALLEST, best.side), columns = side > best.side ? Math.floor(width / (side + GAP)) : best.columns;
  root.style.gridTemplateColumns = `repeat(${columns}, ${side}px)`;
  root.style.setProperty("--side", `${side}px`);
  root.style.setProperty("--caption", `${caption(side)}px`);
}

const caption = (side) => Math.max(presents() ? 16 : 13, Math.round(0.22 * side)); // font size

// A tile with its caption and the name under it, as drawing_wall.css sets them.
const tall = (side, named) => side + 1.25 * (caption(side) + (named ? Math.max(presents() ? 16 : 13, 0.55 * caption(side)) : 0));

// How far the page is scrolled: the wall is measured as if it were not.
function scrolled(root) {
  let total = 0;
  for (let node = root.getRootNode().host ?? root; node; node = node.parentElement) total += node.scrollTop || 0;
  return total;
}
