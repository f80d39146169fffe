// A column of sliders that report while they are dragged: the next value goes out when the last one was answered, so
// that a slow server falls behind by one answer and never by a queue of them; and always the last value goes out.
const PATIENCE = 1500;
const instances = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let panel = instances.get(parentElement);
  if (!panel) {
    panel = { signature: null, sent: 0, waiting: null, pending: false, values: {}, rows: {} };
    instances.set(parentElement, panel);
  }
  panel.send = () => {
    clearTimeout(panel.waiting);
    panel.sent += 1;
    panel.pending = false;
    panel.waiting = setTimeout(() => answered(panel), PATIENCE);
    setStateValue("values", { ...panel.values, turn: panel.sent });
  };
  const signature = JSON.stringify(data.sliders);
  if (panel.signature !== signature) build(panel, parentElement.querySelector(".panel"), data);
  panel.signature = signature;
  parentElement.querySelector("output").textContent = data.answer;
  // An answer to an older turn would pull the knob back under the finger.
  if ((data.turn ?? 0) >= panel.sent) {
    panel.sent = data.turn ?? 0;
    if (!panel.pending) for (const slider of data.sliders) display(panel, slider, data.values[slider.id]);
    answered(panel);
  }
  return () => clearTimeout(panel.waiting);
}

function answered(panel) {
  clearTimeout(panel.waiting);
  panel.waiting = null;
  if (panel.pending) panel.send();
}

function build(panel, box, data) {
  panel.rows = {};
  let section = "";
  const parts = [];
  for (const slider of data.sliders) {
    if (slider.section !== section) parts.push(element("h4", { textContent: slider.section }));
    section = slider.section;
    parts.push(row(panel, slider));
  }
  box.replaceChildren(...parts);
  for (const slider of data.sliders) display(panel, slider, data.values[slider.id]);
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function row(panel, slider) {
  const limits = { min: slider.low, max: slider.high, step: slider.step };
  const range = element("input", { type: "range", ...limits });
  const number = element("input", { type: "number", ...limits });
  range.setAttribute("aria-label", slider.label);
  number.setAttribute("aria-label", `${slider.label}, exact value`);
  const reset = element("button", { type: "button", textContent: "reset" });
  reset.setAttribute("aria-label", `Reset ${slider.label}`);
  panel.rows[slider.id] = { range, number, reset };
  range.oninput = () => change(panel, slider, Number(range.value));
  range.onchange = () => change(panel, slider, Number(range.value));
  number.onchange = () => change(panel, slider, Number(number.value));
  reset.onclick = () => change(panel, slider, slider.start);
  const head = element("div", { className: "head" }, element("label", { textContent: slider.label, title: slider.help }), reset,
    element("span", { className: "value" }, number, element("span", { textContent: slider.unit })));
  const foot = slider.note ? [element("div", { className: "foot", textContent: slider.note })] : [];
  return element("div", { className: "slider" }, head, track(slider, range), ...foot, ...published(slider));
}

// The measured value is a tick, a published range a bar under the track: to compare with, never to start from.
function track(slider, range) {
  const box = element("div", { className: "track" }, range);
  if (slider.measured !== null) {
    const tick = element("i", { className: "tick", title: "measured" });
    tick.style.left = place(slider, slider.measured);
    box.append(tick);
  }
  for (const band of slider.bands) {
    const bar = element("i", { className: "band", title: `${band.name} (${band.source})` });
    bar.style.marginLeft = place(slider, band.low);
    bar.style.marginRight = `calc(100% - ${place(slider, band.high)})`;
    box.append(bar);
  }
  return box;
}

function published(slider) {
  if (!slider.bands.length) return [];
  const lines = slider.bands.map((band) =>
    element("li", {}, element("b", { textContent: band.range }), ` ${band.name}. `, element("em", { textContent: band.source })));
  return [element("details", {}, element("summary", { textContent: "Published ranges" }), element("ul", {}, ...lines))];
}

const clamp = (slider, value) => Math.min(slider.high, Math.max(slider.low, value));

// The middle of a 16 px knob never reaches the ends of its track.
function place(slider, value) {
  const share = (clamp(slider, value) - slider.low) / (slider.high - slider.low);
  return `calc(8px + ${share} * (100% - 16px))`;
}

function display(panel, slider, value) {
  const { range, number, reset } = panel.rows[slider.id];
  panel.values[slider.id] = value;
  range.value = value;
  if (number !== number.getRootNode().activeElement || Number(number.value) !== value) number.value = value;
  reset.hidden = value === slider.start;
  range.style.setProperty("--fill", place(slider, value));
}

function change(panel, slider, wanted) {
  if (!Number.isFinite(wanted)) return;
  display(panel, slider, clamp(slider, wanted));
  panel.pending = true;
  if (panel.waiting === null) panel.send();
}
