// The browser's side of presenter.py: the bar, the keys, and how much the page is scaled.

const WIDE = 1280, HIGH = 720, LEAST = 0.5; // the window that pages are laid out for, CSS pixels
const TYPED = 'input:not([type="range"], [type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable]';
const USES_ARROWS = '[role="slider"], [role="radio"], [role="radiogroup"], [role="tab"], [role="grid"], [role="listbox"], [role="combobox"], [role="menu"], [type="range"], [type="radio"], canvas[tabindex], iframe';
const USES_SPACE = `button, a, summary, [role="button"], [role="switch"], [role="checkbox"], [type="checkbox"], ${USES_ARROWS}`;
const bars = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("nav"), list = parentElement.querySelector("dialog");
  let bar = bars.get(root);
  if (!bar) {
    bar = { root, list };
    bars.set(root, bar);
    bar.key = (event) => press(bar, event);
    bar.scale = () => scale(bar.data.on);
    document.addEventListener("keydown", bar.key);
    addEventListener("resize", bar.scale);
    POINTED.forEach((name) => document.addEventListener(name, pointed, true));
    list.onclick = () => list.close();
  }
  bar.ask = (what, by = 1) => setTriggerValue("asked", { what, by });
  show(bar, data);
  return whenGone(parentElement, () => {
    document.removeEventListener("keydown", bar.key);
    removeEventListener("resize", bar.scale);
    POINTED.forEach((name) => document.removeEventListener(name, pointed, true));
    scale(false);
    bars.delete(root);
  });
}

// Vega takes the distance from its canvas's corner for a place in the picture, which a scaled page would put elsewhere: so
// the corner is told where it would be if the page were not scaled. Tooltips stay at the mouse.
const POINTED = ["pointermove", "pointerdown", "pointerup", "mousemove", "mousedown", "mouseup", "mouseover", "click", "dblclick"];
let mouse = { clientX: 0, clientY: 0 };

function pointed(event) {
  const canvas = event.target.closest?.(".vega-embed canvas");
  mouse = event;
  if (!canvas || canvas.cnnlabCorner) return;
  canvas.cnnlabCorner = canvas.getBoundingClientRect;
  canvas.getBoundingClientRect = () => {
    const box = canvas.cnnlabCorner(), zoom = canvas.currentCSSZoom ?? 1;
    const [left, top] = [mouse.clientX - (mouse.clientX - box.left) / zoom, mouse.clientY - (mouse.clientY - box.top) / zoom];
    return new DOMRect(left, top, box.width / zoom, box.height / zoom);
  };
}

const ownDensity = (window.cnnlabDensity ??= Object.getOwnPropertyDescriptor(window, "devicePixelRatio"));

// Canvases, too, are to be as sharp as the page is large: what is drawn on one takes its density from the window's.
function scale(on) {
  const style = document.documentElement.style;
  Object.defineProperty(window, "devicePixelRatio", ownDensity);
  if (!on) return style.removeProperty("--present-zoom");
  const zoom = Math.max(LEAST, Math.min(innerWidth / WIDE, innerHeight / HIGH));
  style.setProperty("--present-zoom", zoom.toFixed(4));
  Object.defineProperty(window, "devicePixelRatio", { configurable: true, value: devicePixelRatio * zoom });
}

function show(bar, data) {
  const changed = JSON.stringify(data) !== JSON.stringify(bar.data), before = bar.data?.on;
  bar.data = data;
  if (before !== data.on) {
    scale(data.on);
    dispatchEvent(new Event("resize")); // pictures that fill the window
  }
  if (!changed) return;
  const held = bar.root.getRootNode().activeElement?.dataset.name;
  bar.root.replaceChildren();
  bar.root.classList.toggle("on", data.on);
  keys(bar);
  if (!data.on) return;
  button(bar, "chevron_left", `${data.before}, the page before`, () => bar.ask("page", -1));
  make("b", bar.root, "title", data.title);
  button(bar, "chevron_right", `${data.after}, the next page`, () => bar.ask("page", 1));
  if (data.run) {
    const run = make("span", bar.root, "run", data.run);
    run.title = data.run;
    if ("back" in data) button(bar, "arrow_back", "The epoch before", () => bar.ask("epoch", -1), !data.back);
    make("span", bar.root, "epoch", data.epoch).setAttribute("role", "status");
    if ("back" in data) button(bar, "arrow_forward", "The next epoch", () => bar.ask("epoch", 1), !data.on_);
  }
  make("i", bar.root);
  button(bar, "keyboard", "Keys (?)", () => bar.list.showModal());
  button(bar, "fullscreen", "Full screen (F)", fullScreen);
  button(bar, "close", "Leave presenter mode (P)", () => bar.ask("present"));
  if (held) bar.root.querySelector(`[data-name="${held}"]`)?.focus();
}

function button(bar, icon, label, act, disabled = false) {
  const made = make("button", bar.root);
  made.type = "button";
  made.title = made.ariaLabel = label;
  made.dataset.name = icon;
  made.disabled = disabled;
  make("span", made, "", icon).ariaHidden = "true";
  made.onclick = act;
}

function keys({ list, data }) {
  list.replaceChildren();
  make("h2", list, "", "Keys");
  const table = make("dl", list);
  for (const [key, words] of data.keys) {
    make("dt", table, "", key);
    make("dd", table, "", words);
  }
  make("button", list, "", "Close");
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

function press(bar, event) {
  const at = event.composedPath()[0], { data } = bar;
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
  if (at.closest?.(TYPED)) return;
  const act = action(bar, event, at);
  if (!act) return;
  event.preventDefault();
  if (!event.repeat || event.key.startsWith("Arrow")) act();
}

// What a key does here, if anything: space and arrows belong to whatever is held that uses them itself.
function action(bar, event, at) {
  const { data } = bar, key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "p") return () => bar.ask("present");
  if (key === "?") return () => (bar.list.open ? bar.list.close() : bar.list.showModal());
  if (!data.on || bar.list.open) return null;
  if (key === "f") return fullScreen;
  if (key === "Escape") return () => bar.ask("present");
  if (key === " " && data.trains && !at.closest(USES_SPACE)) return () => press_("Pause", "Resume");
  if (!["ArrowLeft", "ArrowRight"].includes(key) || at.closest(USES_ARROWS)) return null;
  if (!data.trains) return "back" in data ? () => bar.ask("epoch", key === "ArrowRight" ? 1 : -1) : null;
  if (key === "ArrowLeft") return null;
  return () => press_(event.shiftKey ? "Step epoch" : "Step batch");
}

// Presses the first of Train's own buttons that is there and may be pressed.
function press_(...labels) {
  for (const label of labels) {
    const found = document.querySelector(`.st-key-train_control_${label.replace(" ", "-")} button`);
    if (found && !found.disabled) return found.click();
  }
}
