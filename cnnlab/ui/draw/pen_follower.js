// The moving side of pen_follower.py: one request on the way at a time, the newest ink wins, none while the pen rests.

const LATE = 1500; // milliseconds after a stroke in which an older answer of the page is not shown any more
let pen = null; // this page's

export default function ({ parentElement, data, setTriggerValue }) {
  pen ??= listen();
  Object.assign(pen, { data, undo: () => setTriggerValue("undo", true) });
  return whenGone(parentElement, () => {
    pen?.forget();
    pen = null;
  });
}

function listen() {
  const pen = { down: false, moved: 0, waiting: false, asking: false, layers: -Infinity };
  const on = { pointerdown, pointermove, pointerup, pointercancel: pointerup, keydown };
  for (const [type, handle] of Object.entries(on)) addEventListener(type, handle, true);
  pen.forget = () => {
    for (const [type, handle] of Object.entries(on)) removeEventListener(type, handle, true);
    delete window.cnnlabAhead?.[pen.data.name];
  };
  return pen;

  function pointerdown(event) {
    const target = event.composedPath()[0];
    pen.down = target.matches?.(".upper-canvas") && event.composedPath().includes(frame());
    if (pen.down) moved(event);
    else delete window.cnnlabAhead?.[pen.data.name]; // a button: the page knows better now
  }

  function pointermove(event) {
    if (pen.down) moved(event);
  }

  function pointerup(event) {
    if (!pen.down) return;
    pen.down = false;
    // the canvas draws the finished stroke anew, in its next frame
    requestAnimationFrame(() => requestAnimationFrame(() => moved(event)));
  }

  function keydown(event) {
    const typing = event.composedPath()[0].matches?.("input, textarea, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !typing && frame()) {
      event.preventDefault();
      delete window.cnnlabAhead?.[pen.data.name];
      pen.undo();
    }
  }

  function frame() {
    return document.querySelector(`.st-key-${pen.data.frame}`);
  }

  function moved(event) {
    pen.moved = event.timeStamp;
    pen.waiting = true;
    if (!pen.asking) setTimeout(ask); // after the canvas's own listeners have drawn
  }

  async function ask() {
    if (pen.asking || !pen.waiting) return;
    const ink = inkOf(frame());
    if (!ink) return;
    [pen.asking, pen.waiting] = [true, false];
    const { data, moved: since } = pen, started = performance.now();
    let every = 0;
    try {
      const body = await packed(ink.values), read = await request(data.url, ink, body, 0);
      ({ every } = read);
      keepAhead(data.name, read.answer);
      tell(data.name, { ...read, since });
      // the layers take longer: they come behind the answer, and the next answer behind them
      if (started - pen.layers >= data.layersEvery || !pen.down) {
        pen.layers = started;
        tell(data.name, await request(data.url, ink, body, 1));
      }
    } catch {
      delete window.cnnlabAhead?.[data.name]; // nothing reads along: the page answers at the end of the stroke
    }
    const rest = started + every - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    pen.asking = false;
    ask();
  }

  function keepAhead(name, { read }) {
    window.cnnlabAhead ??= {};
    window.cnnlabAhead[name] = { read, until: pen.down || pen.waiting ? Infinity : performance.now() + LATE };
  }
}

const tell = (name, detail) => dispatchEvent(new CustomEvent(`cnnlab:${name}`, { detail }));

async function request(url, { width, height }, body, layers) {
  const query = `width=${width}&height=${height}&layers=${layers}`;
  const answer = await fetch(new URL(`${url}?${query}`, document.baseURI), { method: "POST", body });
  if (!answer.ok) throw answer.status;
  return answer.json();
}

// The first element that matches in a tree, shadow trees included.
function find(root, selector) {
  const found = root.querySelector(selector);
  if (found) return found;
  for (const host of root.querySelectorAll("*")) {
    const inside = host.shadowRoot && find(host.shadowRoot, selector);
    if (inside) return inside;
  }
  return null;
}

const scratch = document.createElement("canvas");
const brush = scratch.getContext("2d", { willReadFrequently: true });

// The canvas's finished strokes and the one in progress, a byte a pixel: white on black, any colour is the ink.
function inkOf(frame) {
  const lower = frame && find(frame, ".dc-canvas.lower-canvas"), upper = frame && find(frame, ".upper-canvas");
  if (!lower || !upper) return null;
  const { width, height } = lower;
  if (scratch.width !== width || scratch.height !== height) [scratch.width, scratch.height] = [width, height];
  brush.fillRect(0, 0, width, height);
  brush.drawImage(lower, 0, 0);
  brush.drawImage(upper, 0, 0);
  const { data } = brush.getImageData(0, 0, width, height), values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) values[i] = data[4 * i];
  return { width, height, values };
}

function packed(values) {
  const stream = new Blob([values]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}
