// The files of pictures, for picture_saver.js: what Vega and our own elements draw as SVG, and all else as pixels.

const PEN = ".dc-container"; // what streamlit-drawable-canvas draws on
const STREAMLITS = `[data-testid="stVegaLiteChart"], [data-testid="stPlotlyChart"], [data-testid="stImage"], ${PEN}`;
const MARGIN = 8; // CSS pixels around a picture

const vegas = (picture) => picture.matches('[data-testid="stVegaLiteChart"]');
const vectors = (picture) => picture.querySelector(vegas(picture) ? "svg.marks" : '[data-picture="svg"] > svg');
const kinds = (picture) => (vectors(picture) ? ["png", "svg"] : ["png"]);

async function file(picture, kind, density) {
  if (kind === "svg") return new Blob([vector(picture)], { type: "image/svg+xml" });
  const drawn = await drawer(picture)(picture, density);
  return new Promise((done, failed) => drawn.toBlob((blob) => (blob ? done(blob) : failed("it is too large")), "image/png"));
}

function drawer(picture) {
  if (vectors(picture)) return rastered;
  if (vegas(picture)) return crowded;
  if (picture.querySelector(".js-plotly-plot")) return turned;
  return picture.matches(STREAMLITS) ? enlarged : drawing;
}

async function rastered(picture, density) {
  const svg = vectors(picture), { width, height } = svg.getBoundingClientRect();
  const [canvas, context] = paper(picture, width * density, height * density);
  context.drawImage(await loaded(asAddress(vector(picture, await fonts()))), 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A chart of so many marks that Vega draws it on a canvas: its view draws it anew; where that is not found it is enlarged.
async function crowded(picture, density) {
  const shown = picture.querySelector("canvas"), view = viewOf(picture);
  const [canvas, context] = paper(picture, shown.offsetWidth * density, shown.offsetHeight * density);
  context.drawImage(view ? await view.toCanvas(density) : shown, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Streamlit keeps a chart's view in a hook of the React component around it, and offers no other way to it.
function viewOf(picture) {
  let node = picture[Object.keys(picture).find((name) => name.startsWith("__reactFiber$"))];
  for (; node; node = node.return)
    for (let hook = node.memoizedState; hook?.next !== undefined; hook = hook.next) {
      const held = hook?.memoizedState?.current;
      if (typeof held?.toCanvas === "function") return held;
    }
  return null;
}

// Points in space, as the reader has turned them: the scene, which Plotly draws twice as large, and over it the legend.
async function turned(picture, density) {
  const plot = picture.querySelector(".js-plotly-plot"), box = plot.getBoundingClientRect();
  const [canvas, context] = paper(plot, box.width * density, box.height * density);
  context.scale(density, density);
  for (const scene of Object.values(plot._fullLayout ?? {}).map((each) => each?._scene).filter((each) => each?.toImage)) {
    const at = scene.container.getBoundingClientRect();
    context.drawImage(await loaded(scene.toImage("png")), at.left - box.left, at.top - box.top, at.width, at.height);
  }
  for (const layer of plot.querySelectorAll("svg.main-svg")) {
    const at = layer.getBoundingClientRect(), text = new XMLSerializer().serializeToString(layer);
    context.drawImage(await loaded(asAddress(text)), at.left - box.left, at.top - box.top);
  }
  return canvas;
}

// An image, or the layers of what was drawn by hand, as large as it is shown; an image's few pixels stay squares.
function enlarged(picture, density) {
  const layers = [...picture.querySelectorAll("img, canvas")].filter((layer) => layer.offsetWidth);
  const [canvas, context] = paper(picture, layers[0].offsetWidth * density, layers[0].offsetHeight * density);
  for (const layer of layers) {
    context.imageSmoothingEnabled = !(layer.naturalWidth <= canvas.width);
    context.drawImage(layer, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

// One of our own elements: a copy of it with its styles, fonts and canvases goes into an SVG, which is then drawn.
async function drawing(picture, density) {
  const zoom = picture.currentCSSZoom ?? 1, { width, height } = picture.getBoundingClientRect();
  const copy = picture.cloneNode(true), copies = [...copy.querySelectorAll("*")];
  await Promise.all([...picture.querySelectorAll("*")].map(async (node, i) => {
    if (node.tagName === "CANVAS") {
      const sharp = (await node.cnnlabAt?.(density * zoom)) ?? node;
      if (!sharp.width || !sharp.height) return;
      copies[i].style.background = `url("${sharp.toDataURL()}") 0 0 / 100% 100% no-repeat content-box`;
    } else if (node.tagName === "INPUT") copies[i].setAttribute("value", node.value);
  }));
  copy.querySelectorAll("[data-control]").forEach((node) => node.remove());
  copy.removeAttribute("tabindex");
  const { css, variables } = styles(picture, copy), own = getComputedStyle(picture);
  const page = document.implementation.createHTMLDocument(""), body = make("div", page.body), style = make("style", body);
  style.textContent = `${await fonts()}\n${css}`;
  body.append(copy);
  body.setAttribute("style", `${variables.map(([name, value]) => `${name}: ${value}; `).join("")}zoom: ${zoom};
    width: ${width / zoom}px; font: ${own.font}; color: ${own.color};`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * density}" height="${height * density}"
    viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%">${new XMLSerializer().serializeToString(body)}
    </foreignObject></svg>`;
  const [canvas, context, empty] = paper(picture, width * density, height * density);
  context.drawImage(await loaded(asAddress(svg)), 0, 0);
  return trimmed(canvas, empty, MARGIN * density);
}

// The picture as a file of its own; faces: rules for its letters.
function vector(picture, faces = "") {
  const shown = vectors(picture), svg = shown.cloneNode(true), box = shown.getBoundingClientRect();
  const { css, variables } = vegas(picture) ? { css: "", variables: [] } : styles(picture, svg), values = new Map(variables);
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  const [width, height] = [Math.round(box.width), Math.round(box.height)];
  style.textContent = `${faces}\n${css}\nsvg { background: ${background(picture)}; width: ${width}px; height: ${height}px; }`;
  svg.prepend(style);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  const text = new XMLSerializer().serializeToString(svg);
  return text.replace(/var\((--[\w-]+)[^()]*\)/g, (whole, name) => values.get(name)?.replace(/"/g, "'") ?? whole);
}

// The styles of the element around `picture`, and what the variables in them and in the copy stand for.
function styles(picture, copy) {
  const place = picture.getRootNode();
  const sheets = [...(place.styleSheets ?? []), ...(place.adoptedStyleSheets ?? [])];
  const css = sheets.flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join("\n");
  const names = new Set((css + copy.outerHTML).match(/--[\w-]+/g));
  const variables = [...names].map((name) => [name, cssVariable(picture, name)]).filter(([, value]) => value);
  return { css, variables };
}

// The page's letters as text of a style: an SVG that is drawn as an image fetches nothing.
let letters = null;
const fonts = () => (letters ??= Promise.all([...document.styleSheets].flatMap(faces)).then((all) => all.join("\n")));

function faces(sheet) {
  const upright = [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule && !/italic/.test(rule.cssText)
    && /^["']?Source Sans["']?$/.test(rule.style.getPropertyValue("font-family")));
  return upright.map(async (rule) => {
    const address = /url\(["']?([^"')]+)/.exec(rule.cssText)[1], answer = await fetch(new URL(address, sheet.href ?? document.baseURI));
    const reader = new FileReader(), read = new Promise((done) => (reader.onload = () => done(reader.result)));
    reader.readAsDataURL(await answer.blob());
    return rule.cssText.replace(/url\([^)]*\)/, `url("${await read}")`);
  });
}

const asAddress = (svg) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

async function loaded(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}

const background = (node) => cssVariable(node, "--st-background-color") || getComputedStyle(document.querySelector(".stApp")).backgroundColor;

// A canvas in the page's colour, its brush, and the value of an empty pixel.
function paper(node, width, height) {
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  [canvas.width, canvas.height] = [Math.round(width), Math.round(height)];
  context.fillStyle = background(node);
  context.fillRect(0, 0, canvas.width, canvas.height);
  return [canvas, context, new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0]];
}

// Without what is empty around the drawing.
function trimmed(canvas, empty, margin) {
  const { width, height } = canvas, pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++)
      if (pixels[i] !== empty) {
        if (x < left) left = x;
        if (x >= right) right = x + 1;
        if (y < top) top = y;
        bottom = y + 1;
      }
  if (right <= left) return canvas;
  const [kept, brush] = paper(document.body, right - left + 2 * margin, bottom - top + 2 * margin);
  brush.fillStyle = `rgb(${[empty & 255, (empty >> 8) & 255, (empty >> 16) & 255].join(",")})`;
  brush.fillRect(0, 0, kept.width, kept.height);
  brush.drawImage(canvas, left, top, right - left, bottom - top, margin, margin, right - left, bottom - top);
  return kept;
}
