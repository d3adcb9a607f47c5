// The browser's side of picture_saver.py: which picture the mouse is on, and the list of all. Before it comes
// picture_files.js, which makes their files.
// Pictures are Streamlit's charts and images, and whatever our own elements mark with data-picture.

const TYPED = "input, textarea, select, [contenteditable]";
const HEADINGS = '[data-testid="stMain"] :is(h2, h3, h4, h5, h6)';
const LABELLED = ':is(canvas, svg, [role="img"], [role="group"])[aria-label]';
const LEFT = 350, RESTING = 2500, SAID = 2500, LATE = 10000; // milliseconds
const savers = new WeakMap();

export default function ({ parentElement, data }) {
  const bar = parentElement.querySelector(".bar");
  let saver = savers.get(bar);
  if (!saver) {
    saver = { bar, list: parentElement.querySelector("dialog"), at: null, timer: 0 };
    savers.set(bar, saver);
    saver.move = (event) => follow(saver, event);
    saver.leave = () => hide(saver);
    saver.key = (event) => press(saver, event);
    document.addEventListener("pointermove", saver.move, true);
    document.addEventListener("scroll", saver.leave, true);
    document.addEventListener("keydown", saver.key);
    saver.list.onkeydown = (event) => (press(saver, event), event.stopPropagation()); // Escape leaves only the list
    saver.all = () => listAll(saver);
    addEventListener("cnnlab:pictures", saver.all); // the button beside "Copy link"
  }
  saver.data = data;
  return whenGone(parentElement, () => {
    document.removeEventListener("pointermove", saver.move, true);
    document.removeEventListener("scroll", saver.leave, true);
    document.removeEventListener("keydown", saver.key);
    removeEventListener("cnnlab:pictures", saver.all);
    clearTimeout(saver.timer);
    savers.delete(bar);
  });
}

// ---- Which picture.

const isPicture = (node) => node.dataset?.picture !== undefined || (node.matches?.(STREAMLITS) ?? false);

// The buttons stay while the mouse moves over the picture or them. They go when it rests: then whatever lies below them
// can be clicked again.
function follow(saver, event) {
  const path = event.composedPath(), held = path.includes(saver.bar);
  const found = held ? saver.at : event.buttons ? null : (path.find(isPicture) ?? null);
  const picture = found?.matches(PEN) ? null : found; // there the hand is on its way to Undo and Clear
  clearTimeout(saver.timer);
  if (picture && picture !== saver.at) offer(saver, picture);
  if (picture && !held) place(saver);
  if (saver.at && !held) saver.timer = setTimeout(() => hide(saver), picture ? RESTING : LEFT);
}

function offer(saver, picture) {
  saver.at = picture;
  saver.bar.replaceChildren();
  buttons(saver, picture, saver.bar);
  saver.bar.classList.add("on");
}

function hide(saver) {
  saver.at = null;
  saver.bar.classList.remove("on");
}

// Below the picture's lower right corner, in the window. Boxes are measured after the page is scaled, styles before.
function place({ bar, at }) {
  const box = at.getBoundingClientRect(), zoom = bar.currentCSSZoom ?? 1, own = bar.getBoundingClientRect();
  const lowest = innerHeight - own.height - 4 - (presents() ? PRESENTER_BAR * zoom : 0);
  bar.style.left = `${Math.max(4, Math.min(box.right, innerWidth - 20) - own.width) / zoom}px`;
  bar.style.top = `${Math.min(box.bottom - 3, lowest) / zoom}px`;
}

function press(saver, event) {
  if (event.key.toLowerCase() !== "s" || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.defaultPrevented || event.isComposing || event.composedPath()[0].closest?.(TYPED)) return;
  event.preventDefault();
  if (saver.list.open) saver.list.close();
  else listAll(saver);
}

function listAll(saver) {
  const { list } = saver, found = [];
  const look = (place) => place.querySelectorAll("*").forEach((node) => {
    if (isPicture(node) && node.getClientRects().length && !node.closest('[data-stale="true"]')) found.push(node);
    if (node.shadowRoot) look(node.shadowRoot);
  });
  look(document.querySelector('[data-testid="stMain"]'));
  list.replaceChildren();
  make("h2", list, "", "Save a picture");
  const rows = make("ul", list);
  const titles = found.map(titleOf);
  found.forEach((picture, at) => {
    const row = make("li", rows), before = titles.slice(0, at).filter((title) => title === titles[at]).length;
    make("b", row, "", before ? `${titles[at]}, ${before + 1}` : titles[at]);
    buttons(saver, picture, row);
  });
  if (!found.length) rows.replaceWith(make("p", list, "", "This page shows no picture."));
  make("button", list, "", "Close").onclick = () => list.close();
  list.showModal();
}

function buttons(saver, picture, parent) {
  for (const kind of kinds(picture)) {
    const button = make("button", parent, "", kind.toUpperCase());
    button.type = "button";
    button.title = button.ariaLabel = `Save ${nameOf(picture)} as ${kind.toUpperCase()}`;
    button.onclick = async () => {
      button.textContent = "…";
      button.textContent = await save(saver, picture, kind).then(() => "Saved", (error) => `Not saved: ${error.message ?? error}`);
      setTimeout(() => (button.textContent = kind.toUpperCase()), SAID);
    };
  }
}

// What our own element tells a screen reader that it shows, else the heading before it; of a chart its name, if it has one.
function titleOf(picture) {
  if (picture.matches(PEN)) return "the drawing";
  const own = picture.dataset.picture !== undefined, all = own ? [picture, ...picture.querySelectorAll("*")] : [];
  const label = all.find((node) => node.matches(LABELLED))?.ariaLabel.split(";")[0];
  return label || (own && headingOf(picture)) || nameOf(picture, "") || headingOf(picture) || "picture";
}

function headingOf(picture) {
  const after = (heading) => heading.compareDocumentPosition(hostOf(picture)) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [...document.querySelectorAll(HEADINGS)].filter(after).pop()?.textContent.trim().replace(/\.$/, "");
}

// What the key of its element says, "confusion matrix", or the titles of its axes, or the key of what it stands in.
function nameOf(picture, otherwise = "picture") {
  const key = (what) =>
    /st-key-(?:shared_main_view_)?([\w-]+)/.exec(hostOf(picture).closest(`${what}[class*="st-key-"]`)?.className ?? "")?.[1];
  const name = key('[data-testid="stElementContainer"]') ?? (axesOf(picture) || key("") || otherwise);
  return name.replace(/[_-]+/g, " ").trim();
}

const hostOf = (picture) => picture.getRootNode().host ?? picture;
const axesOf = (picture) =>
  [...picture.querySelectorAll(".role-axis-title text")].map((title) => title.textContent).reverse().join(" over ");

async function save({ data }, picture, kind) {
  const name = [nameOf(picture), data.of].filter(Boolean).join(" ").replace(/[^\w.-]+/g, "-");
  const link = make("a", document.body), address = URL.createObjectURL(await file(picture, kind, data.density));
  link.href = address;
  link.download = `${name}.${kind}`;
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), LATE);
}
