const { checkPage } = require('./check');
const { notifyByMail } = require('./notify');

const INTERVAL_MS = 60_000;

async function tick(pages, state) {
  for (const page of pages) {
    const ok = await checkPage(page.url, page.timeoutMs);
    if (ok !== state.get(page.url)) await notifyByMail(page, ok);
    state.set(page.url, ok);
  }
}

if (require.main === module) {
  const state = new Map();
  setInterval(() => tick([{ url: process.argv[2], timeoutMs: 5000 }], state), INTERVAL_MS);
}

module.exports = { tick };
