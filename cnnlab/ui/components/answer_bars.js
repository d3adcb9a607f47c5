// The drawing side of answer_bars.py; called anew, with the same parent, at every change.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".reading"), { options } = data;
  root.dataset.own = data.read || ""; // what the page itself read last
  root.pick = (k) => setTriggerValue("picked", k);
  return showNewest(root, options.follows, data, (newer) => {
    if (!newer || newer.answer) show(root, newer ? newer.answer : data, options);
  });
}

function show(root, answer, options) {
  const form = answer.bars ? answer.bars.map((bar) => bar.name).join("\n") : "none";
  if (root.dataset.form !== form) build(root, answer, options, form);
  if (!answer.bars) {
    root.querySelector(".answer").textContent = answer.title;
    root.querySelector(".sentence").textContent = answer.sentence;
    return;
  }
  const head = root.querySelector(".head"), word = root.querySelector(".answer");
  head.dataset.read = answer.read;
  word.textContent = answer.word;
  word.style.fontSize = `${answer.size}px`;
  root.querySelector(".best").textContent = answer.best;
  root.querySelectorAll(".bar").forEach((row, k) => {
    const { p, percent, best } = answer.bars[k], bar = row.querySelector("[data-bar]");
    bar.style.width = `${100 * p}%`;
    bar.dataset.p = p;
    bar.classList.toggle("best-bar", best);
    row.querySelector(".percent").textContent = percent;
    row.ariaPressed = options.clickable ? String(k === options.chosen) : null;
  });
  if (options.picture) picture(root.querySelector(".picture"), answer);
}

function build(root, answer, options, form) {
  root.replaceChildren();
  root.dataset.form = form;
  if (!answer.bars) {
    make("div", root, "answer title");
    make("div", root, "sentence");
    return;
  }
  const head = make("div", root, "head");
  make("div", head, "answer word");
  make("div", head, "best");
  if (options.picture) make("canvas", head, "picture");
  answer.bars.forEach(({ name }, k) => {
    const row = make(options.clickable ? "button" : "div", root, "bar"), label = make("span", row, "name", name);
    label.title = name;
    label.style.width = `${answer.names}em`;
    make("span", make("span", row, "track")).dataset.bar = name;
    make("span", row, "percent");
    if (options.clickable) row.onclick = () => root.pick(k);
  });
}

// What was read, as the network is given it.
function picture(canvas, { pixels, shape: [height, width] }) {
  const grey = new Uint8Array(buffer(pixels)), context = canvas.getContext("2d");
  [canvas.width, canvas.height] = [width, height];
  const image = context.createImageData(width, height);
  for (let i = 0; i < grey.length; i++) image.data.set([grey[i], grey[i], grey[i], 255], 4 * i);
  context.putImageData(image, 0, 0);
}
