// What the scripts of our elements share; browser_element.py puts it before each of them.

// A new element at the end of `parent`. Text is set as text, so names from data can hold no markup.
function make(tag, parent, name, text) {
  const made = parent.appendChild(document.createElement(tag));
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

// A picture has the role of one only with its name: until it is drawn it has neither.
function asImage(node, label) {
  node.role = "img";
  node.ariaLabel = label;
}

// What is to be done once `node` has left the page. Streamlit ends a call, too, that a newer one has overtaken: what that
// one has just drawn in the same place must stay.
function whenGone(node, clean) {
  return () => node.isConnected || clean();
}

// What the browser makes of base64: the buffer under little-endian numbers.
function buffer(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
}

// "#rrggbb" colours, evenly spaced, as a function from 0..1 to [red, green, blue], 0..255 each.
function colourMap(colours) {
  const stops = colours.map((c) => [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16)));
  return (fraction) => {
    const at = fraction * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
    return stops[low].map((v, k) => v + (stops[low + 1][k] - v) * (at - low));
  };
}

// Whether dark text can be read on this colour.
function isBright([red, green, blue]) {
  return 0.3 * red + 0.59 * green + 0.11 * blue > 128;
}

// A number's text with a true minus, and none before zero.
function withMinus(text) {
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

// A CSS variable as it stands at `root`: of the palette ("--chosen") or of the theme ("--st-text-color").
function cssVariable(root, name) {
  return getComputedStyle(root).getPropertyValue(name).trim();
}

// ---- The room that is left in the window.

const PRESENTER_BAR = 54 + 8; // at the lower edge while the page presents, with a margin, CSS pixels before they are scaled

// Whether the page presents: then it is scaled by that variable, and no text is smaller than 16 pixels before.
const presents = () => document.documentElement.style.getPropertyValue("--present-zoom") !== "";

// How high an element may be while the page presents, so that it and what stands below it end above the bar: CSS pixels
// before they are scaled; null where the page does not present.
function presentedHeight(root) {
  const main = document.querySelector('[data-testid="stMainBlockContainer"]'), zoom = main?.currentCSSZoom ?? 1;
  if (!main || !presents()) return null;
  let below = 0;
  for (let node = root; node && node !== main; node = node.parentElement ?? node.getRootNode().host) {
    const around = node.parentElement && getComputedStyle(node.parentElement);
    if (!around || (around.display === "flex" && around.flexDirection !== "column")) continue;
    for (let next = node.nextElementSibling; next; next = next.nextElementSibling)
      if (next.offsetHeight && !["fixed", "absolute"].includes(getComputedStyle(next).position))
        below += next.offsetHeight + (parseFloat(around.rowGap) || 0);
  }
  return Math.floor((innerHeight - root.getBoundingClientRect().top) / zoom - below - PRESENTER_BAR);
}

// Where the mouse is in an element without borders: CSS pixels before the page is scaled, which offsetX is not.
function within(element, event) {
  const box = element.getBoundingClientRect(), factor = element.offsetWidth / box.width;
  return { x: (event.clientX - box.left) * factor, y: (event.clientY - box.top) * factor };
}

// Calls `refit` whenever the width of `root`, the window or the height of the page changes.
function watchRoom(root, refit) {
  const observer = new ResizeObserver(refit), page = document.querySelector('[data-testid="stMainBlockContainer"]');
  for (const each of [root, page, page?.firstElementChild]) if (each) observer.observe(each);
  addEventListener("resize", refit);
  return { disconnect: () => (observer.disconnect(), removeEventListener("resize", refit)) };
}

// Elements that show what a page gives them, and newer answers that come past the page while a pen moves: as the event
// `cnnlab:NAME` on the window. What is newer than the page's own, and until when, stands in window.cnnlabAhead[NAME].
const following = new WeakMap();

// Show `data` unless it is older than what is shown, and from now on whatever comes under the name.
function showNewest(root, name, data, show) {
  const before = following.get(root), listener = (event) => show(event.detail);
  removeEventListener(`cnnlab:${name}`, before);
  following.set(root, listener);
  if (name) addEventListener(`cnnlab:${name}`, listener);
  const ahead = window.cnnlabAhead?.[name], left = ahead ? ahead.until - performance.now() : 0;
  if (!before || left <= 0 || ahead.read === data.read) show(null);
  else if (left < Infinity) setTimeout(() => following.get(root) === listener && show(null), left);
  return () => removeEventListener(`cnnlab:${name}`, listener);
}
