// Clicks a page's link and answers the milliseconds until that page is painted: the script has ended, nothing of the page
// before is left, about as many elements stand there as the page is known to have, every chart and every table that is not
// folded away is drawn, and two frames have gone by. Data decide a few elements, hence "about".
([path, elements]) => new Promise((answer, fail) => {
  const id = (name) => `[data-testid="${name}"]`;
  const main = () => document.querySelector(id('stMain'));
  const all = (selector) => [...main().querySelectorAll(selector)];
  const ended = () => document.querySelector(`${id('stApp')}[data-test-script-state="notRunning"]`);
  const undrawn = () => ({
    elements: all(id('stElementContainer')).length < elements * 0.8,
    stale: all('[data-stale="true"]').length,
    skeletons: all(id('stSkeleton')).length,
    charts: all(id('stPlotlyChart')).filter((chart) => !chart.querySelector('.main-svg')).length,
    tables: all(id('stDataFrame')).filter((table) =>
      !table.closest('details:not([open])') && !table.querySelector('canvas')).length,
    errors: all(id('stException')).length,
  });
  const painted = () => location.pathname === path && ended() && !Object.values(undrawn()).some(Boolean);
  const started = performance.now();
  const look = () => {
    if (painted()) {
      requestAnimationFrame(() => requestAnimationFrame(() => answer(performance.now() - started)));
    } else if (performance.now() - started > 60000) {
      fail(new Error(`${path} was not painted within a minute: ${JSON.stringify(undrawn())}, ended ${!!ended()}`));
    } else {
      requestAnimationFrame(look);
    }
  };
  [...document.querySelectorAll(id('stTopNavLink'))].find((link) => new URL(link.href).pathname === path).click();
  requestAnimationFrame(look);
})
