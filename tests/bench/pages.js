// What a page has, by kind of element: enough to draw a page of the same elements.
() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const many = (selector) => main.querySelectorAll(selector).length;
  const id = (name) => `[data-testid="${name}"]`;
  const shadows = [...main.querySelectorAll('*')].map((element) => element.shadowRoot).filter(Boolean);
  const within = (selector) => shadows.reduce((sum, root) => sum + root.querySelectorAll(selector).length, 0);
  const trace = (one) => ({
    type: one.type,
    points: one.type === 'heatmap' ? (one.z[0] || []).length : one._length || 0,
    rows: one.type === 'heatmap' ? one.z.length : 1,
  });
  const folded = [...main.querySelectorAll('details summary')]
    .map((summary) => /Table · ([\d,]+) rows/.exec(summary.innerText))
    .filter(Boolean).map((found) => Number(found[1].replaceAll(',', '')));
  return {
    texts: many(id('stCaptionContainer')) + many(id('stMarkdown')) + many(id('stHeading')),
    metrics: many(id('stMetric')),
    sparklines: many(id('stMetricChart')),
    charts: [...main.querySelectorAll('.js-plotly-plot')].map((plot) =>
      ({ height: Math.round(plot.clientHeight), traces: plot._fullData.map(trace) })),
    folded,
    tables: [...main.querySelectorAll(`${id('data-grid-canvas')} table`)].map((grid) =>
      [Number(grid.getAttribute('aria-rowcount')) || 12, Number(grid.getAttribute('aria-colcount')) || 6]),
    rasters: within('canvas'),
    levers: within('input[type="range"]'),
    sliders: many(id('stSlider')),
    codes: many(id('stCode')),
    buttons: many(id('stButton')),
    tabs: many(id('stTab')),
    elements: many(id('stElementContainer')),
  };
}
