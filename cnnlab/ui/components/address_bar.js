// The browser's side of address_bar.py: copies the address, asks for the list of pictures, and keeps a page one step
// of the history.

const SAID = 2500; // milliseconds

export default function ({ parentElement }) {
  oneStepAPage();
  const button = parentElement.querySelector("button"), said = parentElement.querySelector("small");
  let last = 0;
  button.onclick = async () => {
    said.textContent = (await copy(location.href)) ? "Copied" : "Copy it from the address bar";
    clearTimeout(last);
    last = setTimeout(() => (said.textContent = ""), SAID);
  };
  parentElement.querySelector(".pictures").onclick = () => dispatchEvent(new Event("cnnlab:pictures"));
  return () => clearTimeout(last);
}

// The clipboard's own interface is there for https and this machine only; a class comes by http.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement, field = make("textarea", document.body);
    field.value = text;
    field.style.cssText = "position: fixed; opacity: 0";
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    before?.focus();
    return copied;
  }
}

// Streamlit opens a page without a query, and adds another entry once the script says what is seen; it drops the query
// before the script leads to another page; and where all that it hears comes at once, it adds the new page's query to
// the old page first. Back would stop at each of these, which show nothing of their own.
function oneStepAPage() {
  if (history.cnnlabPush) return;
  history.cnnlabPush = history.pushState;
  history.pushState = function (state, title, url) {
    const next = new URL(url, location.href), samePage = next.pathname === location.pathname;
    if (samePage && !next.search && new URLSearchParams(location.search).has("run")) return;
    const unshown = samePage ? !location.search : next.search && next.search === location.search;
    if (unshown) history.replaceState(state, title, url);
    else history.cnnlabPush(state, title, url);
  };
}
