// The drawing side of block_picture.py; `data.svg` is the markup that block_diagram.svg made, its texts escaped there.

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".blocks");
  if (place.dataset.drawn !== data.svg) {
    const focused = place.contains(place.getRootNode().activeElement) && place.getRootNode().activeElement.dataset.layer;
    place.innerHTML = data.svg;
    place.dataset.drawn = data.svg;
    if (data.picks) makeReachable([...place.querySelectorAll(".slab")], focused);
  }
  const pick = (event) => {
    const slab = event.target.closest(".slab");
    if (slab) setTriggerValue("picked", slab.dataset.layer);
  };
  place.onclick = pick;
  place.onkeydown = (event) => {
    const slabs = [...place.querySelectorAll(".slab")], at = slabs.indexOf(event.target);
    if (!data.picks || at < 0) return;
    if (event.key === "Enter" || event.key === " ") pick(event);
    else if (event.key in STEPS) reach(slabs, Math.max(0, Math.min(slabs.length - 1, at + STEPS[event.key]))).focus();
    else return;
    event.preventDefault();
  };
}

// One stop of the Tab key for all blocks; the arrows go from block to block.
function makeReachable(slabs, focused) {
  for (const slab of slabs) {
    slab.setAttribute("role", "button");
    slab.setAttribute("aria-label", slab.querySelector("title").textContent.split("\n").slice(0, 2).join(", "));
  }
  slabs[0]?.ownerSVGElement.setAttribute("role", "group");
  const before = slabs.findIndex((slab) => slab.dataset.layer === focused);
  if (slabs.length) reach(slabs, Math.max(0, before));
  if (before >= 0) slabs[before].focus();
}

function reach(slabs, at) {
  slabs.forEach((slab, number) => slab.setAttribute("tabindex", number === at ? "0" : "-1"));
  return slabs[at];
}
