// The page of a phone in class: draws, asks what the network reads, sends, votes; what is open comes by a stream.
"use strict";

const PEN = 20, SIDE = 280; // pixels of the canvas: what the preparation was measured with
const at = (id) => document.getElementById(id);
const canvas = at("canvas"), brush = canvas.getContext("2d", { willReadFrequently: true });
let strokes = [], stroke = null, chosen = null, drawingId = "", asked = 0, shown = {};

// ---- what the teacher opens
let stream = null, again = 0;

function listen() {
  clearTimeout(again);
  stream?.close();
  stream = new EventSource("join/events");
  stream.onmessage = (event) => open(JSON.parse(event.data));
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it tries again by itself
    clearTimeout(again);
    again = setTimeout(rejoin, 4000);
  };
}

async function rejoin() { // the server may have forgotten this phone
  try {
    const page = await fetch("join");
    if (page.status === 403) open({ mode: "closed" });
  } catch { say("No connection to the class: trying again."); }
  listen();
}

function open(view) {
  if (at("note").textContent.startsWith("No connection")) say("");
  if (view.mode === "closed") {
    stream?.close();
    clearTimeout(again);
    again = setTimeout(rejoin, 5000);
  }
  if (view.mode !== shown.mode || view.key !== shown.key) say("");
  document.body.dataset.mode = view.mode;
  if (view.question) ask(view);
  shown = view;
}

addEventListener("visibilitychange", () => { if (!document.hidden && stream?.readyState !== EventSource.OPEN) listen(); });
addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

const say = (sentence) => { at("note").textContent = sentence; };

// A request that joins again, once, where the server has forgotten this phone.
async function post(path, body) {
  try {
    let answer = await fetch(path, { method: "POST", body });
    if (answer.status === 401) {
      await fetch("join");
      answer = await fetch(path, { method: "POST", body });
    }
    if (!answer.ok) {
      say(answer.status < 500 || answer.status === 503 ? await answer.text() : "The server could not do that: try again.");
      return null;
    }
    return await answer.json();
  } catch {
    say("No connection to the class: try again.");
    return null;
  }
}

// ---- drawing
function paint() {
  brush.fillStyle = "black";
  brush.fillRect(0, 0, SIDE, SIDE);
  brush.lineWidth = PEN;
  brush.lineCap = brush.lineJoin = "round";
  brush.strokeStyle = "white";
  for (const points of strokes) {
    brush.beginPath();
    brush.moveTo(...points[0]);
    for (const point of points) brush.lineTo(...point);
    if (points.length === 1) brush.lineTo(points[0][0] + 0.01, points[0][1]);
    brush.stroke();
  }
  at("undo").disabled = at("clear").disabled = at("which").disabled = !strokes.length;
  at("send").disabled = !strokes.length || chosen === null;
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
}

canvas.addEventListener("pointerdown", (event) => {
  if (stroke || (event.pointerType === "mouse" && event.button)) return; // one finger draws
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  stroke = { id: event.pointerId, points: [place(event)] };
  strokes.push(stroke.points);
  drawingId = newId();
  paint();
});
canvas.addEventListener("pointermove", (event) => {
  if (stroke?.id !== event.pointerId) return;
  const events = event.getCoalescedEvents?.() ?? [];
  for (const each of events.length ? events : [event]) if (stroke.points.length < 3000) stroke.points.push(place(each));
  paint();
});
for (const type of ["pointerup", "pointercancel"])
  canvas.addEventListener(type, (event) => {
    if (stroke?.id !== event.pointerId) return;
    stroke = null;
    read();
  });
canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

at("undo").onclick = () => changed(strokes.slice(0, -1));
at("clear").onclick = () => changed([]);

