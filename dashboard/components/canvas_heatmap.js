// A raster of thousands of rows and columns on one canvas, with hover, click and keyboard. The data is one byte array:
// uint32 length of the JSON head, the head, then rows × columns codes: 0..full = 0..100 %, `unobserved`, `absent`.
const instances = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let heatmap = instances.get(parentElement);
  if (!heatmap) {
    heatmap = create(parentElement);
    instances.set(parentElement, heatmap);
  }
  heatmap.show(read(data), (cell) => setTriggerValue("clicked", cell));
  return () => {
    heatmap.watcher.disconnect();
    instances.delete(parentElement);
  };
}

function read(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
  const length = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { ...head, codes: bytes.subarray(4 + length) };
}

function create(root) {
  const at = (selector) => root.querySelector(selector);
  const [frame, canvas, mark, tip, axis, legend] = [".frame", "canvas", ".mark", ".tip", ".axis", ".legend"].map(at);
  const state = { map: null, click: () => {}, cell: null };
  const draw = () => state.map && paint(state.map, frame, canvas, axis);
  at(".png").onclick = () => download(state.map, canvas, axis, legend);
  const watcher = new ResizeObserver(draw);
  watcher.observe(frame);

  const point = (cell) => {
    state.cell = cell;
    place(state.map, canvas, mark, tip, cell);
  };
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    const { rows, columns } = state.map;
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    return { row: clamp(row, rows), column: clamp(column, columns) };
  };
  canvas.onpointermove = (event) => point(under(event));
  canvas.onpointerdown = (event) => point(under(event));
  canvas.onpointerleave = () => point(null);
  canvas.onblur = () => point(null);
  canvas.onclick = (event) => state.click(under(event));
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const cell = state.cell ?? { row: 0, column: 0 };
    if (step) {
      event.preventDefault();
      const jump = event.shiftKey ? 24 : 1;
      point({
        row: clamp(cell.row + step[0], state.map.rows),
        column: clamp(cell.column + step[1] * jump, state.map.columns),
      });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      state.click(cell);
    } else if (event.key === "Escape") {
      point(null);
    }
  };

  const show = (map, click) => {
    state.map = map;
    state.click = click;
    canvas.setAttribute("aria-label", map.alt);
    frame.style.height = `${map.height}px`;
    explain(map, legend, frame);
    draw();
    point(null);
  };
  return { show, watcher };
}

const clamp = (index, count) => Math.max(0, Math.min(count - 1, index));

// Every pixel is the mean of the observed cells under it, so that nothing is skipped where cells are finer than pixels.
function paint(map, frame, canvas, axis) {
  const width = Math.max(1, Math.round(frame.clientWidth));
  const height = map.height;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const palette = colours(map, frame);
  const edges = (count, size) => Int32Array.from({ length: size + 1 }, (_, i) => Math.floor((i * count) / size));
  const across = edges(map.columns, width);
  const down = edges(map.rows, height);
  for (let y = 0; y < height; y++) {
    const lastRow = Math.max(down[y] + 1, down[y + 1]);
    for (let x = 0; x < width; x++) {
      const lastColumn = Math.max(across[x] + 1, across[x + 1]);
      let sum = 0;
      let seen = 0;
      let unseen = 0;
      for (let row = down[y]; row < lastRow; row++) {
        for (let i = row * map.columns + across[x]; i < row * map.columns + lastColumn; i++) {
          const code = map.codes[i];
          if (code <= map.full) {
            sum += code;
            seen += 1;
          } else if (code === map.unobserved) unseen += 1;
        }
      }
      const hatched = (x + y) % 7 < 2 ? palette.hatch : palette.ground;
      pixels[y * width + x] = seen ? palette.ramp[Math.round(sum / seen)] : unseen ? hatched : 0;
    }
  }
  context.putImageData(image, 0, 0);
  ticks(map, axis, width);
}

// Idle stands out in its own colour; above it, the deeper the hue, the busier, on the ground of whichever theme is on.
function colours(map, frame) {
  const style = getComputedStyle(frame);
  const ground = channels(style.getPropertyValue("--st-secondary-background-color").trim() || "#F3F5F8");
  const low = channels(map.low);
  const high = channels(map.high);
  const ramp = new Uint32Array(map.full + 1);
  for (let code = 0; code <= map.full; code++) {
    const depth = 0.15 + (0.85 * code) / map.full;
    const busy = ground.map((channel, i) => Math.round(channel + (high[i] - channel) * depth));
    ramp[code] = packed(code / map.full <= map.idle ? low : busy);
  }
  return { ramp, hatch: packed(channels(map.grey)), ground: packed(ground) };
}

