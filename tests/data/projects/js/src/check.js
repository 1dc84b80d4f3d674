// A page is up when it answers with 2xx within the time limit. One retry, because single packets get lost.
async function checkPage(url, timeoutMs) {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
      if (response.ok) return true;
    } catch (error) {
      // refused, DNS or timeout: try again
    }
  }
  return false;
}

module.exports = { checkPage };
