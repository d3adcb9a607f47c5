// What the scripts of our elements share; browser_element.py puts it before each of them.

// A new element at the end of `parent`. Text is set as text, so names from data can hold no markup.
function make(tag, parent, name, text) {
  const made = parent.appendChild(document.createElement(tag));
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
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
