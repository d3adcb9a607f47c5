// The drawing side of block_picture.py; `data.svg` is the markup that block_diagram.svg made, its texts escaped there.

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".blocks");
  if (place.dataset.drawn !== data.svg) {
    place.innerHTML = data.svg;
    place.dataset.drawn = data.svg;
  }
  place.onclick = (event) => {
    const slab = event.target.closest(".slab");
    if (slab) setTriggerValue("picked", slab.dataset.layer);
  };
}
