// What keeps a page that presents from being read in the back row: text smaller than `least` pixels of the window, what
// scrolls, what lies behind the bar, and a page that shows nothing.
(least) => {
  const main = document.querySelector('[data-testid="stMainBlockContainer"]'), found = new Set();
  const hidden = (node) => !node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const bar = main.querySelector(".st-key-shared_presenter"), transport = main.querySelector(".st-key-train_transport");
  const edge = innerHeight - 54 * main.currentCSSZoom + 1;
  let pictures = 0;
  for (const node of [document.documentElement, document.querySelector('[data-testid="stMain"]'), main]) {
    const [down, across] = [node.scrollHeight - node.clientHeight, node.scrollWidth - node.clientWidth];
    if (down > 0 || across > 0) found.add(`${node.dataset.testid ?? node.tagName} scrolls by ${across}×${down}`);
  }
  const small = (size, what) => size < least - 0.05 && found.add(`${size.toFixed(1)} px: ${what}`);
  const look = (root, around) => {
    for (const node of root.querySelectorAll("*")) {
      const place = around ?? node, ofBar = bar.contains(place) || transport?.contains(place);
      if (node.shadowRoot) look(node.shadowRoot, place);
      if (/^(style|script|title)$/i.test(node.tagName) || hidden(node)) continue;
      const box = node.getBoundingClientRect(), leaf = /^(CANVAS|IMG|svg|P|BUTTON|H[1-6])$/.test(node.tagName);
      if (box.width < 2 || box.height < 2) continue;
      if (!ofBar && leaf) {
        pictures += 1;
        if (box.bottom > edge) found.add(`${node.tagName} ends ${(box.bottom - edge).toFixed(0)} px behind the bar`);
        if (box.right > innerWidth + 1) found.add(`${node.tagName} sticks out to the right`);
      }
      if (node.dataset?.font) small(node.dataset.font * main.currentCSSZoom, `drawn on ${node.className || node.tagName}`);
      const text = [...node.childNodes].filter((each) => each.nodeType === 3).map((each) => each.textContent.trim()).join("");
      if (!text) continue;
      const matrix = node.ownerSVGElement && node.getScreenCTM(), size = parseFloat(getComputedStyle(node).fontSize);
      small(size * (matrix ? Math.hypot(matrix.a, matrix.b) : node.currentCSSZoom), text.slice(0, 40));
    }
  };
  look(main, null);
  if (!pictures) found.add("nothing is shown");
  return [...found];
}