const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const packed = ([r, g, b]) => (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;

function ticks(map, axis, width) {
  const days = map.columns / 24;
  const step = Math.max(1, Math.ceil(days / Math.max(2, Math.floor(width / 84))));
  axis.replaceChildren();
  for (let day = 0; day < days; day += step) {
    const label = document.createElement("span");
    label.style.left = `${(day / days) * 100}%`;
    label.textContent = moment(map, day * 24).toLocaleDateString("en", { timeZone: "UTC", month: "short", day: "numeric" });
    axis.append(label);
  }
}

// The picture leaves its page behind: it says itself what it is of, from when and of which snapshot. Twice as fine as the screen.
function download(map, canvas, axis, legend) {
  const style = getComputedStyle(legend);
  const edge = 12;
  const line = 17;
  const width = canvas.width + 2 * edge;
  const context = document.createElement("canvas").getContext("2d");
  const font = (size, weight = "") => (context.font = `${weight} ${size}px ${style.fontFamily}`);
  font(13, "bold");
  const title = wrapped(context, map.caption.title, canvas.width);
  font(11);
  const scope = wrapped(context, map.caption.scope, canvas.width);
  const told = wrapped(context, KEY, canvas.width);
  const top = edge + line * (title.length + scope.length) + 6;
  context.canvas.width = 2 * width;
  context.canvas.height = 2 * (top + canvas.height + line * (1 + told.length) + 2 * edge);
  context.scale(2, 2);
  context.fillStyle = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, edge, top);
  context.fillStyle = style.color;
  const write = (lines, y, size, weight) => {
    font(size, weight);
    lines.forEach((text, i) => context.fillText(text, edge, y + line * (i + 1) - 4));
  };
  write(title, edge, 13, "bold");
  write(scope, edge + line * title.length, 11);
  write(told, top + canvas.height + line + 6, 11);
  for (const label of axis.children) {
    context.fillText(label.textContent, edge + (parseFloat(label.style.left) / 100) * canvas.width, top + canvas.height + line - 4);
  }
  context.canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = map.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10e3);
  });
}

const KEY =
  "A row per device, a column per hour (UTC). Amber: idle, at most 1 %; the deeper the blue, the busier; hatched: unobserved; empty: not billed.";

function wrapped(context, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (lines.at(-1) && context.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

const moment = (map, column) => new Date(map.start + column * 3600e3);

function when(map, column) {
  const from = moment(map, column);
  const day = from.toLocaleDateString("en", { timeZone: "UTC", weekday: "short", month: "short", day: "numeric" });
  const clock = (date) => date.toISOString().slice(11, 16);
  return `${day}, ${clock(from)}–${clock(moment(map, column + 1))} UTC`;
}

function value(map, code) {
  if (code === map.unobserved) return "unobserved: billed, no telemetry";
  if (code === map.absent) return "not billed, not seen";
  return `${((code / map.full) * 100).toFixed(1)} % ${map.measure}`;
}

function place(map, canvas, mark, tip, cell) {
  mark.hidden = tip.hidden = !cell;
  if (!cell) return;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const size = { x: width / map.columns, y: height / map.rows };
  mark.style.left = `${cell.column * size.x}px`;
  mark.style.top = `${cell.row * size.y}px`;
  mark.style.width = `${Math.max(3, size.x)}px`;
  mark.style.height = `${Math.max(3, size.y)}px`;
  tip.replaceChildren(
    ...[value(map, map.codes[cell.row * map.columns + cell.column]), when(map, cell.column), ...map.labels[cell.row]].map(
      (text, i) => {
        const line = document.createElement(i ? "div" : "strong");
        line.textContent = text;
        return line;
      },
    ),
  );
  const left = cell.column * size.x + 14;
  const top = cell.row * size.y + 14;
  tip.style.left = `${left + tip.offsetWidth > width ? Math.max(0, left - tip.offsetWidth - 28) : left}px`;
  tip.style.top = `${top + tip.offsetHeight > height ? Math.max(0, top - tip.offsetHeight - 28) : top}px`;
}

function explain(map, legend, frame) {
  const ground = getComputedStyle(frame).getPropertyValue("--st-secondary-background-color").trim() || "#F3F5F8";
  legend.style.setProperty("--ramp", `linear-gradient(90deg, color-mix(in srgb, ${map.high} 15%, ${ground}), ${map.high})`);
  legend.style.setProperty("--idle", map.low);
  legend.style.setProperty("--grey", map.grey);
  legend.style.setProperty("--ground", ground);
}
