// The drawing side of tiles.py; called anew, with the same parent, at every change.

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.querySelector(".tiles")?.remove();
  const grid = make("div", parentElement, "tiles");
  grid.dataset.picture = "";
  grid.style.setProperty("--side", data.side + "px");
  for (const tile of data.tiles) {
    const figure = make("figure", grid, tile.right === false ? "wrong" : "");
    figure.dataset.index = tile.index;
    const frame = make("div", figure, "frame");
    const image = make("img", frame);
    image.src = tile.source;
    image.alt = tile.title + ", " + tile.note;
    if (tile.right !== null) make("div", frame, "mark", tile.right ? "✓" : "✗");
    make("figcaption", figure, "", tile.title);
    make("small", figure, "", tile.note);
    const row = make("nav", figure);
    row.dataset.control = "";
    for (const place of data.destinations) {
      const button = make("button", row);
      button.title = button.ariaLabel = "Send " + tile.index + " to " + place.title;
      make("span", button, "", place.icon);
      button.onclick = () => setTriggerValue("sent", { place: place.page, tile: tile.place });
    }
  }
}
