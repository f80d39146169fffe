// A chart that is downloaded leaves its page behind. Plotly's own button draws gd.layout anew: for the length of that click the
// layout has a caption (layout.meta: title, scope), room for it, and the page's ground, since white letters on nothing are illegible.
const LINE = 16;
const EDGE = 10;
let listening = false;

export default function () {
  if (listening) return;
  listening = true;
  document.addEventListener("click", caption, true);
}

function caption(event) {
  const chart = event.target.closest?.(".modebar-btn")?.closest(".js-plotly-plot");
  if (!chart?.layout?.meta?.scope) return;
  const { layout } = chart;
  const page = getComputedStyle(document.querySelector(".stApp"));
  const image = chart._context.toImageButtonOptions;
  const { width, height, legend, _size: size } = chart._fullLayout;
  const scrolled = Math.max(0, (legend?._height ?? 0) - (legend?._effHeight ?? 0)); // a picture does not scroll
  const letters = Math.floor((width - 2 * EDGE) / 6.4);
  const title = wrapped(layout.meta.title, Math.floor(letters * 0.85)).map((line) => `<b>${line}</b>`);
  const scope = wrapped(layout.meta.scope, letters).map((line) => `<span style="font-size:11px">${line}</span>`);
  const lines = [...title, ...scope];
  const room = 2 * EDGE + lines.length * LINE;
  const tall = height + room + scrolled;
  // no layout.title: of several lines, where it stands depends on the margin
  const told = {
    text: lines.join("<br>"),
    font: { size: 13, color: page.color },
    align: "left",
    showarrow: false,
    xref: "paper",
    x: 0,
    xanchor: "left",
    xshift: EDGE - size.l,
    yref: "paper",
    y: 1,
    yanchor: "bottom",
    yshift: size.t,
  };
  chart._context.toImageButtonOptions = { ...image, width, height: tall };
  chart.layout = {
    ...layout,
    height: tall,
    legend: scrolled ? { ...layout.legend, maxheight: legend._height + 1 } : layout.legend,
    margin: { ...layout.margin, t: size.t + room },
    paper_bgcolor: page.backgroundColor,
    annotations: [...(layout.annotations ?? []), told],
  };
  setTimeout(() => {
    chart.layout = layout;
    chart._context.toImageButtonOptions = image;
  });
}

function wrapped(text, letters) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] && lines[last].length + 1 + word.length > letters) lines.push(word);
    else lines[last] = lines[last] ? `${lines[last]} ${word}` : word;
  }
  return lines.map((line) => line.replace(/&/g, "&amp;").replace(/</g, "&lt;"));
}