function changed(left) {
  strokes = left;
  drawingId = newId();
  if (!strokes.length) choose(null);
  paint();
  strokes.length ? read() : answer(null);
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function ink() {
  const { data } = brush.getImageData(0, 0, SIDE, SIDE), values = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < values.length; i++) values[i] = data[4 * i];
  const size = `width=${SIDE}&height=${SIDE}`;
  if (!window.CompressionStream) return [values, `${size}&packed=0`];
  const packed = new Blob([values]).stream().pipeThrough(new CompressionStream("deflate"));
  return [await new Response(packed).arrayBuffer(), size];
}

let reading = false;
async function read() { // one question at a time, the newest drawing last
  asked++;
  if (reading) return;
  reading = true;
  for (let served = 0; served !== asked; ) {
    served = asked;
    const [body, query] = await ink();
    const found = await post(`join/read?${query}`, body);
    if (served === asked && strokes.length) answer(found);
  }
  reading = false;
}

function answer(found) {
  const known = found && found.probabilities;
  at("digit").textContent = known ? found.digit : found?.sentence ?? "Draw a digit";
  at("digit").classList.toggle("big", Boolean(known));
  at("sure").textContent = known ? `the network says, ${found.percent} sure` : "";
  at("bars").replaceChildren(...(known ? found.probabilities : []).map((p, digit) => {
    const bar = document.createElement("div"), height = document.createElement("i");
    height.style.height = `${Math.round(24 * p)}px`;
    bar.className = String(digit) === found.digit ? "best" : "";
    bar.append(height, String(digit));
    return bar;
  }));
  if (known) say("");
}

for (let digit = 0; digit < 10; digit++) {
  const button = document.createElement("button");
  button.textContent = digit;
  button.onclick = () => choose(digit);
  at("which").append(button);
}

function choose(digit) {
  chosen = digit;
  at("which").querySelectorAll("button").forEach((each, k) => each.setAttribute("aria-pressed", k === digit));
  at("send").disabled = !strokes.length || chosen === null;
}

at("send").onclick = async () => {
  const [body, query] = await ink(), more = new URLSearchParams({ label: chosen, id: drawingId, name: at("name").value });
  at("send").disabled = true;
  const sent = await post(`join/drawing?${query}&${more}`, body);
  if (!sent) return void (at("send").disabled = false); // the same id again: it is kept once
  changed([]);
  say("Sent: look at the wall. Draw another!");
};

// ---- votes
function ask(view) {
  const { question } = view, over = view.mode === "reveal", fresh = view.key !== shown.key;
  at("question").textContent = question.text;
  at("picture").hidden = !question.picture;
  if (question.picture) at("picture").src = question.picture;
  at("number").hidden = Boolean(question.choices.length) || over;
  at("number").style.display = at("number").hidden ? "none" : "";
  at("unit").textContent = question.unit;
  if (fresh) at("value").value = view.mine ?? "";
  at("choices").replaceChildren(...question.choices.map((text, k) => {
    const button = document.createElement("button");
    button.textContent = text;
    button.disabled = over;
    button.setAttribute("aria-pressed", view.mine === k);
    button.onclick = () => vote(view.key, k);
    return button;
  }));
  at("mine").textContent = over ? (view.said === null ? "" : `You said ${view.said}.`) : "";
  at("truth").textContent = over ? (view.truth === null ? "Look at the projector." : `It is ${view.truth}.`) : "";
}

async function vote(key, answer) {
  if (!(await post("join/vote", JSON.stringify({ key, answer })))) return;
  const { question } = shown;
  say("Your answer is in. You can change it until it is revealed.");
  if (!question.choices.length) return;
  at("choices").querySelectorAll("button").forEach((each, k) => each.setAttribute("aria-pressed", k === answer));
}

at("number").onsubmit = (event) => {
  event.preventDefault();
  const said = at("value").valueAsNumber;
  const { low, high } = shown.question;
  if (!(said >= low && said <= high)) return say(`Type a number from ${low} to ${high}.`);
  vote(shown.key, said);
};

paint();
listen();
